/* Runs worked out by hand. */
#include "orchestrator/simulation.h"

#include "orchestrator/simulated_crew.h"
#include "tests/check.h"
#include "tests/orchestrator/simulated_study.h"
#include "tests/orchestrator/study_text.h"

#include <string.h>

static const char *const objectives[] = {"value", NULL};

/* Five trials of 10 to 50 s and of 60 J each. */
static const struct recorded five[] = {{5, 10, 60, NULL},
                                       {4, 20, 60, NULL},
                                       {3, 30, 60, NULL},
                                       {2, 40, 60, NULL},
                                       {1, 50, 60, NULL}};

/* A run, and what came of it. */
static struct study *study;
static struct coordinator_arm arm;
static struct simulation_result result;
static struct error err;

static enum status run(struct study *made, int n_workers, size_t trials_max)
{
    study = made;
    assert_ok(arm_open(&arm, study, 0, &err), err);
    struct simulation_options options = {.study = study,
                                         .arm = &arm,
                                         .objectives = objectives,
                                         .n_workers = n_workers,
                                         .trials_max = trials_max};
    return simulation_run(&result, &options, &err);
}

static void forget(void)
{
    simulation_free(&result);
    strategy_free(arm.strategy);
    study_free(study);
    arm.strategy = NULL;
    study = NULL;
}

static int tear_down(void **state)
{
    (void)state;
    forget();
    return 0;
}

static void run_five(int n_workers, const char *trial, const char *more)
{
    assert_ok(run(simulated_study(five, 5, trial, more), n_workers, 0), err);
    assert_false(result.interrupted);
}

/* When the last attempt ended, and what the waiting workers used. */
static double length_s(void)
{
    double last_s = 0;
    for (size_t i = 0; i < result.books.others.n; i++) {
        const struct action *action = &result.books.others.items[i];
        if (action->kind == ACTION_FINISH_ATTEMPT)
            last_s =
                fmax(last_s, (double)(action->outcome.ended_at_us - SIMULATED_EPOCH_US) * 1e-6);
    }
    return last_s;
}

static double waiting_j(void)
{
    double sum_j = 0;
    for (size_t i = 0; i < result.books.others.n; i++) {
        const struct action *action = &result.books.others.items[i];
        if (action->kind == ACTION_ADD_OVERHEAD)
            sum_j += (double)action->overhead.waiting_uj * 1e-6;
    }
    return sum_j;
}

static size_t count(enum action_kind kind)
{
    size_t n = 0;
    for (size_t i = 0; i < result.books.others.n; i++)
        n += result.books.others.items[i].kind == kind;
    return n;
}

/* Whoever is free takes the next. With two workers, one runs 10 + 30 + 50 s and the other 20 +
 * 40; with three, the second runs 20 + 50. */
static void the_next_trial_goes_to_who_is_free(void **state)
{
    (void)state;
    static const struct {
        int workers;
        double length_s;
    } cases[] = {{1, 150}, {2, 90}, {3, 70}, {4, 60}, {5, 50}, {8, 50}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        run_five(cases[i].workers, "", "");
        assert_near(length_s(), cases[i].length_s, 1e-9);
        assert_int_equal(result.books.trials.n, 5);
        assert_false(result.broken);
        assert_true(result.succeeded);
        forget();
    }
}

/* How long they really take is another question. */
static void the_scale_of_durations_is_for_real_clocks(void **state)
{
    (void)state;
    run_five(2, ", \"duration_scale\": 0.01", "");
    assert_near(length_s(), 90, 1e-9);
}

static void trials_are_kept_once_as_they_were_at_last(void **state)
{
    (void)state;
    run_five(2, "", "");
    for (size_t i = 0; i < 5; i++) {
        const struct action *trial = &result.books.trials.items[i];
        assert_int_equal(trial->kind, ACTION_ADD_TRIAL);
        assert_int_equal(trial->id.trial, i);
        assert_int_equal(trial->state, TRIAL_COMPLETE);
        assert_near(trial->values[0], five[i].value, 0);
        assert_near(trial->energy_j, 60, 0);
    }
    /* Told in the order of their ends: after 10, 20, 40, 60 and 90 s. */
    for (size_t i = 0; i < 5; i++)
        assert_int_equal(result.books.trials.items[i].told, i);
    assert_int_equal(count(ACTION_FINISH_ATTEMPT), 5);
    assert_int_equal(count(ACTION_START_ATTEMPT), 0);
    assert_int_equal(count(ACTION_ADD_OVERHEAD), 0);
}

/* At 10 s there is budget left, so the second begins; at 30 s there is none. */
static void a_budget_of_seconds_is_one_of_the_simulated_clock(void **state)
{
    (void)state;
    run_five(1, "", ", \"budget\": {\"time_s\": 25}");
    assert_int_equal(result.books.trials.n, 2);
    assert_near(length_s(), 30, 1e-9);
}

static void a_budget_of_joules_is_one_of_recorded_joules(void **state)
{
    (void)state;
    run_five(1, "", ", \"budget\": {\"energy_j\": 150}");
    assert_int_equal(result.books.trials.n, 3);
}

/* Three workers for 70 s, of which 150 s of work: 60 s of waiting at 2 W. */
static void waiting_workers_draw_the_idle_power_of_the_study(void **state)
{
    (void)state;
    run_five(3, "", ", \"energy\": {\"idle_w\": 2}");
    assert_near(waiting_j(), 120, 1e-6);
    forget();
    run_five(1, "", ", \"energy\": {\"idle_w\": 2}");
    assert_near(waiting_j(), 0, 0);
}

