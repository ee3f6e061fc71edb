#include "cnn/checkpoint_walk.h"

#include "base/strbuf.h"
#include "cnn/arena.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Counts are kept as doubles, which hold whole numbers up to here. */
#define MANY ((size_t)1 << 53)

/* Settings are a few kilobytes of text at most and a list of layers, and names are short. */
enum { SETTINGS_TEXT_MAX = 65536 + SETTING_LIST_SIZE, NAME_MAX_BYTES = 4096 };

void walk_bytes(struct walk *w, void *bytes, size_t n)
{
    if (w->status)
        return;
    if (w->out)
        checkpoint_put(w->out, bytes, n);
    else
        w->status = checkpoint_get(w->in, bytes, n, w->err);
}

void walk_number(struct walk *w, double *number)
{
    walk_bytes(w, number, sizeof *number);
}

static void damaged(struct walk *w, const char *what, double number)
{
    if (!w->status)
        w->status =
            error_set(w->err, ST_FORMAT, "%s: is damaged: %.9g %s", w->in->path, number, what);
}

/* Write what this training has, or hold it against what the file's had. */
static void agree(struct walk *w, double mine, const char *what)
{
    double number = mine;
    walk_number(w, &number);
    if (w->status || number == mine)
        return;
    w->status = error_set(w->err, ST_INVALID,
                          "%s: belongs to another training: %s: %.9g there, %.9g here",
                          w->in->path, what, number, mine);
    error_remedy(w->err, "give the data and the settings that it was made with, or train from "
                         "the beginning");
}

/* The same for a whole number within bounds, or take it. */
static void agree_size(struct walk *w, size_t *mine, size_t least, size_t most,
                       const char *what)
{
    double number = (double)*mine;
    if (!w->takes) {
        agree(w, number, what);
        return;
    }
    walk_number(w, &number);
    if (!(number >= (double)least && number <= (double)most && number == floor(number)))
        damaged(w, what, number);
    if (!w->status)
        *mine = (size_t)number;
}

static void agree_float(struct walk *w, float *mine, const char *what)
{
    double number = (double)*mine;
    if (!w->takes) {
        agree(w, number, what);
        return;
    }
    walk_number(w, &number);
    if (!(fabs(number) <= (double)FLT_MAX))
        damaged(w, what, number);
    if (!w->status)
        *mine = (float)number;
}

