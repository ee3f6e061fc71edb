#include "tests/search/fixture.h"

#include <math.h>
#include <string.h>

const struct fixture_space fixture_spaces[] = {
    {"real", "{\"x\": {\"type\": \"real\", \"low\": -5, \"high\": 10, \"grid\": 7},"
             " \"lr\": {\"type\": \"real\", \"low\": 1e-5, \"high\": 1, \"scale\": \"log\","
             " \"grid\": 6}}"},
    {"paper", "{\"batch_size\": {\"type\": \"ordinal\", \"values\": [32, 64, 128]},"
              " \"learning_rate\": {\"type\": \"real\", \"low\": 0.001, \"high\": 0.1,"
              " \"scale\": \"log\", \"grid\": 3},"
              " \"epochs\": {\"type\": \"integer\", \"low\": 10, \"high\": 30, \"grid\": 3}}"},
    {"lattice", "{\"i\": {\"type\": \"integer\", \"low\": -3, \"high\": 4},"
                " \"s\": {\"type\": \"integer\", \"low\": 0, \"high\": 10, \"step\": 5},"
                " \"o\": {\"type\": \"ordinal\", \"values\": [\"small\", \"large\"]}}"},
    {"uneven", "{\"w\": {\"type\": \"integer\", \"low\": 1, \"high\": 20, \"scale\": \"log\"},"
               " \"o\": {\"type\": \"ordinal\", \"values\": [100, 2, 1]}}"},
    {"mixed",
     "{\"lr\": {\"type\": \"real\", \"low\": 0.001, \"high\": 0.1, \"grid\": 2},"
     " \"act\": {\"type\": \"categorical\", \"values\": [\"relu\", \"gelu\", \"elu\"]},"
     " \"bias\": {\"type\": \"categorical\", \"values\": [true, false]},"
     " \"width\": 16}"},
    {"conditions",
     "{\"model\": {\"type\": \"categorical\", \"values\": [\"lenet\", \"vgg\", \"none\"]},"
     " \"opt\": {\"type\": \"categorical\", \"values\": [\"sgd\", \"adam\"]},"
     " \"depth\": {\"type\": \"integer\", \"low\": 1, \"high\": 4, \"when\": {\"model\": "
     "\"vgg\"}},"
     " \"wide\": {\"type\": \"ordinal\", \"values\": [8, 16], \"when\": {\"depth\": [3, 4]}},"
     " \"momentum\": {\"type\": \"ordinal\", \"values\": [0, 0.9],"
     " \"when\": {\"opt\": \"sgd\", \"model\": [\"vgg\", \"lenet\"]}}}"},
    {"branches", "{\"kind\": {\"type\": \"categorical\", \"values\": [\"a\", \"b\"]},"
                 " \"x\": {\"type\": \"real\", \"low\": 0, \"high\": 1, \"grid\": 4,"
                 " \"when\": {\"kind\": \"b\"}}}"},
    {"training",
     "{\"lr\": {\"type\": \"real\", \"low\": 1e-4, \"high\": 1, \"scale\": \"log\","
     " \"grid\": 5},"
     " \"epochs\": {\"type\": \"integer\", \"low\": 1, \"high\": 27, \"grid\": 2}}"},
    {"epochs", "{\"epochs\": {\"type\": \"ordinal\", \"values\": [8, 4, 2]},"
               " \"opt\": {\"type\": \"categorical\", \"values\": [\"sgd\", \"adam\"]},"
               " \"momentum\": {\"type\": \"ordinal\", \"values\": [0, 0.5, 0.9],"
               " \"when\": {\"opt\": \"sgd\"}}}"},
};
const size_t fixture_n_spaces = sizeof fixture_spaces / sizeof fixture_spaces[0];

const char fixture_unit2[] = "{\"x\": {\"type\": \"real\", \"low\": 0, \"high\": 1},"
                             " \"y\": {\"type\": \"real\", \"low\": 0, \"high\": 1}}";
const char fixture_mixed[] =
    "{\"opt\": {\"type\": \"categorical\", \"values\": [\"sgd\", \"adam\", \"rms\"]},"
    " \"lr\": {\"type\": \"real\", \"low\": 1e-5, \"high\": 1, \"scale\": \"log\"},"
    " \"momentum\": {\"type\": \"real\", \"low\": 0, \"high\": 1, \"when\": {\"opt\": "
    "\"sgd\"}},"
    " \"depth\": {\"type\": \"integer\", \"low\": 1, \"high\": 8}}";

