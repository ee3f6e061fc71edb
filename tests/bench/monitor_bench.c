/* What watching a trial costs: the processor time of a sample in the worker (the look at the
 * books, memory, GPUs) and of its share of a message, and what one sample a second takes of a
 * core. Prints; asserts nothing, because machines differ. Usage: monitor_bench [processes] */
#include "base/clock.h"
#include "worker/monitor.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <unistd.h>

#define PROCESSES_MAX 1000
#define SAMPLES 1000

/* A trial of n processes that do nothing; answers the leader of their group, once all are
 * there. */
static pid_t start_trial(size_t n)
{
    int ready[2];
    char byte;
    if (pipe(ready))
        return -1;
    pid_t leader = fork();
    if (leader == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        setsid();
        for (size_t i = 1; i < n; i++)
            if (fork() == 0) {
                prctl(PR_SET_PDEATHSIG, SIGKILL);
                break;
            }
        if (write(ready[1], "r", 1) != 1)
            _exit(1);
        for (;;)
            pause();
    }
    close(ready[1]);
    for (size_t i = 0; leader > 0 && i < n; i++)
        if (read(ready[0], &byte, 1) != 1)
            return -1;
    close(ready[0]);
    return leader;
}

static size_t write_message(const struct monitor_sample *samples, size_t n)
{
    struct strbuf text = STRBUF_INIT;
    struct json *list = monitor_to_json(samples, n);
    json_print(list, false, &text);
    size_t length = text.length;
    json_free(list);
    strbuf_free(&text);
    return length;
}

static void measure(struct monitor *monitor, struct ledger *ledger, size_t n_processes)
{
    const struct monitor_sample *samples;
    double sample_s = 0, message_s = 0, now_s = 0;
    size_t sent = 0, bytes = 0;
    int64_t memory_kb = 0;
    for (int i = 0; i < SAMPLES; i++) {
        clock_sleep(0.001); /* a cut must be a millisecond apart from the last */
        ledger_cut(ledger);
        double begin_s = clock_thread_cpu_s();
        monitor_tick(monitor, now_s += 1);
        sample_s += clock_thread_cpu_s() - begin_s;
        begin_s = clock_thread_cpu_s();
        size_t n = monitor_take(monitor, now_s, &samples);
        if (n > 0) {
            bytes += write_message(samples, n);
            memory_kb = samples[n - 1].memory_kb;
        }
        sent += n;
        message_s += clock_thread_cpu_s() - begin_s;
    }
    double each_s = (sample_s + message_s) / SAMPLES;
    printf("a trial of %zu processes (%lld kB): %.1f us a sample, %.1f us and %.0f bytes of "
           "message; %.4f %% of one core at one a second\n",
           n_processes, (long long)memory_kb, sample_s / SAMPLES * 1e6,
           message_s / SAMPLES * 1e6, sent ? (double)bytes / (double)sent : 0, each_s * 100);
}

static int run(const struct meter_choice *meters, size_t n_processes)
{
    struct ledger *ledger;
    struct monitor *monitor;
    struct error err = {0};
    struct monitor_options options = {.interval_s = 1};
    if (ledger_open(&ledger, NULL, 1, 0, LEDGER_BOTH, meters, &err)) {
        fprintf(stderr, "monitor_bench: %s\n", err.what);
        return 1;
    }
    pid_t leader = start_trial(n_processes);
    bool ok = leader > 0 && !monitor_create(&monitor, ledger, &options);
    if (ok) {
        ledger_trial_begin(ledger, leader);
        monitor_begin(monitor, leader, 0, 0);
        measure(monitor, ledger, n_processes);
        monitor_free(monitor);
    }
    if (leader > 0)
        kill(leader, SIGKILL);
    ledger_close(ledger);
    return ok ? 0 : 1;
}

int main(int argc, char **argv)
{
    size_t n_processes = argc > 1 ? strtoul(argv[1], NULL, 10) : 1;
    struct meter_choice meters;
    struct error err = {0};
    if (n_processes < 1 || n_processes > PROCESSES_MAX) {
        fprintf(stderr, "monitor_bench: processes must be 1 to %d\n", PROCESSES_MAX);
        return 2;
    }
    if (meter_choice_open(&meters, meter_root(), NULL, 0, &err)) {
        fprintf(stderr, "monitor_bench: %s\n", err.what);
        return 1;
    }
    int status = run(&meters, n_processes);
    meter_choice_close(&meters);
    return status;
}
