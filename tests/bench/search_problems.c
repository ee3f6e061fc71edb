#include "tests/bench/search_problems.h"

#include "worker/functions.h"

#include <math.h>
#include <stdio.h>

static double square(double x)
{
    return x * x;
}

/* Training as a small model: a learning rate and a weight decay whose best values depend on the
 * optimiser, a batch size, a depth. Zero at adam, lr 0.003, decay 1e-4, batch 64, depth 5. */
static double tuning(const double *p)
{
    static const double offset[] = {0.25, 0, 0.15, 0.6},
                        best_lr[] = {-1, -2.5228787452803374, -2, -0.5};
    size_t optimizer = (size_t)p[0];
    double lr = log10(p[1]) - best_lr[optimizer], decay = log10(p[2]) + 4;
    double batch = p[3] - 2, depth = p[4] - 5; /* the index of 64 is 2 */
    return offset[optimizer] + 0.5 * square(lr) + 0.05 * square(decay) + 0.04 * square(batch) +
           0.03 * square(depth) + 0.02 * lr * depth + 0.03 * decay * batch;
}

/* Each of two branches has parameters of its own. Zero at b, y = 0.7, k = 3. */
static double branches(const double *p)
{
    if (p[0] == 0)
        return 0.2 + square(p[1] - 0.3) + 0.5 * square(p[2] - 0.6);
    return 2 * square(p[3] - 0.7) + 0.1 * square(p[4] - 3) +
           0.3 * fabs(p[3] - 0.7) * fabs(p[4] - 3);
}

/* 5^5 points; each factor interacts with the next. Zero at 1, 3, 0, 2, 4. */
static double levels(const double *p)
{
    static const double best[] = {1, 3, 0, 2, 4};
    double sum = 0;
    for (int i = 0; i < 5; i++) {
        double here = fabs(p[i] - best[i]), next = fabs(p[(i + 1) % 5] - best[(i + 1) % 5]);
        sum += here + 0.5 * here * next;
    }
    return sum;
}

const struct bench_problem bench_problems[] = {
    {.name = "branin",
     .space = "{\"x1\": {\"type\": \"real\", \"low\": -5, \"high\": 10},"
              " \"x2\": {\"type\": \"real\", \"low\": 0, \"high\": 15}}",
     .function = "branin"},
    {.name = "hartmann3", .dims = 3, .low = 0, .high = 1, .function = "hartmann3"},
    {.name = "hartmann6", .dims = 6, .low = 0, .high = 1, .function = "hartmann6"},
    {.name = "rosenbrock4", .dims = 4, .low = -5, .high = 10, .function = "rosenbrock"},
    {.name = "ackley5", .dims = 5, .low = -32.768, .high = 16.384, .function = "ackley"},
    {.name = "rastrigin3", .dims = 3, .low = -5.12, .high = 4.096, .function = "rastrigin"},
    {.name = "levy4", .dims = 4, .low = -10, .high = 10, .function = "levy"},
    {.name = "sphere10", .dims = 10, .low = -5.12, .high = 4.096, .function = "sphere"},
    {.name = "tuning",
     .space = "{\"opt\": {\"type\": \"categorical\", \"values\": [\"sgd\", \"adam\", \"rms\","
              " \"lion\"]},"
              " \"lr\": {\"type\": \"real\", \"low\": 1e-5, \"high\": 1, \"scale\": \"log\"},"
              " \"decay\": {\"type\": \"real\", \"low\": 1e-6, \"high\": 0.01, \"scale\":"
              " \"log\"},"
              " \"batch\": {\"type\": \"ordinal\", \"values\": [16, 32, 64, 128, 256]},"
              " \"depth\": {\"type\": \"integer\", \"low\": 1, \"high\": 12}}",
     .evaluate = tuning},
    {.name = "branches",
     .space = "{\"kind\": {\"type\": \"categorical\", \"values\": [\"a\", \"b\"]},"
              " \"x\": {\"type\": \"real\", \"low\": 0, \"high\": 1, \"when\": {\"kind\":"
              " \"a\"}},"
              " \"w\": {\"type\": \"real\", \"low\": 0, \"high\": 1, \"when\": {\"kind\":"
              " \"a\"}},"
              " \"y\": {\"type\": \"real\", \"low\": 0, \"high\": 1, \"when\": {\"kind\":"
              " \"b\"}},"
              " \"k\": {\"type\": \"integer\", \"low\": 1, \"high\": 9, \"when\": {\"kind\":"
              " \"b\"}}}",
     .evaluate = branches},
    {.name = "levels",
     .space = "{\"a\": {\"type\": \"categorical\", \"values\": [\"p\", \"q\", \"r\", \"s\","
              " \"t\"]},"
              " \"b\": {\"type\": \"integer\", \"low\": 0, \"high\": 4},"
              " \"c\": {\"type\": \"integer\", \"low\": 0, \"high\": 4},"
              " \"d\": {\"type\": \"integer\", \"low\": 0, \"high\": 4},"
              " \"e\": {\"type\": \"integer\", \"low\": 0, \"high\": 4}}",
     .evaluate = levels},
    {.name = "noisy6", .dims = 6, .low = 0, .high = 1, .function = "hartmann6", .noise = 0.1},
};
const size_t bench_n_problems = sizeof bench_problems / sizeof bench_problems[0];

static void write_reals(const struct bench_problem *problem, struct strbuf *out)
{
    for (size_t d = 0; d < problem->dims; d++)
        strbuf_printf(out, "%s\"x%zu\": {\"type\": \"real\", \"low\": %g, \"high\": %g}",
                      d ? ", " : "{", d + 1, problem->low, problem->high);
    strbuf_append(out, "}");
}

struct space *bench_space(const struct bench_problem *problem)
{
    struct strbuf text = STRBUF_INIT;
    struct json *json = NULL;
    struct space *space = NULL;
    struct json_problems problems = {.source = problem->name};
    if (problem->dims > 0)
        write_reals(problem, &text);
    else
        strbuf_append(&text, problem->space);
    if (json_parse(&json, strbuf_text(&text), text.length, problem->name, NULL) ||
        space_read(&space, json, &problems))
        fprintf(stderr, "%s: %s\n", problem->name, strbuf_text(&problems.text));
    json_problems_free(&problems);
    json_free(json);
    strbuf_free(&text);
    return space;
}

double bench_value(const struct bench_problem *problem, const struct space *space,
                   const double *point)
{
    double values[FUNCTION_VALUES_MAX];
    if (problem->evaluate)
        return problem->evaluate(point);
    functions_find(problem->function)->evaluate(values, point, space_count(space));
    return values[0];
}
