/* Which rows of many curves a process is given. */
#include "search/curves_choose.h"

#include "search/history.h"
#include "tests/search/fixture.h"

#include <math.h>

enum { CURVES = 40 };

/* CURVES curves of 1, 2, 4 and 8 epochs: curve i falls to `end[i]` from 7 above it. */
struct bench {
    struct space *space, *configs;
    struct problem problem;
    struct history history;
    struct curves curves;
};

/* Those before the 8th epoch were stopped, so that their last target is what falls say. */
static void add(struct bench *bench, double end, int epochs)
{
    struct history *history = &bench->history;
    double point[2] = {8, (double)history->n / CURVES}, value = end;
    assert_int_equal(history_append(history, &(struct proposal){point, TRIAL_NONE}), ST_OK);
    for (int t = 1; t <= epochs; t *= 2)
        assert_int_equal(
            history_report(history, 0, (struct intermediate){t, end + 8.0 / t - 1}), ST_OK);
    history_conclude(
        history, 0, epochs == 8 ? TRIAL_COMPLETE : TRIAL_PRUNED,
        &(struct trial_result){.values = epochs == 8 ? &value : NULL, .energy_j = NAN});
    assert_int_equal(curves_add(&bench->curves, history, &history->trials[history->n - 1]),
                     ST_OK);
}

static void set_up(struct bench *bench)
{
    struct fidelity fidelity;
    struct json_problems problems = {.source = "t.json"};
    struct json_reader options;
    bench->space =
        fixture_space("{\"epochs\": {\"type\": \"integer\", \"low\": 1, \"high\": 8},"
                      " \"x\": {\"type\": \"real\", \"low\": 0, \"high\": 1}}");
    bench->problem = fixture_problem(bench->space, 1);
    json_reader_open(&options, NULL, "s", &problems);
    assert_int_equal(fidelity_read(&fidelity, &bench->problem, &options), ST_OK);
    assert_int_equal(space_hold(&bench->configs, bench->space, fidelity.param), ST_OK);
    history_init(&bench->history, &bench->problem);
    assert_int_equal(curves_init(&bench->curves, &bench->problem, bench->configs, &fidelity),
                     ST_OK);
    for (int i = 0; i < CURVES;
         i++) /* every fourth goes to the end; the middle ones are best */
        add(bench, fabs(i - 20.2), i % 4 == 0 ? 8 : 2);
    curves_learn_falls(&bench->curves);
}

static void tear_down(struct bench *bench)
{
    curves_free(&bench->curves);
    history_free(&bench->history);
    space_free(bench->configs);
    space_free(bench->space);
}

static size_t count(const bool *chosen, size_t n)
{
    size_t sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += chosen[i];
    return sum;
}

/* 10 curves of 4 rows and 30 of 2 are 100 rows. Of 40 rows the best curves take 20: those of
 * 20, 21, 19, 22, 18, 23, 17 and 24 have 4 + 6 x 2 + 4. The other 20 are last rows of the
 * remaining 32, from early ones and late ones. */
static void the_best_curves_are_whole_and_others_give_their_last_row(void **state)
{
    (void)state;
    struct bench bench;
    bool chosen[100];
    set_up(&bench);
    const struct curves *curves = &bench.curves;
    assert_int_equal(curves->n, 100);
    assert_int_equal(curves_choose(curves, 40, chosen), ST_OK);
    assert_int_equal(count(chosen, 100), 40);
    size_t others[2] = {0};
    for (size_t i = 0; i < 100; i++) {
        size_t trial = curves->rows[i].trial;
        bool last = curves_last_row(curves, trial) == i;
        if (trial >= 17 && trial <= 24)
            assert_true(chosen[i]);
        else if (chosen[i])
            others[trial > 20]++;
        assert_true(last || !chosen[i] || (trial >= 17 && trial <= 24));
    }
    assert_int_equal(others[0] + others[1], 20);
    assert_in_range(others[0], 9, 12); /* of 17 and 15 */
    tear_down(&bench);
}

/* With room for all last rows, intermediate ones fill it. */
static void what_room_is_left_is_filled(void **state)
{
    (void)state;
    struct bench bench;
    bool chosen[100];
    set_up(&bench);
    for (size_t m = 80; m <= 100; m += 10) {
        assert_int_equal(curves_choose(&bench.curves, m, chosen), ST_OK);
        assert_int_equal(count(chosen, 100), m);
        for (size_t t = 0; t < CURVES; t++)
            assert_true(chosen[curves_last_row(&bench.curves, t)]);
    }
    tear_down(&bench);
}

/* A failed trial's row has the worst target: never among the best, and it counts as a last one.
 */
static void failed_trials_come_last(void **state)
{
    (void)state;
    struct bench bench;
    bool chosen[101];
    double point[2] = {8, 0.5};
    set_up(&bench);
    struct history *history = &bench.history;
    assert_int_equal(history_append(history, &(struct proposal){point, TRIAL_NONE}), ST_OK);
    history_conclude(history, 0, TRIAL_FAILED, &trial_result_none);
    assert_int_equal(curves_add(&bench.curves, history, &history->trials[CURVES]), ST_OK);
    assert_int_equal(curves_choose(&bench.curves, 8, chosen), ST_OK);
    assert_int_equal(count(chosen, 101), 8);
    for (size_t i = 0; i < 4; i++) /* the best curve */
        assert_true(chosen[curves_last_row(&bench.curves, 20) - i]);
    assert_int_equal(curves_choose(&bench.curves, 80, chosen), ST_OK);
    assert_true(chosen[100]);
    tear_down(&bench);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_best_curves_are_whole_and_others_give_their_last_row),
        cmocka_unit_test(what_room_is_left_is_filled),
        cmocka_unit_test(failed_trials_come_last),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
