#include "cnn/settings.h"

#include "cnn/dataset.h"
#include "cnn/model.h"
#include "cnn/optimizer.h"
#include "cnn/schedule.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define AT(member) offsetof(struct train_settings, member)

/* The largest counts are far beyond use: they only keep products within 63 bits. */
#define MANY 1e9

static const struct setting table[] = {
    {.name = "model",
     .kind = SETTING_CHOICE,
     .choices = model_names,
     .fallback = 2,
     .summary = "the network",
     .offset = AT(model)},
    {.name = "width",
     .kind = SETTING_INTEGER,
     .high = 4096,
     .summary =
         "channels of the first convolution, the others scale with it; 0: the model's own",
     .offset = AT(width)},
    {.name = "vgg_layers",
     .kind = SETTING_TEXT,
     .fallback_text = "32,32,M,64,64,M,128,128,M",
     .summary = "vgg: channels of its convolutions, and M for max pooling",
     .offset = AT(vgg_layers)},
    {.name = "batch_norm",
     .kind = SETTING_BOOL,
     .fallback = 1,
     .summary = "vgg: batch normalisation after every convolution",
     .offset = AT(batch_norm)},
    {.name = "dropout",
     .kind = SETTING_REAL,
     .high = 0.95,
     .summary = "share of the inputs of the last linear layer that are dropped",
     .offset = AT(dropout)},
    {.name = "dataset_format",
     .kind = SETTING_CHOICE,
     .choices = dataset_names,
     .summary = "the kind of data set",
     .offset = AT(dataset_format)},
    {.name = "dataset_path",
     .kind = SETTING_TEXT,
     .fallback_text = "",
     .summary = "the folder of the data set (synthetic needs none)",
     .offset = AT(dataset_path)},
    {.name = "dataset_options",
     .kind = SETTING_TEXT,
     .fallback_text = "",
     .summary = "numbers that the data set understands, as name=value,name=value",
     .offset = AT(dataset_options)},
    {.name = "val_fraction",
     .kind = SETTING_REAL,
     .low = 0.001,
     .high = 0.9,
     .fallback = 0.1,
     .summary = "share of the training data that is held out for validation",
     .offset = AT(val_fraction)},
    {.name = "train_limit",
     .kind = SETTING_INTEGER,
     .high = MANY,
     .summary = "train on at most this many images; 0: all",
     .offset = AT(train_limit)},
    {.name = "val_limit",
     .kind = SETTING_INTEGER,
     .high = MANY,
     .summary = "validate on at most this many images; 0: all",
     .offset = AT(val_limit)},
    {.name = "augment_flip",
     .kind = SETTING_BOOL,
     .summary = "mirror half of the training images",
     .offset = AT(augment_flip)},
    {.name = "augment_crop",
     .kind = SETTING_INTEGER,
     .high = 64,
     .summary = "shift training images by up to this many pixels in each direction",
     .offset = AT(augment_crop)},
    {.name = "batch_size",
     .kind = SETTING_INTEGER,
     .low = 1,
     .high = 65536,
     .fallback = 64,
     .summary = "images of a training step",
     .offset = AT(batch_size)},
    {.name = "epochs",
     .kind = SETTING_INTEGER,
     .low = 1,
     .high = 1e6,
     .fallback = 10,
     .summary = "passes over the training data",
     .offset = AT(epochs)},
    {.name = "optimizer",
     .kind = SETTING_CHOICE,
     .choices = optimizer_names,
     .summary = "the rule that turns gradients into steps",
     .offset = AT(optimizer)},
    {.name = "learning_rate",
     .kind = SETTING_REAL,
     .high = 1e3,
     .fallback = 0.05,
     .summary = "length of a step, the peak of the schedule",
     .offset = AT(learning_rate)},
    {.name = "momentum",
     .kind = SETTING_REAL,
     .high = 0.9999,
     .fallback = 0.9,
     .summary = "sgd: share of the last step that is kept",
     .offset = AT(momentum)},
    {.name = "nesterov",
     .kind = SETTING_BOOL,
     .summary = "sgd: look ahead along the momentum",
     .offset = AT(nesterov)},
    {.name = "beta1",
     .kind = SETTING_REAL,
     .high = 0.9999,
     .fallback = 0.9,
     .summary = "adam, adamw: decay of the gradients' mean",
     .offset = AT(beta1)},
    {.name = "beta2",
     .kind = SETTING_REAL,
     .high = 0.99999,
     .fallback = 0.999,
     .summary = "adam, adamw: decay of the mean of their squares",
     .offset = AT(beta2)},
    {.name = "epsilon",
     .kind = SETTING_REAL,
     .low = 1e-12,
     .high = 1,
     .fallback = 1e-8,
     .summary = "adam, adamw: keeps the divisor from zero",
     .offset = AT(epsilon)},
    {.name = "weight_decay",
     .kind = SETTING_REAL,
     .high = 10,
     .fallback = 5e-4,
     .summary = "pull of all parameters towards zero",
     .offset = AT(weight_decay)},
    {.name = "schedule",
     .kind = SETTING_CHOICE,
     .choices = schedule_names,
     .fallback = 2,
     .summary = "how the learning rate changes over the run",
     .offset = AT(schedule)},
    {.name = "step_epochs",
     .kind = SETTING_INTEGER,
     .low = 1,
     .high = 1e6,
     .fallback = 10,
     .summary = "schedule step: epochs between two drops",
     .offset = AT(step_epochs)},
    {.name = "step_gamma",
     .kind = SETTING_REAL,
     .low = 1e-6,
     .high = 1,
     .fallback = 0.1,
     .summary = "schedule step: factor of a drop",
     .offset = AT(step_gamma)},
    {.name = "warmup_epochs",
     .kind = SETTING_REAL,
     .high = 1e6,
     .summary = "epochs in which the learning rate rises from zero",
     .offset = AT(warmup_epochs)},
    {.name = "label_smoothing",
     .kind = SETTING_REAL,
     .high = 0.9,
     .summary = "share of the target that is spread over all classes",
     .offset = AT(label_smoothing)},
    {.name = "seed",
     .kind = SETTING_INTEGER,
     .high = 9007199254740991.0,
     .fallback = 1,
     .summary = "initial weights, order of the images, split, augmentation and dropout",
     .offset = AT(seed)},
    {.name = "threads",
     .kind = SETTING_INTEGER,
     .low = 1,
     .high = 1024,
     .fallback = 1,
     .summary = "processor threads",
     .offset = AT(threads)},
    {.name = "test",
     .kind = SETTING_BOOL,
     .summary = "measure the accuracy on the test set at the end",
     .offset = AT(test)},
};

