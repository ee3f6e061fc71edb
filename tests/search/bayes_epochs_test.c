/* `bayes` over epochs: which trials it stops, which of those go on, and what that saves. */
#include "tests/search/fixture.h"

#include <math.h>

enum { MOST = 32, TRIALS_MAX = 2000 };

static const char space_text[] =
    "{\"lr\": {\"type\": \"real\", \"low\": 1e-4, \"high\": 1, \"scale\": \"log\"},"
    " \"epochs\": {\"type\": \"integer\", \"low\": 1, \"high\": 32},"
    " \"width\": {\"type\": \"real\", \"low\": 0, \"high\": 1}}";

/* A large rate falls faster and ends higher. */
static double curve(double lr, double width, double epochs)
{
    double x = log10(lr) + 2;
    return 0.1 * x * x + 0.5 * (width - 0.3) * (width - 0.3) + pow(1 + epochs, -0.6 - 0.1 * x);
}

/* Trainings, one after another. */
struct lab {
    struct space *space;
    struct problem problem;
    struct strategy *strategy;
    int done[TRIALS_MAX]; /* epochs at the end of each trial */
    int spent;
    double lowest;
};

static void open_lab(struct lab *lab, const char *text, const char *entry, uint64_t seed)
{
    *lab = (struct lab){.space = fixture_space(text), .lowest = INFINITY};
    lab->problem = fixture_problem(lab->space, seed);
    lab->strategy = fixture_strategy(&lab->problem, entry, NULL);
}

static void close_lab(struct lab *lab)
{
    strategy_free(lab->strategy);
    space_free(lab->space);
}

/* Ask and train until the end or until it is stopped. */
static enum ask train(struct lab *lab)
{
    const struct trial *trial;
    enum ask ask = strategy_ask(lab->strategy, &trial);
    if (ask != ASK_PROPOSED)
        return ask;
    assert_true(trial->number < TRIALS_MAX);
    assert_near(trial->point[1], MOST, 0);
    int epochs = trial->continues == TRIAL_NONE ? 0 : lab->done[trial->continues];
    enum verdict verdict = VERDICT_GO_ON;
    double value = NAN;
    while (verdict == VERDICT_GO_ON && epochs < MOST) {
        value = curve(trial->point[0], trial->point[2], ++epochs);
        lab->spent++;
        lab->lowest = fmin(lab->lowest, value);
        verdict =
            strategy_report(lab->strategy, trial->number, (struct intermediate){epochs, value});
    }
    bool stopped = epochs < MOST;
    lab->done[trial->number] = epochs;
    struct trial_result result = {.values = stopped ? NULL : &value, .energy_j = epochs};
    assert_int_equal(strategy_tell(lab->strategy, trial->number,
                                   stopped ? TRIAL_PRUNED : TRIAL_COMPLETE, &result),
                     ST_OK);
    return ask;
}

/* Six configurations of two epochs, and the best two of them to the end. */
static void the_best_of_the_start_go_on(void **state)
{
    (void)state;
    struct lab lab;
    open_lab(&lab, space_text, "{\"name\": \"bayes\", \"fidelity\": \"epochs\", \"start\": 6}",
             3);
    const struct history *history = strategy_history(lab.strategy);
    int64_t best = 0, second = -1;
    double cost[6];
    for (int64_t k = 0; k < 6; k++) {
        assert_int_equal(train(&lab), ASK_PROPOSED);
        const struct trial *trial = &history->trials[k];
        assert_int_equal(trial->state, TRIAL_PRUNED);
        assert_int_equal(lab.done[k], 2);
        cost[k] = trial->reports[1].value;
        if (cost[k] < cost[best]) {
            second = best;
            best = k;
        } else if (k > 0 && (second < 0 || cost[k] < cost[second])) {
            second = k;
        }
    }
    for (int64_t k = 6; k < 8; k++) {
        assert_int_equal(train(&lab), ASK_PROPOSED);
        assert_int_equal(history->trials[k].continues, k == 6 ? best : second);
        assert_int_equal(history->trials[k].state, TRIAL_COMPLETE);
    }
    close_lab(&lab);
}

enum { WORKERS = 16, ROUNDS = 4 };

/* Two epochs of a pending trial, after which it is stopped. */
static void train_shortly(struct strategy *strategy, uint64_t number)
{
    const struct trial *trial = &strategy_history(strategy)->trials[number];
    struct intermediate reports[] = {{1, curve(trial->point[0], trial->point[2], 1)},
                                     {2, curve(trial->point[0], trial->point[2], 2)}};
    assert_int_equal(strategy_report(strategy, number, reports[0]), VERDICT_GO_ON);
    assert_int_equal(strategy_report(strategy, number, reports[1]), VERDICT_STOP);
    assert_int_equal(strategy_tell(strategy, number, TRIAL_PRUNED, &trial_result_none), ST_OK);
}

/* Until the first curve has an end, a quarter of many workers see to ends. */
static void of_many_workers_a_quarter_goes_on(void **state)
{
    (void)state;
    struct lab lab;
    open_lab(&lab, space_text, "{\"name\": \"bayes\", \"fidelity\": \"epochs\", \"start\": 6}",
             3);
    const struct history *history = strategy_history(lab.strategy);
    const struct trial *trial;
    for (int round = 0; round < ROUNDS; round++) {
        uint64_t fresh[WORKERS];
        size_t n = 0;
        while (history->n_pending < WORKERS) {
            assert_int_equal(strategy_ask(lab.strategy, &trial), ASK_PROPOSED);
            if (trial->continues == TRIAL_NONE)
                fresh[n++] = trial->number;
        }
        for (size_t k = 0; k < n; k++)
            train_shortly(lab.strategy, fresh[k]);
        assert_int_equal(history->n_pending, round == 0 ? 0 : (WORKERS - 1) / 4);
    }
    close_lab(&lab);
}

