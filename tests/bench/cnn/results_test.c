/* The goals from made-up figures: which are compared, and when a goal is met. */
#include "tests/bench/cnn/results.h"
#include "tests/check.h"

#include <string.h>

static struct heat *add_speed(struct results *results, const char *network)
{
    struct heat *heat = results_add(results);
    assert_non_null(heat);
    heat->part = "speed";
    heat->network = &bench_networks[bench_network_find(network)];
    return heat;
}

static void set(struct heat *heat, enum runner runner, double a, double b, double c)
{
    heat->entries[runner] =
        (struct entry){.rounds = 3, .per_cpu_s = {a, b, c}, .per_s = {a, b, c}};
}

static struct goal find(const struct results *results, const char *text)
{
    struct goal goals[GOALS_MAX];
    size_t n = results_goals(results, goals);
    for (size_t i = 0; i < n; i++)
        if (strstr(goals[i].text, text))
            return goals[i];
    fail_msg("there is no goal '%s'", text);
    return goals[0];
}

static void ratios_are_taken_round_by_round(void **state)
{
    (void)state;
    struct results results = {0};
    struct heat *heat = add_speed(&results, "resnet20");
    set(heat, WATTUNE, 10, 40, 120);
    set(heat, PYTORCH, 5, 20, 60);
    set(heat, PYTORCH_LAST, 8, 25, 100); /* the better one by its median */
    struct goal goal = find(&results, "resnet20, fp32: times");
    assert_true(goal.measured && goal.met);
    assert_near(goal.reached.median, 1.25, 1e-12);
    assert_near(goal.reached.low, 1.2, 1e-12);
    assert_near(goal.reached.high, 1.6, 1e-12);
    results_free(&results);
}

static void a_goal_is_missed_by_its_median(void **state)
{
    (void)state;
    struct results results = {0};
    struct heat *heat = add_speed(&results, "vgg6");
    set(heat, WATTUNE, 84, 84, 90);
    set(heat, CONVOLUTIONS, 100, 100, 100);
    set(heat, DIRECT, 80, 80, 80);
    struct goal goal = find(&results, "vgg6, fp32: share of its own");
    assert_true(goal.measured);
    assert_false(goal.met);
    set(heat, WATTUNE, 85, 85, 20);
    assert_true(find(&results, "vgg6, fp32: share of its own").met);
    assert_near(find(&results, "vgg6, fp32: share of direct").reached.median, 85 / 80.0, 1e-12);
    results_free(&results);
}

static void what_did_not_run_says_why(void **state)
{
    (void)state;
    struct results results = {0};
    struct heat *heat = add_speed(&results, "lenet5");
    set(heat, WATTUNE, 1, 1, 1);
    strcpy(heat->entries[PYTORCH].why, "torch is not installed");
    struct goal goal = find(&results, "lenet5, fp32");
    assert_false(goal.measured || goal.met);
    assert_string_equal(goal.why, "torch is not installed");
    goal = find(&results, "resnet20, bf16");
    assert_false(goal.measured || goal.met);
    assert_string_equal(goal.why, "it did not run");
    goal = find(&results, "process start");
    assert_false(goal.measured || goal.met);
    results_free(&results);
}

static void upper_bounds_are_upper_bounds(void **state)
{
    (void)state;
    struct results results = {.start = {.wanted = true, .n = 3, .wall_s = {0.1, 0.149, 0.9}}};
    assert_true(find(&results, "process start").met);
    results.start.wall_s[1] = 0.151;
    assert_false(find(&results, "process start").met);
    struct heat *heat = add_speed(&results, "resnet8");
    assert_false(find(&results, "allocations").measured);
    set(heat, WATTUNE, 1, 1, 1);
    assert_true(find(&results, "allocations").met);
    heat->entries[WATTUNE].allocations = 1;
    assert_false(find(&results, "allocations").met);
    results_free(&results);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ratios_are_taken_round_by_round),
        cmocka_unit_test(a_goal_is_missed_by_its_median),
        cmocka_unit_test(what_did_not_run_says_why),
        cmocka_unit_test(upper_bounds_are_upper_bounds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
