/* The books of a live host: real processes under played counters, with 1, 2 and 8 workers and a
 * stranger that burns processor time beside them. What each must cost follows from its own
 * processor time, so the test may run on a machine that is busy with other things. */
#include "tests/check.h"
#include "tests/worker/played_rapl.h"
#include "worker/ledger.h"

#include "base/clock.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define IDLE_W 30.0
#define BUSY_W 25.0
#define RANGE_UJ 300000000
#define LOOK_S 0.02
#define RANKS_MAX 9

struct result {
    struct energy energy;
    double cpu_s;
};

/* Ranks 1 and on are workers; rank 0 is this process, which searches. */
struct host {
    struct tree *tree;
    struct played_rapl *rapl;
    struct meter_choice meters;
    struct idle_power idle;
    void *shared;
    size_t n_ranks;
    struct result *results; /* [n_ranks], shared */
    struct ledger *ledger;
    double opened_s;
    pid_t ranks[RANKS_MAX], stranger;
};

static double own_cpu_s(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static void burn(double cpu_s)
{
    volatile unsigned sum = 0;
    double end_s = own_cpu_s() + cpu_s;
    while (own_cpu_s() < end_s)
        for (unsigned i = 0; i < 100000; i++)
            sum += i;
}

/* A child that uses that much processor time and ends; it dies with its parent. */
static pid_t start_burner(double cpu_s)
{
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        burn(cpu_s);
        _exit(0);
    }
    return pid;
}

static double usage_s(const struct rusage *usage)
{
    return (double)usage->ru_utime.tv_sec + (double)usage->ru_stime.tv_sec +
           1e-6 * (double)(usage->ru_utime.tv_usec + usage->ru_stime.tv_usec);
}

static void *share_memory(size_t size)
{
    void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    assert_ptr_not_equal(memory, MAP_FAILED);
    return memory;
}

static void open_books(struct host *host, struct tree *tree, size_t n_workers)
{
    struct error err = {0};
    *host = (struct host){.tree = tree, .n_ranks = n_workers + 1};
    host->idle = (struct idle_power){.source = IDLE_SITE, .power_w = IDLE_W};
    host->rapl = played_rapl_create(tree, IDLE_W, BUSY_W, RANGE_UJ);
    setenv("WATTUNE_SYSROOT", tree->root, 1);
    assert_ok(meter_choice_open(&host->meters, tree->root, NULL, 0, &err), err);
    assert_string_equal(host->meters.booked.text, "powercap:package-0,package-1,dram");
    host->shared = share_memory(ledger_shared_size(host->n_ranks));
    host->results = share_memory(host->n_ranks * sizeof *host->results);
    assert_ok(ledger_open(&host->ledger, host->shared, host->n_ranks, 0, LEDGER_COORDINATOR,
                          &host->meters, &err),
              err);
    host->opened_s = clock_monotonic_s();
    ledger_set_idle(host->ledger, 0, &host->idle);
}

static void close_books(struct host *host)
{
    ledger_close(host->ledger);
    meter_choice_close(&host->meters);
    munmap(host->shared, ledger_shared_size(host->n_ranks));
    munmap(host->results, host->n_ranks * sizeof *host->results);
    played_rapl_free(host->rapl);
    unsetenv("WATTUNE_SYSROOT");
}

/* One trial, from its start until it is reaped. */
static void run_trial(struct host *host, struct ledger *ledger, double cpu_s,
                      struct result *result)
{
    struct rusage usage;
    pid_t trial = start_burner(cpu_s);
    played_rapl_publish(host->rapl);
    ledger_trial_begin(ledger, trial);
    while (wait4(trial, NULL, WNOHANG, &usage) == 0) {
        clock_sleep(LOOK_S);
        played_rapl_publish(host->rapl);
        ledger_tick(ledger);
    }
    result->cpu_s = usage_s(&usage);
    played_rapl_publish(host->rapl);
    ledger_trial_end(ledger, result->cpu_s, &result->energy);
}

static void start_worker(struct host *host, size_t rank, double cpu_s)
{
    pid_t pid = fork();
    assert_true(pid >= 0);
    host->ranks[rank] = pid;
    if (pid > 0)
        return;
    struct ledger *ledger;
    struct error err;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (ledger_open(&ledger, host->shared, host->n_ranks, rank, LEDGER_WORKER, &host->meters,
                    &err))
        _exit(1);
    run_trial(host, ledger, cpu_s, &host->results[rank]);
    played_rapl_publish(host->rapl);
    ledger_close(ledger);
    _exit(0);
}

static void wait_for_workers(struct host *host)
{
    for (size_t rank = 1; rank < host->n_ranks; rank++) {
        int status = 0;
        assert_int_equal(waitpid(host->ranks[rank], &status, 0), host->ranks[rank]);
        assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    }
}

/* The processor time of the stranger, who ends here. */
static double end_stranger(struct host *host)
{
    struct rusage usage;
    kill(host->stranger, SIGKILL);
    assert_int_equal(wait4(host->stranger, NULL, 0, &usage), host->stranger);
    return usage_s(&usage);
}

