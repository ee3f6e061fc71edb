/* Successive halving: who goes up and when, the brackets of hyperband, and what it saves. */
#include "tests/search/fixture.h"

#include <math.h>
#include <stdlib.h>

enum { LR, DECAY, EPOCHS, RUNGS = 4 };

static const char text[] =
    "{\"lr\": {\"type\": \"real\", \"low\": 1e-4, \"high\": 1, \"scale\": \"log\"},"
    " \"decay\": {\"type\": \"real\", \"low\": 1e-6, \"high\": 1e-2, \"scale\": \"log\"},"
    " \"epochs\": {\"type\": \"ordinal\", \"values\": [1, 3, 9, 27]}}";

/* A loss that falls with the epochs to a level that the other two decide. A large rate learns
 * faster, so the lower of two curves may be the higher one at first. */
static double curve(double lr, double decay, double epochs)
{
    double x = log10(lr) + 2, y = log10(fmax(decay, 1e-6)) + 4;
    return 0.1 * (x * x + y * y) + 1 / (1 + epochs * (0.5 + 0.1 * x));
}

static double loss(const double *point)
{
    static const double epochs[] = {1, 3, 9, 27};
    return curve(point[LR], point[DECAY], epochs[(size_t)point[EPOCHS]]);
}

static void tell(struct strategy *strategy, uint64_t number, enum trial_state state)
{
    double value = loss(strategy_history(strategy)->trials[number].point);
    const double *values = state == TRIAL_COMPLETE ? &value : NULL;
    assert_int_equal(strategy_tell(strategy, number, state,
                                   &(struct trial_result){.values = values, .energy_j = NAN}),
                     ST_OK);
}

/* How many told trials of a rung there are, and how many of them are better than a value. */
static size_t count_told(const struct history *history, double rung, double better,
                         size_t *n_better)
{
    size_t n = 0;
    *n_better = 0;
    for (size_t i = 0; i < history->n_told; i++) {
        const struct trial *trial = &history->trials[history->told[i]];
        n += trial->point[EPOCHS] == rung;
        *n_better += trial->point[EPOCHS] == rung && trial->values[0] < better;
    }
    return n;
}

static bool is_continued(const struct history *history, size_t number)
{
    for (size_t i = 0; i < history->n; i++)
        if (history->trials[i].continues == (int64_t)number)
            return true;
    return false;
}

/* A told trial that must go up and has not. */
static bool may_promote(const struct history *history)
{
    for (size_t i = 0; i < history->n_told; i++) {
        size_t n_better, number = history->told[i];
        const struct trial *trial = &history->trials[number];
        size_t n = count_told(history, trial->point[EPOCHS], trial->values[0], &n_better);
        if (trial->state == TRIAL_COMPLETE && trial->point[EPOCHS] < RUNGS - 1 &&
            n_better < n / 3 && !is_continued(history, number))
            return true;
    }
    return false;
}

/* Four at a time, some of which fail or are stopped: every promotion is one of the best third,
 * and nothing new starts while there is one to make. */
static void the_best_third_of_a_rung_goes_up(void **state)
{
    (void)state;
    struct space *space = fixture_space(text);
    struct problem problem = fixture_problem(space, 3);
    struct strategy *strategy = fixture_strategy(&problem, "\"asha\"", NULL);
    const struct history *history = strategy_history(strategy);
    size_t on_rung[RUNGS] = {0};
    struct rng rng;
    rng_seed(&rng, 1);
    while (history->n < 300) {
        const struct trial *trial;
        bool expected = may_promote(history);
        assert_int_equal(strategy_ask(strategy, &trial), ASK_PROPOSED);
        assert_true((trial->continues != TRIAL_NONE) == expected);
        on_rung[(size_t)trial->point[EPOCHS]]++;
        if (expected) {
            size_t n_better;
            const struct trial *parent = &history->trials[trial->continues];
            assert_int_equal(parent->state, TRIAL_COMPLETE);
            size_t n = count_told(history, parent->point[EPOCHS], parent->values[0], &n_better);
            assert_true(n_better < n / 3);
        } else {
            assert_near(trial->point[EPOCHS], 0, 0);
        }
        if (history->n_pending == 4) {
            uint64_t number = history->pending[rng_below(&rng, 4)];
            tell(strategy, number,
                 number % 7 == 3   ? TRIAL_FAILED
                 : number % 7 == 5 ? TRIAL_PRUNED
                                   : TRIAL_COMPLETE);
        }
    }
    /* Somewhat more than a third: the best of a few are not always those of many. */
    for (size_t k = 0; k + 1 < RUNGS; k++)
        assert_true(on_rung[k + 1] > 0 && on_rung[k + 1] <= on_rung[k] / 2);
    strategy_free(strategy);
    space_free(space);
}

