/* What keeping the books costs: the processor time of a cut, and what ten cuts a second take of
 * one core. Prints; asserts nothing, because machines differ. Usage: ledger_bench [ranks] */
#include "base/clock.h"
#include "worker/ledger.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

#define RANKS_MAX 256
#define CUTS 500

struct host {
    struct meter_choice meters;
    void *shared;
    size_t n_ranks;
    pid_t ranks[RANKS_MAX];
};

/* A trial that does nothing: what is measured is the watching. */
static pid_t start_trial(void)
{
    pid_t pid = fork();
    if (pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        setsid();
        for (;;)
            pause();
    }
    return pid;
}

/* A worker rank that sleeps beside its trial. Says on `ready` that both are there. */
static _Noreturn void run_rank(struct host *host, size_t rank, int ready)
{
    struct ledger *ledger;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (ledger_open(&ledger, host->shared, host->n_ranks, rank, LEDGER_WORKER, &host->meters,
                    NULL))
        _exit(1);
    ledger_trial_begin(ledger, start_trial());
    if (write(ready, "r", 1) != 1)
        _exit(1);
    for (;;)
        pause();
}

static bool start_ranks(struct host *host)
{
    int ready[2];
    char byte;
    if (pipe(ready))
        return false;
    bool ok = true;
    for (size_t rank = 1; ok && rank < host->n_ranks; rank++) {
        host->ranks[rank] = fork();
        if (host->ranks[rank] == 0)
            run_rank(host, rank, ready[1]);
        ok = host->ranks[rank] > 0;
    }
    close(ready[1]);
    for (size_t rank = 1; ok && rank < host->n_ranks; rank++)
        ok = read(ready[0], &byte, 1) == 1;
    close(ready[0]);
    return ok;
}

static void measure(const struct host *host, struct ledger *ledger)
{
    struct ledger_overhead overhead;
    double cpu_s = clock_process_cpu_s();
    for (int i = 0; i < CUTS; i++)
        ledger_collect(ledger, &overhead);
    cpu_s = (clock_process_cpu_s() - cpu_s) / CUTS;
    printf(
        "%zu ranks with a trial each, meters %s: %.0f us of processor time a cut, %.3f %% of "
        "one core at ten a second\n",
        host->n_ranks, host->meters.booked.n ? host->meters.booked.text : "none", cpu_s * 1e6,
        cpu_s * 10 * 100);
}

static int run(struct host *host)
{
    struct ledger *ledger;
    struct error err = {0};
    if (ledger_open(&ledger, host->shared, host->n_ranks, 0, LEDGER_BOTH, &host->meters,
                    &err)) {
        fprintf(stderr, "ledger_bench: %s\n", err.what);
        return 1;
    }
    ledger_trial_begin(ledger, start_trial());
    bool ok = start_ranks(host);
    if (ok)
        measure(host, ledger);
    for (size_t rank = 1; rank < host->n_ranks && host->ranks[rank] > 0; rank++)
        kill(host->ranks[rank], SIGKILL);
    ledger_close(ledger);
    return ok ? 0 : 1;
}

int main(int argc, char **argv)
{
    struct host host = {.n_ranks = argc > 1 ? strtoul(argv[1], NULL, 10) : 2};
    struct error err = {0};
    if (host.n_ranks < 1 || host.n_ranks > RANKS_MAX) {
        fprintf(stderr, "ledger_bench: ranks must be 1 to %d\n", RANKS_MAX);
        return 2;
    }
    if (meter_choice_open(&host.meters, meter_root(), NULL, 0, &err)) {
        fprintf(stderr, "ledger_bench: %s\n", err.what);
        return 1;
    }
    size_t size = ledger_shared_size(host.n_ranks);
    host.shared = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (host.shared == MAP_FAILED) {
        perror("ledger_bench");
        return 1;
    }
    int status = run(&host);
    munmap(host.shared, size);
    meter_choice_close(&host.meters);
    return status;
}
