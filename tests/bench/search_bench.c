/* search_bench - how good and how fast the search strategies are.
 *
 *     search_bench [--trials N] [--seeds N] [--problems A,B] [--strategies A,B] [--workers N]
 * [--times]
 *
 * Prints for each problem and strategy the median over seeds of log10 of the regret (value of
 * the trial that looked best, minus the minimum) after N trials, its quartiles, and the
 * processor time of asking and telling. --times: instead, the time of one ask of each strategy
 * in 6 dimensions after 100, 500 and 1000 trials, and after 10000 with --trials 10000. Seeds
 * are 1, 2, ... */
#include "base/clock.h"
#include "search/strategy.h"
#include "tests/bench/search_problems.h"
#include "worker/functions.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct settings {
    size_t trials, seeds, workers;
    const char *problems, *strategies;
    bool times;
};

static const struct objective loss = {.metric = NULL, .goal = GOAL_MINIMIZE};

static void die(const char *what)
{
    fprintf(stderr, "search_bench: %s\n", what);
    exit(1);
}

static struct strategy *make_strategy(const struct space *space, const char *name,
                                      uint64_t seed, size_t trials)
{
    char text[256];
    struct json *entry;
    struct strategy *strategy = NULL;
    struct json_problems problems = {.source = "search_bench"};
    struct problem problem = {.space = space,
                              .objectives = &loss,
                              .n_objectives = 1,
                              .seed = seed,
                              .budget_trials = trials};
    snprintf(text, sizeof text, "\"%s\"", name);
    if (json_parse(&entry, text, strlen(text), "--strategies", NULL) ||
        strategy_create(&strategy, &problem, entry, NULL, name, &problems))
        die(strbuf_text(&problems.text));
    json_free(entry);
    return strategy;
}

/* What is known in one run. */
struct outcome {
    double looks, regret; /* of the trial that looks best: what was told, and the truth */
};

/* Tell the result of the oldest pending trial. */
static void finish_oldest(struct strategy *strategy, const struct bench_problem *problem,
                          const struct space *space, struct rng *rng, struct outcome *outcome)
{
    const struct history *history = strategy_history(strategy);
    const struct trial *trial = &history->trials[history->pending[0]];
    double value = bench_value(problem, space, trial->point);
    double told = value + problem->noise * rng_normal(rng);
    double minimum = problem->function ? functions_find(problem->function)->minimum : 0;
    if (told < outcome->looks)
        *outcome = (struct outcome){told, value - minimum};
    if (strategy_tell(strategy, trial->number, TRIAL_COMPLETE,
                      &(struct trial_result){.values = &told, .energy_j = NAN}))
        die("telling failed");
}

/* One run: the regret of the trial that looked best, and the seconds that the strategy took. */
static double run(const struct bench_problem *problem, const struct space *space,
                  const char *name, uint64_t seed, const struct settings *settings,
                  double *time_s)
{
    struct strategy *strategy = make_strategy(space, name, seed, settings->trials);
    const struct history *history = strategy_history(strategy);
    const struct trial *trial;
    struct outcome outcome = {INFINITY, INFINITY};
    struct rng rng;
    rng_seed(&rng, rng_derive(seed, "noise", 0, 0));
    *time_s = 0;
    for (size_t t = 0; t < settings->trials; t++) {
        double from = clock_thread_cpu_s();
        enum ask ask = strategy_ask(strategy, &trial);
        *time_s += clock_thread_cpu_s() - from;
        if (ask != ASK_PROPOSED)
            break;
        while (history->n_pending >= settings->workers)
            finish_oldest(strategy, problem, space, &rng, &outcome);
    }
    while (history->n_pending > 0)
        finish_oldest(strategy, problem, space, &rng, &outcome);
    strategy_free(strategy);
    return outcome.regret;
}

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void compare(const struct bench_problem *problem, const struct settings *settings,
                    const char *name)
{
    struct space *space = bench_space(problem);
    double *regrets = calloc(settings->seeds, sizeof *regrets), time_s = 0;
    if (!space || !regrets)
        die("out of memory");
    for (size_t s = 0; s < settings->seeds; s++) {
        double one;
        double regret = run(problem, space, name, s + 1, settings, &one);
        regrets[s] = log10(fmax(regret, 1e-12));
        time_s += one / (double)settings->seeds;
    }
    qsort(regrets, settings->seeds, sizeof *regrets, ascending);
    size_t n = settings->seeds;
    printf("%-12s %-10s %5zu %5zu %8.2f %8.2f %8.2f %9.3f\n", problem->name, name,
           settings->trials, n, (regrets[n / 2] + regrets[(n - 1) / 2]) / 2, regrets[n / 4],
           regrets[n - 1 - n / 4], time_s);
    fflush(stdout);
    free(regrets);
    space_free(space);
}

