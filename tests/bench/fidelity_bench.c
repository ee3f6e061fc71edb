/* fidelity_bench [SEEDS] [WORKERS] [ENTRY...]: how many epochs strategies need to reach what
 * random search ends with after 40 full trainings of 50 epochs each.
 *
 * Each entry is a strategy as in a study file. One with "fidelity", and asha and hyperband,
 * have `epochs` from 1 to 50 in their space, and a trial that continues another one costs the
 * difference; the others train 50 epochs. For each family of learning curves: the median over
 * the seeds of the epochs until the lowest loss is as low as the median of random search at its
 * end, as a share of 2,000, and of the lowest loss at the end. "-": more than half of the runs
 * did not get there. */
#include "search/strategy.h"
#include "tests/bench/learning_curves.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { EPOCHS = 50, FULL = 40, BUDGET = FULL * EPOCHS, SEEDS_MAX = 100, WORKERS_MAX = 64 };

#define SPACE(epochs)                                                                          \
    "{\"a\": {\"type\": \"real\", \"low\": 0, \"high\": 1},"                                   \
    " \"b\": {\"type\": \"real\", \"low\": 0, \"high\": 1},"                                   \
    " \"c\": {\"type\": \"real\", \"low\": 0, \"high\": 1},"                                   \
    " \"d\": {\"type\": \"real\", \"low\": 0, \"high\": 1},"                                   \
    " \"kind\": {\"type\": \"categorical\", \"values\": [\"x\", \"y\"]}," epochs "}"

enum { KIND = CURVE_PARAMS, EPOCHS_AT };

/* One training that runs. */
struct running {
    uint64_t number;
    int done, last; /* epochs */
};

struct run {
    const struct curve_family *family;
    uint64_t seed;
    struct strategy *strategy;
    bool fidelity;
    struct running running[WORKERS_MAX];
    size_t n_running;
    int *trained;          /* [trials]: epochs at the end of each */
    double lowest[BUDGET]; /* loss by the epochs spent, without noise */
    int spent;
};

static struct json *parse(const char *text)
{
    struct json *json;
    struct error err = {0};
    if (json_parse(&json, text, strlen(text), "entry", &err)) {
        fprintf(stderr, "fidelity_bench: %s\n", err.what);
        exit(1);
    }
    return json;
}

static struct strategy *make(const struct problem *problem, const char *entry)
{
    struct json *json = parse(entry);
    struct json_problems problems = {.source = "entry"};
    struct strategy *strategy;
    if (strategy_create(&strategy, problem, json, NULL, "strategy", &problems)) {
        fprintf(stderr, "%s", strbuf_text(&problems.text));
        exit(1);
    }
    json_problems_free(&problems);
    json_free(json);
    return strategy;
}

static double true_loss(const struct run *run, const double *point, int epochs)
{
    return run->family->loss(point, (int)point[KIND], epochs);
}

static double told_loss(const struct run *run, const double *point, int epochs)
{
    double noise = run->family->noise;
    return true_loss(run, point, epochs) +
           (noise > 0 ? noise * curve_noise(run->seed, point, epochs) : 0);
}

/* Ask until all workers have something to do. */
static void fill(struct run *run, size_t workers)
{
    const struct trial *trial;
    while (run->n_running < workers && strategy_ask(run->strategy, &trial) == ASK_PROPOSED) {
        int last = run->fidelity ? (int)trial->point[EPOCHS_AT] : EPOCHS;
        int done = trial->continues == TRIAL_NONE ? 0 : run->trained[trial->continues];
        run->running[run->n_running++] = (struct running){trial->number, done, last};
    }
}

static void conclude(struct run *run, struct running *running, bool stopped)
{
    const struct trial *trial = &strategy_history(run->strategy)->trials[running->number];
    double value = told_loss(run, trial->point, running->done);
    struct trial_result result = {.values = stopped ? NULL : &value, .energy_j = running->done};
    run->trained[running->number] = running->done;
    strategy_tell(run->strategy, running->number, stopped ? TRIAL_PRUNED : TRIAL_COMPLETE,
                  &result);
    *running = run->running[--run->n_running];
}

