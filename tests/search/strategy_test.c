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
    assert_int_equal(strategy_tell(strategy, 2, TRIAL_COMPLETE,
                                   &(struct trial_result){.values = &value, .energy_j = 7}),
                     ST_OK);
    assert_int_equal(strategy_tell(strategy, 0, TRIAL_FAILED, &trial_result_none), ST_OK);
    assert_int_equal(history->n, 4);
    assert_int_equal(history->n_told, 2);
    assert_true(history->told[0] == 2 && history->told[1] == 0);
    assert_int_equal(history->n_pending, 2);
    assert_true(history->pending[0] == 1 && history->pending[1] == 3);
    assert_near(history->trials[2].values[0], 0.25, 0);
    assert_near(history->trials[2].energy_j, 7, 0);
    assert_true(isnan(history->trials[0].values[0]));
    assert_int_equal(history->trials[0].state, TRIAL_FAILED);
    strategy_free(strategy);
    strategy_free(NULL);
    space_free(space);
}

static void reports_are_kept_while_a_trial_runs(void **state)
{
    (void)state;
    struct space *space = small_space();
    struct problem problem = fixture_problem(space, 4);
    struct strategy *strategy = fixture_strategy(&problem, "\"random\"", NULL);
    const struct trial *trial;
    assert_int_equal(strategy_ask(strategy, &trial), ASK_PROPOSED);
    for (int k = 0; k < 20; k++)
        assert_int_equal(strategy_report(strategy, 0, (struct intermediate){k, 0.5 * k}),
                         VERDICT_GO_ON);
    assert_int_equal(strategy_restore_report(strategy, 0, (struct intermediate){20, 10}),
                     ST_OK);
    assert_int_equal(strategy_report(strategy, 0, (struct intermediate){21, NAN}),
                     VERDICT_GO_ON);
    assert_int_equal(strategy_restore_report(strategy, 0, (struct intermediate){INFINITY, 1}),
                     ST_INVALID);
    assert_int_equal(strategy_restore_report(strategy, 1, (struct intermediate){1, 1}),
                     ST_INVALID);
    trial = &strategy_history(strategy)->trials[0];
    assert_int_equal(trial->n_reports, 21);
    for (int k = 0; k < 21; k++)
        assert_true(trial->reports[k].step == k && trial->reports[k].value == 0.5 * k);
    assert_int_equal(strategy_tell(strategy, 0, TRIAL_FAILED, &trial_result_none), ST_OK);
    assert_int_equal(strategy_restore_report(strategy, 0, (struct intermediate){22, 1}),
                     ST_INVALID);
    assert_int_equal(trial->n_reports, 21);
    strategy_free(strategy);
    space_free(space);
}

/* One that starts anew, or from a checkpoint, has another way from there on. */
static void a_trial_that_is_run_again_repeats_its_reports(void **state)
{
    (void)state;
    static const double steps[] = {1, 2, 3, 4, 4, 3, 4, 5, 1};
    static const size_t kept[] = {1, 2, 3, 4, 4, 3, 4, 5, 1};
    struct space *space = small_space();
    struct problem problem = fixture_problem(space, 4);
    struct strategy *strategy = fixture_strategy(&problem, "\"random\"", NULL);
    const struct trial *trial;
    assert_int_equal(strategy_ask(strategy, &trial), ASK_PROPOSED);
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        struct intermediate report = {steps[i], (double)i};
        assert_int_equal(strategy_report(strategy, 0, report), VERDICT_GO_ON);
        trial = &strategy_history(strategy)->trials[0];
        assert_int_equal(trial->n_reports, kept[i]);
        for (size_t k = 1; k < kept[i]; k++)
            assert_true(trial->reports[k - 1].step < trial->reports[k].step);
        assert_true(trial->reports[kept[i] - 1].value == report.value);
    }
    strategy_free(strategy);
    space_free(space);
}

static void a_continued_trial_must_be_there(void **state)
{
    (void)state;
    struct space *space = small_space();
    struct problem problem = fixture_problem(space, 4);
    struct strategy *strategy = fixture_strategy(&problem, "\"random\"", NULL);
    double point[2] = {0.25, 0.5};
    assert_int_equal(strategy_restore(strategy, point, 0), ST_INVALID);
    assert_int_equal(strategy_restore(strategy, point, TRIAL_NONE), ST_OK);
    assert_int_equal(strategy_restore(strategy, point, -2), ST_INVALID);
    assert_int_equal(strategy_restore(strategy, point, 1), ST_INVALID);
    assert_int_equal(strategy_restore(strategy, point, 0), ST_OK);
    const struct history *history = strategy_history(strategy);
    assert_int_equal(history->n, 2);
    assert_int_equal(history->trials[0].continues, TRIAL_NONE);
    assert_int_equal(history->trials[1].continues, 0);
    strategy_free(strategy);
    space_free(space);
}

