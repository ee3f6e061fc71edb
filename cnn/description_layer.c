#include "cnn/description_layer.h"

#include "cnn/model_description.h"

#include <string.h>

/* Far beyond use: with them and the number of layers, sums of sizes stay within 63 bits. */
#define CHANNELS_MAX 65536
#define WINDOW_MAX 1024
#define RATE_MAX 0.95

/* The type that "type" names; NULL after a problem. */
static const struct layer_type *read_type(struct json_reader *reader)
{
    const char *names[64];
    size_t n = 0;
    const struct json *value = json_require(reader, "type", "the kind of layer");
    const char *wanted = json_string(value);
    for (; layer_types[n] && n < sizeof names / sizeof *names; n++) {
        names[n] = layer_types[n]->name;
        if (wanted && strcmp(names[n], wanted) == 0)
            return layer_types[n];
    }
    const char *near = wanted ? json_closest_name(wanted, names, n) : NULL;
    if (near)
        json_reader_problem(reader, "type", "there is no '%s', did you mean '%s'?", wanted,
                            near);
    else if (value)
        json_read_choice(reader, "type", 0, names, n); /* tells them all */
    return NULL;
}

/* A required whole number of at least one. */
static int64_t read_size(struct json_reader *reader, const char *key, int64_t high)
{
    json_require(reader, key, "a whole number");
    return json_read_integer(reader, key, 1, 1, high);
}

/* A linear layer is mostly the last one. */
static int64_t read_channels(struct json_reader *reader, const struct layer_type *type)
{
    const struct json *value = type == &layer_linear
                                   ? json_read_any(reader, "channels")
                                   : json_require(reader, "channels", "a whole number");
    const char *word = json_string(value);
    if ((word && strcmp(word, "classes") == 0) || (!value && type == &layer_linear))
        return DESCRIPTION_CLASSES;
    if (!word)
        return json_read_integer(reader, "channels", 1, 1, CHANNELS_MAX);
    json_reader_problem(reader, "channels", "expected a whole number or 'classes', got '%s'",
                        word);
    return 1;
}

static void read_window(struct json_reader *reader, struct layer_spec *spec)
{
    bool convolves = spec->type->takes & LAYER_CHANNELS;
    spec->kernel = read_size(reader, "kernel", WINDOW_MAX);
    spec->stride =
        json_read_integer(reader, "stride", convolves ? 1 : spec->kernel, 1, WINDOW_MAX);
    spec->padding = json_read_integer(reader, "padding", 0, 0, WINDOW_MAX);
}

/* The keys that the type takes; what it does not take is unknown then. */
static void read_members(struct json_reader *reader, struct layer_spec *spec)
{
    unsigned takes = spec->type->takes;
    if (takes & LAYER_CHANNELS)
        spec->channels = read_channels(reader, spec->type);
    if (takes & LAYER_FROM)
        spec->from = json_read_integer(reader, "from", 0, 0, CHANNELS_MAX);
    if (takes & LAYER_WINDOW)
        read_window(reader, spec);
    if (takes & LAYER_GROUPS)
        spec->groups = takes & LAYER_WINDOW
                           ? json_read_integer(reader, "groups", 1, 1, CHANNELS_MAX)
                           : read_size(reader, "groups", CHANNELS_MAX);
    if (takes & LAYER_BIAS)
        spec->bias = json_read_bool(reader, "bias", true);
    if (takes & LAYER_RELU)
        spec->relu = json_read_bool(reader, "relu", false);
    if (takes & LAYER_RATE) {
        json_require(reader, "rate", "a number");
        spec->rate = json_read_number(reader, "rate", 0, 0, RATE_MAX);
    }
}

bool description_read_layer(struct json_reader *reader, struct layer_spec *spec)
{
    spec->type = read_type(reader);
    if (spec->type)
        read_members(reader, spec);
    return spec->type != NULL;
}