static void enqueued_points_enter_on_their_rung(void **state)
{
    (void)state;
    struct space *space = fixture_space(text);
    struct problem problem = fixture_problem(space, 3);
    struct strategy *strategy =
        fixture_strategy(&problem, "\"asha\"",
                         "[{\"lr\": 0.001, \"decay\": 1e-4, \"epochs\": 9}, {\"lr\": 0.01, "
                         "\"decay\": 1e-4, \"epochs\": 9},"
                         " {\"lr\": 0.1, \"decay\": 1e-4, \"epochs\": 9}, {\"lr\": 0.01, "
                         "\"decay\": 1e-4, \"epochs\": 1}]");
    const struct trial *trial;
    for (uint64_t k = 0; k < 4; k++) {
        assert_int_equal(strategy_ask(strategy, &trial), ASK_PROPOSED);
        tell(strategy, k, TRIAL_COMPLETE);
    }
    assert_int_equal(strategy_ask(strategy, &trial), ASK_PROPOSED);
    assert_int_equal(trial->continues, 1);
    assert_near(trial->point[EPOCHS], 3, 0);
    strategy_free(strategy);
    space_free(space);
}

static const char small[] = "{\"lr\": {\"type\": \"integer\", \"low\": 1, \"high\": 3},"
                            " \"decay\": 1,"
                            " \"epochs\": {\"type\": \"ordinal\", \"values\": [1, 3, 9, 27]}}";

/* Three configurations are too few for all rungs, and yet one is trained to the end. */
static void check_small(const struct problem *problem)
{
    static const char *const names[] = {"\"asha\"", "\"hyperband\""};
    for (int k = 0; k < 2; k++) {
        struct strategy *strategy = fixture_strategy(problem, names[k], NULL);
        const struct trial *trial, *second;
        assert_int_equal(strategy_ask(strategy, &trial), ASK_PROPOSED);
        for (int i = 1; i < 3; i++) {
            tell(strategy, trial->number, TRIAL_COMPLETE);
            assert_int_equal(strategy_ask(strategy, &trial), ASK_PROPOSED);
            assert_int_equal(trial->continues, TRIAL_NONE);
        }
        assert_int_equal(strategy_ask(strategy, &second), ASK_WAIT);
        for (int i = 0; i < 3; i++) {
            tell(strategy, trial->number, TRIAL_COMPLETE);
            assert_int_equal(strategy_ask(strategy, &trial), ASK_PROPOSED);
            assert_near(trial->point[EPOCHS], i + 1, 0);
            assert_true(trial->continues >= 0);
        }
        tell(strategy, trial->number, TRIAL_COMPLETE);
        assert_int_equal(strategy_ask(strategy, &trial), ASK_DONE);
        strategy_free(strategy);
    }
}

static void a_small_space_ends_with_a_trial_on_the_top(void **state)
{
    (void)state;
    struct space *space = fixture_space(small);
    struct problem problem = fixture_problem(space, 3);
    check_small(&problem);
    space_free(space);
}

/* An earlier study's checkpoints are not at hand: nobody goes on from them. */
static void configurations_of_earlier_studies_are_trained_anew(void **state)
{
    (void)state;
    double points[12][3], value = 1;
    struct trial earlier[12];
    for (size_t i = 0; i < 12; i++) {
        points[i][LR] = 1 + (double)(i / RUNGS);
        points[i][DECAY] = 0;
        points[i][EPOCHS] = (double)(i % RUNGS);
        earlier[i] = (struct trial){.number = i,
                                    .state = TRIAL_COMPLETE,
                                    .continues = TRIAL_NONE,
                                    .point = points[i],
                                    .values = &value,
                                    .energy_j = NAN};
    }
    struct space *space = fixture_space(small);
    struct problem problem = fixture_problem(space, 3);
    problem.earlier = earlier;
    problem.n_earlier = 12;
    check_small(&problem);
    space_free(space);
}

