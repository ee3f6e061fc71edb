/* Whose memory may be written over, and sums of gradients that are. */
#include "cnn/format.h"
#include "cnn/layer.h"
#include "tests/check.h"

enum { N = 4 };

static struct plan *make_plan(struct value *value)
{
    struct plan *plan;
    assert_int_equal(plan_create(&plan), ST_OK);
    *value = (struct value){.shape = {2, {1, N}}};
    value->format = format_plain(plan, &value->shape, PRECISION_FP32);
    return plan;
}

static void data_are_taken_from_whom_nobody_else_needs_them(void **state)
{
    (void)state;
    struct value value;
    struct plan *plan = make_plan(&value);
    struct buffer *data = value.data = format_buffer(plan, value.format);
    value.n_consumers = 1;
    assert_ptr_not_equal(value_take_data(plan, &value), data); /* its maker reads it again */
    value.is_spare = true;
    assert_ptr_equal(value_take_data(plan, &value), data);
    value.n_consumers = 2;
    assert_ptr_not_equal(value_take_data(plan, &value), data);
    value.n_consumers = 1;
    plan_set_repeatable(plan);
    assert_ptr_not_equal(value_take_data(plan, &value), data);
    plan_free(plan);
    plan = make_plan(&value);
    value.n_consumers = 1;
    value.is_spare = true;
    value.data = plan_external(plan, N * sizeof(float));
    assert_ptr_not_equal(value_take_data(plan, &value), value.data);
    plan_free(plan);
}

static void a_gradient_is_taken_from_its_only_receiver(void **state)
{
    (void)state;
    struct value value, other = {.n_gradients = 0};
    struct plan *plan = make_plan(&value);
    struct buffer *shared = format_buffer(plan, value.format);
    struct buffer *own = format_buffer(plan, value.format);
    value_add_gradient(&value, shared);
    value_add_gradient(&other, shared);
    value_add_gradient(&value, plan_external(plan, N * sizeof(float)));
    struct buffer *fresh = value_take_gradient(plan, &value);
    assert_ptr_not_equal(fresh, shared);
    assert_ptr_not_equal(fresh, value.gradients[1]);
    value_add_gradient(&value, own);
    assert_ptr_equal(value_take_gradient(plan, &value), own);
    assert_ptr_equal(value.gradients[0], own);
    assert_ptr_equal(value.gradients[2], shared);
    value_add_gradient(&other, own); /* handed on, it can be taken again */
    assert_ptr_equal(value_take_gradient(plan, &other), own);
    plan_free(plan);
}

/* Whichever of them is written over. */
static void sums_count_every_gradient_once(void **state)
{
    (void)state;
    for (int shared = -1; shared < 3; shared++) {
        struct value value, other = {.n_gradients = 0};
        struct plan *plan = make_plan(&value);
        struct buffer *parts[3];
        struct error err;
        for (int i = 0; i < 3; i++) {
            parts[i] = format_buffer(plan, value.format);
            value_add_gradient(&value, parts[i]);
            if (i == shared)
                value_add_gradient(&other, parts[i]);
        }
        value_sum_gradients(plan, &value);
        assert_int_equal(value.n_gradients, 1);
        plan_tick(plan);
        plan_use(plan, value.gradients[0]);
        if (shared >= 0)
            plan_use(plan, parts[shared]);
        assert_ok(plan_finish(plan, &err), err);
        for (int i = 0; i < 3; i++)
            for (int k = 0; k < N; k++)
                ((float *)parts[i]->data)[k] = (float)((1 << 4 * i) * (k + 1));
        assert_true(plan_run(plan, PASS_BACKWARD));
        for (int k = 0; k < N; k++) {
            assert_near(((float *)value.gradients[0]->data)[k], 0x111 * (k + 1), 0);
            if (shared >= 0)
                assert_near(((float *)parts[shared]->data)[k], (1 << 4 * shared) * (k + 1), 0);
        }
        plan_free(plan);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(data_are_taken_from_whom_nobody_else_needs_them),
        cmocka_unit_test(a_gradient_is_taken_from_its_only_receiver),
        cmocka_unit_test(sums_count_every_gradient_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