#define TABLE_SIZE (sizeof table / sizeof *table)

const struct setting *settings_table(size_t *n)
{
    *n = TABLE_SIZE;
    return table;
}

const struct setting *settings_find(const char *name)
{
    for (size_t i = 0; i < TABLE_SIZE; i++)
        if (strcmp(table[i].name, name) == 0)
            return &table[i];
    return NULL;
}

static void *member(struct train_settings *settings, const struct setting *setting)
{
    return (char *)settings + setting->offset;
}

static const void *member_const(const struct train_settings *settings,
                                const struct setting *setting)
{
    return (const char *)settings + setting->offset;
}

/* Store a number that was checked against the row. */
static void store_number(struct train_settings *settings, const struct setting *setting,
                         double number)
{
    void *at = member(settings, setting);
    switch (setting->kind) {
    case SETTING_INTEGER:
        *(int64_t *)at = (int64_t)number;
        break;
    case SETTING_REAL:
        *(double *)at = number;
        break;
    case SETTING_BOOL:
        *(bool *)at = number != 0;
        break;
    case SETTING_CHOICE:
        *(int *)at = (int)number;
        break;
    case SETTING_TEXT:
        break;
    }
}

void settings_init(struct train_settings *settings)
{
    memset(settings, 0, sizeof *settings);
    for (size_t i = 0; i < TABLE_SIZE; i++) {
        if (table[i].kind == SETTING_TEXT)
            snprintf(member(settings, &table[i]), SETTING_TEXT_SIZE, "%s",
                     table[i].fallback_text);
        else
            store_number(settings, &table[i], table[i].fallback);
    }
}

static enum status wrong_kind(const struct setting *setting, const char *expected,
                              const struct json *value, struct error *err)
{
    return error_set(err, ST_INVALID, "%s: expected %s, got %s", setting->name, expected,
                     json_kind_text(value));
}

