#include "cnn/checkpoint.h"

#include "base/rng.h"
#include "base/strbuf.h"
#include "cnn/arena.h"

#include <stdlib.h>
#include <string.h>

/* Settings are a few kilobytes of text at most. */
enum { SETTINGS_TEXT_MAX = 65536 };

/* The body of a file is gone through in the same order for writing and for reading: one of the
 * two is set. The first failure makes every later step do nothing. */
struct walk {
    struct checkpoint_writer *out;
    struct checkpoint_reader *in;
    enum status status;
    struct error *err;
};

/* Copy bytes to or from the file. */
static void pass_bytes(struct walk *w, void *bytes, size_t n)
{
    if (w->status)
        return;
    if (w->out)
        checkpoint_put(w->out, bytes, n);
    else
        w->status = checkpoint_get(w->in, bytes, n, w->err);
}

static void pass_number(struct walk *w, double *number)
{
    pass_bytes(w, number, sizeof *number);
}

/* Write what this training has, or hold it against what the file's had. */
static void agree(struct walk *w, double mine, const char *what)
{
    double number = mine;
    pass_number(w, &number);
    if (w->status || number == mine)
        return;
    w->status = error_set(w->err, ST_INVALID,
                          "%s: belongs to another training: %s: %.9g there, %.9g here",
                          w->in->path, what, number, mine);
    error_remedy(w->err, "give the data and the settings that it was made with, or train from "
                         "the beginning");
}

static void put_settings(struct walk *w, const struct train_settings *settings)
{
    struct strbuf text = STRBUF_INIT;
    if (settings_print(settings, &text))
        w->status = error_set(w->err, ST_NOMEM, "out of memory for the settings");
    uint64_t length = text.length;
    pass_bytes(w, &length, sizeof length);
    pass_bytes(w, text.text, text.length);
    strbuf_free(&text);
}

static enum status understand(struct walk *w, struct train_settings *settings, const char *text,
                              size_t length)
{
    struct error why;
    enum status status = settings_read(settings, text, length, "its settings", &why);
    if (status == ST_OK || status == ST_NOMEM)
        return status ? error_set(w->err, status, "out of memory for the settings") : ST_OK;
    error_set(w->err, ST_INVALID, "%s: %s", w->in->path, why.what);
    error_remedy(w->err, "go on with the program that wrote it, or train from the beginning");
    return ST_INVALID;
}

static void get_settings(struct walk *w, struct train_settings *settings)
{
    uint64_t length = 0;
    pass_bytes(w, &length, sizeof length);
    if (w->status)
        return;
    if (length > SETTINGS_TEXT_MAX) {
        w->status = error_set(w->err, ST_FORMAT, "%s: is damaged: settings of %llu bytes",
                              w->in->path, (unsigned long long)length);
        return;
    }
    settings_init(settings);
    char *text = malloc(length + 1);
    if (!text)
        w->status = error_set(w->err, ST_NOMEM, "out of memory for the settings");
    pass_bytes(w, text, length);
    if (!w->status)
        w->status = understand(w, settings, text, length);
    free(text);
}

/* Metrics that a run which has nothing left to train answers too. */
static void pass_progress(struct walk *w, struct train_result *result)
{
    struct train_report *last = &result->last;
    int32_t epochs = last->epoch;
    pass_bytes(w, &epochs, sizeof epochs);
    last->epoch = epochs;
    if (!w->status && epochs < 0)
        w->status = error_set(w->err, ST_FORMAT, "%s: is damaged: %d epochs done", w->in->path,
                              (int)epochs);
    double *const numbers[] = {&last->train_loss, &last->train_accuracy, &last->val_loss,
                               &last->val_accuracy, &result->best_val_accuracy};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        pass_number(w, numbers[i]);
}

/* How pixels are normalised is measured on all training images, so it knows them well. */
static void agree_data(struct walk *w, const struct train_data *data)
{
    const struct image_shape *shape = &data->dataset->shape;
    agree(w, (double)shape->channels, "channels of the images");
    agree(w, (double)shape->height, "height of the images");
    agree(w, (double)shape->width, "width of the images");
    agree(w, (double)data->dataset->n_classes, "classes");
    agree(w, (double)data->split.n_train, "training images");
    agree(w, (double)data->split.n_val, "validation images");
    for (size_t c = 0; c < shape->channels; c++) {
        agree(w, (double)data->norm.scale[c], "contrast of the training images");
        agree(w, (double)data->norm.shift[c], "brightness of the training images");
    }
}

