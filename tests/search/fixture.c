#include "tests/search/fixture.h"

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
};
const size_t fixture_n_spaces = sizeof fixture_spaces / sizeof fixture_spaces[0];

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

struct strategy *fixture_strategy(const struct problem *problem, const char *entry,
                                  const char *enqueue)
{
    struct json *json = fixture_json(entry);
    struct json *points = enqueue ? fixture_json(enqueue) : NULL;
    struct json_problems problems = {.source = "t.json"};
    struct strategy *strategy;
    if (strategy_create(&strategy, problem, json, points, "strategies[0]", &problems))
        fail_msg("%s: %s", entry, strbuf_text(&problems.text));
    json_problems_free(&problems);
    json_free(points);
    json_free(json);
    return strategy;
}
