/* What keeping the books costs: ten cuts a second are made for some seconds, beside ranks that
 * wake up as often, and so do the processes of their trials. Prints the processor time of a cut
 * and its part of one core, with control groups and without: the mean is what it costs, the
 * median what it would on a quiet machine. Asserts nothing, because machines differ. Usage:
 * ledger_bench [ranks [processes of a trial]] */
#include "base/clock.h"
#include "worker/cgroup.h"
#include "worker/ledger.h"
#include "worker/process.h"

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define RANKS_MAX 256
#define CUTS 50
#define NEW_CUTS 20
#define PAUSE_S 0.1

struct host {
    struct meter_choice meters;
    void *shared;
    size_t n_ranks;
    char *processes;
    bool grouped;
    int ready[2]; /* a byte from each rank whose trial runs */
    int stop[2];  /* closed when the ranks should end */
};

/* What a rank has started. */
struct rank_trial {
    struct cgroup cgroup;
    struct process process;
};

/* The program of a trial. */
static _Noreturn void run_trial(size_t processes)
{
    for (size_t i = 1; i < processes; i++)
        if (fork() == 0)
            break;
    for (;;)
        clock_sleep(PAUSE_S);
}

static bool start_trial(const struct host *host, struct rank_trial *trial)
{
    char self[] = "/proc/self/exe", mode[] = "--trial";
    char *argv[] = {self, mode, host->processes, NULL};
    trial->cgroup = (struct cgroup)CGROUP_INIT;
    process_init(&trial->process);
    if (host->grouped && !cgroup_create(&trial->cgroup))
        return false;
    struct process_plan plan = {argv, environ, NULL, trial->cgroup.fd};
    struct error err;
    return process_start(&trial->process, &plan, &err) == ST_OK &&
           trial->process.in_cgroup == host->grouped;
}

static void end_trial(struct rank_trial *trial)
{
    if (trial->process.pid > 0) {
        kill(-trial->process.pid, SIGKILL);
        waitpid(trial->process.pid, NULL, 0);
    }
    process_close(&trial->process);
    cgroup_remove(&trial->cgroup);
}

/* Wake up ten times a second, as a rank does beside its trial, until the end. */
static bool wait_for_end(int stop)
{
    struct pollfd end = {.fd = stop, .events = POLLIN};
    int ready;
    do
        ready = poll(&end, 1, (int)(PAUSE_S * 1000));
    while (ready == 0);
    return ready == 1;
}

/* A worker rank beside its trial. */
static _Noreturn void run_rank(struct host *host, size_t rank)
{
    struct ledger *ledger;
    struct rank_trial trial;
    char byte = 'r';
    close(host->stop[1]);
    bool ok = ledger_open(&ledger, host->shared, host->n_ranks, rank, LEDGER_WORKER,
                          &host->meters, NULL) == ST_OK &&
              start_trial(host, &trial);
    if (!ok)
        _exit(1);
    ledger_trial_begin(ledger, trial.process.pid);
    ok = write(host->ready[1], &byte, 1) == 1;
    close(host->ready[1]); /* or the end of one that fails would not show */
    ok = ok && wait_for_end(host->stop[0]);
    end_trial(&trial);
    _exit(!ok);
}

static bool start_ranks(struct host *host)
{
    char byte;
    bool ok = true;
    for (size_t rank = 1; ok && rank < host->n_ranks; rank++) {
        pid_t pid = fork();
        if (pid == 0)
            run_rank(host, rank);
        ok = pid > 0;
    }
    close(host->ready[1]);
    for (size_t rank = 1; ok && rank < host->n_ranks; rank++)
        ok = read(host->ready[0], &byte, 1) == 1;
    return ok;
}

static int compare_times(const void *a, const void *b)
{
    const double *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

static void print_times(const struct host *host, double times_s[CUTS])
{
    double sum_s = 0;
    for (int i = 0; i < CUTS; i++)
        sum_s += times_s[i];
    qsort(times_s, CUTS, sizeof *times_s, compare_times);
    double mean_s = sum_s / CUTS, median_s = times_s[CUTS / 2];
    printf("%zu ranks, a trial of %s processes each, meters %s, time from %s: a cut takes %.0f "
           "us of processor time (median %.0f), which is %.3f %% of one core (median %.3f)\n",
           host->n_ranks, host->processes,
           host->meters.booked.n ? host->meters.booked.text : "none",
           host->grouped ? "control groups" : "/proc", mean_s * 1e6, median_s * 1e6,
           mean_s / PAUSE_S * 100, median_s / PAUSE_S * 100);
}

static void measure(const struct host *host, struct ledger *ledger)
{
    struct ledger_overhead overhead;
    double times_s[CUTS];
    for (int i = -NEW_CUTS; i < CUTS; i++) {
        clock_sleep(PAUSE_S);
        double cpu_s = clock_process_cpu_s();
        ledger_collect(ledger, &overhead);
        if (i >= 0) /* new trials are looked at more often */
            times_s[i] = clock_process_cpu_s() - cpu_s;
    }
    print_times(host, times_s);
}

static bool run(struct host *host)
{
    struct ledger *ledger;
    struct rank_trial trial;
    struct error err = {0};
    if (ledger_open(&ledger, host->shared, host->n_ranks, 0, LEDGER_BOTH, &host->meters,
                    &err)) {
        fprintf(stderr, "ledger_bench: %s\n", err.what);
        return false;
    }
    bool ok = start_trial(host, &trial);
    if (ok) {
        ledger_trial_begin(ledger, trial.process.pid);
        ok = start_ranks(host);
    }
    if (ok)
        measure(host, ledger);
    else if (host->grouped)
        printf("no control groups can be made here\n");
    close(host->stop[1]);
    end_trial(&trial);
    while (wait(NULL) > 0)
        ;
    ledger_close(ledger);
    return ok || host->grouped;
}

static bool run_with(struct host *host, bool grouped)
{
    size_t size = ledger_shared_size(host->n_ranks);
    host->grouped = grouped;
    host->shared = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (host->shared == MAP_FAILED || pipe(host->ready) || pipe(host->stop)) {
        perror("ledger_bench");
        return false;
    }
    bool ok = run(host);
    close(host->ready[0]);
    close(host->stop[0]);
    munmap(host->shared, size);
    return ok;
}

int main(int argc, char **argv)
{
    char one[] = "1";
    if (argc == 3 && strcmp(argv[1], "--trial") == 0)
        run_trial(strtoul(argv[2], NULL, 10));
    struct host host = {.n_ranks = argc > 1 ? strtoul(argv[1], NULL, 10) : 2,
                        .processes = argc > 2 ? argv[2] : one};
    struct error err = {0};
    if (host.n_ranks < 1 || host.n_ranks > RANKS_MAX) {
        fprintf(stderr, "ledger_bench: ranks must be 1 to %d\n", RANKS_MAX);
        return 2;
    }
    if (meter_choice_open(&host.meters, meter_root(), NULL, 0, &err)) {
        fprintf(stderr, "ledger_bench: %s\n", err.what);
        return 1;
    }
    bool ok = run_with(&host, true) && run_with(&host, false);
    meter_choice_close(&host.meters);
    return ok ? 0 : 1;
}