/* What random search needs 20 full trainings for takes few epochs of most runs, and hardly a
 * trial trains to the end that does not come near the best. */
static void curves_that_cannot_win_are_stopped(void **state)
{
    (void)state;
    size_t faster = 0;
    for (uint64_t seed = 1; seed <= 10; seed++) {
        struct lab lab;
        double random = INFINITY;
        struct rng rng;
        rng_seed(&rng, seed);
        for (int k = 0; k < 20; k++)
            random =
                fmin(random, curve(pow(10, -4 * rng_uniform(&rng)), rng_uniform(&rng), MOST));
        open_lab(&lab, space_text, "{\"name\": \"bayes\", \"fidelity\": \"epochs\"}", seed);
        while (lab.lowest > random && lab.spent < 20 * MOST)
            assert_int_equal(train(&lab), ASK_PROPOSED);
        faster += lab.spent < 20 * MOST / 3;
        close_lab(&lab);
    }
    assert_true(faster >= 8);
}

/* Twelve configurations: all are started, what was stopped goes on when nothing new is left,
 * and at the end each has an end. */
static void a_finite_space_is_trained_to_the_end(void **state)
{
    (void)state;
    struct lab lab;
    open_lab(&lab,
             "{\"lr\": {\"type\": \"integer\", \"low\": 1, \"high\": 4, \"scale\": \"log\"},"
             " \"epochs\": {\"type\": \"integer\", \"low\": 1, \"high\": 32},"
             " \"width\": {\"type\": \"integer\", \"low\": 0, \"high\": 2}}",
             "{\"name\": \"bayes\", \"fidelity\": \"epochs\", \"start\": 4}", 2);
    const struct history *history = strategy_history(lab.strategy);
    enum ask ask;
    while ((ask = train(&lab)) == ASK_PROPOSED)
        assert_true((double)history->n <= strategy_count(lab.strategy));
    assert_int_equal(ask, ASK_DONE);
    size_t complete = 0;
    for (size_t i = 0; i < history->n; i++)
        complete += history->trials[i].state == TRIAL_COMPLETE;
    assert_int_equal(complete, 12);
    assert_int_equal(history->n_distinct, 12);
    assert_true(history->n > 12);
    assert_int_equal(lab.spent, 12 * MOST); /* no epoch was trained twice */
    close_lab(&lab);
}

/* While a stopped trial may still come in there is something to wait for. */
static void the_last_one_is_waited_for(void **state)
{
    (void)state;
    struct space *space =
        fixture_space("{\"o\": {\"type\": \"ordinal\", \"values\": [1, 2]},"
                      " \"epochs\": {\"type\": \"ordinal\", \"values\": [32, 1]}}");
    struct problem problem = fixture_problem(space, 1);
    struct strategy *strategy =
        fixture_strategy(&problem, "{\"name\": \"bayes\", \"fidelity\": \"epochs\"}", NULL);
    const struct trial *trial;
    for (int k = 0; k < 2; k++)
        assert_int_equal(strategy_ask(strategy, &trial), ASK_PROPOSED);
    assert_int_equal(strategy_ask(strategy, &trial), ASK_WAIT);
    assert_int_equal(strategy_report(strategy, 0, (struct intermediate){4, 1}), VERDICT_STOP);
    assert_int_equal(strategy_tell(strategy, 0, TRIAL_PRUNED, &trial_result_none), ST_OK);
    assert_int_equal(strategy_tell(strategy, 1, TRIAL_FAILED, &trial_result_none), ST_OK);
    assert_int_equal(strategy_ask(strategy, &trial), ASK_PROPOSED);
    assert_int_equal(trial->continues, 0);
    /* nothing to compare it with */
    assert_int_equal(strategy_report(strategy, 2, (struct intermediate){8, 1}), VERDICT_GO_ON);
    assert_int_equal(strategy_tell(strategy, 2, TRIAL_FAILED, &trial_result_none), ST_OK);
    assert_int_equal(strategy_ask(strategy, &trial), ASK_DONE);
    strategy_free(strategy);
    space_free(space);
}

static const struct fixture_mistake mistakes[] = {
    {"{\"name\": \"bayes\", \"fidelity\": \"epoch\"}", "fidelity: the space has no 'epoch'"},
    {"{\"name\": \"bayes\", \"fidelity\": \"lr\"}", "fidelity: 'lr' must be"},
    {"{\"name\": \"bayes\", \"fidelity\": \"epochs\", \"multi\": true}", "multi: does not go"},
    {"{\"name\": \"bayes\", \"fidelity\": \"epochs\", \"cost\": \"none\"}",
     "cost: does not go"},
};

static void what_does_not_go_together_is_named(void **state)
{
    (void)state;
    struct space *space = fixture_space(space_text);
    fixture_check_mistakes(space, mistakes, sizeof mistakes / sizeof mistakes[0]);
    char metric[] = "size";
    struct constraint constraint = {metric, false, 1};
    struct problem problem = fixture_problem(space, 1);
    problem.constraints = &constraint;
    problem.n_constraints = 1;
    struct json_problems problems =
        fixture_refused(&problem, "{\"name\": \"bayes\", \"fidelity\": \"epochs\"}", NULL);
    assert_int_equal(problems.count, 1);
    json_problems_free(&problems);
    space_free(space);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_best_of_the_start_go_on),
        cmocka_unit_test(of_many_workers_a_quarter_goes_on),
        cmocka_unit_test(curves_that_cannot_win_are_stopped),
        cmocka_unit_test(a_finite_space_is_trained_to_the_end),
        cmocka_unit_test(the_last_one_is_waited_for),
        cmocka_unit_test(what_does_not_go_together_is_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
