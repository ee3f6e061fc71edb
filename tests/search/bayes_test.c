/* The strategy `bayes` through ask and tell. */
#include "base/rng.h"
#include "search/strategy.h"
#include "tests/check.h"
#include "tests/search/fixture.h"

#include <stdlib.h>
#include <string.h>

#define MOST_TRIALS 64

static const char unit2[] = "{\"x\": {\"type\": \"real\", \"low\": 0, \"high\": 1},"
                            " \"y\": {\"type\": \"real\", \"low\": 0, \"high\": 1}}";
static const char mixed[] =
    "{\"opt\": {\"type\": \"categorical\", \"values\": [\"sgd\", \"adam\", \"rms\"]},"
    " \"lr\": {\"type\": \"real\", \"low\": 1e-5, \"high\": 1, \"scale\": \"log\"},"
    " \"momentum\": {\"type\": \"real\", \"low\": 0, \"high\": 1, \"when\": {\"opt\": "
    "\"sgd\"}},"
    " \"depth\": {\"type\": \"integer\", \"low\": 1, \"high\": 8}}";
static const char lattice[] =
    "{\"a\": {\"type\": \"integer\", \"low\": 0, \"high\": 4},"
    " \"b\": {\"type\": \"ordinal\", \"values\": [1, 2, 4, 8]},"
    " \"c\": {\"type\": \"categorical\", \"values\": [\"p\", \"q\"]}}";

typedef double function(const double *point);

static double branin(const double *p)
{
    double x = 15 * p[0] - 5, y = 15 * p[1];
    double valley = y - 5.1 / (4 * M_PI * M_PI) * x * x + 5 / M_PI * x - 6;
    return valley * valley + 10 * (1 - 1 / (8 * M_PI)) * cos(x) + 10;
}

/* The smallest value, 0, is at sgd, lr 0.1, momentum 0.9, depth 5. */
static double training(const double *p)
{
    static const double best_lr[] = {-1, -3, -2}, offset[] = {0, 0.2, 0.3};
    size_t opt = (size_t)p[0];
    double lr = log10(p[1]) - best_lr[opt], depth = p[3] - 5;
    double momentum = isnan(p[2]) ? 0 : p[2] - 0.9;
    return offset[opt] + 0.3 * lr * lr + 2 * momentum * momentum + 0.02 * depth * depth;
}

static double constant(const double *p)
{
    (void)p;
    return 3;
}

static double steps(const double *p)
{
    return (p[0] - 3) * (p[0] - 3) + fabs(p[1] - 2) + 2 * p[2];
}

/* Ask once and tell what the function says; -1 for a trial that fails. Answers the value. */
static double step(struct strategy *strategy, function *f)
{
    const struct trial *trial;
    assert_int_equal(strategy_ask(strategy, &trial), ASK_PROPOSED);
    double value = f(trial->point);
    assert_int_equal(strategy_tell(strategy, trial->number, TRIAL_COMPLETE, &value, NAN),
                     ST_OK);
    return value;
}

static double best_of(const struct problem *problem, const char *entry, function *f, int trials)
{
    struct strategy *strategy = fixture_strategy(problem, entry, NULL);
    double best = INFINITY;
    for (int t = 0; t < trials; t++)
        best = fmin(best, step(strategy, f));
    strategy_free(strategy);
    return best;
}

/* Regrets of three seeds, multiplied: bayes must be ahead of random by far. */
static void check_advantage(const char *text, function *f, double minimum, int trials,
                            double factor)
{
    struct space *space = fixture_space(text);
    double bayes = 1, chance = 1;
    for (uint64_t seed = 1; seed <= 3; seed++) {
        struct problem problem = fixture_problem(space, seed);
        problem.budget_trials = (size_t)trials;
        bayes *= best_of(&problem, "\"bayes\"", f, trials) - minimum + 1e-12;
        chance *= best_of(&problem, "\"random\"", f, trials) - minimum + 1e-12;
    }
    assert_true(cbrt(bayes) * factor < cbrt(chance));
    space_free(space);
}

static void it_is_far_better_than_chance(void **state)
{
    (void)state;
    check_advantage(unit2, branin, 0.39788735772973816, 30, 20);
    check_advantage(mixed, training, 0, 40, 10);
}

