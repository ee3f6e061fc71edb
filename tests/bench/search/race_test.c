#include "tests/bench/search/race_fixture.h"

#include <stdlib.h>
#include <string.h>

static void joules_are_told_by_those_of_random_search(void **state)
{
    (void)state;
    struct race_fixture fixture;
    fixture_init(&fixture, 2, 2);
    for (size_t s = 0; s < 2; s++) {
        fixture_trial(&fixture, 0, 0, s, 10, 30);
        fixture_trial(&fixture, 0, 0, s, 1, 70);
    }
    fixture_trial(&fixture, 0, 1, 0, 0.5, 20);
    fixture_trial(&fixture, 0, 1, 1, 2, 20);
    assert_near(race_joules_to_random(&fixture.race, 0, 1, 0), 0.2, 1e-12);
    assert_true(isinf(race_joules_to_random(&fixture.race, 0, 1, 1)));
    assert_near(race_joules_to_random(&fixture.race, 0, 0, 0), 1, 1e-12);
    assert_true(isnan(race_joules_to_random(&fixture.race, 2, 1, 0)));
    race_free(&fixture.race);
}

static void pairs_count_the_targets_that_both_ran(void **state)
{
    (void)state;
    struct race_fixture fixture;
    struct race_pair pair;
    fixture_init(&fixture, 5, 1);
    for (size_t s = 0; s < 5; s++) {
        fixture_trial(&fixture, 0, 0, s, 100, 1);
        fixture_trial(&fixture, 0, 1, s, 1 - 0.1 * (double)s, 1);
        fixture_trial(&fixture, 2, 0, s, 1, 1);
        fixture_trial(&fixture, 2, 1, s, 100, 1); /* a space does not count */
        fixture_trial(&fixture, 1, 0, s, 0.5, 1); /* and this one has only one run */
    }
    assert_int_equal(race_compare(&pair, &fixture.race, 1, 0, race_counts_single), ST_OK);
    assert_int_equal(pair.won, 1);
    assert_int_equal(pair.lost + pair.tied, 0);
    assert_near(pair.decades, 2 - log10(0.8), 1e-12);
    assert_near(pair.p, 2 / 32.0, 1e-12);
    assert_int_equal(race_compare(&pair, &fixture.race, 0, 1, race_counts_single), ST_OK);
    assert_int_equal(pair.lost, 1);
    assert_int_equal(race_compare(&pair, &fixture.race, 1, 0, race_counts_front), ST_OK);
    assert_int_equal(pair.won + pair.lost + pair.tied, 0);
    race_free(&fixture.race);
}

static void equal_medians_are_tied(void **state)
{
    (void)state;
    struct race_fixture fixture;
    struct race_pair pair;
    fixture_init(&fixture, 1, 1);
    for (size_t k = 0; k < 2; k++)
        fixture_trial(&fixture, 1, k, 0, 0.5, 1);
    assert_int_equal(race_compare(&pair, &fixture.race, 0, 1, race_counts_front), ST_OK);
    assert_int_equal(pair.tied, 1);
    assert_near(pair.decades, 0, 0);
    assert_near(pair.p, 1, 0);
    race_free(&fixture.race);
}

/* A real race: the same seeds give the same runs, a strategy that cannot work on a target is
 * left out, and runs that are there already are kept. */
static void a_race_is_repeatable_and_passes_over_what_cannot_run(void **state)
{
    (void)state;
    struct error err;
    struct target targets[2];
    char random[] = "\"random\"", grid[] = "\"grid\"", tpe[] = "\"tpe\"";
    const struct sampler_choice choices[] = {{"random", random, NULL},
                                             {"grid", grid, NULL},
                                             {"tpe", tpe, NULL},
                                             {"only read", NULL, NULL}};
    assert_ok(target_open(&targets[0], bench_problem_find("branin"), &err), err);
    assert_ok(target_open(&targets[1], bench_problem_find("levels"), &err), err);
    struct race races[2];
    for (int r = 0; r < 2; r++) {
        races[r] = (struct race){.targets = targets,
                                 .n_targets = 2,
                                 .choices = choices,
                                 .n_samplers = 4,
                                 .seeds = 2,
                                 .trials = 12,
                                 .workers = 1};
        assert_int_equal(race_init(&races[r]), ST_OK);
        assert_int_equal(race_run(&races[r]), ST_OK);
        assert_int_equal(race_run(&races[r]), ST_OK);
        assert_true(race_complete(&races[r], 0, 0) && race_complete(&races[r], 1, 2));
        assert_false(race_complete(&races[r], 0, 1)); /* a grid of reals */
        assert_true(race_complete(&races[r], 1, 1));
        assert_false(race_complete(&races[r], 1, 3));
    }
    for (size_t s = 0; s < 2; s++)
        assert_near(race_regret(&races[0], 1, 2, s), race_regret(&races[1], 1, 2, s), 0);
    const struct trace *trace = race_trace(&races[0], 1, 2, 1);
    assert_int_equal(trace->n, 12);
    race_free(&races[0]);
    race_free(&races[1]);
    target_close(&targets[0]);
    target_close(&targets[1]);
}

static void a_race_may_be_of_some_targets_and_our_own_strategies(void **state)
{
    (void)state;
    struct error err;
    struct target targets[2];
    char random[] = "\"random\"", command[] = "exit 1";
    const struct sampler_choice choices[] = {{"random", random, NULL},
                                             {"driver", NULL, command}};
    assert_ok(target_open(&targets[0], bench_problem_find("noisy6"), &err), err);
    assert_ok(target_open(&targets[1], bench_problem_find("branin"), &err), err);
    struct race race = {.targets = targets,
                        .n_targets = 2,
                        .choices = choices,
                        .n_samplers = 2,
                        .seeds = 1,
                        .trials = 3,
                        .workers = 1,
                        .only = race_counts_exact,
                        .own_only = true};
    assert_int_equal(race_init(&race), ST_OK);
    assert_int_equal(race_run(&race), ST_OK);
    assert_false(race_complete(&race, 0, 0));
    assert_true(race_complete(&race, 1, 0));
    race_free(&race);
    target_close(&targets[0]);
    target_close(&targets[1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(joules_are_told_by_those_of_random_search),
        cmocka_unit_test(pairs_count_the_targets_that_both_ran),
        cmocka_unit_test(equal_medians_are_tied),
        cmocka_unit_test(a_race_is_repeatable_and_passes_over_what_cannot_run),
        cmocka_unit_test(a_race_may_be_of_some_targets_and_our_own_strategies),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