struct json *fixture_json(const char *text)
{
    struct json *json;
    struct error err = {0};
    assert_ok(json_parse(&json, text, strlen(text), "t.json", &err), err);
    return json;
}

struct space *fixture_space(const char *text)
{
    struct json *json = fixture_json(text);
    struct json_problems problems = {.source = "t.json"};
    struct space *space;
    if (space_read(&space, json, &problems))
        fail_msg("%s", strbuf_text(&problems.text));
    json_problems_free(&problems);
    json_free(json);
    return space;
}

struct problem fixture_problem(const struct space *space, uint64_t seed)
{
    static char metric[] = "loss";
    static const struct objective objective = {metric, GOAL_MINIMIZE};
    return (struct problem){
        .space = space, .objectives = &objective, .n_objectives = 1, .seed = seed};
}

static enum status create(struct strategy **out, const struct problem *problem,
                          const char *entry, const char *enqueue,
                          struct json_problems *problems)
{
    struct json *json = fixture_json(entry);
    struct json *points = enqueue ? fixture_json(enqueue) : NULL;
    *problems = (struct json_problems){.source = "t.json"};
    enum status status = strategy_create(out, problem, json, points, "strategies[0]", problems);
    json_free(points);
    json_free(json);
    return status;
}

struct strategy *fixture_strategy(const struct problem *problem, const char *entry,
                                  const char *enqueue)
{
    struct json_problems problems;
    struct strategy *strategy;
    if (create(&strategy, problem, entry, enqueue, &problems))
        fail_msg("%s: %s", entry, strbuf_text(&problems.text));
    json_problems_free(&problems);
    return strategy;
}

struct json_problems fixture_refused(const struct problem *problem, const char *entry,
                                     const char *enqueue)
{
    struct json_problems problems;
    struct strategy *strategy;
    assert_int_equal(create(&strategy, problem, entry, enqueue, &problems), ST_INVALID);
    assert_null(strategy);
    return problems;
}

void fixture_check_mistakes(const struct space *space, const struct fixture_mistake *mistakes,
                            size_t n)
{
    struct problem problem = fixture_problem(space, 1);
    for (size_t i = 0; i < n; i++) {
        struct json_problems problems = fixture_refused(&problem, mistakes[i].entry, NULL);
        assert_int_equal(problems.count, 1);
        assert_non_null(strstr(strbuf_text(&problems.text), mistakes[i].option));
        json_problems_free(&problems);
    }
}

double fixture_training(const double *point)
{
    static const double best_lr[] = {-1, -3, -2}, offset[] = {0, 0.2, 0.3};
    size_t opt = (size_t)point[0];
    double lr = log10(point[1]) - best_lr[opt], depth = point[3] - 5;
    double momentum = isnan(point[2]) ? 0 : point[2] - 0.9;
    return offset[opt] + 0.3 * lr * lr + 2 * momentum * momentum + 0.02 * depth * depth;
}

double fixture_branin(const double *point)
{
    double x = 15 * point[0] - 5, y = 15 * point[1];
    double valley = y - 5.1 / (4 * M_PI * M_PI) * x * x + 5 / M_PI * x - 6;
    return valley * valley + 10 * (1 - 1 / (8 * M_PI)) * cos(x) + 10;
}

double fixture_step(struct strategy *strategy, fixture_function *f)
{
    const struct trial *trial;
    assert_int_equal(strategy_ask(strategy, &trial), ASK_PROPOSED);
    double value = f(trial->point);
    assert_int_equal(strategy_tell(strategy, trial->number, TRIAL_COMPLETE,
                                   &(struct trial_result){.values = &value, .energy_j = NAN}),
                     ST_OK);
    return value;
}

double fixture_best_of(const struct problem *problem, const char *entry, fixture_function *f,
                       int trials)
{
    struct strategy *strategy = fixture_strategy(problem, entry, NULL);
    double best = INFINITY;
    for (int t = 0; t < trials; t++)
        best = fmin(best, fixture_step(strategy, f));
    strategy_free(strategy);
    return best;
}
