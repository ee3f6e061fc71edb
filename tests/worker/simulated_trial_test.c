/* Recorded trials on their way: configuration 1 was recorded after 1, 2 and 4 epochs. */
#include "worker/simulated_trial.h"

#include "tests/check.h"
#include "worker/supervisor.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char recorded[] =
    "lr,epochs,state,accuracy,energy_j,duration_s,cpu_s,epochs_done\n"
    "1,1,complete,0.25,10,5,4,1\n"
    "1,2,complete,0.5,30,10,8,2\n"
    "1,4,complete,0.75,70,20,16,4\n"
    "2,4,failed,,50,16,,\n"
    "3,2,complete,0.5,,8,,\n"
    "3,4,complete,0.625,40,16,,\n";

static const char *const objectives[] = {"accuracy", NULL};
static struct trial_spec *spec;
static struct simulated_trial trial;
static struct outcome outcome;
static struct error err;

static int set_up(void **state)
{
    (void)state;
    static const char *const names[] = {"lr", "epochs"};
    static const bool numeric[] = {true, true}, constant[] = {false, false};
    struct trial_params params = {.names = names,
                                  .n = 2,
                                  .n_numeric = 2,
                                  .numeric = numeric,
                                  .constant = constant,
                                  .needed = objectives};
    char path[] = "/tmp/wattune-simulated-XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, recorded, strlen(recorded)), strlen(recorded));
    close(fd);
    struct json_problems problems = {.source = "s.json"};
    struct json *object = json_object_create();
    json_put_string(object, "kind", "table");
    json_put_string(object, "path", path);
    json_put_number(object, "duration_scale", 1e-4);
    assert_int_equal(trial_spec_read(&spec, object, "trial", "", &problems), ST_OK);
    assert_int_equal(trial_spec_fit(spec, &params, object, "trial", &problems), ST_OK);
    json_free(object);
    unlink(path);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    simulated_trial_free(&trial);
    outcome_clear(&outcome);
    trial_spec_free(spec);
    return 0;
}

static struct json *point(double lr, double epochs)
{
    struct json *params = json_object_create();
    json_put_number(params, "lr", lr);
    json_put_number(params, "epochs", epochs);
    return params;
}

/* A new trial, which continues one of so many epochs unless these are 0. */
static void begin(double lr, double epochs, double continued)
{
    struct json *params = point(lr, epochs), *before = point(lr, continued);
    struct attempt attempt = {.spec = spec,
                              .params = params,
                              .objectives = objectives,
                              .seed = 1,
                              .continued_params = continued > 0 ? before : NULL};
    simulated_trial_free(&trial);
    outcome_clear(&outcome);
    assert_ok(simulated_trial_begin(&trial, &outcome, &attempt, &err), err);
    json_free(params);
    json_free(before);
}

static void check_report(size_t i, double at, double epoch, double accuracy)
{
    struct json *report = simulated_trial_report(&trial, i);
    assert_near(simulated_trial_report_at(&trial, i), at, 1e-15);
    assert_near(json_number(json_member(report, "epoch")), epoch, 0);
    assert_near(json_number(json_member(report, "accuracy")), accuracy, 0);
    assert_int_equal(json_count(report), 2);
    json_free(report);
}

static double booked_j(double share)
{
    simulated_trial_book(&trial, share, &outcome);
    return (double)outcome.energy.dynamic_uj * 1e-6;
}

static void it_reports_what_was_recorded_on_its_way(void **state)
{
    (void)state;
    begin(1, 4, 0);
    assert_int_equal(simulated_trial_reports(&trial), 2);
    check_report(0, 0.25, 1, 0.25);
    check_report(1, 0.5, 2, 0.5);
    assert_near(trial.length_s, 20, 0);
    assert_near(outcome_metric(&outcome, "accuracy"), 0.75, 0);
    begin(1, 1, 0);
    assert_int_equal(simulated_trial_reports(&trial), 0);
    begin(2, 4, 0);
    assert_int_equal(simulated_trial_reports(&trial), 0);
    assert_int_equal(simulated_trial_state(&trial), OUTCOME_FAILED);
}