static void a_finite_space_is_used_up_without_duplicates(void **state)
{
    (void)state;
    struct space *space = fixture_space(lattice);
    struct problem problem = fixture_problem(space, 5);
    struct strategy *strategy = fixture_strategy(&problem, "\"bayes\"", NULL);
    const struct trial *trial;
    int found = 40;
    for (int t = 0; t < 40; t++)
        if (step(strategy, steps) == 0 && t < found)
            found = t;
    assert_true(found < 24);
    assert_int_equal(strategy_history(strategy)->n_distinct, 40);
    assert_int_equal(strategy_ask(strategy, &trial), ASK_DONE);
    strategy_free(strategy);
    space_free(space);
}

/* Maximising f proposes what minimising -f does. */
static double negative_branin(const double *p)
{
    return -branin(p);
}

static void the_goal_turns_the_sign(void **state)
{
    (void)state;
    static char metric[] = "accuracy";
    static const struct objective maximize = {metric, GOAL_MAXIMIZE};
    struct space *space = fixture_space(unit2);
    struct problem down = fixture_problem(space, 2), up = fixture_problem(space, 2);
    up.objectives = &maximize;
    struct strategy *a = fixture_strategy(&down, "\"bayes\"", NULL);
    struct strategy *b = fixture_strategy(&up, "\"bayes\"", NULL);
    for (int t = 0; t < 25; t++)
        assert_near(step(a, branin), -step(b, negative_branin), 0);
    strategy_free(a);
    strategy_free(b);
    space_free(space);
}

/* Replay. */

/* A run with three workers whose results come back out of order, with failed, pruned and
 * cancelled trials among them. `script` is what happened: asked, or told which trial. */
struct event {
    bool told;
    uint64_t number;
};

static void outcome(const struct trial *trial, function *f, enum trial_state *state,
                    double *value)
{
    static const enum trial_state states[] = {TRIAL_FAILED, TRIAL_PRUNED, TRIAL_CANCELLED};
    *value = f(trial->point);
    *state = trial->number % 7 == 3 ? states[trial->number / 7 % 3] : TRIAL_COMPLETE;
}

static void tell(struct strategy *strategy, uint64_t number, function *f)
{
    enum trial_state state;
    double value;
    outcome(&strategy_history(strategy)->trials[number], f, &state, &value);
    assert_int_equal(
        strategy_tell(strategy, number, state, state == TRIAL_COMPLETE ? &value : NULL, NAN),
        ST_OK);
}

static size_t record(struct strategy *strategy, function *f, struct event *events)
{
    const struct trial *trial;
    struct rng rng;
    size_t n = 0;
    rng_seed(&rng, 8);
    for (int t = 0; t < MOST_TRIALS; t++) {
        assert_int_equal(strategy_ask(strategy, &trial), ASK_PROPOSED);
        events[n++] = (struct event){false, trial->number};
        const struct history *history = strategy_history(strategy);
        while (history->n_pending > 2) {
            uint64_t number = history->pending[rng_below(&rng, history->n_pending)];
            tell(strategy, number, f);
            events[n++] = (struct event){true, number};
        }
    }
    return n;
}

/* A strategy in the state after the first n events, brought there without asking. */
static struct strategy *replay(const struct problem *problem, const struct history *history,
                               const struct event *events, size_t n, function *f)
{
    struct strategy *strategy = fixture_strategy(problem, "\"bayes\"", NULL);
    for (size_t e = 0; e < n; e++)
        if (!events[e].told)
            assert_int_equal(
                strategy_restore(strategy, history->trials[events[e].number].point), ST_OK);
    for (size_t e = 0; e < n; e++)
        if (events[e].told)
            tell(strategy, events[e].number, f);
    return strategy;
}

