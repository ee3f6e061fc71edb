#include "cnn/predict.h"

#include "cnn/memory.h"
#include "cnn/model.h"
#include "cnn/model_summary.h"
#include "cnn/network.h"
#include "cnn/precision.h"
#include "cnn/processors.h"

#include <math.h>
#include <omp.h>
#include <stdlib.h>

struct predictor {
    const struct checkpoint_model *model;
    struct graph graph;
    struct network *network;
};

static enum status build(struct predictor *predictor, const struct predictor_options *options,
                         struct error *err)
{
    const struct checkpoint_model *model = predictor->model;
    const struct image_shape *shape = &model->images.shape;
    struct model_input input = {(int64_t)shape->channels, (int64_t)shape->height,
                                (int64_t)shape->width, (int64_t)model->images.n_classes};
    enum precision precision = (enum precision)model->settings.precision;
    struct network_options wanted = {
        .batch = (int64_t)options->batch,
        .precision = precision_check(precision, NULL) ? PRECISION_FP32 : precision,
        .inference = true};
    enum status status = model_build(&predictor->graph, &model->settings, &input, err);
    if (status)
        return status;
    uint64_t weights = (uint64_t)model_summary_total(&predictor->graph).bytes;
    if ((status = memory_check(2 * weights, "the weights of the network", err)) ||
        (status = network_create(&predictor->network, &predictor->graph, &wanted, err)) ||
        (status = memory_check(network_memory(predictor->network), "a forward pass", err)))
        return status;
    return checkpoint_model_load(model, predictor->network, err);
}

enum status predictor_create(struct predictor **out, const struct checkpoint_model *model,
                             const struct predictor_options *options, struct error *err)
{
    *out = NULL;
    struct predictor *predictor = calloc(1, sizeof *predictor);
    if (!predictor)
        return error_set(err, ST_NOMEM, "out of memory for a network");
    omp_set_num_threads(processors_threads(options->threads));
    predictor->model = model;
    enum status status = build(predictor, options, err);
    if (status)
        predictor_free(predictor);
    else
        *out = predictor;
    return status;
}

void predictor_free(struct predictor *predictor)
{
    if (!predictor)
        return;
    network_free(predictor->network);
    graph_free(&predictor->graph);
    free(predictor);
}

static void convert(float *x, const uint8_t *image, const struct checkpoint_images *images)
{
    static const struct augmentation none;
    size_t plane = images->shape.height * images->shape.width;
    for (size_t c = 0; c < images->shape.channels; c++)
        augment_plane(x + c * plane, image + c * plane, &images->shape, &none,
                      images->norm.scale[c], images->norm.shift[c]);
}

/* Answers false for logits that are not finite. */
static bool softmax(float *out, const float *logits, size_t n)
{
    double largest = -INFINITY, sum = 0;
    for (size_t i = 0; i < n; i++) {
        if (!isfinite(logits[i]))
            return false;
        largest = fmax(largest, (double)logits[i]);
    }
    for (size_t i = 0; i < n; i++)
        sum += exp((double)logits[i] - largest);
    for (size_t i = 0; i < n; i++)
        out[i] = (float)(exp((double)logits[i] - largest) / sum);
    return true;
}

enum status predictor_run(struct predictor *predictor, const uint8_t *const *images, size_t n,
                          float *out, struct error *err)
{
    const struct checkpoint_images *known = &predictor->model->images;
    size_t floats = image_bytes(&known->shape), classes = known->n_classes;
    for (size_t i = 0; i < n; i++)
        convert(network_images(predictor->network) + i * floats, images[i], known);
    enum status status = network_forward(predictor->network, false, err);
    if (status)
        return status;
    const float *logits = network_output(predictor->network);
    for (size_t i = 0; i < n; i++)
        if (!softmax(out + i * classes, logits + i * classes, classes))
            return error_set(err, ST_NUMERIC, "%s: the network's output is not finite",
                             predictor->model->path);
    return ST_OK;
}

void predict_top(const float *probabilities, size_t n, size_t k, size_t *classes)
{
    size_t found = 0;
    for (size_t i = 0; i < n; i++) {
        size_t at = found < k ? found++ : k;
        for (; at > 0 && probabilities[classes[at - 1]] < probabilities[i]; at--)
            if (at < k)
                classes[at] = classes[at - 1];
        if (at < k)
            classes[at] = i;
    }
}
