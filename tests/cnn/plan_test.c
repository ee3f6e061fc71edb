#include "cnn/plan.h"
#include "tests/check.h"

#include <string.h>

/* Operations and clean-ups write what they are to a text. */
static char trace[64];

static bool run(void *state)
{
    strncat(trace, state, sizeof trace - strlen(trace) - 1);
    return true;
}

static bool run_and_fail(void *state)
{
    run(state);
    return false;
}

static void note(void *object)
{
    run(object);
}

static struct plan *make(void)
{
    struct plan *plan;
    assert_int_equal(plan_create(&plan), ST_OK);
    trace[0] = 0;
    return plan;
}

static void passes_run_their_operations_in_order(void **state)
{
    (void)state;
    struct plan *plan = make();
    struct error err;
    static char a[] = "a", b[] = "b", c[] = "c", d[] = "d";
    plan_emit(plan, PASS_TRAIN, run, a);
    plan_emit(plan, PASS_FORWARD, run, b);
    plan_emit(plan, PASS_BACKWARD, run, c);
    plan_emit(plan, PASS_TRAIN, run, d);
    assert_ok(plan_finish(plan, &err), err);
    assert_true(plan_run(plan, PASS_TRAIN));
    assert_string_equal(trace, "abd");
    assert_true(plan_run(plan, PASS_INFER));
    assert_string_equal(trace, "abdb");
    assert_true(plan_run(plan, PASS_BACKWARD));
    assert_string_equal(trace, "abdbc");
    plan_free(plan);
}

static void a_walk_goes_from_layer_to_layer(void **state)
{
    (void)state;
    struct plan *plan = make();
    struct error err;
    static char a[] = "a", b[] = "b", c[] = "c", d[] = "d";
    plan_emit(plan, PASS_TRAIN, run, a);
    plan_set_layer(plan, 0);
    plan_emit(plan, PASS_TRAIN, run, b);
    plan_emit(plan, PASS_FORWARD, run, c);
    plan_set_layer(plan, 7);
    plan_emit(plan, PASS_TRAIN, run_and_fail, d);
    assert_ok(plan_finish(plan, &err), err);
    static const int layers[] = {PLAN_NO_LAYER, 0, 7};
    struct plan_walk walk = plan_walk(plan, PASS_TRAIN);
    for (size_t i = 0; i < 3; i++) {
        assert_true(plan_walk_next(&walk));
        assert_int_equal(walk.layer, layers[i]);
        assert_int_equal(plan_walk_run(&walk, i + 1), i < 2);
    }
    assert_string_equal(trace, "abcbcd");
    assert_false(plan_walk_next(&walk));
    walk = plan_walk(plan, PASS_BACKWARD);
    assert_false(plan_walk_next(&walk));
    plan_free(plan);
}

static void a_failing_operation_ends_its_pass(void **state)
{
    (void)state;
    struct plan *plan = make();
    struct error err;
    static char a[] = "a", b[] = "b", c[] = "c";
    plan_emit(plan, PASS_TRAIN, run, a);
    plan_emit(plan, PASS_TRAIN, run_and_fail, b);
    plan_emit(plan, PASS_TRAIN, run, c);
    assert_ok(plan_finish(plan, &err), err);
    assert_false(plan_run(plan, PASS_TRAIN));
    assert_string_equal(trace, "ab");
    plan_free(plan);
}

static void buffers_live_from_their_making_to_their_last_use(void **state)
{
    (void)state;
    struct plan *plan = make();
    struct error err;
    struct buffer *a = plan_buffer(plan, 1000);
    plan_tick(plan);
    struct buffer *b = plan_buffer(plan, 1000);
    plan_use(plan, a);
    plan_tick(plan);
    struct buffer *c = plan_buffer(plan, 1000); /* a is dead by now, b is not */
    plan_use(plan, b);
    struct buffer *mine = plan_external(plan, 8);
    double number;
    mine->data = &number;
    assert_ok(plan_finish(plan, &err), err);
    assert_ptr_equal(a->data, c->data);
    assert_ptr_not_equal(a->data, b->data);
    assert_ptr_equal(mine->data, &number);
    assert_int_equal(plan_memory(plan), 2 * 1024);
    plan_free(plan);
}

static void objects_are_bound_in_order_and_released_in_reverse(void **state)
{
    (void)state;
    struct plan *plan = make();
    struct error err;
    static char a[] = "a", b[] = "b", x[] = "x", y[] = "y";
    plan_bind(plan, note, a);
    plan_release(plan, note, x);
    plan_bind(plan, note, b);
    plan_release(plan, note, y);
    assert_string_equal(trace, "");
    assert_ok(plan_finish(plan, &err), err);
    assert_string_equal(trace, "ab");
    plan_free(plan);
    assert_string_equal(trace, "abyx");
    plan_free(NULL);
}

static void the_first_failure_stands_and_nothing_happens_after_it(void **state)
{
    (void)state;
    struct plan *plan = make();
    struct error err;
    static char a[] = "a", x[] = "x";
    plan_fail(plan, ST_INVALID, "the first, %d", 1);
    plan_fail(plan, ST_NOMEM, "the second");
    assert_true(plan_failed(plan));
    assert_null(plan_alloc(plan, 8));
    assert_null(plan_buffer(plan, 8));
    assert_null(plan_external(plan, 8));
    plan_use(plan, NULL);
    plan_emit(plan, PASS_TRAIN, run, a);
    plan_bind(plan, note, a);
    plan_release(plan, note, x); /* nobody keeps it, so it goes at once */
    assert_string_equal(trace, "x");
    assert_int_equal(plan_finish(plan, &err), ST_INVALID);
    assert_string_equal(err.what, "the first, 1");
    plan_free(plan);
    assert_string_equal(trace, "x");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(passes_run_their_operations_in_order),
        cmocka_unit_test(a_walk_goes_from_layer_to_layer),
        cmocka_unit_test(a_failing_operation_ends_its_pass),
        cmocka_unit_test(buffers_live_from_their_making_to_their_last_use),
        cmocka_unit_test(objects_are_bound_in_order_and_released_in_reverse),
        cmocka_unit_test(the_first_failure_stands_and_nothing_happens_after_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