void walk_put_settings(struct walk *w, const struct train_settings *settings)
{
    struct strbuf text = STRBUF_INIT;
    if (settings_print(settings, &text))
        w->status = error_set(w->err, ST_NOMEM, "out of memory for the settings");
    uint64_t length = text.length;
    walk_bytes(w, &length, sizeof length);
    walk_bytes(w, text.text, text.length);
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

void walk_get_settings(struct walk *w, struct train_settings *settings)
{
    uint64_t length = 0;
    walk_bytes(w, &length, sizeof length);
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
    walk_bytes(w, text, length);
    if (!w->status)
        w->status = understand(w, settings, text, length);
    free(text);
}

static void walk_epoch(struct walk *w, int *epoch, const char *what)
{
    int32_t number = *epoch;
    walk_bytes(w, &number, sizeof number);
    *epoch = number;
    if (w->in && number < 0)
        damaged(w, what, number);
}

void walk_progress(struct walk *w, struct train_result *result)
{
    struct train_report *last = &result->last;
    struct train_under_way *now = &result->under_way;
    walk_epoch(w, &last->epoch, "epochs done");
    walk_epoch(w, &result->best_epoch, "is the best epoch");
    walk_epoch(w, &result->lowest_epoch, "is the epoch of the lowest loss");
    double *const numbers[] = {&last->train_loss,
                               &last->train_accuracy,
                               &last->val_loss,
                               &last->val_accuracy,
                               &result->best_val_accuracy,
                               &result->best_val_loss,
                               &result->lowest_val_loss,
                               &now->loss_sum};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        walk_number(w, numbers[i]);
    uint64_t counts[] = {now->steps, now->correct};
    walk_bytes(w, counts, sizeof counts);
    now->steps = counts[0];
    now->correct = counts[1];
}

/* Answers the name in new memory, which belongs to the caller; NULL after a failure. */
static char *get_name(struct walk *w)
{
    uint32_t length = 0;
    walk_bytes(w, &length, sizeof length);
    if (length > NAME_MAX_BYTES)
        damaged(w, "bytes of a class's name", length);
    char *name = w->status ? NULL : calloc(1, (size_t)length + 1);
    if (!name && !w->status)
        w->status = error_set(w->err, ST_NOMEM, "out of memory for the names of the classes");
    walk_bytes(w, name, length);
    return name;
}

static void put_name(struct walk *w, char *name)
{
    uint32_t length = (uint32_t)strnlen(name, NAME_MAX_BYTES);
    walk_bytes(w, &length, sizeof length);
    walk_bytes(w, name, length);
}

static void get_names(struct walk *w, struct checkpoint_images *images, uint64_t n)
{
    if (n != images->n_classes) {
        damaged(w, "names of classes", (double)n);
        return;
    }
    if (w->takes && !(images->class_names = calloc(n, sizeof *images->class_names)))
        w->status = error_set(w->err, ST_NOMEM, "out of memory for the names of the classes");
    for (uint64_t i = 0; i < n && !w->status; i++) {
        char *name = get_name(w);
        if (w->takes)
            images->class_names[i] = name;
        else
            free(name);
    }
}

static void walk_names(struct walk *w, struct checkpoint_images *images)
{
    uint64_t n = images->class_names ? images->n_classes : 0;
    walk_bytes(w, &n, sizeof n);
    if (w->in && n > 0 && !w->status)
        get_names(w, images, n);
    for (uint64_t i = 0; w->out && i < n; i++)
        put_name(w, images->class_names[i]);
}

/* How pixels are normalised is measured on all training images, so it knows them well. */
void walk_images(struct walk *w, struct checkpoint_images *images)
{
    struct image_shape *shape = &images->shape;
    agree_size(w, &shape->channels, 1, BATCH_CHANNELS_MAX, "channels of the images");
    agree_size(w, &shape->height, 1, DATASET_SIDE_MAX, "height of the images");
    agree_size(w, &shape->width, 1, DATASET_SIDE_MAX, "width of the images");
    agree_size(w, &images->n_classes, 2, DATASET_CLASSES_MAX, "classes");
    agree_size(w, &images->n_train, 1, MANY, "training images");
    agree_size(w, &images->n_val, 1, MANY, "validation images");
    for (size_t c = 0; c < shape->channels && !w->status; c++) {
        agree_float(w, &images->norm.scale[c], "contrast of the training images");
        agree_float(w, &images->norm.shift[c], "brightness of the training images");
    }
    walk_names(w, images);
}

void walk_network(struct walk *w, struct network *network, size_t optimizer_arrays,
                  size_t streams)
{
    agree(w, (double)network_count(network), "parameters");
    for (size_t i = 0; i < network_count(network); i++) {
        const struct param_spec *spec = network_param(network, i);
        agree(w, spec->trained, "whether a parameter is trained");
        agree(w, spec->shape.n, "dimensions of a parameter");
        for (int d = 0; d < spec->shape.n; d++)
            agree(w, (double)spec->shape.dims[d], "size of a parameter");
    }
    agree_size(w, &optimizer_arrays, 0, MANY, "numbers that the optimizer keeps");
    agree_size(w, &streams, 0, MANY, "random streams");
}

void walk_params(struct walk *w, struct network *network, float *array, float *plain)
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
        walk_bytes(w, plain, bytes);
        if (w->in && !w->status)
            status = array ? network_write_like(network, i, array, plain)
                           : network_write(network, i, plain);
        if (status)
            w->status = error_set(w->err, status, "cannot copy the parameters: %s",
                                  status_text(status));
    }
}

float *walk_plain(struct walk *w, const struct network *network)
{
    int64_t largest = 0;
    for (size_t i = 0; i < network_count(network); i++) {
        int64_t n = shape_count(&network_param(network, i)->shape);
        largest = n > largest ? n : largest;
    }
    float *plain = w->status ? NULL : arena_floats((size_t)largest);
    if (!plain && !w->status)
        w->status = error_set(w->err, ST_NOMEM, "out of memory for a checkpoint");
    return plain;
}