/* Nothing is told, so all are new: rounds of 27, 12, 6 and 4 from each of the four rungs. */
static void hyperband_starts_on_every_rung_in_turn(void **state)
{
    (void)state;
    static const size_t share[RUNGS] = {27, 12, 6, 4};
    struct space *space = fixture_space(text);
    struct problem problem = fixture_problem(space, 3);
    struct strategy *strategy = fixture_strategy(&problem, "\"hyperband\"", NULL);
    for (int round = 0; round < 2; round++)
        for (int rung = 0; rung < RUNGS; rung++)
            for (size_t k = 0; k < share[rung]; k++) {
                const struct trial *trial;
                assert_int_equal(strategy_ask(strategy, &trial), ASK_PROPOSED);
                assert_near(trial->point[EPOCHS], rung, 0);
            }
    strategy_free(strategy);
    space_free(space);
}

/* In a round each bracket sends up the best of its own. */
static void every_bracket_has_a_ladder(void **state)
{
    (void)state;
    struct space *space = fixture_space(text);
    struct problem problem = fixture_problem(space, 3);
    struct strategy *strategy = fixture_strategy(&problem, "\"hyperband\"", NULL);
    const struct history *history = strategy_history(strategy);
    size_t promoted[RUNGS] = {0}; /* by the rung of the root */
    for (size_t started = 0; started <= 27 + 12 + 6 + 4;) {
        const struct trial *trial;
        assert_int_equal(strategy_ask(strategy, &trial), ASK_PROPOSED);
        const struct trial *root = trial;
        while (root->continues != TRIAL_NONE)
            root = &history->trials[root->continues];
        promoted[(size_t)root->point[EPOCHS]] += root != trial;
        started += root == trial;
        tell(strategy, trial->number, TRIAL_COMPLETE);
    }
    assert_true(promoted[0] >= 9 + 3 + 1 && promoted[0] < 27);
    assert_true(promoted[1] >= 4 + 1 && promoted[1] < 12);
    assert_true(promoted[2] >= 2 && promoted[2] < 6);
    assert_int_equal(promoted[3], 0);
    strategy_free(strategy);
    space_free(space);
}

/* The lowest loss of a fully trained trial within 540 epochs; random search trains 20 of them.
 */
static double best_within(const char *entry, uint64_t seed)
{
    static const double epochs[] = {1, 3, 9, 27};
    struct space *space = fixture_space(text);
    struct problem problem = fixture_problem(space, seed);
    struct strategy *strategy = fixture_strategy(&problem, entry, NULL);
    const struct history *history = strategy_history(strategy);
    double spent = 0, best = INFINITY;
    while (spent < 540) {
        const struct trial *trial;
        assert_int_equal(strategy_ask(strategy, &trial), ASK_PROPOSED);
        size_t rung = (size_t)trial->point[EPOCHS];
        bool goes_on = trial->continues != TRIAL_NONE;
        spent += epochs[rung];
        if (goes_on)
            spent -= epochs[(size_t)history->trials[trial->continues].point[EPOCHS]];
        if (rung == RUNGS - 1)
            best = fmin(best, loss(trial->point));
        tell(strategy, trial->number, TRIAL_COMPLETE);
    }
    strategy_free(strategy);
    space_free(space);
    return best;
}

static void few_epochs_find_what_many_find(void **state)
{
    (void)state;
    size_t asha = 0, hyperband = 0;
    for (uint64_t seed = 1; seed <= 20; seed++) {
        double random = INFINITY;
        struct rng rng;
        rng_seed(&rng, seed);
        for (int k = 0; k < 20; k++)
            random = fmin(random, curve(pow(10, -4 * rng_uniform(&rng)),
                                        pow(10, -6 + 4 * rng_uniform(&rng)), 27));
        asha += best_within("\"asha\"", seed) < random;
        hyperband += best_within("\"hyperband\"", seed) < random;
    }
    assert_true(asha >= 15);
    assert_true(hyperband >= 12);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_best_third_of_a_rung_goes_up),
        cmocka_unit_test(enqueued_points_enter_on_their_rung),
        cmocka_unit_test(a_small_space_ends_with_a_trial_on_the_top),
        cmocka_unit_test(configurations_of_earlier_studies_are_trained_anew),
        cmocka_unit_test(hyperband_starts_on_every_rung_in_turn),
        cmocka_unit_test(every_bracket_has_a_ladder),
        cmocka_unit_test(few_epochs_find_what_many_find),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
