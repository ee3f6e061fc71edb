#include "cnn/profile.h"

#include "base/clock.h"
#include "base/rng.h"
#include "cnn/loss.h"
#include "cnn/memory.h"
#include "cnn/model_summary.h"
#include "cnn/network.h"
#include "cnn/optimizer.h"
#include "cnn/profile_parts.h"

#include <math.h>
#include <omp.h>
#include <stdlib.h>

struct profile {
    const struct train_settings *settings;
    struct profile_images *images;
    bool inference;
    struct network *network;
    struct optimizer *optimizer;
    int32_t *labels; /* [batch] */
    size_t batch;
    struct loss loss; /* of the last step */
    struct profile_part *parts;
    struct profile_places places;
};

static enum status fits(uint64_t bytes, const char *what, struct error *err)
{
    enum status status = memory_check(bytes, what, err);
    if (status)
        error_remedy(err, "lower batch_size or width, or give smaller --images");
    return status;
}

static enum status create_network(struct profile *profile, const struct graph *graph,
                                  struct error *err)
{
    const struct train_settings *settings = profile->settings;
    uint64_t weights = 4 * sizeof(float) * (uint64_t)model_summary_total(graph).params;
    enum status status = fits(weights, "the weights of the network", err);
    if (status)
        return status;
    struct network_options options = {.batch = settings->batch_size,
                                      .seed =
                                          rng_derive((uint64_t)settings->seed, "network", 0, 0),
                                      .precision = (enum precision)settings->precision,
                                      .inference = profile->inference,
                                      .repeatable = true};
    if ((status = network_create(&profile->network, graph, &options, err)))
        return status;
    if (!profile->inference &&
        optimizer_create(&profile->optimizer, settings, network_size(profile->network)))
        return error_set(err, ST_NOMEM, "out of memory for the optimizer");
    status = fits(weights / 2 + network_memory(profile->network), "a step", err);
    if (status || !profile->inference)
        return status;
    return network_forward(profile->network, false, err); /* folds the layers, once for all */
}

enum status profile_create(struct profile **out, const struct graph *graph,
                           const struct train_settings *settings, struct profile_images *images,
                           bool inference, struct error *err)
{
    *out = NULL;
    struct profile *profile = calloc(1, sizeof *profile);
    if (!profile)
        return error_set(err, ST_NOMEM, "out of memory for a profile");
    profile->settings = settings;
    profile->images = images;
    profile->inference = inference;
    profile->batch = (size_t)settings->batch_size;
    omp_set_num_threads((int)settings->threads);
    enum status status = create_network(profile, graph, err);
    profile->labels = calloc(profile->batch, sizeof *profile->labels);
    if (!status && (!profile->labels || profile_parts_create(&profile->parts, &profile->places,
                                                             profile->network, inference)))
        status = error_set(err, ST_NOMEM, "out of memory for a profile");
    if (status)
        profile_free(profile);
    else
        *out = profile;
    return status;
}

void profile_free(struct profile *profile)
{
    if (!profile)
        return;
    optimizer_free(profile->optimizer);
    network_free(profile->network);
    free(profile->labels);
    free(profile->parts);
    free(profile);
}

size_t profile_count(const struct profile *profile)
{
    return profile->places.n;
}

const struct profile_part *profile_part(const struct profile *profile, size_t i)
{
    return &profile->parts[i];
}

double profile_clock_s(int64_t threads)
{
    return threads == 1 ? clock_thread_cpu_s() : clock_monotonic_s();
}

size_t profile_batch(const struct profile *profile)
{
    return profile->batch;
}

int64_t profile_threads(const struct profile *profile)
{
    return profile->settings->threads;
}

/* What a part does once. */
static void prepare(struct profile *profile)
{
    profile_images_next(profile->images, network_images(profile->network), profile->labels);
}

static void lose(struct profile *profile)
{
    profile->loss = loss_cross_entropy(network_output(profile->network), profile->labels,
                                       profile->batch, (size_t)profile->images->input.classes,
                                       profile->settings->label_smoothing,
                                       network_output_gradient(profile->network));
}

static void update(struct profile *profile)
{
    optimizer_step(profile->optimizer, network_params(profile->network),
                   network_gradients(profile->network), 0);
}

static enum status check_loss(const struct profile *profile, struct error *err)
{
    if (isfinite(profile->loss.sum))
        return ST_OK;
    return error_set(err, ST_NUMERIC, "the loss of the first step is %g", profile->loss.sum);
}

static enum status step_unwatched(struct profile *profile, struct error *err)
{
    prepare(profile);
    enum status status = network_forward(profile->network, !profile->inference, err);
    if (status || profile->inference)
        return status;
    lose(profile);
    if ((status = check_loss(profile, err)) ||
        (status = network_backward(profile->network, err)))
        return status;
    update(profile);
    return ST_OK;
}

static enum status watch_part(struct profile *profile, const struct profile_watcher *watcher,
                              size_t part, enum profile_direction direction,
                              void (*run)(struct profile *profile))
{
    size_t times = watcher->begin(watcher->context, part, direction);
    for (size_t i = 0; i < times; i++)
        run(profile);
    return watcher->end(watcher->context, part, direction, times) ? ST_OK : ST_INTERRUPTED;
}

static enum status watch_pass(struct profile *profile, const struct profile_watcher *watcher,
                              enum profile_direction direction, struct error *err)
{
    enum pass forward = profile->inference ? PASS_INFER : PASS_TRAIN;
    enum pass pass = direction == PROFILE_FORWARD ? forward : PASS_BACKWARD;
    struct plan_walk walk = network_walk(profile->network, pass);
    while (plan_walk_next(&walk)) {
        size_t part = profile_parts_place(&profile->places, walk.layer);
        size_t times = watcher->begin(watcher->context, part, direction);
        if (!plan_walk_run(&walk, times))
            return error_set(err, ST_FAILED, "oneDNN failed in part %zu of the step (%s)", part,
                             profile->parts[part].name);
        if (!watcher->end(watcher->context, part, direction, times))
            return ST_INTERRUPTED;
    }
    return ST_OK;
}

static enum status step_watched(struct profile *profile, const struct profile_watcher *watcher,
                                struct error *err)
{
    const struct profile_places *places = &profile->places;
    enum status status = watch_part(profile, watcher, places->data, PROFILE_FORWARD, prepare);
    if (!status)
        status = watch_pass(profile, watcher, PROFILE_FORWARD, err);
    if (status || profile->inference)
        return status;
    if ((status = watch_part(profile, watcher, places->loss, PROFILE_FORWARD, lose)) ||
        (status = check_loss(profile, err)) ||
        (status = watch_pass(profile, watcher, PROFILE_BACKWARD, err)))
        return status;
    return watch_part(profile, watcher, places->optimizer, PROFILE_BACKWARD, update);
}

enum status profile_step(struct profile *profile, const struct profile_watcher *watcher,
                         struct error *err)
{
    return watcher ? step_watched(profile, watcher, err) : step_unwatched(profile, err);
}