/* One epoch of the k-th training that runs. */
static void train(struct run *run, size_t k)
{
    struct running *running = &run->running[k];
    if (running->done < running->last) {
        running->done++;
        const double *point = strategy_history(run->strategy)->trials[running->number].point;
        double before = run->spent > 0 ? run->lowest[run->spent - 1] : HUGE_VAL;
        run->lowest[run->spent++] = fmin(before, true_loss(run, point, running->done));
        double value = told_loss(run, point, running->done);
        if (strategy_report(run->strategy, running->number,
                            (struct intermediate){running->done, value}) == VERDICT_STOP &&
            running->done < running->last) {
            conclude(run, running, true);
            return;
        }
    }
    if (running->done >= running->last)
        conclude(run, running, false);
}

static void run_once(struct run *run, const char *entry, size_t workers)
{
    static char metric[] = "loss";
    static const struct objective objective = {metric, GOAL_MINIMIZE};
    run->fidelity =
        strstr(entry, "asha") || strstr(entry, "hyperband") || strstr(entry, "fidelity");
    struct json *json = parse(
        run->fidelity ? SPACE("\"epochs\": {\"type\": \"integer\", \"low\": 1, \"high\": 50}")
                      : SPACE("\"epochs\": 50"));
    struct json_problems problems = {.source = "space"};
    struct space *space;
    if (space_read(&space, json, &problems))
        exit(1);
    struct problem problem = {
        .space = space, .objectives = &objective, .n_objectives = 1, .seed = run->seed};
    run->strategy = make(&problem, entry);
    run->trained = calloc(10 * BUDGET, sizeof *run->trained);
    run->n_running = 0;
    run->spent = 0;
    for (size_t k = 0; run->spent < BUDGET; k++) {
        fill(run, workers);
        train(run, k % run->n_running);
    }
    free(run->trained);
    strategy_free(run->strategy);
    space_free(space);
    json_free(json);
}

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(double *values, size_t n)
{
    qsort(values, n, sizeof *values, ascending);
    return values[n / 2];
}

static void race(const struct curve_family *family, const char *entry, size_t seeds,
                 size_t workers, double *target)
{
    static double lowest[SEEDS_MAX][BUDGET];
    double last[SEEDS_MAX], needed[SEEDS_MAX];
    struct run run = {.family = family};
    clock_t start = clock();
    for (size_t s = 0; s < seeds; s++) {
        run.seed = s + 1;
        run_once(&run, entry, workers);
        memcpy(lowest[s], run.lowest, sizeof lowest[s]);
        last[s] = run.lowest[BUDGET - 1];
    }
    double seconds = (double)(clock() - start) / CLOCKS_PER_SEC / (double)seeds;
    double end = median(last, seeds);
    *target = isnan(*target) ? end : *target;
    for (size_t s = 0; s < seeds; s++) {
        size_t k = 0;
        while (k < BUDGET && lowest[s][k] > *target)
            k++;
        needed[s] = k < BUDGET ? (double)(k + 1) / BUDGET : HUGE_VAL;
    }
    double share = median(needed, seeds);
    printf("%-10s %-70s ", family->name, entry);
    if (isfinite(share))
        printf("%6.3f", share);
    else
        printf("%6s", "-");
    printf(" %8.4f %8.3f s\n", end, seconds);
    fflush(stdout);
}

int main(int argc, char **argv)
{
    size_t seeds = argc > 1 ? (size_t)atoi(argv[1]) : 20;
    size_t workers = argc > 2 ? (size_t)atoi(argv[2]) : 1;
    if (seeds < 1 || seeds > SEEDS_MAX || workers < 1 || workers > WORKERS_MAX) {
        fprintf(stderr, "usage: fidelity_bench [SEEDS, to 100] [WORKERS, to 64] [ENTRY...]\n");
        return 2;
    }
    printf("family     strategy                                                               "
           " share lowest  time of a run\n");
    for (size_t f = 0; f < CURVE_FAMILIES; f++) {
        double target = NAN;
        race(&curve_families[f], "\"random\"", seeds, workers, &target);
        for (int i = 3; i < argc; i++)
            race(&curve_families[f], argv[i], seeds, workers, &target);
    }
    return 0;
}
