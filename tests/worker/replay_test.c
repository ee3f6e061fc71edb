#include "worker/replay.h"

#include "tests/check.h"
#include "tests/worker/fake_ledger.h"
#include "worker/supervisor.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *const objectives[] = {"accuracy", NULL};
static const char recorded[] =
    "lr,state,reason,accuracy,energy_j,energy_low_j,energy_high_j,duration_s,cpu_s,"
    "peak_memory_mb,epochs_done\n"
    "1,complete,,0.75,120.5,100,140,3600,7000,512,8\n"
    "2,failed,exited with status 7,,30,,,90,,,1\n"
    "3,pruned,stopped early,0.25,12,,,50,,,2\n"
    "4,complete,,0.5,,,,,,,\n";

/* The spec of a study of that table; the caller frees it. */
static struct trial_spec *spec_of(const char *text, double duration_scale)
{
    static const char *const names[] = {"lr"};
    static const bool numeric[] = {true}, constant[] = {false};
    struct trial_params params = {.names = names,
                                  .n = 1,
                                  .n_numeric = 1,
                                  .numeric = numeric,
                                  .constant = constant,
                                  .needed = objectives};
    char path[] = "/tmp/wattune-replay-XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, strlen(text)), strlen(text));
    close(fd);
    struct json *object = json_object_create();
    struct json_problems problems = {.source = "s.json"};
    struct trial_spec *spec;
    json_put_string(object, "kind", "table");
    json_put_string(object, "path", path);
    json_put_number(object, "duration_scale", duration_scale);
    assert_int_equal(trial_spec_read(&spec, object, "trial", "", &problems), ST_OK);
    assert_int_equal(trial_spec_fit(spec, &params, object, "trial", &problems), ST_OK);
    if (!spec->table)
        fail_msg("%s", strbuf_text(&problems.text));
    assert_true(trial_spec_simulates_energy(spec));
    json_free(object);
    unlink(path);
    return spec;
}

static struct supervisor *start(const struct trial_spec *spec, double lr, struct ledger *ledger)
{
    struct json *params = json_object_create();
    struct supervisor *supervisor;
    struct error err;
    json_put_number(params, "lr", lr);
    struct attempt attempt = {
        .spec = spec, .params = params, .objectives = objectives, .id = "a.0.0", .seed = 1};
    assert_ok(supervisor_create(&supervisor, ledger, &err), err);
    assert_ok(supervisor_start(supervisor, &attempt, &err), err);
    json_free(params);
    return supervisor;
}

/* The end of a trial, which takes its time; freed by the caller with the supervisor. */
static const struct outcome *end_of(struct supervisor *supervisor, double patience_s)
{
    struct supervisor_event event;
    struct error err;
    assert_ok(supervisor_poll(supervisor, patience_s, &event, &err), err);
    assert_int_equal(event.kind, SUPERVISOR_FINISHED);
    return event.outcome;
}

static void what_was_recorded_comes_out_again(void **state)
{
    (void)state;
    struct trial_spec *spec = spec_of(recorded, 0);
    struct ledger ledger = {0};
    struct supervisor *supervisor = start(spec, 1, &ledger);
    const struct outcome *outcome = end_of(supervisor, 0);
    assert_int_equal(outcome->state, OUTCOME_COMPLETE);
    assert_null(outcome->reason);
    assert_near(outcome_metric(outcome, "accuracy"), 0.75, 0);
    assert_int_equal(outcome->n_metrics, 1);
    assert_int_equal(outcome->energy.quality, ENERGY_REPORTED);
    assert_string_equal(outcome->energy.meters, "recorded trials");
    assert_true(outcome->energy.dynamic_uj == 120500000);
    assert_true(outcome->energy.idle_uj == 0);
    assert_true(outcome->energy.low_uj == 100000000);
    assert_true(outcome->energy.high_uj == 140000000);
    assert_near(outcome->duration_s, 3600, 0);
    assert_near(outcome->cpu_s, 7000, 0);
    assert_near(outcome->peak_memory_mb, 512, 0);
    assert_int_equal(outcome->epochs_done, 8);
    assert_int_equal(ledger.ended, 1);
    supervisor_free(supervisor);
    trial_spec_free(spec);
}

static void failures_and_pruned_trials_are_repeated(void **state)
{
    (void)state;
    struct trial_spec *spec = spec_of(recorded, 0);
    struct supervisor *supervisor = start(spec, 2, NULL);
    const struct outcome *outcome = end_of(supervisor, 0);
    assert_int_equal(outcome->state, OUTCOME_FAILED);
    assert_string_equal(outcome->reason, "exited with status 7");
    assert_int_equal(outcome->n_metrics, 0);
    assert_true(outcome->energy.dynamic_uj == 30000000);
    assert_true(outcome->energy.low_uj == 30000000);
    assert_near(outcome->duration_s, 90, 0);
    supervisor_free(supervisor);
    supervisor = start(spec, 3, NULL);
    outcome = end_of(supervisor, 0);
    assert_int_equal(outcome->state, OUTCOME_PRUNED);
    assert_string_equal(outcome->reason, "stopped early");
    assert_near(outcome_metric(outcome, "accuracy"), 0.25, 0);
    supervisor_free(supervisor);
    trial_spec_free(spec);
}