/* The time of the last asks before `trials` are told: of one, and with the share of the refits
 * between two of them. */
static void time_asks(const char *name, size_t trials)
{
    static const size_t marks[] = {100, 500, 1000, 10000};
    static double ask_s[10500];
    size_t n_marks = trials < 10000 ? 3 : 4;
    const struct bench_problem *problem = &bench_problems[2];
    struct space *space = bench_space(problem);
    struct strategy *strategy = make_strategy(space, name, 1, 1000);
    const struct trial *trial;
    size_t t = 0;
    printf("%s in 6 dimensions: ms of one ask (median and mean of the last tenth)\n", name);
    for (size_t m = 0; m < n_marks; m++) {
        for (; t < marks[m] + marks[m] / 20; t++) {
            double from = clock_thread_cpu_s();
            if (strategy_ask(strategy, &trial) != ASK_PROPOSED)
                die("no proposal");
            ask_s[t] = clock_thread_cpu_s() - from;
            double value = bench_value(problem, space, trial->point);
            strategy_tell(strategy, trial->number, TRIAL_COMPLETE,
                          &(struct trial_result){.values = &value, .energy_j = NAN});
        }
        size_t n = marks[m] / 10;
        double mean = 0, *last = ask_s + t - n;
        for (size_t i = 0; i < n; i++)
            mean += last[i] / (double)n;
        double sorted[1024];
        memcpy(sorted, last, n * sizeof *sorted);
        qsort(sorted, n, sizeof *sorted, ascending);
        printf("n = %5zu: median %.2f, mean %.2f, largest %.2f\n", marks[m],
               sorted[n / 2] * 1e3, mean * 1e3, sorted[n - 1] * 1e3);
        fflush(stdout);
    }
    strategy_free(strategy);
    space_free(space);
}

static bool listed(const char *list, const char *name)
{
    size_t length = strlen(name);
    for (const char *at = list; at; at = strchr(at, ',')) {
        at += *at == ',';
        if (strncmp(at, name, length) == 0 && (at[length] == ',' || at[length] == '\0'))
            return true;
    }
    return list == NULL;
}

static void read_arguments(struct settings *settings, int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        const char *value = i + 1 < argc ? argv[i + 1] : NULL;
        if (strcmp(argv[i], "--times") == 0) {
            settings->times = true;
            continue;
        }
        if (!value)
            die("usage: search_bench [--trials N] [--seeds N] [--problems A,B] [--strategies "
                "A,B] [--workers N] [--times]");
        if (strcmp(argv[i], "--trials") == 0)
            settings->trials = strtoul(value, NULL, 10);
        else if (strcmp(argv[i], "--seeds") == 0)
            settings->seeds = strtoul(value, NULL, 10);
        else if (strcmp(argv[i], "--workers") == 0)
            settings->workers = strtoul(value, NULL, 10);
        else if (strcmp(argv[i], "--problems") == 0)
            settings->problems = value;
        else if (strcmp(argv[i], "--strategies") == 0)
            settings->strategies = value;
        else
            die("unknown option; see the head of tests/bench/search_bench.c");
        i++;
    }
    if (settings->trials == 0 || settings->seeds == 0 || settings->workers == 0)
        die("--trials, --seeds and --workers must be at least 1");
}

int main(int argc, char **argv)
{
    struct settings settings = {60, 20, 1, NULL, "random,sobol,bayes,tpe", false};
    read_arguments(&settings, argc, argv);
    if (settings.times) {
        for (size_t k = 0; strategy_types[k]; k++)
            if (listed(settings.strategies, strategy_types[k]->name))
                time_asks(strategy_types[k]->name, settings.trials);
        return 0;
    }
    printf("%-12s %-10s %5s %5s %8s %8s %8s %9s\n", "problem", "strategy", "n", "seeds",
           "median", "25 %", "75 %", "time_s");
    for (size_t p = 0; p < bench_n_problems; p++)
        for (size_t k = 0; strategy_types[k]; k++)
            if (listed(settings.problems, bench_problems[p].name) &&
                listed(settings.strategies, strategy_types[k]->name))
                compare(&bench_problems[p], &settings, strategy_types[k]->name);
    return 0;
}
