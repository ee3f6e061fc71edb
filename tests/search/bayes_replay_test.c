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

static void outcome(const struct trial *trial, fixture_function *f, enum trial_state *state,
                    double *value)
{
    static const enum trial_state states[] = {TRIAL_FAILED, TRIAL_PRUNED, TRIAL_CANCELLED};
    *value = f(trial->point);
    *state = trial->number % 7 == 3 ? states[trial->number / 7 % 3] : TRIAL_COMPLETE;
}

static void tell(struct strategy *strategy, uint64_t number, fixture_function *f)
{
    enum trial_state state;
    double value;
    outcome(&strategy_history(strategy)->trials[number], f, &state, &value);
    assert_int_equal(
        strategy_tell(strategy, number, state,
                      &(struct trial_result){.values = state == TRIAL_COMPLETE ? &value : NULL,
                                             .energy_j = NAN}),
        ST_OK);
}

static size_t record(struct strategy *strategy, fixture_function *f, struct event *events)
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
                               const struct event *events, size_t n, fixture_function *f)
{
    struct strategy *strategy = fixture_strategy(problem, "\"bayes\"", NULL);
    for (size_t e = 0; e < n; e++)
        if (!events[e].told)
            assert_int_equal(
                strategy_restore(strategy, history->trials[events[e].number].point, TRIAL_NONE),
                ST_OK);
    for (size_t e = 0; e < n; e++)
        if (events[e].told)
            tell(strategy, events[e].number, f);
    return strategy;
}

static void a_replayed_history_goes_on_bit_by_bit(void **state)
{
    (void)state;
    static const char *const texts[] = {fixture_unit2, fixture_mixed};
    static fixture_function *const functions[] = {fixture_branin, fixture_training};
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_replayed_history_goes_on_bit_by_bit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
