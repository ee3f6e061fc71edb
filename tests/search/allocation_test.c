/* Memory that runs out at any moment: the call says so, leaves nothing behind, and works when
 * it is made again. */
#include "search/importance.h"
#include "tests/failing_memory.h"
#include "tests/search/fixture.h"

#include <math.h>
#include <stdio.h>

static void reading_a_space_survives(void **state)
{
    (void)state;
    for (size_t s = 0; s < fixture_n_spaces; s++) {
        struct json *json = fixture_json(fixture_spaces[s].text);
        struct json_problems problems = {.source = "t.json"};
        struct space *space = NULL;
        enum status status = ST_NOMEM;
        for (long n = 0; status; n++) {
            memory_countdown = n;
            status = space_read(&space, json, &problems);
            assert_true(status == ST_OK || (status == ST_NOMEM && !space));
            assert_true(status == ST_OK || memory_countdown < 0);
        }
        memory_countdown = -1;
        assert_int_equal(problems.count, 0);
        space_free(space);
        json_problems_free(&problems);
        json_free(json);
    }
}

/* Make a strategy, with an enqueued point, for every n-th allocation that fails. */
static struct strategy *make_at_last(const struct problem *problem, const char *text,
                                     const struct json *enqueue)
{
    struct json *entry = fixture_json(text);
    struct json_problems problems = {.source = "t.json"};
    struct strategy *strategy = NULL;
    enum status status = ST_NOMEM;
    for (long n = 0; status; n++) {
        memory_countdown = n;
        status = strategy_create(&strategy, problem, entry, enqueue, "s", &problems);
        assert_true(status == ST_OK || (status == ST_NOMEM && !strategy));
    }
    memory_countdown = -1;
    assert_int_equal(problems.count, 0);
    json_problems_free(&problems);
    json_free(entry);
    return strategy;
}

/* The next trial, for every n-th allocation that fails: the same that is asked for with memory.
 */
static const struct trial *ask_at_last(struct strategy *strategy, struct strategy *untroubled)
{
    const struct trial *trial, *expected;
    enum ask ask = ASK_FAILED;
    for (long n = 0; ask == ASK_FAILED; n++) {
        memory_countdown = n;
        ask = strategy_ask(strategy, &trial);
    }
    memory_countdown = -1;
    assert_int_equal(ask, ASK_PROPOSED);
    assert_int_equal(strategy_ask(untroubled, &expected), ASK_PROPOSED);
    const struct space *space = strategy_history(strategy)->space;
    assert_true(space_equal(space, trial->point, expected->point));
    assert_int_equal(trial->continues, expected->continues);
    return trial;
}

static void ask_and_tell(struct strategy *strategy, struct strategy *untroubled)
{
    const struct trial *trial = ask_at_last(strategy, untroubled);
    double value = (double)trial->number, values[] = {value, -value, fabs(value - 9)};
    struct trial_result result = {.values = values, .constrained = &value, .energy_j = 1};
    assert_int_equal(strategy_tell(strategy, trial->number, TRIAL_COMPLETE, &result), ST_OK);
    assert_int_equal(strategy_tell(untroubled, trial->number, TRIAL_COMPLETE, &result), ST_OK);
}

static void check_strategy(const struct problem *problem, const char *entry,
                           const struct json *enqueue)
{
    struct strategy *strategy = make_at_last(problem, entry, enqueue);
    struct strategy *untroubled = make_at_last(problem, entry, enqueue);
    for (int k = 0; k < 40; k++)
        ask_and_tell(strategy, untroubled);
    strategy_free(strategy);
    strategy_free(untroubled);
}

static char metric[] = "m";
static const struct objective objectives[] = {
    {metric, GOAL_MINIMIZE}, {metric, GOAL_MINIMIZE}, {metric, GOAL_MINIMIZE}};
static const struct constraint constraint = {metric, true, 5};

static void strategies_survive(void **state)
{
    (void)state;
    struct space *space = fixture_space(
        "{\"w\": {\"type\": \"integer\", \"low\": 1, \"high\": 40, \"scale\": \"log\"},"
        " \"epochs\": {\"type\": \"ordinal\", \"values\": [9, 3, 1]}}");
    struct problem problem = fixture_problem(space, 1);
    struct json *enqueue = fixture_json("[{\"w\": 7, \"epochs\": 3}]");
    size_t types = 0;
    for (; strategy_types[types]; types++) {
        char entry[64];
        snprintf(entry, sizeof entry, "\"%s\"", strategy_types[types]->name);
        check_strategy(&problem, entry, enqueue);
    }
    assert_true(types >= 3);
    for (size_t n = 1; n <= 3; n++) {
        problem.objectives = objectives;
        problem.n_objectives = n;
        problem.constraints = &constraint;
        problem.n_constraints = 1;
        problem.budget_energy_j = 1000;
        check_strategy(&problem,
                       n == 1 ? "{\"name\": \"bayes\", \"stop\": {\"gain\": 1e-9}}"
                              : "{\"name\": \"bayes\", \"multi\": true}",
                       enqueue);
    }
    json_free(enqueue);
    space_free(space);
}