static void constrained_metrics_are_kept(void **state)
{
    (void)state;
    struct space *space = small_space();
    struct problem problem = fixture_problem(space, 4);
    char energy[] = "energy_j", accuracy[] = "accuracy";
    struct constraint constraints[] = {{energy, false, 100}, {accuracy, true, 0.5}};
    problem.constraints = constraints;
    problem.n_constraints = 2;
    struct strategy *strategy = fixture_strategy(&problem, "\"random\"", NULL);
    const struct trial *trial;
    for (int k = 0; k < 2; k++) {
        assert_int_equal(strategy_ask(strategy, &trial), ASK_PROPOSED);
        assert_true(isnan(trial->constrained[0]) && isnan(trial->constrained[1]));
    }
    double value = 1, metrics[] = {120, 0.75};
    struct trial_result result = {.values = &value, .constrained = metrics, .energy_j = NAN};
    assert_int_equal(strategy_tell(strategy, 0, TRIAL_COMPLETE, &result), ST_OK);
    result.constrained = NULL;
    assert_int_equal(strategy_tell(strategy, 1, TRIAL_COMPLETE, &result), ST_OK);
    const struct history *history = strategy_history(strategy);
    assert_near(constraint_excess(&constraints[0], history->trials[0].constrained[0]), 20, 0);
    assert_near(constraint_excess(&constraints[1], history->trials[0].constrained[1]), -0.25,
                0);
    assert_true(isnan(constraint_excess(&constraints[1], history->trials[1].constrained[1])));
    strategy_free(strategy);
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
    assert_int_equal(strategy_tell(strategy, 0, TRIAL_COMPLETE,
                                   &(struct trial_result){.values = &value, .energy_j = 1}),
                     ST_INVALID);
    assert_int_equal(strategy_ask(strategy, &trial), ASK_PROPOSED);
    assert_int_equal(strategy_tell(strategy, 0, TRIAL_RUNNING,
                                   &(struct trial_result){.values = &value, .energy_j = 1}),
                     ST_INVALID);
    assert_int_equal(strategy_tell(strategy, 0, TRIAL_QUEUED,
                                   &(struct trial_result){.values = &value, .energy_j = 1}),
                     ST_INVALID);
    assert_int_equal(
        strategy_tell(strategy, 0, TRIAL_COMPLETE, &(struct trial_result){.energy_j = 1}),
        ST_INVALID);
    assert_int_equal(strategy_tell(strategy, 0, TRIAL_COMPLETE,
                                   &(struct trial_result){.values = &wrong, .energy_j = 1}),
                     ST_INVALID);
    assert_int_equal(strategy_tell(strategy, 0, TRIAL_COMPLETE,
                                   &(struct trial_result){.values = &value, .energy_j = 1}),
                     ST_OK);
    assert_int_equal(strategy_tell(strategy, 0, TRIAL_COMPLETE,
                                   &(struct trial_result){.values = &value, .energy_j = 1}),
                     ST_INVALID);
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
        assert_int_equal(
            strategy_tell(strategy, k, TRIAL_CANCELLED, &(struct trial_result){.energy_j = 0}),
            ST_OK);
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

/* Thousands of earlier trials are found from the first moment on, and are no trials. */
static void earlier_points_are_known(void **state)
{
    (void)state;
    enum { N = 5000 };
    static double points[N][2];
    static struct trial trials[N];
    struct space *space = small_space();
    struct problem problem = fixture_problem(space, 4);
    for (size_t i = 0; i < N; i++) {
        points[i][0] = (double)(i / 2) / N;
        points[i][1] = (double)(i % 2);
        space_repair(space, points[i]);
        trials[i] = (struct trial){.point = points[i]};
    }
    problem.earlier = trials;
    problem.n_earlier = N;
    struct strategy *strategy = fixture_strategy(&problem, "\"sobol\"", NULL);
    const struct history *history = strategy_history(strategy);
    const struct trial *trial;
    assert_int_equal(history->n, 0);
    assert_int_equal(history->n_distinct, N);
    for (size_t i = 0; i < N; i++)
        assert_true(history_contains(history, points[i]));
    assert_false(history_contains(history, (double[]){0.99, 1}));
    for (size_t i = 0; i < 100; i++) {
        assert_int_equal(strategy_ask(strategy, &trial), ASK_PROPOSED);
        assert_int_equal(trial->number, i);
    }
    assert_int_equal(history->n_distinct, N + 100);
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
        cmocka_unit_test(reports_are_kept_while_a_trial_runs),
        cmocka_unit_test(a_trial_that_is_run_again_repeats_its_reports),
        cmocka_unit_test(a_continued_trial_must_be_there),
        cmocka_unit_test(constrained_metrics_are_kept),
        cmocka_unit_test(wrong_outcomes_are_refused),
        cmocka_unit_test(a_long_history_knows_its_points),
        cmocka_unit_test(earlier_points_are_known),
        cmocka_unit_test(states_have_texts_both_ways),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
