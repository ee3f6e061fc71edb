/* The wrapper around the strategies: reading an entry, the history, and what it refuses. */
#include "tests/search/fixture.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const struct {
    const char *entry, *enqueue, *problems;
} mistakes[] = {
    {"3", NULL,
     "t.json:1: strategies[0]: expected a strategy's name or an object, got a number\n"},
    {"{\"nam\": \"grid\"}", NULL,
     "t.json:1: strategies[0]: 'name' is missing: it needs the name of a strategy\n"},
    {"{\"name\": 1}", NULL, "t.json:1: strategies[0].name: expected a text, got a number\n"},
    {"{\"name\": \"grid\", \"order\": \"rnd\", \"orde\": 1}", NULL,
     "t.json:1: strategies[0].order: expected 'plain' or 'shuffled', got 'rnd'\n"
     "t.json:1: strategies[0]: unknown key 'orde', did you mean 'order'?\n"},
    {"{\"name\": \"random\", \"order\": \"plain\"}", NULL,
     "t.json:1: strategies[0]: unknown key 'order'\n"},
    {"\n\"grid\"", NULL,
     "t.json:2: strategies[0]: a grid needs a number of levels for the real 'x': give each of "
     "them \"grid\": 3, or another number of levels\n"},
    {"\"random\"", "3", "t.json:1: enqueue: expected a list of points, got a number\n"},
    {"\"random\"", "[1, {\"x\": 0.5, \"o\": 1},\n{\"x\": 0.5, \"o\": 1}, {\"x\": 0.5}, {}]",
     "t.json:1: enqueue[0]: expected an object of parameters, got a number\n"
     "t.json:2: enqueue[2]: is the same point as enqueue[1]\n"
     "t.json:2: enqueue[3]: 'o' is missing: it needs one of 1, 2\n"
     "t.json:2: enqueue[4]: 'x' is missing: it needs a number from 0 to 1\n"
     "t.json:2: enqueue[4]: 'o' is missing: it needs one of 1, 2\n"},
};

static struct space *small_space(void)
{
    return fixture_space("{\"x\": {\"type\": \"real\", \"low\": 0, \"high\": 1}, "
                         "\"o\": {\"type\": \"ordinal\", \"values\": [1, 2]}}");
}

static void every_mistake_is_named(void **state)
{
    (void)state;
    struct space *space = small_space();
    struct problem problem = fixture_problem(space, 0);
    for (size_t i = 0; i < sizeof mistakes / sizeof mistakes[0]; i++) {
        struct json_problems problems =
            fixture_refused(&problem, mistakes[i].entry, mistakes[i].enqueue);
        assert_string_equal(strbuf_text(&problems.text), mistakes[i].problems);
        json_problems_free(&problems);
    }
    space_free(space);
}

/* The list of types grows, so only the ends of the sentence are known. */
static void an_unknown_strategy_is_told_the_names(void **state)
{
    (void)state;
    struct space *space = small_space();
    struct problem problem = fixture_problem(space, 0);
    struct json_problems problems = fixture_refused(&problem, "{\"name\": \"rndom\"}", NULL);
    const char *text = strbuf_text(&problems.text);
    assert_ptr_equal(strstr(text, "t.json:1: strategies[0]: unknown strategy 'rndom', did you "
                                  "mean 'random'? There are "),
                     text);
    for (size_t t = 0; strategy_types[t]; t++)
        assert_non_null(strstr(text, strategy_types[t]->name));
    json_problems_free(&problems);
    space_free(space);
}

