/* Ranks of one host that are killed at any moment, in the middle of cuts too. */
#include "base/rng.h"
#include "tests/check.h"
#include "tests/worker/fake_meter.h"
#include "worker/ledger_cut.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define RANKS 4
#define KILLS 100
#define KILLS_LONG 3000 /* where WATTUNE_TEST_LONG is set */
#define SETS 2          /* packages with GPUs are booked, a node runs beside */
#define PER_READ_UJ 997

struct host {
    struct fake_counter *counters[SETS];
    struct meter fakes[SETS];
    struct meter_choice meters;
    void *shared;
    struct ledger *ledger; /* of rank 0, this process */
    pid_t ranks[RANKS];
};

static int setup(void **state)
{
    struct host *host = calloc(1, sizeof *host);
    if (!host)
        return -1;
    for (int i = 0; i < SETS; i++) {
        host->counters[i] = fake_counter_create();
        atomic_store(&host->counters[i]->energy_per_read_uj, PER_READ_UJ);
        fake_meter_set(i ? &host->meters.beside[0] : &host->meters.booked, &host->fakes[i],
                       host->counters[i]);
    }
    host->meters.n_beside = 1;
    host->fakes[0].scopes = 1u << SCOPE_PACKAGE | 1u << SCOPE_GPU;
    host->shared = mmap(NULL, ledger_shared_size(RANKS), PROT_READ | PROT_WRITE,
                        MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (host->shared == MAP_FAILED)
        return -1;
    struct error err = {0};
    assert_ok(ledger_open(&host->ledger, host->shared, RANKS, 0, LEDGER_COORDINATOR,
                          &host->meters, &err),
              err);
    *state = host;
    alarm(100); /* a deadlock is a failure, not a wait */
    return 0;
}

static int teardown(void **state)
{
    struct host *host = *state;
    alarm(0);
    ledger_close(host->ledger);
    munmap(host->shared, ledger_shared_size(RANKS));
    for (int i = 0; i < SETS; i++)
        fake_counter_free(host->counters[i]);
    free(host);
    return 0;
}

static int count_kills(void)
{
    return getenv("WATTUNE_TEST_LONG") ? KILLS_LONG : KILLS;
}

/* When a rank kills itself: in a read or a step of one of the meters (-1 is never), or after so
 * many microseconds, wherever it is (0 is never). */
struct end {
    int set, reads, steps;
    long after_us;
};
static const struct end never = {0, -1, -1, 0};

static void kill_after(long us)
{
    timer_t timer;
    struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGKILL};
    struct itimerspec time = {.it_value = {.tv_nsec = us * 1000}};
    if (us > 0 &&
        (timer_create(CLOCK_MONOTONIC, &event, &timer) || timer_settime(timer, 0, &time, NULL)))
        _exit(1);
}

/* A rank that works until it is killed. It has a GPU of its own, and shares one. */
static _Noreturn void run_rank(struct host *host, size_t rank, struct end end)
{
    const uint64_t gpus[] = {FAKE_GPU_ID(0), FAKE_GPU_ID(rank)};
    const struct idle_power idle = {.source = IDLE_MEASURED, .power_w = 1};
    struct ledger *ledger;
    struct energy energy;
    struct error err;
    host->fakes[end.set].reads_left = end.reads;
    host->fakes[end.set].steps_left = end.steps;
    if (ledger_open(&ledger, host->shared, RANKS, rank, LEDGER_WORKER, &host->meters, &err))
        _exit(1);
    ledger_set_gpus(ledger, gpus, 2);
    ledger_set_idle(ledger, rank % SETS, &idle);
    kill_after(end.after_us);
    for (;;) {
        ledger_trial_begin(ledger, 0);
        ledger_cut(ledger);
        ledger_tick(ledger);
        ledger_add_search(ledger, 1e-6);
        ledger_trial_end(ledger, NAN, &energy);
    }
}

static void start_rank(struct host *host, size_t rank, struct end end)
{
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0)
        run_rank(host, rank, end);
    host->ranks[rank] = pid;
}

/* Wait for any rank that was killed; -1 when none is left. */
static int reap(struct host *host)
{
    int status;
    pid_t pid = waitpid(-1, &status, 0);
    if (pid < 0)
        return -1;
    assert_true(WIFSIGNALED(status));
    assert_int_equal(WTERMSIG(status), SIGKILL);
    for (size_t rank = 1; rank < RANKS; rank++)
        if (host->ranks[rank] == pid)
            return (int)rank;
    fail_msg("an unknown process ended");
    return -1;
}

/* What a meter has counted since the books were opened: its first read began them. */
static uint64_t counted_uj(const struct host *host, int set)
{
    const struct fake_counter *counter = host->counters[set];
    uint64_t sum_uj = atomic_load(&counter->energy_uj) - PER_READ_UJ;
    for (int i = 0; i < FAKE_GPUS; i++)
        sum_uj += atomic_load(&counter->gpu_uj[i]);
    return sum_uj;
}

