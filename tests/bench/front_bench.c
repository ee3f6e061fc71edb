/* front_bench - how good the fronts are that the search strategies find with two objectives.
 *
 *     front_bench [--trials N] [--seeds N] [--workers N] [--dims D] [--population N]
 *
 * Prints for zdt1 to zdt3 and each strategy that knows several objectives, random search for
 * comparison, the median over seeds of the hypervolume up to the point (1, 10), which no point
 * of these problems is beyond, its quartiles, the median of how many points the front has, and
 * the mean processor time of a run. The whole
 * front of zdt1 has the hypervolume 9.667, that of zdt2 9.333. --population: that of nsga2.
 * Seeds are 1, 2, ... */
#include "base/clock.h"
#include "search/strategy.h"
#include "worker/functions.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct settings {
    size_t trials, seeds, workers, dims, population;
};

/* What a run is judged by. */
struct outcome {
    double hypervolume, points, time_s;
};

static void die(const char *what)
{
    fprintf(stderr, "front_bench: %s\n", what);
    exit(1);
}

static struct json *parse(const char *text)
{
    struct json *json;
    if (json_parse(&json, text, strlen(text), "front_bench", NULL))
        die(text);
    return json;
}

static struct space *make_space(size_t dims)
{
    struct strbuf text = STRBUF_INIT;
    struct json_problems problems = {.source = "front_bench"};
    struct space *space;
    for (size_t d = 0; d < dims; d++)
        strbuf_printf(&text, "%s\"x%zu\": {\"type\": \"real\", \"low\": 0, \"high\": 1}",
                      d ? ", " : "{", d + 1);
    strbuf_append(&text, "}");
    struct json *json = parse(strbuf_text(&text));
    if (space_read(&space, json, &problems))
        die(strbuf_text(&problems.text));
    json_free(json);
    strbuf_free(&text);
    return space;
}

static struct strategy *make_strategy(const struct problem *problem, const char *entry)
{
    struct json_problems problems = {.source = "front_bench"};
    struct strategy *strategy;
    struct json *json = parse(entry);
    if (strategy_create(&strategy, problem, json, NULL, "strategy", &problems))
        die(strbuf_text(&problems.text));
    json_free(json);
    return strategy;
}

static void tell_oldest(struct strategy *strategy, const struct test_function *function,
                        size_t dims)
{
    const struct history *history = strategy_history(strategy);
    const struct trial *trial = &history->trials[history->pending[0]];
    double values[FUNCTION_VALUES_MAX];
    function->evaluate(values, trial->point, dims);
    if (strategy_tell(strategy, trial->number, TRIAL_COMPLETE,
                      &(struct trial_result){.values = values, .energy_j = NAN}))
        die("telling failed");
}

static int by_first_value(const void *a, const void *b)
{
    const double *p = *(double *const *)a, *q = *(double *const *)b;
    if (p[0] != q[0])
        return p[0] < q[0] ? -1 : 1;
    return (p[1] > q[1]) - (p[1] < q[1]);
}

/* Walk along the front, from the least of the first value on. */
static void judge(const struct history *history, struct outcome *outcome)
{
    double **values = calloc(history->n, sizeof *values), lowest = 10;
    if (!values)
        die("out of memory");
    for (size_t i = 0; i < history->n; i++)
        values[i] = history->trials[i].values;
    qsort(values, history->n, sizeof *values, by_first_value);
    outcome->hypervolume = outcome->points = 0;
    for (size_t i = 0; i < history->n; i++) {
        if (values[i][1] >= lowest)
            continue;
        outcome->hypervolume += (1 - values[i][0]) * (lowest - values[i][1]);
        outcome->points++;
        lowest = values[i][1];
    }
    free(values);
}

