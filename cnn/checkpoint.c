#include "cnn/checkpoint.h"

#include "base/rng.h"
#include "cnn/checkpoint_walk.h"

#include <stdlib.h>

static size_t count_streams(struct network *network)
{
    size_t n = 0;
    while (network_stream(network, n))
        n++;
    return n;
}

static void walk_streams(struct walk *w, struct network *network)
{
    struct rng *rng;
    for (size_t i = 0; (rng = network_stream(network, i)); i++) {
        walk_bytes(w, rng->state, sizeof rng->state);
        walk_number(w, &rng->spare);
    }
}

static struct checkpoint_images images_of(const struct train_data *data)
{
    return (struct checkpoint_images){data->dataset->shape, data->dataset->n_classes,
                                      data->split.n_train,  data->split.n_val,
                                      data->norm,           data->dataset->class_names};
}

/* What comes behind the settings. */
static void walk_training(struct walk *w, const struct checkpoint *c)
{
    struct train_result result = *c->result;
    struct optimizer_memory memory = optimizer_memory(c->optimizer);
    struct checkpoint_images images = images_of(c->data);
    walk_progress(w, &result);
    walk_images(w, &images);
    walk_network(w, c->network, memory.n_arrays, count_streams(c->network));
    float *plain = walk_plain(w, c->network);
    walk_params(w, c->network, NULL, plain);
    for (size_t k = 0; k < memory.n_arrays; k++)
        walk_params(w, c->network, memory.arrays[k], plain);
    for (size_t k = 0; k < sizeof memory.powers / sizeof *memory.powers; k++)
        walk_number(w, memory.powers[k]);
    walk_streams(w, c->network);
    walk_number(w, &result.last.images_per_s); /* last: all else repeats to the bit */
    free(plain);
    if (w->in && !w->status)
        *c->result = result;
}

enum status checkpoint_write(const char *folder, enum checkpoint_place place,
                             const struct checkpoint *checkpoint, struct error *err)
{
    struct checkpoint_writer writer;
    struct walk walk = {.out = &writer, .err = err};
    enum status status = checkpoint_create(&writer, folder, err);
    if (status)
        return status;
    walk_put_settings(&walk, checkpoint->settings);
    walk_training(&walk, checkpoint);
    status = checkpoint_commit(&writer, walk.status ? CHECKPOINT_NOWHERE : place, err);
    return walk.status ? walk.status : status;
}

enum status checkpoint_read_head(const char *path, struct checkpoint_head *head,
                                 struct error *err)
{
    struct checkpoint_reader reader;
    struct train_result result;
    struct walk walk = {.in = &reader, .err = err};
    enum status status = checkpoint_open(&reader, path, err);
    if (status)
        return status;
    walk_get_settings(&walk, &head->settings);
    walk_progress(&walk, &result);
    head->epochs_done = walk.status ? 0 : result.last.epoch;
    checkpoint_close(&reader);
    return walk.status;
}

enum status checkpoint_read(const char *path, const struct checkpoint *checkpoint,
                            struct error *err)
{
    struct checkpoint_reader reader;
    struct train_settings settings;
    struct walk walk = {.in = &reader, .err = err};
    enum status status = checkpoint_open(&reader, path, err);
    if (status)
        return status;
    walk_get_settings(&walk, &settings);
    walk_training(&walk, checkpoint);
    checkpoint_close(&reader);
    return walk.status;
}