static struct ledger_host read_books(struct host *host, size_t set)
{
    struct ledger_host sums;
    assert_true(ledger_block_lock(host->ledger->block, true));
    ledger_sum(ledger_block_books(host->ledger->block), RANKS, set, &sums);
    ledger_block_unlock(host->ledger->block);
    return sums;
}

/* Cut once more, and compare the books with the meters. */
static void check_books(struct host *host, bool alone)
{
    struct ledger_overhead overhead;
    for (int i = 0; i < FAKE_GPUS; i++)
        atomic_fetch_add(&host->counters[0]->gpu_uj[i], 11);
    ledger_collect(host->ledger, &overhead);
    for (int set = 0; set < SETS; set++) {
        struct ledger_host sums = read_books(host, (size_t)set);
        assert_int_equal(ledger_booked_uj(&sums), sums.metered_uj);
        if (alone)
            assert_int_equal(sums.metered_uj, counted_uj(host, set));
    }
}

static void killed_inside_a_cut(void **state)
{
    struct host *host = *state;
    struct rng rng;
    rng_seed(&rng, 3);
    for (int i = 0; i < count_kills(); i++) {
        int left = 1 + (int)rng_below(&rng, 12);
        struct end end = {(int)rng_below(&rng, SETS), i % 2 ? left : -1, i % 2 ? -1 : left, 0};
        start_rank(host, 1, end); /* it holds the mutex then */
        assert_int_equal(reap(host), 1);
        check_books(host, true); /* gets EOWNERDEAD, and closes the place for the next */
    }
    /* Not those that died as they joined. */
    assert_in_range(read_books(host, 0).deaths, 1, count_kills());
}

static void killed_at_any_moment_among_others(void **state)
{
    struct host *host = *state;
    struct rng rng;
    rng_seed(&rng, 4);
    for (size_t rank = 1; rank < RANKS; rank++)
        start_rank(host, rank, never);
    for (int i = 0; i < count_kills(); i++) {
        uint64_t cuts = rng_below(&rng, 20);
        for (uint64_t k = 0; k < cuts; k++)
            check_books(host, false);
        size_t rank = 1 + rng_below(&rng, RANKS - 1);
        kill(host->ranks[rank], SIGKILL);
        assert_int_equal(reap(host), rank);
        check_books(host, false);
        start_rank(host, rank, never);
    }
    for (size_t rank = 1; rank < RANKS; rank++)
        kill(host->ranks[rank], SIGKILL);
    for (size_t rank = 1; rank < RANKS; rank++)
        assert_true(reap(host) > 0);
    check_books(host, true);
}

/* Also while the books are copied and while the copy comes into force. The trial of a rank that
 * lives goes on, and keeps its joules. */
static void killed_at_any_instruction(void **state)
{
    struct host *host = *state;
    struct ledger *survivor;
    struct ledger_view view;
    struct energy energy;
    int64_t before_uj = 0;
    struct error err = {0};
    struct rng rng;
    rng_seed(&rng, 5);
    assert_ok(ledger_open(&survivor, host->shared, RANKS, RANKS - 1, LEDGER_WORKER,
                          &host->meters, &err),
              err);
    ledger_trial_begin(survivor, 0);
    for (int i = 0; i < count_kills(); i++) {
        struct end end = never;
        end.after_us = 1 + (long)rng_below(&rng, 400);
        start_rank(host, 1, end);
        assert_int_equal(reap(host), 1);
        check_books(host, true);
        assert_true(ledger_look(survivor, &view));
        assert_true(view.trial_uj >= before_uj);
        before_uj = view.trial_uj;
    }
    ledger_trial_end(survivor, NAN, &energy);
    assert_int_equal(energy.quality, host->meters.booked.quality);
    assert_true(energy.dynamic_uj + energy.idle_uj > 0);
    check_books(host, true);
    /* All died, and the books went on with each: none is there but those who live. */
    assert_int_equal(read_books(host, 0).deaths, count_kills());
    ledger_close(survivor);
}

/* A rank that dies before it has made the books leaves them to the next. */
static void killed_while_setting_up(void **state)
{
    struct host *host = *state;
    void *fresh = mmap(NULL, ledger_shared_size(RANKS), PROT_READ | PROT_WRITE,
                       MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    assert_ptr_not_equal(fresh, MAP_FAILED);
    void *before = host->shared;
    host->shared = fresh;
    start_rank(host, 1, (struct end){0, 1, -1, 0});
    assert_int_equal(reap(host), 1);
    struct ledger *ledger;
    struct error err = {0};
    assert_ok(ledger_open(&ledger, fresh, RANKS, 1, LEDGER_WORKER, &host->meters, &err), err);
    ledger_close(ledger);
    host->shared = before;
    munmap(fresh, ledger_shared_size(RANKS));
}

#define host_test(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        host_test(killed_inside_a_cut),
        host_test(killed_at_any_moment_among_others),
        host_test(killed_at_any_instruction),
        host_test(killed_while_setting_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