/* At 10 s the trial that still runs may take the rest, so a worker waits until 100 s. Then 34
 * of 35 J are spent, and the third trial begins: unless 90 J in waiting are, too. */
static void waiting_counts_towards_the_budget(void **state)
{
    (void)state;
    static const struct recorded rows[] = {
        {1, 100, 14, NULL}, {2, 10, 20, NULL}, {3, 1, 9, NULL}};
    const char *const budgets[] = {
        ", \"energy\": {\"idle_w\": 1}, \"budget\": {\"energy_j\": 35}",
        ", \"budget\": {\"energy_j\": 35}"};
    for (size_t i = 0; i < 2; i++) {
        assert_ok(run(simulated_study(rows, 3, "", budgets[i]), 2, 0), err);
        assert_int_equal(result.books.trials.n, i == 0 ? 2 : 3);
        forget();
    }
}

static void a_failed_trial_is_tried_again_and_its_time_passes_again(void **state)
{
    (void)state;
    static const struct recorded two[] = {{1, 7, 3, "failed"}, {2, 5, 3, NULL}};
    assert_ok(run(simulated_study(two, 2, ", \"retries\": 2", ""), 1, 0), err);
    assert_int_equal(count(ACTION_FINISH_ATTEMPT), 4);
    assert_near(length_s(), 3 * 7 + 5, 1e-9);
    assert_int_equal(result.books.trials.items[0].state, TRIAL_FAILED);
    assert_near(result.books.trials.items[0].energy_j, 9, 1e-9);
    assert_int_equal(result.books.trials.items[1].state, TRIAL_COMPLETE);
}

/* Of eight workers, three still run a trial when the fifth has failed: those are cancelled. */
static void five_failures_break_it(void **state)
{
    (void)state;
    struct recorded rows[8];
    for (size_t i = 0; i < 8; i++)
        rows[i] = (struct recorded){1, 10.0 + (double)i, 2, "failed"};
    assert_ok(run(simulated_study(rows, 8, "", ""), 8, 0), err);
    assert_true(result.broken);
    assert_false(result.succeeded);
    assert_string_equal(result.why, "the first five attempts have all failed");
    assert_near(length_s(), 14, 1e-9);
    assert_int_equal(result.books.trials.items[4].state, TRIAL_FAILED);
    assert_int_equal(result.books.trials.items[5].state, TRIAL_CANCELLED);
    assert_int_equal(count(ACTION_FINISH_ATTEMPT), 8);
}

static void trials_that_take_no_time_end_at_the_beginning(void **state)
{
    (void)state;
    static const struct recorded rows[] = {{1, 0, 2, NULL}, {2, 0, 2, NULL}, {3, 0, 2, NULL}};
    assert_ok(run(simulated_study(rows, 3, "", ""), 2, 0), err);
    assert_int_equal(result.books.trials.n, 3);
    assert_near(length_s(), 0, 0);
}

/* A budget of seconds, of which the trials use none. */
static void a_run_without_an_end_is_refused(void **state)
{
    (void)state;
    static const char text[] =
        "{\"trial\": {\"kind\": \"function\", \"function\": \"sphere\"},"
        " \"space\": {\"x\": {\"type\": \"real\", \"low\": 0, \"high\": 1}},"
        " \"objectives\": [{\"metric\": \"value\", \"goal\": \"minimize\"}],"
        " \"strategies\": [\"random\"], \"budget\": {\"time_s\": 60}}";
    assert_int_equal(run(study_of_text(text, "/s/endless.json"), 2, 50), ST_FAILED);
    assert_non_null(strstr(err.what, "random: 52 trials took 0 simulated seconds"));
    assert_non_null(strstr(err.remedy, "\"trials\""));
}

/* The longest trials that a table can hold, and workers that wait as long. */
static void what_no_database_can_hold_is_refused(void **state)
{
    (void)state;
    struct recorded rows[12];
    for (size_t i = 0; i < 12; i++)
        rows[i] = (struct recorded){1, 1e10, 2, NULL};
    assert_int_equal(run(simulated_study(rows, 12, "", ""), 1, 0), ST_FAILED);
    assert_non_null(strstr(err.what, "grid: a run of 1.1e+11 s"));
    forget();
    assert_int_equal(run(simulated_study(rows, 2, "", ", \"energy\": {\"idle_w\": 11}"), 3, 0),
                     ST_FAILED);
    assert_non_null(strstr(err.what, "a run of 1e+10 s, with 1.1e+11 J in waiting"));
    forget();
    assert_ok(run(simulated_study(rows, 2, "", ", \"energy\": {\"idle_w\": 10}"), 3, 0), err);
    assert_near(waiting_j(), 1e11, 1);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_teardown(name, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(the_next_trial_goes_to_who_is_free),
        TEST(the_scale_of_durations_is_for_real_clocks),
        TEST(trials_are_kept_once_as_they_were_at_last),
        TEST(a_budget_of_seconds_is_one_of_the_simulated_clock),
        TEST(a_budget_of_joules_is_one_of_recorded_joules),
        TEST(waiting_workers_draw_the_idle_power_of_the_study),
        TEST(waiting_counts_towards_the_budget),
        TEST(a_failed_trial_is_tried_again_and_its_time_passes_again),
        TEST(five_failures_break_it),
        TEST(trials_that_take_no_time_end_at_the_beginning),
        TEST(a_run_without_an_end_is_refused),
        TEST(what_no_database_can_hold_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
