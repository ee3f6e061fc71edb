#include "tests/bench/search/ask_times.h"

#include "base/clock.h"
#include "tests/bench/search/sampler.h"
#include "tests/bench/statistics.h"

#include <errno.h>
#include <math.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

const size_t ask_marks[ASK_MARKS] = {10, 30, 100, 300, 500, 1000, 3000, 10000};

enum {
    ASKED_MAX = 1000,  /* up to here every trial is asked for */
    ASKED_BEYOND = 20, /* and so many at each mark after that */
    WINDOW_MAX = 128
};

/* What the child works with. */
struct worker {
    struct target target;
    struct strategy *strategy;
    struct rng rng;
    double ask_s[WINDOW_MAX], tell_s[WINDOW_MAX];
};

static enum status make_strategy(struct worker *worker, const char *entry, const char *label,
                                 size_t up_to, struct error *err)
{
    struct json *json = NULL;
    struct json_problems problems = {.source = label};
    enum status status = target_open(&worker->target, bench_problem_find("hartmann6"), err);
    if (!status)
        status = json_parse(&json, entry, strlen(entry), label, err);
    struct problem problem = {.space = worker->target.space,
                              .objectives = worker->target.objectives,
                              .n_objectives = 1,
                              .seed = 1,
                              .budget_trials = up_to};
    if (!status) {
        status = strategy_create(&worker->strategy, &problem, json, NULL, label, &problems);
        if (status)
            error_set(err, status, "%s", strbuf_text(&problems.text));
    }
    json_problems_free(&problems);
    json_free(json);
    rng_seed(&worker->rng, 1);
    return status;
}

static void close_worker(struct worker *worker)
{
    strategy_free(worker->strategy);
    target_close(&worker->target);
}

static enum status tell(struct worker *worker, const double *point, uint64_t number)
{
    struct measurement measured;
    target_measure(&measured, &worker->target, point, 1, number);
    struct trial_result result = {.values = measured.told, .energy_j = measured.energy_j};
    return strategy_tell(worker->strategy, number, TRIAL_COMPLETE, &result);
}

/* Ask for a trial and tell it; the times go into place k of the window. */
static enum status step(struct worker *worker, size_t k)
{
    const struct trial *trial;
    double from_s = clock_thread_cpu_s();
    if (strategy_ask(worker->strategy, &trial) != ASK_PROPOSED)
        return ST_FAILED;
    double between_s = clock_thread_cpu_s();
    enum status status = tell(worker, trial->point, trial->number);
    worker->ask_s[k % WINDOW_MAX] = between_s - from_s;
    worker->tell_s[k % WINDOW_MAX] = clock_thread_cpu_s() - between_s;
    return status;
}

static enum status fill(struct worker *worker, size_t n)
{
    double u[8], point[8];
    const struct space *space = worker->target.space;
    const struct history *history = strategy_history(worker->strategy);
    enum status status = ST_OK;
    while (history->n < n && !status) {
        for (size_t d = 0; d < space_dims(space); d++)
            u[d] = rng_uniform(&worker->rng);
        space_sample(space, u, point);
        status = strategy_restore(worker->strategy, point, TRIAL_NONE);
        if (!status)
            status = tell(worker, point, history->n - 1);
    }
    return status;
}

static double mean_of(const double *values, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += values[i] / (double)n;
    return sum;
}

static double memory_mb(void)
{
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return (double)usage.ru_maxrss / 1024;
}

/* Get to a mark, and measure around it: so many asks as are a tenth of its trials, of which the
 * mark is the middle. */
static enum status reach(struct worker *worker, size_t mark, struct ask_time *time)
{
    const struct history *history = strategy_history(worker->strategy);
    size_t window = mark <= ASKED_MAX ? mark / 10 + 1 : ASKED_BEYOND;
    size_t start = mark <= ASKED_MAX ? mark - window / 2 : mark;
    enum status status = ST_OK;
    time->catch_up_s = NAN;
    if (mark > ASKED_MAX) {
        status = fill(worker, start);
        if (!status)
            status = step(worker, 0);
        time->catch_up_s = worker->ask_s[0];
    }
    while (history->n < start && !status)
        status = step(worker, 0);
    for (size_t k = 0; k < window && !status; k++)
        status = step(worker, k);
    time->median_s = statistics_quantile(worker->ask_s, window, 0.5);
    time->longest_s = statistics_quantile(worker->ask_s, window, 1);
    time->mean_s = mean_of(worker->ask_s, window);
    time->tell_s = mean_of(worker->tell_s, window);
    time->memory_mb = memory_mb();
    return status;
}

/* In the child: write one struct after another into the pipe. */
static void work(struct worker *worker, size_t up_to, int pipe)
{
    for (size_t m = 0; m < ASK_MARKS && ask_marks[m] <= up_to; m++) {
        struct ask_time time;
        if (reach(worker, ask_marks[m], &time) ||
            write(pipe, &time, sizeof time) != (ssize_t)sizeof time)
            break;
    }
}

static void gather(struct ask_time times[ASK_MARKS], int pipe, double limit_s)
{
    struct pollfd waiting = {.fd = pipe, .events = POLLIN};
    for (size_t m = 0; m < ASK_MARKS; m++) {
        struct ask_time time;
        if (poll(&waiting, 1, (int)(limit_s * 1e3)) != 1 ||
            read(pipe, &time, sizeof time) != (ssize_t)sizeof time)
            break;
        times[m] = time;
    }
}

static enum status measure_in_child(struct ask_time times[ASK_MARKS], struct worker *worker,
                                    size_t up_to, double limit_s, struct error *err)
{
    int ends[2];
    if (pipe(ends))
        return error_errno(err, errno, "a pipe");
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        work(worker, up_to, ends[1]);
        _exit(0);
    }
    close(ends[1]);
    if (child > 0) {
        gather(times, ends[0], limit_s);
        kill(child, SIGKILL);
        waitpid(child, NULL, 0);
    }
    close(ends[0]);
    return child > 0 ? ST_OK : error_errno(err, errno, "cannot start a process");
}

enum status ask_times_measure(struct ask_time times[ASK_MARKS], const char *entry,
                              const char *label, size_t up_to, double limit_s,
                              struct error *err)
{
    struct worker worker = {0};
    for (size_t m = 0; m < ASK_MARKS; m++)
        times[m] = (struct ask_time){NAN, NAN, NAN, NAN, NAN, NAN};
    enum status status = make_strategy(&worker, entry, label, up_to, err);
    if (!status)
        status = measure_in_child(times, &worker, up_to, limit_s, err);
    close_worker(&worker);
    return status;
}

void ask_times_print(FILE *out, const char *label, const struct ask_time times[ASK_MARKS])
{
    for (size_t m = 0; m < ASK_MARKS; m++) {
        if (isnan(times[m].median_s))
            continue;
        fprintf(out, "%-14s %6zu %9.3f %9.3f %9.3f ", label, ask_marks[m],
                1e3 * times[m].median_s, 1e3 * times[m].mean_s, 1e3 * times[m].longest_s);
        if (isnan(times[m].catch_up_s))
            fprintf(out, "%9s", "");
        else
            fprintf(out, "%9.1f", 1e3 * times[m].catch_up_s);
        fprintf(out, " %9.4f %9.1f\n", 1e3 * times[m].tell_s, times[m].memory_mb);
    }
}