static void a_replayed_history_goes_on_bit_by_bit(void **state)
{
    (void)state;
    static const char *const texts[] = {unit2, mixed};
    static function *const functions[] = {branin, training};
    for (int k = 0; k < 2; k++) {
        struct space *space = fixture_space(texts[k]);
        struct problem problem = fixture_problem(space, 9);
        struct strategy *first = fixture_strategy(&problem, "\"bayes\"", NULL);
        struct event events[2 * MOST_TRIALS];
        size_t n = record(first, functions[k], events), cuts = 0;
        const struct history *history = strategy_history(first);
        for (size_t cut = 0; cut < n; cut++) {
            if (events[cut].told || cut % 9 > 1)
                continue;
            struct strategy *second = replay(&problem, history, events, cut, functions[k]);
            /* The next trials are the same, whatever is told between them. */
            for (size_t e = cut; e < n && e < cut + 8; e++) {
                const struct trial *trial;
                uint64_t number = events[e].number;
                if (events[e].told) {
                    tell(second, number, functions[k]);
                    continue;
                }
                assert_int_equal(strategy_ask(second, &trial), ASK_PROPOSED);
                assert_int_equal(trial->number, number);
                assert_memory_equal(trial->point, history->trials[number].point,
                                    space_count(space) * sizeof(double));
            }
            strategy_free(second);
            cuts++;
        }
        assert_true(cuts > 10);
        strategy_free(first);
        space_free(space);
    }
}

static void seeds_make_different_runs(void **state)
{
    (void)state;
    struct space *space = fixture_space(unit2);
    double points[2][2];
    for (uint64_t seed = 0; seed < 2; seed++) {
        struct problem problem = fixture_problem(space, seed);
        struct strategy *strategy = fixture_strategy(&problem, "\"bayes\"", NULL);
        for (int t = 0; t < 12; t++)
            step(strategy, branin);
        memcpy(points[seed], strategy_history(strategy)->trials[11].point, sizeof points[0]);
        strategy_free(strategy);
    }
    assert_true(points[0][0] != points[1][0]);
    space_free(space);
}

/* Pending trials. */

static double distance(const double *a, const double *b)
{
    return hypot(a[0] - b[0], a[1] - b[1]);
}

/* Sixteen workers ask at once: their points are apart from one another and from what is known,
 * and some of them are better than anything before. */
static void sixteen_pending_trials_are_sixteen_useful_points(void **state)
{
    (void)state;
    struct space *space = fixture_space(unit2);
    struct problem problem = fixture_problem(space, 3);
    struct strategy *strategy = fixture_strategy(&problem, "\"bayes\"", NULL);
    const struct trial *trial;
    double before = INFINITY, after = INFINITY;
    for (int t = 0; t < 16; t++)
        before = fmin(before, step(strategy, branin));
    for (int t = 0; t < 16; t++)
        assert_int_equal(strategy_ask(strategy, &trial), ASK_PROPOSED);
    const struct history *history = strategy_history(strategy);
    for (size_t i = 16; i < 32; i++) {
        after = fmin(after, branin(history->trials[i].point));
        for (size_t j = 0; j < i; j++)
            assert_true(distance(history->trials[i].point, history->trials[j].point) > 0.001);
    }
    assert_true(after < before);
    strategy_free(strategy);
    space_free(space);
}

/* Odd results. */

static void only_pending_or_failed_trials_still_give_points(void **state)
{
    (void)state;
    struct space *space = fixture_space(mixed);
    struct problem problem = fixture_problem(space, 4);
    struct strategy *strategy = fixture_strategy(&problem, "\"bayes\"", NULL);
    const struct trial *trial;
    for (int t = 0; t < 40; t++)
        assert_int_equal(strategy_ask(strategy, &trial), ASK_PROPOSED);
    for (uint64_t t = 0; t < 40; t++)
        assert_int_equal(strategy_tell(strategy, t, TRIAL_FAILED, NULL, NAN), ST_OK);
    for (int t = 0; t < 5; t++)
        assert_int_equal(strategy_ask(strategy, &trial), ASK_PROPOSED);
    assert_int_equal(strategy_history(strategy)->n_distinct, 45);
    strategy_free(strategy);
    space_free(space);
}

/* Every trial with x < 0.5 fails: after a while few are proposed there, although the function
 * would be best there. */
