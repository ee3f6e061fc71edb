/* What whoever watches a study is shown. */
#include "tests/check.h"
#include "tests/orchestrator/world.h"

static void a_snapshot_tells_how_far_it_is(void **state)
{
    (void)state;
    struct world world;
    struct run_snapshot snapshot;
    world_open(&world, &(struct world_options){
                           .n_arms = 2, .n_workers = 2, .retries = 0, .budget = {.trials = 4}});
    coordinator_snapshot(world.coordinator, world.now_s, &snapshot);
    assert_int_equal(snapshot.n_workers, 0);
    assert_true(isnan(snapshot.best) && isnan(snapshot.energy_j) && isnan(snapshot.left_s));
    world_join(&world, 1);
    world_join(&world, 2);
    world_tick(&world, 0);
    world.now_s += 10;
    world_finish(&world, 1, OUTCOME_COMPLETE, 0.5, 10);
    world_finish(&world, 2, OUTCOME_FAILED, NAN, 4);
    world_overhead(&world, 1, 2, false);
    world_tick(&world, 0);
    world_report(&world, 1, 7);
    coordinator_snapshot(world.coordinator, world.now_s, &snapshot);
    assert_int_equal(snapshot.n_workers, 2);
    assert_int_equal(snapshot.asked, 4);
    assert_int_equal(snapshot.complete, 1);
    assert_int_equal(snapshot.failed, 1);
    assert_int_equal(snapshot.n_running, 2);
    assert_string_equal(snapshot.running[0].id, "first.0.2");
    assert_near(snapshot.running[0].step, 7, 0);
    assert_near(snapshot.best, 0.5, 0);
    assert_string_equal(snapshot.best_id, "first.0.0");
    assert_near(snapshot.energy_j, 16, 1e-9);
    assert_int_equal(snapshot.quality, ENERGY_ESTIMATED); /* the worst: the overhead's */
    /* Two of eight trials took ten seconds. */
    assert_near(snapshot.left_s, 30, 1e-9);
    assert_false(snapshot.interrupted);
    world_close(&world);
}

/* The lowest loss took more joules than allowed, and the next one lacks the other metric. */
static void the_best_keeps_the_constraints(void **state)
{
    (void)state;
    static char energy[] = "energy_j", loss[] = "loss";
    static const struct constraint constraints[] = {{energy, false, 10}, {loss, true, 0.25}};
    struct world world;
    struct run_snapshot snapshot;
    world_open(&world, &(struct world_options){.budget = {.trials = 4},
                                               .constraints = constraints,
                                               .n_constraints = 2});
    world_join(&world, 1);
    world_tick(&world, 0);
    world_finish(&world, 1, OUTCOME_COMPLETE, 0.3, 11);
    coordinator_snapshot(world.coordinator, world.now_s, &snapshot);
    assert_true(snapshot.constrained);
    assert_int_equal(snapshot.complete, 1);
    assert_int_equal(snapshot.feasible, 0);
    assert_true(isnan(snapshot.best));
    assert_string_equal(snapshot.best_id, "");
    world_tick(&world, 0);
    world_finish(&world, 1, OUTCOME_COMPLETE, 0.3, NAN);
    world_tick(&world, 0);
    world_finish(&world, 1, OUTCOME_COMPLETE, 0.2, 5);
    world_tick(&world, 0);
    world_finish(&world, 1, OUTCOME_COMPLETE, 0.5, 10);
    coordinator_snapshot(world.coordinator, world.now_s, &snapshot);
    assert_int_equal(snapshot.complete, 4);
    assert_int_equal(snapshot.feasible, 1);
    assert_near(snapshot.best, 0.5, 0);
    assert_string_equal(snapshot.best_id, "first.0.3");
    world_close(&world);
}

/* Each goes on from the one before: together they cost more than each of them. A failed attempt
 * does not count, nor the one that is run again for it. */
static void a_chain_of_trials_keeps_the_constraints_as_a_whole(void **state)
{
    (void)state;
    static char energy[] = "energy_j";
    static const struct constraint constraints[] = {{energy, false, 10}};
    struct world world;
    struct run_snapshot snapshot;
    world_open(&world, &(struct world_options){.budget = {.trials = 3},
                                               .retries = 1,
                                               .chained = true,
                                               .constraints = constraints,
                                               .n_constraints = 1});
    world_join(&world, 1);
    world_tick(&world, 0);
    world_finish(&world, 1, OUTCOME_COMPLETE, 0.5, 4);
    world_tick(&world, 0);
    world_finish(&world, 1, OUTCOME_FAILED, NAN, 8);
    world_tick(&world, 0);
    world_finish(&world, 1, OUTCOME_COMPLETE, 0.4, 4);
    world_tick(&world, 0);
    world_finish(&world, 1, OUTCOME_COMPLETE, 0.3, 4);
    coordinator_snapshot(world.coordinator, world.now_s, &snapshot);
    assert_int_equal(snapshot.complete, 3);
    assert_int_equal(snapshot.feasible, 2);
    assert_near(snapshot.best, 0.4, 0);
    assert_near(snapshot.energy_j, 20, 1e-9); /* every joule once */
    world_close(&world);
}

/* A trial that goes on from its own checkpoint took what the attempt before took, too; one that
 * starts anew did not. */
static void a_trial_that_is_tried_again_counts_what_it_goes_on_from(void **state)
{
    (void)state;
    static char energy[] = "energy_j";
    static const struct constraint constraints[] = {{energy, false, 10}};
    for (int first = 1; first <= 3; first++) {
        struct world world;
        struct run_snapshot snapshot;
        world_open(&world, &(struct world_options){.budget = {.trials = 1},
                                                   .retries = 1,
                                                   .constraints = constraints,
                                                   .n_constraints = 1});
        world_join(&world, 1);
        world_tick(&world, 0);
        world_report(&world, 1, 1);
        world_report(&world, 1, 2);
        world_finish(&world, 1, OUTCOME_FAILED, NAN, 8);
        world_tick(&world, 0);
        if (first < 3)
            world_report(&world, 1, first);
        world_finish(&world, 1, OUTCOME_COMPLETE, 0.5, 4);
        coordinator_snapshot(world.coordinator, world.now_s, &snapshot);
        assert_int_equal(snapshot.complete, 1);
        assert_int_equal(snapshot.feasible, first != 2);
        world_close(&world);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_snapshot_tells_how_far_it_is),
        cmocka_unit_test(the_best_keeps_the_constraints),
        cmocka_unit_test(a_trial_that_is_tried_again_counts_what_it_goes_on_from),
        cmocka_unit_test(a_chain_of_trials_keeps_the_constraints_as_a_whole)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
