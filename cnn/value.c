/* Values between layers: who may write over whose memory, and the sum of their gradients. */
#include "cnn/elementwise.h"
#include "cnn/format.h"
#include "cnn/layer.h"

#include <assert.h>

void value_add_gradient(struct value *value, struct buffer *gradient)
{
    assert(value->n_gradients < VALUE_CONSUMERS);
    value->gradients[value->n_gradients++] = gradient;
    if (gradient)
        gradient->receivers++;
}

struct buffer *value_take_data(struct plan *plan, struct value *value)
{
    bool alone = value->n_consumers == 1 && value->is_spare && !plan_is_repeatable(plan);
    return alone && value->data && !value->data->external ? value->data
                                                          : format_buffer(plan, value->format);
}

struct buffer *value_take_gradient(struct plan *plan, struct value *value)
{
    for (int i = 0; i < value->n_gradients && !plan_is_repeatable(plan); i++) {
        struct buffer *gradient = value->gradients[i];
        if (!gradient || gradient->external || gradient->receivers != 1)
            continue;
        value->gradients[i] = value->gradients[0];
        value->gradients[0] = gradient;
        gradient->receivers = 0; /* the value is done with it */
        return gradient;
    }
    return format_buffer(plan, value->format);
}

struct sum {
    struct buffer *parts[VALUE_CONSUMERS], *result;
    int n;
};

static bool run_sum(void *object)
{
    const struct sum *sum = object;
    const struct buffer *so_far = sum->parts[0];
    for (int i = 1; i < sum->n; i++) {
        elementwise_add(sum->result, so_far, sum->parts[i]);
        so_far = sum->result;
    }
    return true;
}

void value_sum_gradients(struct plan *plan, struct value *value)
{
    struct sum *sum = value->n_gradients > 1 ? plan_alloc(plan, sizeof *sum) : NULL;
    if (!sum)
        return;
    sum->n = value->n_gradients;
    sum->result = value_take_gradient(plan, value);
    for (int i = 0; i < sum->n; i++) {
        sum->parts[i] = value->gradients[i];
        plan_use(plan, sum->parts[i]);
    }
    plan_emit(plan, PASS_BACKWARD, run_sum, sum);
    value->n_gradients = 0;
    value_add_gradient(value, sum->result);
}
