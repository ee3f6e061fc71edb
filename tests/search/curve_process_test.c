/* The process over learning curves beyond the rows that it is given at most. */
#include "tests/search/fixture.h"

#include <math.h>
#include <string.h>

enum { MOST = 16, TRIALS = 420, ASKED_EACH = 60 };

static const char space_text[] =
    "{\"x\": {\"type\": \"real\", \"low\": 0, \"high\": 1},"
    " \"epochs\": {\"type\": \"integer\", \"low\": 1, \"high\": 16}}";

static double curve(const double *point, int epochs)
{
    return (point[0] - 0.7) * (point[0] - 0.7) + 1 / (1.0 + epochs);
}

/* Report the epochs up to this one; `live`: as they come, else as those of a past. */
static void train(struct strategy *strategy, const struct trial *trial, int to, bool live)
{
    for (int t = 1; t <= to; t++) {
        struct intermediate report = {t, curve(trial->point, t)};
        if (live)
            strategy_report(strategy, trial->number, report);
        else
            assert_int_equal(strategy_restore_report(strategy, trial->number, report), ST_OK);
    }
}

static void conclude(struct strategy *strategy, const struct trial *trial, int epochs)
{
    double value = curve(trial->point, epochs);
    bool complete = epochs == MOST;
    assert_int_equal(strategy_tell(strategy, trial->number,
                                   complete ? TRIAL_COMPLETE : TRIAL_PRUNED,
                                   &(struct trial_result){.values = complete ? &value : NULL,
                                                          .energy_j = NAN}),
                     ST_OK);
}

static void add(struct strategy *strategy, const double *point, bool live)
{
    const struct history *history = strategy_history(strategy);
    assert_int_equal(strategy_restore(strategy, point, TRIAL_NONE), ST_OK);
    const struct trial *trial = &history->trials[history->n - 1];
    int epochs = trial->number % 3 == 0 ? MOST : 3;
    train(strategy, trial, epochs, live);
    conclude(strategy, trial, epochs);
}

/* More than a thousand rows: a strategy that learnt, judged and proposed on the way proposes at
 * the end what one does that gets the whole past at once, and something good. */
static void what_it_knows_is_a_function_of_the_history(void **state)
{
    (void)state;
    struct space *space = fixture_space(space_text);
    struct problem problem = fixture_problem(space, 3);
    const char *entry = "{\"name\": \"bayes\", \"fidelity\": \"epochs\"}";
    struct strategy *steady = fixture_strategy(&problem, entry, NULL);
    struct strategy *late = fixture_strategy(&problem, entry, NULL);
    const struct trial *a, *b;
    struct rng rng;
    rng_seed(&rng, 9);
    for (int i = 0; i < TRIALS; i++) {
        double point[] = {rng_uniform(&rng), MOST};
        if (i % ASKED_EACH == ASKED_EACH - 1) {
            assert_int_equal(strategy_ask(steady, &a), ASK_PROPOSED);
            memcpy(point, a->point, sizeof point);
            assert_int_equal(strategy_restore(late, point, a->continues), ST_OK);
            conclude(steady, a, 1);
            conclude(late, &strategy_history(late)->trials[a->number], 1);
            continue;
        }
        add(steady, point, i % 10 == 0);
        add(late, point, false);
    }
    assert_int_equal(strategy_ask(steady, &a), ASK_PROPOSED);
    assert_int_equal(strategy_ask(late, &b), ASK_PROPOSED);
    assert_memory_equal(a->point, b->point, 2 * sizeof *a->point);
    assert_int_equal(a->continues, b->continues);
    assert_true(fabs(a->point[0] - 0.7) < 0.1);
    strategy_free(steady);
    strategy_free(late);
    space_free(space);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_it_knows_is_a_function_of_the_history),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