static void the_history_keeps_what_happened(void **state)
{
    (void)state;
    struct space *space = small_space();
    struct problem problem = fixture_problem(space, 4);
    struct strategy *strategy = fixture_strategy(&problem, "\"random\"", NULL);
    const struct history *history = strategy_history(strategy);
    const struct trial *trial;
    assert_string_equal(strategy_name(strategy), "random");
    for (uint64_t k = 0; k < 4; k++) {
        assert_int_equal(strategy_ask(strategy, &trial), ASK_PROPOSED);
        assert_int_equal(trial->number, k);
        assert_int_equal(trial->state, TRIAL_RUNNING);
        assert_true(isnan(trial->values[0]) && isnan(trial->energy_j));
    }
    double value = 0.25;
    assert_int_equal(strategy_tell(strategy, 2, TRIAL_COMPLETE, &value, 7), ST_OK);
    assert_int_equal(strategy_tell(strategy, 0, TRIAL_FAILED, NULL, NAN), ST_OK);
    assert_int_equal(history->n, 4);
    assert_int_equal(history->n_told, 2);
    assert_true(history->told[0] == 2 && history->told[1] == 0);
    assert_int_equal(history->n_pending, 2);
    assert_true(history->pending[0] == 1 && history->pending[1] == 3);
    assert_near(history->trials[2].values[0], 0.25, 0);
    assert_near(history->trials[2].energy_j, 7, 0);
    assert_true(isnan(history->trials[0].values[0]));
    assert_int_equal(history->trials[0].state, TRIAL_FAILED);
    assert_int_equal(strategy_report(strategy, 1, 1, 0.5), VERDICT_GO_ON);
    strategy_free(strategy);
    strategy_free(NULL);
    space_free(space);
}

static void wrong_outcomes_are_refused(void **state)
{
    (void)state;
    struct space *space = small_space();
    struct problem problem = fixture_problem(space, 4);
    struct strategy *strategy = fixture_strategy(&problem, "\"random\"", NULL);
    const struct trial *trial;
    double value = 1, wrong = NAN;
    assert_int_equal(strategy_tell(strategy, 0, TRIAL_COMPLETE, &value, 1), ST_INVALID);
    assert_int_equal(strategy_ask(strategy, &trial), ASK_PROPOSED);
    assert_int_equal(strategy_tell(strategy, 0, TRIAL_RUNNING, &value, 1), ST_INVALID);
    assert_int_equal(strategy_tell(strategy, 0, TRIAL_QUEUED, &value, 1), ST_INVALID);
    assert_int_equal(strategy_tell(strategy, 0, TRIAL_COMPLETE, NULL, 1), ST_INVALID);
    assert_int_equal(strategy_tell(strategy, 0, TRIAL_COMPLETE, &wrong, 1), ST_INVALID);
    assert_int_equal(strategy_tell(strategy, 0, TRIAL_COMPLETE, &value, 1), ST_OK);
    assert_int_equal(strategy_tell(strategy, 0, TRIAL_COMPLETE, &value, 1), ST_INVALID);
    strategy_free(strategy);
    space_free(space);
}

/* Ten thousand trials: every point is found again, and no other. */
static void a_long_history_knows_its_points(void **state)
{
    (void)state;
    enum { N = 10000 };
    struct space *space = small_space();
    struct problem problem = fixture_problem(space, 4);
    struct strategy *strategy = fixture_strategy(&problem, "\"sobol\"", NULL);
    const struct history *history = strategy_history(strategy);
    const struct trial *trial;
    assert_false(history_contains(history, (double[]){0.5, 0}));
    for (uint64_t k = 0; k < N; k++) {
        assert_int_equal(strategy_ask(strategy, &trial), ASK_PROPOSED);
        assert_int_equal(strategy_tell(strategy, k, TRIAL_CANCELLED, NULL, 0), ST_OK);
    }
    assert_int_equal(history->n_distinct, N);
    for (size_t k = 0; k < N; k++) {
        double point[2];
        memcpy(point, history->trials[k].point, sizeof point);
        assert_true(history_contains(history, point));
        point[1] = 1 - point[1];
        assert_false(history_contains(history, point));
    }
    strategy_free(strategy);
    space_free(space);
}

static void states_have_texts_both_ways(void **state)
{
    (void)state;
    for (int s = TRIAL_QUEUED; s <= TRIAL_CANCELLED; s++)
        assert_int_equal(trial_state_from_text(trial_state_text((enum trial_state)s)), s);
    assert_string_equal(trial_state_text(TRIAL_PRUNED), "pruned");
    assert_int_equal(trial_state_from_text("lost"), -1);
    assert_string_equal(trial_state_text((enum trial_state)99), "unknown");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_mistake_is_named),
        cmocka_unit_test(an_unknown_strategy_is_told_the_names),
        cmocka_unit_test(the_history_keeps_what_happened),
        cmocka_unit_test(wrong_outcomes_are_refused),
        cmocka_unit_test(a_long_history_knows_its_points),
        cmocka_unit_test(states_have_texts_both_ways),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
