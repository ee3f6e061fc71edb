/* fidelity_times ENTRY...: the processor time of an ask and of a report of strategies over
 * epochs, around 1,000 and 10,000 told trials of at most ten reports each.
 *
 * Losses are those of power laws. The past is not asked for but restored: random trials of
 * which every tenth is complete and the others were stopped after one to five epochs. Then 64
 * trials are asked for, eight at a time that train one epoch each in turn. For each number of
 * told trials: the time of the first ask, which catches up with the past, and the median and
 * the longest time of the other asks and of the reports, most of which need no judgement. */
#include "base/clock.h"
#include "base/rng.h"
#include "search/strategy.h"
#include "tests/bench/learning_curves.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { EPOCHS = 10, WORKERS = 8, ASKS = 64, REPORTS_MAX = EPOCHS * ASKS };

static const char space_text[] = "{\"a\": {\"type\": \"real\", \"low\": 0, \"high\": 1},"
                                 " \"b\": {\"type\": \"real\", \"low\": 0, \"high\": 1},"
                                 " \"c\": {\"type\": \"real\", \"low\": 0, \"high\": 1},"
                                 " \"d\": {\"type\": \"real\", \"low\": 0, \"high\": 1},"
                                 " \"kind\": {\"type\": \"categorical\", \"values\": [1, 2]},"
                                 " \"epochs\": {\"type\": \"integer\", \"low\": 1,"
                                 " \"high\": 10}}";
enum { KIND = CURVE_PARAMS, EPOCHS_AT };

struct times {
    double s[REPORTS_MAX];
    size_t n;
};

struct running {
    uint64_t number;
    int done; /* epochs */
    bool open;
};

/* One mark. */
struct lab {
    struct strategy *strategy;
    struct running running[WORKERS];
    struct times asks, reports;
};

static void fail(const char *why)
{
    fprintf(stderr, "fidelity_times: %s\n", why);
    exit(1);
}

static struct json *parse(const char *text)
{
    struct json *json;
    struct error err = {0};
    if (json_parse(&json, text, strlen(text), "text", &err))
        fail(err.what);
    return json;
}

static struct strategy *make(const struct problem *problem, const char *entry)
{
    struct json *json = parse(entry);
    struct json_problems problems = {.source = "entry"};
    struct strategy *strategy;
    if (strategy_create(&strategy, problem, json, NULL, "strategy", &problems))
        fail(strbuf_text(&problems.text));
    json_problems_free(&problems);
    json_free(json);
    return strategy;
}

static double loss(const double *point, int epochs)
{
    return curve_families[0].loss(point, (int)point[KIND], epochs);
}

static void conclude(struct strategy *strategy, uint64_t number, int epochs)
{
    double value = loss(strategy_history(strategy)->trials[number].point, epochs);
    struct trial_result result = {.values = epochs == EPOCHS ? &value : NULL,
                                  .energy_j = epochs};
    if (strategy_tell(strategy, number, epochs == EPOCHS ? TRIAL_COMPLETE : TRIAL_PRUNED,
                      &result))
        fail("a trial could not be told");
}

static void restore(struct strategy *strategy, size_t n)
{
    struct rng rng;
    rng_seed(&rng, 1);
    for (size_t i = 0; i < n; i++) {
        double point[EPOCHS_AT + 1];
        for (size_t j = 0; j < CURVE_PARAMS; j++)
            point[j] = rng_uniform(&rng);
        point[KIND] = (double)rng_below(&rng, 2);
        point[EPOCHS_AT] = EPOCHS;
        int epochs = i % 10 == 0 ? EPOCHS : 1 + (int)rng_below(&rng, 5);
        if (strategy_restore(strategy, point, TRIAL_NONE))
            fail("a trial could not be restored");
        for (int t = 1; t <= epochs; t++)
            if (strategy_restore_report(strategy, i, (struct intermediate){t, loss(point, t)}))
                fail("a report could not be restored");
        conclude(strategy, i, epochs);
    }
}

static void ask(struct lab *lab, size_t place)
{
    const struct trial *trial;
    double from_s = clock_thread_cpu_s();
    if (strategy_ask(lab->strategy, &trial) != ASK_PROPOSED)
        fail("nothing was asked for");
    lab->asks.s[lab->asks.n++] = clock_thread_cpu_s() - from_s;
    lab->running[place] = (struct running){.number = trial->number, .open = true};
    if (trial->continues == TRIAL_NONE)
        return;
    const struct trial *before = &strategy_history(lab->strategy)->trials[trial->continues];
    lab->running[place].done = (int)before->reports[before->n_reports - 1].step;
}

/* One epoch. */
static void train(struct lab *lab, struct running *running)
{
    const struct trial *trial = &strategy_history(lab->strategy)->trials[running->number];
    running->done++;
    struct intermediate report = {running->done, loss(trial->point, running->done)};
    double from_s = clock_thread_cpu_s();
    enum verdict verdict = strategy_report(lab->strategy, running->number, report);
    lab->reports.s[lab->reports.n++] = clock_thread_cpu_s() - from_s;
    running->open = verdict == VERDICT_GO_ON && running->done < EPOCHS;
    if (!running->open)
        conclude(lab->strategy, running->number, running->done);
}

/* So many trials, WORKERS at a time, one epoch of each in turn. */
static void run(struct lab *lab)
{
    while (lab->asks.n < ASKS) {
        for (size_t k = 0; k < WORKERS; k++)
            ask(lab, k);
        for (int epoch = 0; epoch < EPOCHS; epoch++)
            for (size_t k = 0; k < WORKERS; k++)
                if (lab->running[k].open)
                    train(lab, &lab->running[k]);
    }
}

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void print_times(struct times *times)
{
    qsort(times->s, times->n, sizeof *times->s, ascending);
    printf(" %8.1f %8.1f", times->s[times->n / 2] * 1e3, times->s[times->n - 1] * 1e3);
}

static void measure(const struct space *space, const char *entry, size_t told)
{
    static char metric[] = "loss";
    static const struct objective objective = {metric, GOAL_MINIMIZE};
    struct problem problem = {
        .space = space, .objectives = &objective, .n_objectives = 1, .seed = 1};
    struct lab lab = {.strategy = make(&problem, entry)};
    restore(lab.strategy, told);
    run(&lab);
    printf("%-60s %6zu %10.1f", entry, told, lab.asks.s[0] * 1e3);
    lab.asks.s[0] = lab.asks.s[1];
    print_times(&lab.asks);
    print_times(&lab.reports);
    printf("\n");
    fflush(stdout);
    strategy_free(lab.strategy);
}

int main(int argc, char **argv)
{
    struct json *json = parse(space_text);
    struct json_problems problems = {.source = "space"};
    struct space *space;
    if (space_read(&space, json, &problems))
        fail(strbuf_text(&problems.text));
    printf("%-60s %6s %10s %17s %17s\n", "processor time, ms", "told", "first ask",
           "ask: mid  longest", "report");
    for (int i = 1; i < argc; i++) {
        measure(space, argv[i], 1000);
        measure(space, argv[i], 10000);
    }
    space_free(space);
    json_problems_free(&problems);
    json_free(json);
    return 0;
}
