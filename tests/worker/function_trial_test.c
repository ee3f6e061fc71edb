#include "tests/check.h"
#include "tests/worker/fake_ledger.h"
#include "worker/supervisor.h"

#include <string.h>

/* A supervisor with a function trial started on it. */
static struct supervisor *start_function(struct trial_spec *spec, const struct json *params,
                                         uint64_t seed, struct ledger *ledger)
{
    static const char *const objectives[] = {"value", NULL};
    struct attempt attempt = {
        .spec = spec, .params = params, .objectives = objectives, .id = "a.0.0", .seed = seed};
    struct supervisor *supervisor;
    struct error err;
    spec->kind = TRIAL_FUNCTION;
    assert_ok(supervisor_create(&supervisor, ledger, &err), err);
    assert_ok(supervisor_start(supervisor, &attempt, &err), err);
    return supervisor;
}

static struct json *point(double x, double y)
{
    struct json *params = json_object_create();
    json_put_number(params, "x", x);
    json_put_string(params, "name", "no number");
    json_put_number(params, "y", y);
    return params;
}

/* The outcome of a function trial that takes no time; the caller frees it. */
static struct outcome function_outcome(struct trial_spec *spec, double x, double y,
                                       uint64_t seed)
{
    struct json *params = point(x, y);
    struct supervisor *supervisor = start_function(spec, params, seed, NULL);
    struct supervisor_event event;
    struct error err;
    assert_ok(supervisor_poll(supervisor, 0, &event, &err), err);
    assert_int_equal(event.kind, SUPERVISOR_FINISHED);
    struct outcome outcome = *event.outcome;
    memset(event.outcome, 0, sizeof *event.outcome);
    supervisor_free(supervisor);
    json_free(params);
    return outcome;
}

static void a_function_is_evaluated_at_once(void **state)
{
    (void)state;
    struct trial_spec spec = {.function = functions_find("sphere")};
    struct outcome outcome = function_outcome(&spec, 3, 4, 1);
    assert_int_equal(outcome.state, OUTCOME_COMPLETE);
    assert_near(outcome_metric(&outcome, "value"), 25, 0);
    assert_int_equal(outcome.energy.quality, ENERGY_NONE);
    outcome_clear(&outcome);

    spec.function = functions_find("zdt1");
    outcome = function_outcome(&spec, 0.25, 0, 1);
    assert_near(outcome_metric(&outcome, "value"), 0.25, 0);
    assert_near(outcome_metric(&outcome, "value2"), 0.5, 0);
    outcome_clear(&outcome);

    outcome = function_outcome(&spec, -1, 0, 1); /* a square root of a negative number */
    assert_int_equal(outcome.state, OUTCOME_FAILED);
    assert_string_equal(outcome.reason, "zdt1: 'value2' is not finite at this point");
    outcome_clear(&outcome);

    spec.function = functions_find("hartmann6");
    outcome = function_outcome(&spec, 0, 0, 1);
    assert_int_equal(outcome.state, OUTCOME_FAILED);
    assert_string_equal(outcome.reason, "hartmann6: takes 6 numbers, the point has 2");
    assert_int_equal(outcome.n_metrics, 0);
    outcome_clear(&outcome);
}

static void noise_follows_the_seed(void **state)
{
    (void)state;
    struct trial_spec spec = {.function = functions_find("sphere"), .noise = 0.5};
    double sum = 0, squares = 0;
    enum { N = 400 };
    for (uint64_t seed = 0; seed < N; seed++) {
        struct outcome a = function_outcome(&spec, 1, 1, seed);
        struct outcome b = function_outcome(&spec, 1, 1, seed);
        double noise = outcome_metric(&a, "value") - 2;
        assert_near(outcome_metric(&b, "value") - 2, noise, 0);
        sum += noise;
        squares += noise * noise;
        outcome_clear(&a);
        outcome_clear(&b);
    }
    assert_near(sum / N, 0, 0.1);
    assert_near(sqrt(squares / N), 0.5, 0.08);
}

static void simulated_time_and_energy_pass(void **state)
{
    (void)state;
    struct trial_spec spec = {
        .function = functions_find("sphere"), .duration_s = 0.05, .energy_j = 3};
    struct json *params = point(1, 2);
    struct ledger ledger = {0};
    struct supervisor *supervisor = start_function(&spec, params, 1, &ledger);
    struct supervisor_event event;
    struct error err;
    assert_ok(supervisor_poll(supervisor, 0, &event, &err), err);
    assert_int_equal(event.kind, SUPERVISOR_NOTHING);
    assert_ok(supervisor_poll(supervisor, 60, &event, &err), err);
    assert_int_equal(event.kind, SUPERVISOR_FINISHED);
    assert_true(event.outcome->duration_s >= 0.05);
    assert_int_equal(event.outcome->energy.quality, ENERGY_REPORTED);
    assert_true(event.outcome->energy.dynamic_uj == 3000000);
    assert_string_equal(event.outcome->energy.meters, "simulated");
    assert_int_equal(ledger.begun, 1);
    assert_int_equal(ledger.ended, 1);
    supervisor_free(supervisor);
    json_free(params);
}

static void a_function_can_be_stopped_cancelled_and_late(void **state)
{
    (void)state;
    struct trial_spec spec = {
        .function = functions_find("sphere"), .duration_s = 1000, .energy_j = 1};
    struct json *params = point(1, 2);
    for (int way = 0; way < 3; way++) {
        spec.timeout_s = way == 2 ? 0.02 : 0;
        struct supervisor *supervisor = start_function(&spec, params, 1, NULL);
        if (way == 0)
            supervisor_stop(supervisor);
        if (way == 1)
            supervisor_cancel(supervisor, 0, "enough");
        struct supervisor_event event;
        struct error err;
        assert_ok(supervisor_poll(supervisor, 60, &event, &err), err);
        assert_int_equal(event.kind, SUPERVISOR_FINISHED);
        static const enum outcome_state states[] = {OUTCOME_PRUNED, OUTCOME_CANCELLED,
                                                    OUTCOME_FAILED};
        static const char *const reasons[] = {"stopped early", "enough",
                                              "timed out after 0.02 s"};
        assert_int_equal(event.outcome->state, states[way]);
        assert_string_equal(event.outcome->reason, reasons[way]);
        assert_int_equal(event.outcome->n_metrics, way == 0 ? 1 : 0);
        assert_true(event.outcome->energy.dynamic_uj < 500000);
        supervisor_free(supervisor);
    }
    json_free(params);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_function_is_evaluated_at_once),
        cmocka_unit_test(noise_follows_the_seed),
        cmocka_unit_test(simulated_time_and_energy_pass),
        cmocka_unit_test(a_function_can_be_stopped_cancelled_and_late),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
