/* Ranks of one host that are killed at any moment, in the middle of cuts too. */
#include "base/rng.h"
#include "tests/check.h"
#include "tests/worker/fake_meter.h"
#include "worker/ledger.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define RANKS 4
#define KILLS 20

struct host {
    struct fake_counter *counter;
    struct meter meter;
    struct meter_choice meters;
    void *shared;
    struct ledger *ledger; /* of rank 0, this process */
    uint64_t start_uj;
    pid_t ranks[RANKS];
};

static int setup(void **state)
{
    struct host *host = calloc(1, sizeof *host);
    if (!host)
        return -1;
    host->counter = fake_counter_create();
    atomic_store(&host->counter->energy_per_read_uj, 997);
    fake_meter_set(&host->meters.booked, &host->meter, host->counter);
    host->shared = mmap(NULL, ledger_shared_size(RANKS), PROT_READ | PROT_WRITE,
                        MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (host->shared == MAP_FAILED)
        return -1;
    struct error err = {0};
    assert_ok(ledger_open(&host->ledger, host->shared, RANKS, 0, LEDGER_COORDINATOR,
                          &host->meters, &err),
              err);
    host->start_uj = 997; /* the first read counts from here */
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
    fake_counter_free(host->counter);
    free(host);
    return 0;
}

/* A rank that works until it is killed. */
static _Noreturn void run_rank(struct host *host, size_t rank, int reads, int steps)
{
    struct ledger *ledger;
    struct energy energy;
    struct error err;
    host->meter.reads_left = reads;
    host->meter.steps_left = steps;
    if (ledger_open(&ledger, host->shared, RANKS, rank, LEDGER_WORKER, &host->meters, &err))
        _exit(1);
    for (;;) {
        ledger_trial_begin(ledger, 0);
        ledger_cut(ledger);
        ledger_tick(ledger);
        ledger_add_search(ledger, 1e-6);
        ledger_trial_end(ledger, NAN, &energy);
    }
}

static void start_rank(struct host *host, size_t rank, int reads, int steps)
{
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0)
        run_rank(host, rank, reads, steps);
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

/* Cut once more, and compare with what the meter has counted since the books were opened. */
static void check_books(struct host *host, bool alone)
{
    struct ledger_overhead overhead;
    int64_t metered_uj, booked_uj;
    ledger_collect(host->ledger, &overhead);
    ledger_balance(host->ledger, &metered_uj, &booked_uj);
    assert_int_equal(metered_uj, booked_uj);
    if (alone)
        assert_int_equal(metered_uj, atomic_load(&host->counter->energy_uj) - host->start_uj);
}

static void killed_inside_a_cut(void **state)
{
    struct host *host = *state;
    struct rng rng;
    rng_seed(&rng, 3);
    for (int i = 0; i < KILLS; i++) {
        int left = 1 + (int)rng_below(&rng, 12);
        start_rank(host, 1, i % 2 ? left : -1, i % 2 ? -1 : left); /* both hold the mutex */
        assert_int_equal(reap(host), 1);
        check_books(host, true); /* gets EOWNERDEAD, and closes the place for the next */
    }
}

static void killed_at_any_moment_among_others(void **state)
{
    struct host *host = *state;
    struct rng rng;
    rng_seed(&rng, 4);
    for (size_t rank = 1; rank < RANKS; rank++)
        start_rank(host, rank, -1, -1);
    for (int i = 0; i < KILLS; i++) {
        uint64_t cuts = rng_below(&rng, 20);
        for (uint64_t k = 0; k < cuts; k++)
            check_books(host, false);
        size_t rank = 1 + rng_below(&rng, RANKS - 1);
        kill(host->ranks[rank], SIGKILL);
        assert_int_equal(reap(host), rank);
        check_books(host, false);
        start_rank(host, rank, -1, -1);
    }
    for (size_t rank = 1; rank < RANKS; rank++)
        kill(host->ranks[rank], SIGKILL);
    for (size_t rank = 1; rank < RANKS; rank++)
        assert_true(reap(host) > 0);
    check_books(host, true);
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
    start_rank(host, 1, 1, -1);
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
        host_test(killed_while_setting_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