static enum status set_number(struct train_settings *settings, const struct setting *setting,
                              const struct json *value, struct error *err)
{
    bool whole = setting->kind == SETTING_INTEGER;
    if (json_kind(value) != JSON_NUMBER)
        return wrong_kind(setting, whole ? "a whole number" : "a number", value, err);
    double number = json_number(value);
    if (whole && number != floor(number))
        return error_set(err, ST_INVALID, "%s: expected a whole number, got %.17g",
                         setting->name, number);
    if (!(number >= setting->low && number <= setting->high))
        return error_set(err, ST_INVALID, "%s: expected %.16g to %.16g, got %.17g",
                         setting->name, setting->low, setting->high, number);
    store_number(settings, setting, number);
    return ST_OK;
}

static size_t count_choices(const struct setting *setting)
{
    size_t n = 0;
    while (setting->choices[n])
        n++;
    return n;
}

static enum status unknown_choice(const struct setting *setting, const char *name,
                                  struct error *err)
{
    char names[256] = "";
    size_t used = 0;
    for (size_t i = 0; setting->choices[i] && used < sizeof names; i++)
        used += (size_t)snprintf(names + used, sizeof names - used, "%s%s", i ? ", " : "",
                                 setting->choices[i]);
    error_set(err, ST_INVALID, "%s: there is no \"%s\"; there are %s", setting->name, name,
              names);
    const char *closest = json_closest_name(name, setting->choices, count_choices(setting));
    if (closest)
        error_remedy(err, "did you mean \"%s\"?", closest);
    return ST_INVALID;
}

static enum status set_choice(struct train_settings *settings, const struct setting *setting,
                              const struct json *value, struct error *err)
{
    const char *name = json_string(value);
    if (!name)
        return wrong_kind(setting, "a name", value, err);
    for (int i = 0; setting->choices[i]; i++)
        if (strcmp(setting->choices[i], name) == 0) {
            store_number(settings, setting, i);
            return ST_OK;
        }
    return unknown_choice(setting, name, err);
}

static enum status set_text(struct train_settings *settings, const struct setting *setting,
                            const struct json *value, struct error *err)
{
    const char *text = json_string(value);
    if (!text)
        return wrong_kind(setting, "a string", value, err);
    size_t length = strlen(text);
    if (length >= SETTING_TEXT_SIZE)
        return error_set(err, ST_INVALID, "%s: a text of %zu bytes, at most %d fit",
                         setting->name, length, SETTING_TEXT_SIZE - 1);
    memcpy(member(settings, setting), text, length + 1);
    return ST_OK;
}

static enum status unknown_setting(const char *name, struct error *err)
{
    const char *names[TABLE_SIZE];
    for (size_t i = 0; i < TABLE_SIZE; i++)
        names[i] = table[i].name;
    error_set(err, ST_NOTFOUND, "there is no setting \"%s\"", name);
    const char *closest = json_closest_name(name, names, TABLE_SIZE);
    if (closest)
        error_remedy(err, "did you mean \"%s\"?", closest);
    return ST_NOTFOUND;
}

enum status settings_set(struct train_settings *settings, const char *name,
                         const struct json *value, struct error *err)
{
    const struct setting *setting = settings_find(name);
    if (!setting)
        return unknown_setting(name, err);
    switch (setting->kind) {
    case SETTING_INTEGER:
    case SETTING_REAL:
        return set_number(settings, setting, value, err);
    case SETTING_BOOL:
        if (json_kind(value) != JSON_BOOL)
            return wrong_kind(setting, "true or false", value, err);
        store_number(settings, setting, json_bool(value));
        return ST_OK;
    case SETTING_CHOICE:
        return set_choice(settings, setting, value, err);
    case SETTING_TEXT:
        return set_text(settings, setting, value, err);
    }
    return ST_INVALID;
}

void settings_put(const struct train_settings *settings, const struct setting *setting,
                  struct json *object)
{
    const void *at = member_const(settings, setting);
    switch (setting->kind) {
    case SETTING_INTEGER:
        json_put_number(object, setting->name, (double)*(const int64_t *)at);
        break;
    case SETTING_REAL:
        json_put_number(object, setting->name, *(const double *)at);
        break;
    case SETTING_BOOL:
        json_put_bool(object, setting->name, *(const bool *)at);
        break;
    case SETTING_CHOICE:
        json_put_string(object, setting->name, settings_choice(settings, setting));
        break;
    case SETTING_TEXT:
        json_put_string(object, setting->name, at);
        break;
    }
}

const char *settings_choice(const struct train_settings *settings,
                            const struct setting *setting)
{
    return setting->choices[*(const int *)member_const(settings, setting)];
}