static void what_was_not_recorded_is_unknown(void **state)
{
    (void)state;
    struct trial_spec *spec = spec_of(recorded, 0);
    struct supervisor *supervisor = start(spec, 4, NULL);
    const struct outcome *outcome = end_of(supervisor, 0);
    assert_int_equal(outcome->state, OUTCOME_COMPLETE);
    assert_int_equal(outcome->energy.quality, ENERGY_NONE);
    assert_true(isnan(outcome->peak_memory_mb));
    assert_int_equal(outcome->epochs_done, -1);
    supervisor_free(supervisor);
    supervisor = start(spec, 5, NULL);
    outcome = end_of(supervisor, 0);
    assert_int_equal(outcome->state, OUTCOME_FAILED);
    assert_non_null(strstr(outcome->reason, "no trial is recorded at this point: the nearest"));
    assert_non_null(strstr(outcome->reason, ":5, has lr 4 instead of 5"));
    assert_int_equal(outcome->energy.quality, ENERGY_REPORTED); /* it cost nothing */
    assert_true(outcome->energy.dynamic_uj == 0);
    assert_near(outcome->duration_s, 0, 0);
    supervisor_free(supervisor);
    trial_spec_free(spec);
    spec = spec_of("lr,accuracy\n1,0.5\n", 1);
    supervisor = start(spec, 2, NULL);
    assert_int_equal(end_of(supervisor, 0)->energy.quality, ENERGY_NONE);
    supervisor_free(supervisor);
    trial_spec_free(spec);
}

static void recorded_time_passes_at_its_scale(void **state)
{
    (void)state;
    struct trial_spec *spec = spec_of(recorded, 0.001); /* 3600 s take 3.6 s, 50 s 0.05 s */
    struct supervisor_event event;
    struct error err;
    struct supervisor *supervisor = start(spec, 3, NULL);
    assert_ok(supervisor_poll(supervisor, 0, &event, &err), err);
    assert_int_equal(event.kind, SUPERVISOR_NOTHING);
    assert_near(end_of(supervisor, 60)->duration_s, 50, 0);
    supervisor_free(supervisor);
    /* Of one that is ended, only what has passed counts. */
    for (int way = 0; way < 2; way++) {
        supervisor = start(spec, 1, NULL);
        if (way == 0)
            supervisor_stop(supervisor);
        else
            supervisor_cancel(supervisor, 0, "enough");
        const struct outcome *outcome = end_of(supervisor, 60);
        assert_int_equal(outcome->state, way == 0 ? OUTCOME_PRUNED : OUTCOME_CANCELLED);
        assert_int_equal(outcome->n_metrics, 0); /* it had not reported */
        assert_true(outcome->duration_s < 3600);
        assert_true(outcome->energy.dynamic_uj < 120500000);
        assert_true(outcome->energy.quality == ENERGY_REPORTED);
        supervisor_free(supervisor);
    }
    trial_spec_free(spec);
}

/* No time passes, but a stop after the second of three epochs is heard. */
static void steps_are_reported_and_a_stop_ends_them(void **state)
{
    (void)state;
    static const char *const names[] = {"lr"};
    static const bool numeric[] = {true};
    const struct trial_params params = {.names = names, .n = 1, .numeric = numeric};
    struct trial_spec *spec =
        spec_of("lr,accuracy,energy_j\n1,0.5,10\n2,0.625,20\n3,0.75,30\n", 0);
    assert_true(trial_table_set_fidelity(spec->table, &params, "lr"));
    for (int stopped = 0; stopped < 2; stopped++) {
        struct supervisor_event event;
        struct error err;
        struct supervisor *supervisor = start(spec, 3, NULL);
        for (int epoch = 1; epoch <= 2; epoch++) {
            assert_ok(supervisor_poll(supervisor, 0, &event, &err), err);
            assert_int_equal(event.kind, SUPERVISOR_REPORT);
            assert_near(json_number(json_member(event.report, "epoch")), epoch, 0);
        }
        if (stopped)
            supervisor_stop(supervisor);
        const struct outcome *outcome = end_of(supervisor, 0);
        assert_int_equal(outcome->state, stopped ? OUTCOME_PRUNED : OUTCOME_COMPLETE);
        assert_near(outcome_metric(outcome, "accuracy"), stopped ? 0.625 : 0.75, 0);
        assert_int_equal(outcome->energy.dynamic_uj, stopped ? 20000000 : 30000000);
        supervisor_free(supervisor);
    }
    trial_spec_free(spec);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_recorded_comes_out_again),
        cmocka_unit_test(failures_and_pruned_trials_are_repeated),
        cmocka_unit_test(what_was_not_recorded_is_unknown),
        cmocka_unit_test(recorded_time_passes_at_its_scale),
        cmocka_unit_test(steps_are_reported_and_a_stop_ends_them),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
