#include "cnn/profile_parts.h"

#include <stdlib.h>

static void place(struct profile_places *places, size_t n_layers)
{
    *places = (struct profile_places){.data = 0,
                                      .first_layer = 1,
                                      .formats = 1 + n_layers,
                                      .loss = 2 + n_layers,
                                      .optimizer = 3 + n_layers,
                                      .n = 4 + n_layers};
}

size_t profile_parts_place(const struct profile_places *places, int layer)
{
    return layer == PLAN_NO_LAYER ? places->formats : places->first_layer + (size_t)layer;
}

static int64_t size_of(const struct buffer *buffer)
{
    return buffer ? (int64_t)buffer->bytes : 0;
}

/* Of a pass: its inputs and its parameters are read, its output is written. The backward pass
 * reads them with the output's gradient, and writes what gradients there are. */
static int64_t bytes_of(const struct layer *layer, enum profile_direction direction)
{
    int64_t values = size_of(layer->output->data), params = 0, gradients = 0;
    for (int i = 0; i < layer->spec->type->n_inputs; i++) {
        values += size_of(layer->inputs[i]->data);
        if (layer->inputs[i]->needs_gradient)
            gradients += size_of(layer->inputs[i]->data);
    }
    for (int i = 0; i < layer->n_params; i++) {
        params += size_of(layer->params[i].data);
        gradients += size_of(layer->params[i].gradient);
    }
    return values + params + (direction == PROFILE_BACKWARD ? gradients : 0);
}

/* A layer with weights has two products to make backward, each as long as that forward: the
 * gradients by its weights, and those by its input where something before it wants them. */
static int64_t flops_of(const struct layer *layer, enum profile_direction direction)
{
    const struct layer_type *type = layer->spec->type;
    if (!type->flops)
        return 0;
    struct shape inputs[LAYER_INPUTS];
    for (int i = 0; i < type->n_inputs; i++)
        inputs[i] = layer->inputs[i]->shape;
    int64_t flops = type->flops(layer->spec, inputs, &layer->output->shape);
    return direction == PROFILE_FORWARD || !layer->inputs[0]->needs_gradient ? flops
                                                                             : 2 * flops;
}

static int64_t count_params(const struct layer *layer)
{
    int64_t count = 0;
    for (int i = 0; i < layer->n_params; i++)
        if (layer->params[i].spec.trained)
            count += shape_count(&layer->params[i].spec.shape);
    return count;
}

const char *profile_layer_name(const struct layer_spec *spec, const struct shape *input)
{
    bool depthwise =
        spec->type == &layer_convolution && spec->groups > 1 && spec->groups == input->dims[1];
    return depthwise ? "depthwise" : spec->type->name;
}

static struct profile_part describe_layer(const struct network *network, size_t i)
{
    const struct layer *layer = network_layer(network, i);
    return (struct profile_part){.kind = PROFILE_LAYER,
                                 .name =
                                     profile_layer_name(layer->spec, &layer->inputs[0]->shape),
                                 .layer = i,
                                 .output = layer->output->shape,
                                 .params = count_params(layer)};
}

/* Which parts have operations, the plan knows best. */
static void describe_pass(struct profile_part *parts, const struct profile_places *places,
                          const struct network *network, enum pass pass,
                          enum profile_direction direction)
{
    struct plan_walk walk = network_walk(network, pass);
    while (plan_walk_next(&walk)) {
        struct profile_part *part = &parts[profile_parts_place(places, walk.layer)];
        struct profile_work *work = &part->work[direction];
        work->runs = true;
        if (part->kind != PROFILE_LAYER)
            continue;
        const struct layer *layer = network_layer(network, part->layer);
        work->flops = flops_of(layer, direction);
        work->bytes = bytes_of(layer, direction);
    }
}

static bool specs_alike(const struct layer_spec *a, const struct layer_spec *b)
{
    return a->type == b->type && a->channels == b->channels && a->from == b->from &&
           a->kernel == b->kernel && a->stride == b->stride && a->padding == b->padding &&
           a->groups == b->groups && a->bias == b->bias && a->relu == b->relu &&
           a->rate == b->rate;
}

/* Do two layers run the same on arrays of the same sizes? */
static bool are_alike(const struct layer *a, const struct layer *b)
{
    bool same = specs_alike(a->spec, b->spec) &&
                shape_equal(&a->output->shape, &b->output->shape) &&
                a->output->n_gradients == b->output->n_gradients;
    for (int i = 0; same && i < a->spec->type->n_inputs; i++)
        same = shape_equal(&a->inputs[i]->shape, &b->inputs[i]->shape) &&
               a->inputs[i]->needs_gradient == b->inputs[i]->needs_gradient;
    return same;
}

static void find_likes(struct profile_part *parts, const struct profile_places *places,
                       const struct network *network)
{
    for (size_t i = 0; i < places->n; i++) {
        parts[i].like = i;
        for (size_t j = 0; j < i && parts[i].like == i; j++)
            if (parts[i].kind == PROFILE_LAYER && parts[j].kind == PROFILE_LAYER &&
                are_alike(network_layer(network, parts[i].layer),
                          network_layer(network, parts[j].layer)))
                parts[i].like = j;
    }
}

enum status profile_parts_create(struct profile_part **out, struct profile_places *places,
                                 const struct network *network, bool inference)
{
    size_t n_layers = network_layers(network);
    place(places, n_layers);
    struct profile_part *parts = calloc(places->n, sizeof *parts);
    if (!parts)
        return ST_NOMEM;
    parts[places->data] = (struct profile_part){.kind = PROFILE_DATA, .name = "data"};
    parts[places->formats] = (struct profile_part){.kind = PROFILE_FORMATS, .name = "formats"};
    parts[places->loss] = (struct profile_part){.kind = PROFILE_LOSS, .name = "loss"};
    parts[places->optimizer] =
        (struct profile_part){.kind = PROFILE_OPTIMIZER, .name = "optimizer"};
    parts[places->data].work[PROFILE_FORWARD].runs = true;
    parts[places->loss].work[PROFILE_FORWARD].runs = !inference;
    parts[places->optimizer].work[PROFILE_BACKWARD].runs = !inference;
    for (size_t i = 0; i < n_layers; i++)
        parts[places->first_layer + i] = describe_layer(network, i);
    describe_pass(parts, places, network, inference ? PASS_INFER : PASS_TRAIN, PROFILE_FORWARD);
    describe_pass(parts, places, network, PASS_BACKWARD, PROFILE_BACKWARD);
    find_likes(parts, places, network);
    *out = parts;
    return ST_OK;
}
