#include "cnn/fold.h"

/* Who takes the value, if it is one layer and takes it once; else NULL, and NULL for the
 * network's output. */
static struct layer *only_user(struct layer *layers, size_t n, const struct value *value)
{
    struct layer *user = NULL;
    int users = layers[n - 1].output == value;
    for (struct layer *layer = layers; layer < layers + n; layer++)
        for (int j = 0; j < layer->spec->type->n_inputs; j++)
            if (layer->inputs[j] == value) {
                user = layer;
                users++;
            }
    return users == 1 ? user : NULL;
}

static struct fold follow(struct layer *layers, size_t n, struct layer *convolution)
{
    struct fold fold = {.convolution = convolution, .last = convolution};
    struct layer *next = only_user(layers, n, fold.last->output);
    if (next && next->spec->type == &layer_batch_norm) {
        fold.batch_norm = fold.last = next;
        next = next->spec->relu ? NULL : only_user(layers, n, fold.last->output);
    }
    if (next && fold_takes(convolution, next->spec->type))
        fold.activation = fold.last = next;
    return fold;
}

static void leave_inference(struct layer *layer)
{
    if (layer)
        layer->passes &= ~(unsigned)PASS_INFER;
}

void fold_find(struct plan *plan, struct layer *layers, size_t n, unsigned passes)
{
    for (size_t i = 0; i < n; i++) {
        layers[i].passes = passes;
        layers[i].fold = NULL;
        layers[i].only_user = only_user(layers, n, layers[i].output);
    }
    for (size_t i = 0; i < n; i++) {
        if (layers[i].spec->type != &layer_convolution)
            continue;
        struct fold found = follow(layers, n, &layers[i]);
        struct fold *fold = found.last == &layers[i] ? NULL : plan_alloc(plan, sizeof *fold);
        if (!fold)
            continue;
        *fold = found;
        leave_inference(fold->convolution);
        leave_inference(fold->batch_norm);
        leave_inference(fold->activation);
        fold->last->fold = fold;
    }
}
