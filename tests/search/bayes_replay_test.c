/* The strategy `bayes` goes on from a restored history as it did the first time. */
#include "base/rng.h"
#include "tests/search/fixture.h"

#include <math.h>

#define MOST_TRIALS 64

/* A run with three workers whose results come back out of order, with failed, pruned and
 * cancelled trials among them. `script` is what happened: asked, or told which trial. */
struct event {
    bool told;
    uint64_t number;
};

/* What is asked for: everything at once in the last case. */
static char metrics[3][8] = {"loss", "error", "memory"};
static const struct objective objectives[] = {{metrics[0], GOAL_MINIMIZE},
                                              {metrics[1], GOAL_MAXIMIZE}};
static const struct constraint constraint = {metrics[2], false, 0.7};
static const struct {
    const char *space, *entry;
    fixture_function *f;
    size_t n_objectives, n_constraints;
    double budget_energy_j;
} cases[] = {
    {fixture_unit2, "\"bayes\"", fixture_branin, 1, 0, 0},
    {fixture_mixed, "\"bayes\"", fixture_training, 1, 0, 0},
    {fixture_unit2, "{\"name\": \"bayes\", \"multi\": true}", fixture_branin, 2, 1, 900},
};

static void tell(struct strategy *strategy, uint64_t number, size_t which)
{
    static const enum trial_state states[] = {TRIAL_FAILED, TRIAL_PRUNED, TRIAL_CANCELLED};
    const double *point = strategy_history(strategy)->trials[number].point;
    double value = cases[which].f(point), memory = number % 8 == 2 ? (double)NAN : value / 100;
    enum trial_state state = number % 7 == 3 ? states[number / 7 % 3] : TRIAL_COMPLETE;
    assert_int_equal(
        strategy_tell(
            strategy, number, state,
            &(struct trial_result){
                .values = state == TRIAL_COMPLETE ? (double[]){value, point[0]} : NULL,
                .constrained = &memory,
                .energy_j = number % 6 == 1 ? (double)NAN : 10 + point[0]}),
        ST_OK);
}

static size_t record(struct strategy *strategy, size_t which, struct event *events)
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
            tell(strategy, number, which);
            events[n++] = (struct event){true, number};
        }
    }
    return n;
}

/* A strategy in the state after the first n events, brought there without asking. */
static struct strategy *replay(const struct problem *problem, const struct history *history,
                               const struct event *events, size_t n, size_t which)
{
    struct strategy *strategy = fixture_strategy(problem, cases[which].entry, NULL);
    for (size_t e = 0; e < n; e++)
        if (!events[e].told)
            assert_int_equal(
                strategy_restore(strategy, history->trials[events[e].number].point, TRIAL_NONE),
                ST_OK);
    for (size_t e = 0; e < n; e++)
        if (events[e].told)
            tell(strategy, events[e].number, which);
    return strategy;
}

static void a_replayed_history_goes_on_bit_by_bit(void **state)
{
    (void)state;
    for (size_t which = 0; which < sizeof cases / sizeof cases[0]; which++) {
        struct space *space = fixture_space(cases[which].space);
        struct problem problem = fixture_problem(space, 9);
        problem.objectives = objectives;
        problem.n_objectives = cases[which].n_objectives;
        problem.constraints = &constraint;
        problem.n_constraints = cases[which].n_constraints;
        problem.budget_energy_j = cases[which].budget_energy_j;
        struct strategy *first = fixture_strategy(&problem, cases[which].entry, NULL);
        struct event events[2 * MOST_TRIALS];
        size_t n = record(first, which, events), cuts = 0;
        const struct history *history = strategy_history(first);
        for (size_t cut = 0; cut < n; cut++) {
            if (events[cut].told || cut % 9 > 1)
                continue;
            struct strategy *second = replay(&problem, history, events, cut, which);
            /* The next trials are the same, whatever is told between them. */
            for (size_t e = cut; e < n && e < cut + 8; e++) {
                const struct trial *trial;
                uint64_t number = events[e].number;
                if (events[e].told) {
                    tell(second, number, which);
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_replayed_history_goes_on_bit_by_bit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
