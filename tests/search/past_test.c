/* Trials of earlier studies: every strategy that learns makes use of them. */
#include "search/past.h"

#include "base/rng.h"
#include "tests/search/fixture.h"

#include <math.h>

enum { EARLIER = 60 };

static double points[EARLIER][2], values[EARLIER];

/* A bowl of 0 at (0.7, 0.2). */
static double bowl(const double *p)
{
    return hypot(p[0] - 0.7, p[1] - 0.2);
}

static void make_earlier(struct trial *earlier)
{
    struct rng rng;
    rng_seed(&rng, 2);
    for (size_t i = 0; i < EARLIER; i++) {
        points[i][0] = rng_uniform(&rng);
        points[i][1] = rng_uniform(&rng);
        values[i] = bowl(points[i]);
        earlier[i] = (struct trial){.number = i,
                                    .state = TRIAL_COMPLETE,
                                    .continues = TRIAL_NONE,
                                    .point = points[i],
                                    .values = &values[i],
                                    .energy_j = 1e6};
    }
}

/* Ten trials told one by one, of which the last two are left pending. Answers their mean. */
static double run(const struct problem *problem, const char *entry)
{
    struct strategy *strategy = fixture_strategy(problem, entry, NULL);
    const struct history *history = strategy_history(strategy);
    double sum = 0;
    for (size_t t = 0; t < 10; t++) {
        const struct trial *trial;
        assert_int_equal(strategy_ask(strategy, &trial), ASK_PROPOSED);
        double value = bowl(trial->point);
        sum += value / 10;
        if (t < 8)
            assert_int_equal(
                strategy_tell(strategy, t, TRIAL_COMPLETE,
                              &(struct trial_result){.values = &value, .energy_j = 1}),
                ST_OK);
    }
    assert_int_equal(history->n_pending, 2);
    strategy_free(strategy);
    return sum;
}

static void what_earlier_trials_told_is_known_at_once(void **state)
{
    (void)state;
    static const char *const entries[] = {"\"bayes\"", "\"tpe\"", "\"nsga2\""};
    static struct trial earlier[EARLIER];
    struct space *space = fixture_space(fixture_unit2);
    make_earlier(earlier);
    for (size_t i = 0; i < 3; i++) {
        struct problem problem = fixture_problem(space, 5);
        problem.budget_energy_j = 1e5; /* not that of the earlier trials */
        double cold = run(&problem, entries[i]);
        problem.earlier = earlier;
        problem.n_earlier = EARLIER;
        double warm = run(&problem, entries[i]);
        assert_true(warm < 0.75 * cold);
    }
    space_free(space);
}

static void all_trials_have_a_place_and_a_number(void **state)
{
    (void)state;
    static struct trial earlier[EARLIER];
    struct trial own[3] = {{.number = 0}, {.number = 1}, {.number = 2}};
    size_t told[] = {2, 0}, pending[] = {1};
    struct history history = {
        .trials = own, .n = 3, .told = told, .n_told = 2, .pending = pending, .n_pending = 1};
    struct problem problem = {.earlier = earlier, .n_earlier = EARLIER};
    assert_int_equal(past_count(&problem, &history), EARLIER + 2);
    assert_int_equal(past_started(&problem, &history), EARLIER + 3);
    assert_ptr_equal(past_trial(&problem, &history, 7), &earlier[7]);
    assert_ptr_equal(past_trial(&problem, &history, EARLIER), &own[2]);
    for (size_t i = 0; i < past_count(&problem, &history); i++)
        assert_ptr_equal(past_numbered(&problem, &history, past_number(&problem, &history, i)),
                         past_trial(&problem, &history, i));
    assert_ptr_equal(past_numbered(&problem, &history, EARLIER + pending[0]), &own[1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_earlier_trials_told_is_known_at_once),
        cmocka_unit_test(all_trials_have_a_place_and_a_number),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
