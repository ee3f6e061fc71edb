#include "orchestrator/simulated_crew.h"

#include "tests/check.h"
#include "tests/orchestrator/simulated_study.h"

#include <string.h>

static const char *const objectives[] = {"value", NULL};

/* 10 s, 25 s, and one that failed after 4 s. */
static const struct recorded rows[] = {
    {1, 10, 100, NULL}, {2, 25, 50, NULL}, {3, 4, 8, "failed"}};

static struct study *study;
static struct simulated_crew crew;
static struct simulated_happening now = {.worker = WORKER_NONE};

static int set_up(void **state)
{
    (void)state;
    study = simulated_study(rows, 3, ", \"timeout_s\": 20", "");
    return simulated_crew_open(&crew, study, objectives, 2) != ST_OK;
}

static int tear_down(void **state)
{
    (void)state;
    simulated_happening_clear(&now);
    simulated_crew_close(&crew);
    study_free(study);
    return 0;
}

static void assign(int to, const char *params, uint64_t trial, double now_s)
{
    struct action action = {.kind = ACTION_ASSIGN,
                            .worker = to,
                            .id = {0, 1, trial},
                            .params = params,
                            .seed = 1,
                            .continues = TRIAL_NONE};
    assert_int_equal(simulated_crew_assign(&crew, &action, now_s), ST_OK);
}

/* The next to happen must be at this time. */
static void take(double at_s)
{
    simulated_happening_clear(&now);
    assert_near(simulated_crew_next_s(&crew), at_s, 0);
    assert_int_equal(simulated_crew_take(&crew, at_s, &now), ST_OK);
    assert_true(now.worker != WORKER_NONE);
}

static void a_trial_ends_when_its_recorded_time_has_passed(void **state)
{
    (void)state;
    assert_true(isinf(simulated_crew_next_s(&crew)));
    assign(1, "{\"x\": 1}", 4, 30);
    assert_int_equal(simulated_crew_take(&crew, 39.999, &now), ST_OK);
    assert_int_equal(now.worker, WORKER_NONE);
    take(40);
    assert_int_equal(now.worker, 1);
    assert_int_equal(now.id.trial, 4);
    assert_int_equal(now.outcome.state, OUTCOME_COMPLETE);
    assert_null(now.outcome.reason);
    assert_near(outcome_metric(&now.outcome, "value"), 1, 0);
    assert_near(now.outcome.duration_s, 10, 0);
    assert_int_equal(now.outcome.started_at_us, SIMULATED_EPOCH_US + 30000000);
    assert_int_equal(now.outcome.ended_at_us, SIMULATED_EPOCH_US + 40000000);
    assert_int_equal(now.outcome.energy.quality, ENERGY_REPORTED);
    assert_int_equal(now.outcome.energy.dynamic_uj, 100000000);
    assert_true(isnan(now.outcome.cpu_s));
    assert_true(isinf(simulated_crew_next_s(&crew)));
}

static void what_takes_longer_than_the_timeout_has_failed(void **state)
{
    (void)state;
    assign(0, "{\"x\": 2}", 0, 0);
    take(20);
    assert_int_equal(now.outcome.state, OUTCOME_FAILED);
    assert_string_equal(now.outcome.reason, "timed out after 20 s");
    assert_int_equal(now.outcome.n_metrics, 0);
    assert_near(now.outcome.duration_s, 20, 1e-12);
    assert_int_equal(now.outcome.energy.dynamic_uj, 40000000); /* 20 of its 25 seconds */
}

static void recorded_failures_and_unknown_points_fail(void **state)
{
    (void)state;
    assign(0, "{\"x\": 3}", 0, 0);
    assign(1, "{\"x\": 9}", 1, 0);
    take(0);
    assert_int_equal(now.worker, 1);
    assert_int_equal(now.outcome.state, OUTCOME_FAILED);
    assert_non_null(strstr(now.outcome.reason, "no trial is recorded at this point"));
    assert_int_equal(now.outcome.energy.dynamic_uj, 0);
    take(4);
    assert_int_equal(now.outcome.state, OUTCOME_FAILED);
    assert_string_equal(now.outcome.reason, "failed");
    assert_int_equal(now.outcome.energy.dynamic_uj, 8000000);
}