static size_t count_streams(struct network *network)
{
    size_t n = 0;
    while (network_stream(network, n))
        n++;
    return n;
}

static void agree_network(struct walk *w, const struct checkpoint *c)
{
    agree(w, (double)network_count(c->network), "parameters");
    for (size_t i = 0; i < network_count(c->network); i++) {
        const struct param_spec *spec = network_param(c->network, i);
        agree(w, spec->trained, "whether a parameter is trained");
        agree(w, spec->shape.n, "dimensions of a parameter");
        for (int d = 0; d < spec->shape.n; d++)
            agree(w, (double)spec->shape.dims[d], "size of a parameter");
    }
    agree(w, (double)optimizer_memory(c->optimizer).n_arrays,
          "numbers that the optimizer keeps");
    agree(w, (double)count_streams(c->network), "random streams");
}

/* All parameters, or what an array that is laid out as they are holds for the trained ones;
 * plain has room for the largest. */
static void pass_params(struct walk *w, struct network *network, float *array, float *plain)
{
    for (size_t i = 0; i < network_count(network) && !w->status; i++) {
        const struct param_spec *spec = network_param(network, i);
        size_t bytes = (size_t)shape_count(&spec->shape) * sizeof *plain;
        enum status status = ST_OK;
        if (array && !spec->trained)
            continue;
        if (w->out)
            status = array ? network_read_like(network, i, array, plain)
                           : network_read(network, i, plain);
        pass_bytes(w, plain, bytes);
        if (w->in && !w->status)
            status = array ? network_write_like(network, i, array, plain)
                           : network_write(network, i, plain);
        if (status)
            w->status = error_set(w->err, status, "cannot copy the parameters: %s",
                                  status_text(status));
    }
}

static void pass_streams(struct walk *w, struct network *network)
{
    struct rng *rng;
    for (size_t i = 0; (rng = network_stream(network, i)); i++) {
        pass_bytes(w, rng->state, sizeof rng->state);
        pass_number(w, &rng->spare);
    }
}

static size_t largest_param(const struct network *network)
{
    int64_t largest = 0;
    for (size_t i = 0; i < network_count(network); i++) {
        int64_t n = shape_count(&network_param(network, i)->shape);
        largest = n > largest ? n : largest;
    }
    return (size_t)largest;
}

/* What comes behind the settings. */
static void pass_training(struct walk *w, const struct checkpoint *c)
{
    struct train_result result = *c->result;
    struct optimizer_memory memory = optimizer_memory(c->optimizer);
    pass_progress(w, &result);
    agree_data(w, c->data);
    agree_network(w, c);
    float *plain = arena_floats(largest_param(c->network));
    if (!plain && !w->status)
        w->status = error_set(w->err, ST_NOMEM, "out of memory for a checkpoint");
    pass_params(w, c->network, NULL, plain);
    for (size_t k = 0; k < memory.n_arrays; k++)
        pass_params(w, c->network, memory.arrays[k], plain);
    for (size_t k = 0; k < sizeof memory.powers / sizeof *memory.powers; k++)
        pass_number(w, memory.powers[k]);
    pass_streams(w, c->network);
    pass_number(w, &result.last.images_per_s); /* last: all else repeats to the bit */
    free(plain);
    if (w->in && !w->status)
        *c->result = result;
}

enum status checkpoint_write(const char *folder, const struct checkpoint *checkpoint,
                             struct error *err)
{
    struct checkpoint_writer writer;
    struct walk walk = {.out = &writer, .err = err};
    enum status status = checkpoint_create(&writer, folder, err);
    if (status)
        return status;
    put_settings(&walk, checkpoint->settings);
    pass_training(&walk, checkpoint);
    status = checkpoint_commit(&writer, walk.status == ST_OK, err);
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
    get_settings(&walk, &head->settings);
    pass_progress(&walk, &result);
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
    get_settings(&walk, &settings);
    pass_training(&walk, checkpoint);
    checkpoint_close(&reader);
    return walk.status;
}
