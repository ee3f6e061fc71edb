/* The strategy `bayes` ends by itself when too little is left to gain. */
#include "tests/search/fixture.h"

#include <math.h>
#include <string.h>

/* Trials cost 50 J. */
static void tell(struct strategy *strategy, uint64_t number, double *best)
{
    const struct trial *trial = &strategy_history(strategy)->trials[number];
    double value = fixture_branin(trial->point);
    *best = fmin(*best, value);
    assert_int_equal(strategy_tell(strategy, number, TRIAL_COMPLETE,
                                   &(struct trial_result){.values = &value, .energy_j = 50}),
                     ST_OK);
}

/* Run until it ends, at most 80 trials; answers how many there were. */
static size_t run(const char *entry, size_t workers, const char *reason)
{
    struct space *space = fixture_space(fixture_unit2);
    struct problem problem = fixture_problem(space, 1);
    struct strategy *strategy = fixture_strategy(&problem, entry, NULL);
    const struct history *history = strategy_history(strategy);
    double best = INFINITY;
    enum ask ask = ASK_PROPOSED;
    while (ask != ASK_DONE && history->n < 80) {
        const struct trial *trial;
        ask = strategy_ask(strategy, &trial);
        assert_true((ask == ASK_DONE) ==
                    (strategy_end_reason(strategy) && !history->n_pending));
        assert_true(ask == ASK_PROPOSED || ask == ASK_DONE || history->n_pending > 0);
        if (history->n_pending > 0 && (history->n_pending >= workers || ask == ASK_WAIT))
            tell(strategy, history->pending[0], &best);
    }
    size_t n = history->n;
    if (ask == ASK_DONE) {
        assert_non_null(strstr(strategy_end_reason(strategy), reason));
        assert_true(best < 0.42); /* the minimum is 0.398 */
    }
    strategy_free(strategy);
    space_free(space);
    return n;
}

static void it_ends_when_little_is_left_to_gain(void **state)
{
    (void)state;
    size_t coarse = run("{\"name\": \"bayes\", \"stop\": {\"gain\": 0.1}}", 1, "left to gain");
    size_t fine = run("{\"name\": \"bayes\", \"stop\": {\"gain\": 0.001}}", 1, "left to gain");
    size_t many = run("{\"name\": \"bayes\", \"stop\": {\"gain\": 0.1}}", 4, "left to gain");
    assert_true(coarse >= 16 && coarse <= fine && fine < 80);
    assert_true(many >= 16 && many < 80);
}

static void it_ends_when_a_gain_is_too_dear(void **state)
{
    (void)state;
    size_t n = run("{\"name\": \"bayes\", \"stop\": {\"gain_per_joule\": 1e-5}}", 1, "a joule");
    assert_true(n >= 16 && n < 80);
}

static void without_a_price_it_goes_on(void **state)
{
    (void)state;
    assert_int_equal(run("\"bayes\"", 1, ""), 80);
}

static void wrong_options_are_named(void **state)
{
    (void)state;
    static const struct fixture_mistake mistakes[] = {
        {"{\"name\": \"bayes\", \"stop\": {\"gain\": -1}}", "gain"},
        {"{\"name\": \"bayes\", \"stop\": {\"gain\": 1, \"gains\": 1}}", "gains"},
        {"{\"name\": \"bayes\", \"stop\": {}}", "gain_per_joule"},
        {"{\"name\": \"bayes\", \"stop\": 1}", "stop"},
    };
    struct space *space = fixture_space(fixture_unit2);
    fixture_check_mistakes(space, mistakes, sizeof mistakes / sizeof mistakes[0]);
    space_free(space);
}

static void several_objectives_have_no_single_gain(void **state)
{
    (void)state;
    static char a[] = "a", b[] = "b";
    static const struct objective objectives[] = {{a, GOAL_MINIMIZE}, {b, GOAL_MINIMIZE}};
    struct space *space = fixture_space(fixture_unit2);
    struct problem problem = fixture_problem(space, 1);
    problem.objectives = objectives;
    problem.n_objectives = 2;
    struct json_problems problems = fixture_refused(
        &problem, "{\"name\": \"bayes\", \"multi\": true, \"stop\": {\"gain\": 1}}", NULL);
    assert_int_equal(problems.count, 1);
    assert_non_null(strstr(strbuf_text(&problems.text), "leave out \"stop\" or \"multi\""));
    json_problems_free(&problems);
    space_free(space);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_ends_when_little_is_left_to_gain),
        cmocka_unit_test(it_ends_when_a_gain_is_too_dear),
        cmocka_unit_test(without_a_price_it_goes_on),
        cmocka_unit_test(wrong_options_are_named),
        cmocka_unit_test(several_objectives_have_no_single_gain),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