/* Its first end is void then. */
static void a_cancelled_trial_ends_at_once_and_only_once(void **state)
{
    (void)state;
    assign(0, "{\"x\": 1}", 0, 0);
    struct action cancel = {
        .kind = ACTION_CANCEL, .worker = 0, .text = (char *)(uintptr_t) "why"};
    assert_int_equal(simulated_crew_end(&crew, &cancel, 5), ST_OK);
    take(5);
    assert_int_equal(now.outcome.state, OUTCOME_CANCELLED);
    assert_string_equal(now.outcome.reason, "why");
    assert_int_equal(now.outcome.n_metrics, 0);
    assert_int_equal(now.outcome.energy.dynamic_uj, 50000000);
    assign(0, "{\"x\": 1}", 1, 5);
    take(15);
    assert_int_equal(now.id.trial, 1);
    assert_true(isinf(simulated_crew_next_s(&crew)));
    assert_int_equal(simulated_crew_end(&crew, &cancel, 15), ST_OK);
    assert_true(isinf(simulated_crew_next_s(&crew)));
}

/* Steps of a trial of three epochs, of which 2 s pass between any two; stopped at the second.
 */
static void reports_come_at_their_times_until_it_is_stopped(void **state)
{
    (void)state;
    static const struct recorded epochs[] = {
        {3, 2, 10, NULL}, {2, 4, 30, NULL}, {1, 6, 60, NULL}};
    tear_down(NULL);
    study = simulated_study(epochs, 3, ", \"fidelity\": \"x\"", "");
    assert_int_equal(simulated_crew_open(&crew, study, objectives, 1), ST_OK);
    for (int stopped = 0; stopped < 2; stopped++) {
        double begun_s = 100 * stopped;
        assign(0, "{\"x\": 3}", 0, begun_s);
        for (int epoch = 1; epoch <= 2; epoch++) {
            take(begun_s + 2 * epoch);
            assert_near(json_number(json_member(now.report, "epoch")), epoch, 0);
            assert_near(json_number(json_member(now.report, "value")), 4 - epoch, 0);
        }
        struct action stop = {.kind = ACTION_STOP, .worker = 0};
        if (stopped)
            assert_int_equal(simulated_crew_end(&crew, &stop, begun_s + 4), ST_OK);
        take(begun_s + (stopped ? 4 : 6));
        assert_null(now.report);
        assert_int_equal(now.outcome.state, stopped ? OUTCOME_PRUNED : OUTCOME_COMPLETE);
        assert_near(outcome_metric(&now.outcome, "value"), stopped ? 2 : 1, 0);
        assert_near(now.outcome.duration_s, stopped ? 4 : 6, 1e-12);
        assert_int_equal(now.outcome.energy.dynamic_uj, stopped ? 30000000 : 60000000);
        assert_true(isinf(simulated_crew_next_s(&crew)));
    }
}

/* Of a table that tells no times, trials take none, and what their steps took all the same. */
static void without_times_joules_are_those_of_the_steps(void **state)
{
    (void)state;
    static const struct recorded epochs[] = {
        {3, 0, 10, NULL}, {2, 0, 30, NULL}, {1, 0, 60, NULL}};
    tear_down(NULL);
    study = simulated_study(epochs, 3, ", \"fidelity\": \"x\"", "");
    assert_int_equal(simulated_crew_open(&crew, study, objectives, 1), ST_OK);
    for (int stopped = 0; stopped < 2; stopped++) {
        assign(0, "{\"x\": 3}", 0, 7);
        take(7);
        take(7);
        assert_near(json_number(json_member(now.report, "epoch")), 2, 0);
        struct action stop = {.kind = ACTION_STOP, .worker = 0};
        if (stopped)
            assert_int_equal(simulated_crew_end(&crew, &stop, 7), ST_OK);
        take(7);
        assert_int_equal(now.outcome.state, stopped ? OUTCOME_PRUNED : OUTCOME_COMPLETE);
        assert_int_equal(now.outcome.energy.dynamic_uj, stopped ? 30000000 : 60000000);
    }
}

static void waiting_is_counted_once(void **state)
{
    (void)state;
    assert_near(simulated_crew_waited_s(&crew, 0, 3), 3, 0);
    assign(0, "{\"x\": 1}", 0, 7);
    assert_near(simulated_crew_waited_s(&crew, 0, 9), 4, 0);
    assert_near(simulated_crew_waited_s(&crew, 0, 12), 0, 0);
    take(17);
    assert_near(simulated_crew_waited_s(&crew, 0, 20), 3, 0);
    assert_near(simulated_crew_waited_s(&crew, 1, 20), 20, 0);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(a_trial_ends_when_its_recorded_time_has_passed),
        TEST(what_takes_longer_than_the_timeout_has_failed),
        TEST(recorded_failures_and_unknown_points_fail),
        TEST(a_cancelled_trial_ends_at_once_and_only_once),
        TEST(reports_come_at_their_times_until_it_is_stopped),
        TEST(without_times_joules_are_those_of_the_steps),
        TEST(waiting_is_counted_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