static void regions_that_fail_are_avoided(void **state)
{
    (void)state;
    struct space *space = fixture_space(unit2);
    struct problem problem = fixture_problem(space, 6);
    struct strategy *strategy = fixture_strategy(&problem, "\"bayes\"", NULL);
    int failed = 0;
    for (int t = 0; t < 40; t++) {
        const struct trial *trial;
        assert_int_equal(strategy_ask(strategy, &trial), ASK_PROPOSED);
        bool fails = trial->point[0] < 0.5;
        double value = trial->point[0] + trial->point[1];
        assert_int_equal(strategy_tell(strategy, trial->number,
                                       fails ? TRIAL_FAILED : TRIAL_COMPLETE,
                                       fails ? NULL : &value, NAN),
                         ST_OK);
        failed += t >= 20 && fails;
    }
    assert_true(failed <= 10);
    strategy_free(strategy);
    space_free(space);
}

static void equal_and_extreme_targets_are_survived(void **state)
{
    (void)state;
    struct space *space = fixture_space(unit2);
    struct problem problem = fixture_problem(space, 7);
    struct strategy *flat = fixture_strategy(&problem, "\"bayes\"", NULL);
    struct strategy *wild = fixture_strategy(&problem, "\"bayes\"", NULL);
    static const double values[] = {1e308, -1e308, 0, 1e-308, 1e100, 5};
    for (int t = 0; t < 30; t++) {
        const struct trial *trial;
        step(flat, constant);
        assert_int_equal(strategy_ask(wild, &trial), ASK_PROPOSED);
        assert_true(trial->point[0] >= 0 && trial->point[0] <= 1);
        assert_int_equal(
            strategy_tell(wild, trial->number, TRIAL_COMPLETE, &values[t % 6], NAN), ST_OK);
    }
    assert_int_equal(strategy_history(flat)->n_distinct, 30);
    assert_int_equal(strategy_history(wild)->n_distinct, 30);
    strategy_free(flat);
    strategy_free(wild);
    space_free(space);
}

/* Options. */

static void enqueued_points_come_first_and_count_as_start(void **state)
{
    (void)state;
    struct space *space = fixture_space(unit2);
    struct problem problem = fixture_problem(space, 1);
    struct strategy *strategy = fixture_strategy(
        &problem, "{\"name\": \"bayes\", \"start\": 4}", "[{\"x\": 0.25, \"y\": 0.5}]");
    for (int t = 0; t < 6; t++)
        step(strategy, branin);
    assert_near(strategy_history(strategy)->trials[0].point[0], 0.25, 0);
    strategy_free(strategy);
    space_free(space);
}

static void wrong_options_are_named(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"{\"name\": \"bayes\", \"acquisition\": \"ucb\"}", "acquisition"},
        {"{\"name\": \"bayes\", \"start\": 0}", "start"},
        {"{\"name\": \"bayes\", \"start\": 2.5}", "start"},
        {"{\"name\": \"bayes\", \"strat\": 5}", "start"},
    };
    struct space *space = fixture_space(unit2);
    struct problem problem = fixture_problem(space, 1);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct json *entry = fixture_json(cases[i][0]);
        struct json_problems problems = {.source = "t.json"};
        struct strategy *strategy;
        assert_int_equal(
            strategy_create(&strategy, &problem, entry, NULL, "strategies[0]", &problems),
            ST_INVALID);
        assert_null(strategy);
        assert_int_equal(problems.count, 1);
        assert_non_null(strstr(strbuf_text(&problems.text), cases[i][1]));
        json_problems_free(&problems);
        json_free(entry);
    }
    space_free(space);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_is_far_better_than_chance),
        cmocka_unit_test(a_finite_space_is_used_up_without_duplicates),
        cmocka_unit_test(the_goal_turns_the_sign),
        cmocka_unit_test(a_replayed_history_goes_on_bit_by_bit),
        cmocka_unit_test(seeds_make_different_runs),
        cmocka_unit_test(sixteen_pending_trials_are_sixteen_useful_points),
        cmocka_unit_test(only_pending_or_failed_trials_still_give_points),
        cmocka_unit_test(regions_that_fail_are_avoided),
        cmocka_unit_test(equal_and_extreme_targets_are_survived),
        cmocka_unit_test(enqueued_points_come_first_and_count_as_start),
        cmocka_unit_test(wrong_options_are_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