enum { MOST = 16 };

/* A report, for every n-th allocation that fails: then the trial goes on, and at last it is
 * judged as with memory. */
static enum verdict report_at_last(struct strategy *strategy, struct strategy *untroubled,
                                   uint64_t number, struct intermediate report)
{
    enum verdict expected = strategy_report(untroubled, number, report), verdict;
    for (long n = 0;; n++) {
        memory_countdown = n;
        verdict = strategy_report(strategy, number, report);
        if (memory_countdown >= 0)
            break;
        assert_int_equal(verdict, VERDICT_GO_ON);
    }
    memory_countdown = -1;
    assert_int_equal(verdict, expected);
    return verdict;
}

/* Ask, and train until the end or until it is stopped. True when it was stopped. */
static bool ask_and_train(struct strategy *strategy, struct strategy *untroubled)
{
    const struct trial *trial = ask_at_last(strategy, untroubled);
    double value = 0, w = trial->point[0];
    enum verdict verdict = VERDICT_GO_ON;
    int epochs = 1;
    for (; epochs <= MOST && verdict == VERDICT_GO_ON; epochs *= 2) {
        value = fabs(w - 9) + 1.0 / epochs;
        verdict = report_at_last(strategy, untroubled, trial->number,
                                 (struct intermediate){epochs, value});
    }
    bool stopped = epochs <= MOST;
    enum trial_state state = stopped ? TRIAL_PRUNED : TRIAL_COMPLETE;
    struct trial_result result = {.values = stopped ? NULL : &value, .energy_j = 1};
    assert_int_equal(strategy_tell(strategy, trial->number, state, &result), ST_OK);
    assert_int_equal(strategy_tell(untroubled, trial->number, state, &result), ST_OK);
    return stopped;
}

static const char *const judging_entries[] = {
    "{\"name\": \"bayes\", \"fidelity\": \"epochs\", \"start\": 4}",
    "{\"name\": \"random\", \"prune\": {\"after_trials\": 2}}",
    "{\"name\": \"bayes\", \"prune\": {\"after_trials\": 2}, \"start\": 4}",
};

static void judging_survives(void **state)
{
    (void)state;
    struct space *space = fixture_space(
        "{\"w\": {\"type\": \"integer\", \"low\": 1, \"high\": 40, \"scale\": \"log\"},"
        " \"epochs\": {\"type\": \"integer\", \"low\": 1, \"high\": 16}}");
    struct problem problem = fixture_problem(space, 1);
    for (size_t i = 0; i < sizeof judging_entries / sizeof judging_entries[0]; i++) {
        struct strategy *strategy = make_at_last(&problem, judging_entries[i], NULL);
        struct strategy *untroubled = make_at_last(&problem, judging_entries[i], NULL);
        size_t stopped = 0;
        for (int k = 0; k < 24; k++)
            stopped += ask_and_train(strategy, untroubled);
        assert_in_range(stopped, 3, 23);
        strategy_free(strategy);
        strategy_free(untroubled);
    }
    space_free(space);
}

static void importance_survives(void **state)
{
    (void)state;
    struct space *space = fixture_space(fixture_spaces[3].text);
    double points[20 * 2], values[20];
    for (size_t i = 0; i < 20; i++) {
        points[2 * i] = (double)(1 + i);
        points[2 * i + 1] = (double)(i % 3);
        values[i] = (double)(i * i % 7);
    }
    struct importance *importance = NULL;
    enum status status = ST_NOMEM;
    for (long n = 0; status; n++) {
        memory_countdown = n;
        status = importance_create(&importance, space, points, values, 20, true, 1);
        assert_true(status == ST_OK || (status == ST_NOMEM && !importance));
    }
    memory_countdown = -1;
    assert_int_equal(importance->state, IMPORTANCE_FOUND);
    importance_free(importance);
    space_free(space);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reading_a_space_survives),
        cmocka_unit_test(strategies_survive),
        cmocka_unit_test(judging_survives),
        cmocka_unit_test(importance_survives),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
