#include "tests/bench/search/run.h"

#include "tests/check.h"

#include <string.h>

/* A sampler that follows a script and writes down what happens: "a" for an ask, "0" for the
 * tell of trial 0, ... */
struct scripted {
    const char *answers; /* of asking: p, w(ait), d(one), f(ailed), in order; then p */
    char log[64];
    bool ended;
    double from_epoch, stop_at; /* on learning curves */
    double reported;            /* the last epoch */
};

static void note(struct scripted *scripted, char c)
{
    size_t n = strlen(scripted->log);
    assert_true(n + 1 < sizeof scripted->log);
    scripted->log[n] = c;
}

static enum status begin(void *state, const struct target *target, const struct run_plan *plan,
                         struct error *err)
{
    (void)state;
    (void)target;
    return plan->seed == 13 ? error_set(err, ST_INVALID, "not with this seed") : ST_OK;
}

static void end(void *state)
{
    ((struct scripted *)state)->ended = true;
}

static enum ask ask(void *state, struct asked *asked, struct error *err)
{
    struct scripted *scripted = state;
    char answer = *scripted->answers ? *scripted->answers++ : 'p';
    note(scripted, answer == 'p' ? 'a' : answer);
    asked->point[0] = 0.125 * (double)strlen(scripted->log);
    asked->cpu_s += 1;
    if (answer == 'f')
        error_set(err, ST_FAILED, "the script says so");
    return answer == 'p'   ? ASK_PROPOSED
           : answer == 'w' ? ASK_WAIT
           : answer == 'd' ? ASK_DONE
                           : ASK_FAILED;
}

static enum verdict report(void *state, uint64_t number, struct intermediate value,
                           double *cpu_s)
{
    (void)number;
    struct scripted *scripted = state;
    assert_near(value.value, 1 / value.step, 1e-12);
    scripted->reported = value.step;
    *cpu_s += 0.125;
    return value.step == scripted->stop_at ? VERDICT_STOP : VERDICT_GO_ON;
}

static enum status tell(void *state, uint64_t number, const struct measurement *measurement,
                        double *cpu_s, struct error *err)
{
    (void)err;
    note(state, (char)('0' + number));
    assert_true(isfinite(measurement->told[0]));
    *cpu_s += 0.5;
    return ST_OK;
}

static const struct sampler_type scripted_type = {
    .begin = begin, .end = end, .ask = ask, .report = report, .tell = tell};

struct world {
    struct target target;
    struct scripted scripted;
    struct trace trace;
    struct error err;
};

static enum status play(struct world *world, const char *answers, size_t trials, size_t workers)
{
    struct error err;
    const struct bench_problem sphere = {"one",    KIND_SMOOTH, .dims = 1,
                                         .low = 0, .high = 16,  .function = "sphere"};
    *world = (struct world){.scripted = {.answers = answers}};
    assert_ok(target_open(&world->target, &sphere, &err), err);
    const struct sampler sampler = {&scripted_type, &world->scripted, "scripted"};
    const struct run_plan plan = {1, trials, workers, false};
    enum status status = run(&world->trace, &sampler, &world->target, &plan, &world->err);
    assert_true(world->scripted.ended);
    return status;
}

static void end_world(struct world *world)
{
    trace_free(&world->trace);
    target_close(&world->target);
}

static void one_worker_tells_before_it_asks(void **state)
{
    (void)state;
    struct world world;
    assert_int_equal(play(&world, "", 3, 1), ST_OK);
    assert_string_equal(world.scripted.log, "a0a1a2");
    assert_int_equal(world.trace.n, 3);
    assert_near(world.trace.steps[1].time_s, 1.5, 0);
    /* 0.125 at the first ask: a regret of 0.125^2 from then on. */
    assert_near(trace_regret(&world.trace, 3), log10(0.125 * 0.125), 1e-12);
    end_world(&world);
}

static void workers_ask_ahead_and_the_oldest_is_told(void **state)
{
    (void)state;
    struct world world;
    assert_int_equal(play(&world, "", 5, 3), ST_OK);
    assert_string_equal(world.scripted.log, "aaa0a1a234");
    end_world(&world);
}

static void more_workers_than_trials(void **state)
{
    (void)state;
    struct world world;
    assert_int_equal(play(&world, "", 2, 64), ST_OK);
    assert_string_equal(world.scripted.log, "aa01");
    end_world(&world);
}

static void waiting_is_ended_by_a_result(void **state)
{
    (void)state;
    struct world world;
    assert_int_equal(play(&world, "ppwwp", 4, 4), ST_OK);
    assert_string_equal(world.scripted.log, "aaw0w1aa23");
    assert_int_equal(world.trace.n, 4);
    end_world(&world);
}

static void waiting_for_nothing_is_an_error(void **state)
{
    (void)state;
    struct world world;
    assert_int_equal(play(&world, "w", 4, 2), ST_FAILED);
    assert_non_null(strstr(world.err.what, "waits for nothing"));
    assert_int_equal(world.trace.n, 0);
    end_world(&world);
}