static void run(const struct test_function *function, const char *entry, uint64_t seed,
                const struct settings *settings, struct outcome *outcome)
{
    static char names[2][8] = {"value1", "value2"};
    static const struct objective objectives[] = {{names[0], GOAL_MINIMIZE},
                                                  {names[1], GOAL_MINIMIZE}};
    struct space *space = make_space(settings->dims);
    struct problem problem = {.space = space,
                              .objectives = objectives,
                              .n_objectives = 2,
                              .seed = seed,
                              .budget_trials = settings->trials};
    struct strategy *strategy = make_strategy(&problem, entry);
    const struct history *history = strategy_history(strategy);
    const struct trial *trial;
    double from = clock_thread_cpu_s();
    for (size_t t = 0; t < settings->trials; t++) {
        if (strategy_ask(strategy, &trial) != ASK_PROPOSED)
            die("no proposal");
        if (history->n_pending >= settings->workers)
            tell_oldest(strategy, function, settings->dims);
    }
    while (history->n_pending > 0)
        tell_oldest(strategy, function, settings->dims);
    outcome->time_s = clock_thread_cpu_s() - from;
    judge(history, outcome);
    strategy_free(strategy);
    space_free(space);
}

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void compare(const struct test_function *function, const char *name, const char *entry,
                    const struct settings *settings)
{
    size_t n = settings->seeds;
    double *volumes = calloc(n, sizeof *volumes), *points = calloc(n, sizeof *points);
    double time_s = 0;
    if (!volumes || !points)
        die("out of memory");
    for (size_t s = 0; s < n; s++) {
        struct outcome outcome;
        run(function, entry, s + 1, settings, &outcome);
        volumes[s] = outcome.hypervolume;
        points[s] = outcome.points;
        time_s += outcome.time_s / (double)n;
    }
    qsort(volumes, n, sizeof *volumes, ascending);
    qsort(points, n, sizeof *points, ascending);
    printf("%-6s %-8s %6zu %5zu %9.4f %9.4f %9.4f %7.0f %8.3f\n", function->name, name,
           settings->trials, n, (volumes[n / 2] + volumes[(n - 1) / 2]) / 2, volumes[n / 4],
           volumes[n - 1 - n / 4], points[n / 2], time_s);
    fflush(stdout);
    free(volumes);
    free(points);
}

static void read_arguments(struct settings *settings, int argc, char **argv)
{
    const struct {
        const char *name;
        size_t *value, least;
    } options[] = {{"--trials", &settings->trials, 1},
                   {"--seeds", &settings->seeds, 1},
                   {"--workers", &settings->workers, 1},
                   {"--dims", &settings->dims, 2},
                   {"--population", &settings->population, 0}};
    enum { N = sizeof options / sizeof options[0] };
    for (int i = 1; i < argc; i += 2) {
        size_t k = 0;
        while (k < N && strcmp(argv[i], options[k].name) != 0)
            k++;
        if (k == N || i + 1 == argc)
            die("wrong option; see the head of tests/bench/front_bench.c");
        *options[k].value = strtoul(argv[i + 1], NULL, 10);
        if (*options[k].value < options[k].least)
            die("an option is too small");
    }
}

int main(int argc, char **argv)
{
    static const char *const functions[] = {"zdt1", "zdt2", "zdt3"};
    struct settings settings = {.trials = 500, .seeds = 20, .workers = 1, .dims = 6};
    read_arguments(&settings, argc, argv);
    char nsga2[64] = "\"nsga2\"";
    if (settings.population > 0)
        snprintf(nsga2, sizeof nsga2, "{\"name\": \"nsga2\", \"population\": %zu}",
                 settings.population);
    printf("%-6s %-8s %6s %5s %9s %9s %9s %7s %8s\n", "", "strategy", "n", "seeds", "median",
           "25 %", "75 %", "points", "time_s");
    for (size_t f = 0; f < sizeof functions / sizeof functions[0]; f++) {
        const struct test_function *function = functions_find(functions[f]);
        compare(function, "random", "\"random\"", &settings);
        compare(function, "tpe", "\"tpe\"", &settings);
        compare(function, "nsga2", nsga2, &settings);
    }
    return 0;
}