static int64_t sum_parts(const struct ledger_host *books)
{
    return books->trials_uj + books->trials_idle_uj + books->waiting_uj + books->search_uj +
           books->orchestrator_uj + books->other_uj + books->unattributed_uj;
}

/* The sum equals what the counters counted, to the microjoule, though all of them went round.
 */
static void check_sums(const struct host *host, const struct ledger_host *books,
                       uint64_t counted_uj)
{
    int64_t trials_uj = 0, idle_uj = 0;
    for (size_t rank = 1; rank < host->n_ranks; rank++) {
        trials_uj += host->results[rank].energy.dynamic_uj;
        idle_uj += host->results[rank].energy.idle_uj;
    }
    assert_int_equal(books->gaps, 0);
    assert_int_equal(books->metered_uj, counted_uj);
    assert_int_equal(sum_parts(books), books->metered_uj);
    assert_int_equal(trials_uj, books->trials_uj);
    assert_int_equal(idle_uj, books->trials_idle_uj);
    assert_int_equal(books->wraps, played_rapl_wraps(host->rapl));
    assert_true(books->wraps >= 3);
}

/* In joules: a busy processor's time costs what the counters were told that it does. Answers
 * whether that is so within 2 % and the kernel's ticks. */
static bool has_share(const char *who, int64_t part_uj, double cpu_s, double slack_s)
{
    double part_s = (double)part_uj * 1e-6 / BUSY_W;
    bool ok = fabs(part_s - cpu_s) <= 0.02 * cpu_s + slack_s;
    if (!ok)
        print_message("%s used %.3f s and paid for %.3f s\n", who, cpu_s, part_s);
    return ok;
}

static bool have_shares(const struct host *host, const struct ledger_host *books,
                        double stranger_s, double search_s)
{
    double trials_s = 0;
    bool ok = true;
    for (size_t rank = 1; rank < host->n_ranks; rank++) {
        const struct result *result = &host->results[rank];
        assert_int_equal(result->energy.quality, ENERGY_MEASURED);
        assert_int_equal(result->energy.gaps, 0);
        ok &= has_share("a trial", result->energy.dynamic_uj, result->cpu_s,
                        host->n_ranks > 3 ? 0.06 : 0.02);
        trials_s += result->cpu_s;
    }
    ok &= has_share("all trials", books->trials_uj, trials_s, 0.02);
    ok &= has_share("the search", books->search_uj, search_s, 0.03);
    if ((double)books->other_uj * 1e-6 < stranger_s * BUSY_W) /* others are busy here, too */
        ok &= has_share("the stranger", books->other_uj, stranger_s, 0.02);
    double idle_s =
        (double)(books->trials_idle_uj + books->waiting_uj + books->unattributed_uj) * 1e-6 /
        IDLE_W;
    double time_s = clock_monotonic_s() - host->opened_s;
    if (!(fabs(idle_s - time_s) <= 0.05 * time_s)) {
        print_message("%.3f s of idle power in %.3f s\n", idle_s, time_s);
        ok = false;
    }
    return ok;
}

/* One long ask, in which others cut, and some short ones. Answers their processor time. */
static double search(struct host *host)
{
    double sum_s = 0;
    for (int i = 0; i < 21; i++) {
        ledger_begin_search(host->ledger);
        double begin_s = own_cpu_s();
        burn(i == 0 ? 0.3 : 0.005);
        double cpu_s = own_cpu_s() - begin_s;
        ledger_add_search(host->ledger, cpu_s);
        sum_s += cpu_s;
    }
    return sum_s;
}

/* Answers whether all have their shares; the sums are asserted. */
static bool run_host(struct tree *tree, size_t n_workers, double trial_s)
{
    struct host host;
    struct ledger_host books;
    struct ledger_overhead overhead;
    open_books(&host, tree, n_workers);
    host.stranger = start_burner(1e9);
    for (size_t rank = 1; rank < host.n_ranks; rank++)
        start_worker(&host, rank, trial_s);
    double search_s = search(&host);
    wait_for_workers(&host);
    double stranger_s = end_stranger(&host);
    uint64_t counted_uj = played_rapl_publish(host.rapl);
    ledger_collect(host.ledger, &overhead); /* cuts, however young the last cut is */
    ledger_host(host.ledger, &books);
    check_sums(&host, &books, counted_uj);
    bool ok = have_shares(&host, &books, stranger_s, search_s);
    close_books(&host);
    return ok;
}

/* A rank that is held up by a busy machine between the counters and its cut moves joules from
 * one interval to the next, by chance; what is wrong in the books is so every time. */
static void check_host(size_t n_workers, double trial_s)
{
    bool ok = false;
    for (int i = 0; i < 4 && !ok; i++) {
        void *tree;
        assert_int_equal(tree_setup(&tree), 0);
        ok = run_host(tree, n_workers, trial_s);
        assert_int_equal(tree_teardown(&tree), 0);
    }
    assert_true(ok);
}

static void one_worker(void **state)
{
    (void)state;
    check_host(1, 3);
}

static void two_workers(void **state)
{
    (void)state;
    check_host(2, 1.5);
}

static void eight_workers(void **state)
{
    (void)state;
    check_host(8, 0.6);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_worker),
        cmocka_unit_test(two_workers),
        cmocka_unit_test(eight_workers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