static void a_space_that_is_used_up_ends_the_run(void **state)
{
    (void)state;
    struct world world;
    assert_int_equal(play(&world, "ppd", 9, 8), ST_OK);
    assert_string_equal(world.scripted.log, "aad01");
    assert_int_equal(world.trace.n, 2);
    end_world(&world);
}

static void a_failure_leaves_no_trace(void **state)
{
    (void)state;
    struct world world;
    assert_int_equal(play(&world, "pppf", 9, 1), ST_FAILED);
    assert_string_equal(world.err.what, "the script says so");
    assert_int_equal(world.trace.n, 0);
    end_world(&world);
}

static void a_run_that_cannot_begin_is_refused(void **state)
{
    (void)state;
    struct trace trace = {0};
    struct target target = {0};
    struct error err;
    const struct sampler sampler = {&scripted_type, NULL, "scripted"};
    const struct run_plan plan = {13, 3, 1, false};
    assert_int_equal(run(&trace, &sampler, &target, &plan, &err), ST_INVALID);
    assert_string_equal(err.what, "not with this seed");
}

/* Learning curves: eight epochs of ten joules each, and 1 / epochs for a value. Any point has a
 * mean of 45 joules. */

static void inverse(double *values, const double *point, size_t n)
{
    values[0] = 1 / point[n - 1];
}

static double ten_joules(const double *point)
{
    return 10 * point[0];
}

static enum ask ask_for_eight(void *state, struct asked *asked, struct error *err)
{
    struct scripted *scripted = state;
    (void)err;
    asked->point[0] = 8;
    asked->from_epoch = scripted->from_epoch;
    return ASK_PROPOSED;
}

static void learn(struct world *world, double from_epoch, double stop_at, size_t trials)
{
    static const struct sampler_type type = {
        .begin = begin, .end = end, .ask = ask_for_eight, .report = report, .tell = tell};
    const struct bench_problem problem = {
        "curve",
        KIND_EPOCHS,
        .space = "{\"epochs\": {\"type\": \"integer\", \"low\": 1, \"high\": 8}}",
        .evaluate = inverse,
        .energy_j = ten_joules,
        .minimum = NAN};
    *world = (struct world){.scripted = {.from_epoch = from_epoch, .stop_at = stop_at}};
    assert_ok(target_open(&world->target, &problem, &world->err), world->err);
    assert_near(world->target.random_j, 45, 1e-9);
    assert_near(world->target.minimum, 0.125, 0);
    const struct sampler sampler = {&type, &world->scripted, "scripted"};
    const struct run_plan plan = {1, trials, 1, true};
    assert_ok(run(&world->trace, &sampler, &world->target, &plan, &world->err), world->err);
}

/* Of 90 joules, each trial takes 80. */
static void joules_end_a_run_on_learning_curves(void **state)
{
    (void)state;
    struct world world;
    learn(&world, 0, 0, 2);
    assert_int_equal(world.trace.n, 2);
    assert_near(world.trace.steps[0].measured.energy_j, 80, 0);
    assert_near(world.trace.steps[0].time_s, 8 * 0.125 + 0.5, 0);
    assert_near(world.scripted.reported, 8, 0);
    assert_false(world.trace.steps[0].measured.pruned);
    assert_near(trace_regret(&world.trace, 1), -6, 0);
    end_world(&world);
}

static void epochs_before_the_checkpoint_are_free(void **state)
{
    (void)state;
    struct world world;
    learn(&world, 6, 0, 2);
    assert_int_equal(world.trace.n, 5);
    assert_near(world.trace.steps[0].measured.energy_j, 20, 0);
    assert_near(world.trace.steps[0].measured.values[0], 0.125, 0);
    end_world(&world);
}

static void a_trial_that_is_stopped_has_no_value(void **state)
{
    (void)state;
    struct world world;
    learn(&world, 0, 3, 1);
    assert_int_equal(world.trace.n, 2);
    assert_near(world.scripted.reported, 3, 0);
    assert_near(world.trace.steps[0].measured.energy_j, 30, 0);
    assert_true(world.trace.steps[0].measured.pruned);
    assert_true(isinf(trace_regret(&world.trace, 2)));
    end_world(&world);
}

static void a_trial_stopped_at_its_end_is_complete(void **state)
{
    (void)state;
    struct world world;
    learn(&world, 7, 8, 1);
    assert_int_equal(world.trace.n, 5);
    assert_false(world.trace.steps[0].measured.pruned);
    end_world(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_worker_tells_before_it_asks),
        cmocka_unit_test(workers_ask_ahead_and_the_oldest_is_told),
        cmocka_unit_test(more_workers_than_trials),
        cmocka_unit_test(waiting_is_ended_by_a_result),
        cmocka_unit_test(waiting_for_nothing_is_an_error),
        cmocka_unit_test(a_space_that_is_used_up_ends_the_run),
        cmocka_unit_test(a_failure_leaves_no_trace),
        cmocka_unit_test(a_run_that_cannot_begin_is_refused),
        cmocka_unit_test(joules_end_a_run_on_learning_curves),
        cmocka_unit_test(epochs_before_the_checkpoint_are_free),
        cmocka_unit_test(a_trial_that_is_stopped_has_no_value),
        cmocka_unit_test(a_trial_stopped_at_its_end_is_complete),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