/* Between two steps energy is used evenly. */
static void what_it_used_on_the_way_is_what_was_recorded(void **state)
{
    (void)state;
    begin(1, 4, 0);
    static const double shares[][2] = {{0, 0},    {0.125, 5}, {0.25, 10}, {0.375, 20},
                                       {0.5, 30}, {0.75, 50}, {1, 70}};
    for (size_t i = 0; i < sizeof shares / sizeof shares[0]; i++)
        assert_near(booked_j(shares[i][0]), shares[i][1], 1e-9);
    booked_j(0.625);
    assert_near(outcome.duration_s, 12.5, 0);
    assert_near(outcome.cpu_s, 10, 1e-12);
    assert_int_equal(outcome.epochs_done, 2);
    begin(3, 4, 0); /* its step has no joules */
    assert_near(booked_j(0.5), 20, 1e-9);
}

static void one_that_goes_on_costs_the_rest(void **state)
{
    (void)state;
    begin(1, 4, 1);
    assert_int_equal(simulated_trial_reports(&trial), 1);
    check_report(0, 1.0 / 3, 2, 0.5);
    assert_near(trial.length_s, 15, 0);
    assert_near(booked_j(1.0 / 3), 20, 1e-9);
    assert_near(booked_j(1), 60, 1e-9);
    assert_int_equal(outcome.epochs_done, 4);
    begin(1, 4, 3); /* nobody recorded that */
    assert_near(booked_j(1), 70, 1e-9);
}

static void one_that_is_stopped_has_its_last_report(void **state)
{
    (void)state;
    begin(1, 4, 0);
    assert_int_equal(simulated_trial_stop(&trial, 0.5, &outcome), ST_OK);
    assert_near(outcome_metric(&outcome, "accuracy"), 0.5, 0);
    assert_int_equal(simulated_trial_stop(&trial, 0.49, &outcome), ST_OK);
    assert_near(outcome_metric(&outcome, "accuracy"), 0.25, 0);
    assert_int_equal(simulated_trial_stop(&trial, 0.2, &outcome), ST_OK);
    assert_int_equal(outcome.n_metrics, 0);
}

/* The same by the supervisor's clock, of which the trial takes 2 ms. */
static void the_supervisor_lets_it_pass(void **state)
{
    (void)state;
    struct supervisor *supervisor;
    struct supervisor_event event;
    struct json *params = point(1, 4);
    struct attempt attempt = {
        .spec = spec, .params = params, .objectives = objectives, .id = "a.0.0", .seed = 1};
    assert_ok(supervisor_create(&supervisor, NULL, &err), err);
    for (int stopped = 0; stopped < 2; stopped++) {
        assert_ok(supervisor_start(supervisor, &attempt, &err), err);
        for (int epoch = 1; epoch <= 2; epoch++) {
            assert_ok(supervisor_poll(supervisor, 60, &event, &err), err);
            assert_int_equal(event.kind, SUPERVISOR_REPORT);
            assert_near(json_number(json_member(event.report, "epoch")), epoch, 0);
            if (stopped) {
                supervisor_stop(supervisor);
                break;
            }
        }
        assert_ok(supervisor_poll(supervisor, 60, &event, &err), err);
        assert_int_equal(event.kind, SUPERVISOR_FINISHED);
        assert_int_equal(event.outcome->state, stopped ? OUTCOME_PRUNED : OUTCOME_COMPLETE);
        if (!stopped)
            assert_near(outcome_metric(event.outcome, "accuracy"), 0.75, 0);
        else /* by then another step may have passed, but not all */
            assert_true(event.outcome->energy.dynamic_uj >= 10000000);
    }
    supervisor_free(supervisor);
    json_free(params);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(it_reports_what_was_recorded_on_its_way),
        TEST(what_it_used_on_the_way_is_what_was_recorded),
        TEST(one_that_goes_on_costs_the_rest),
        TEST(one_that_is_stopped_has_its_last_report),
        TEST(the_supervisor_lets_it_pass),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
