#include "cnn/model_description.h"

#include "cnn/description_layer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NAME_MAX_LENGTH = 40 };

/* References that need no name. */
static const char images[] = "images", previous[] = "previous";

/* What the reading of a list works on. */
struct reading {
    struct model_description *to;
    struct json_problems *problems;
    const struct json **items; /* [n] */
    int *uses;                 /* [n + 1], of the values */
};

static void layer_path(const struct reading *reading, size_t i, char path[96])
{
    const char *name = reading->to->names[i];
    snprintf(path, 96, "layer %zu%s%s%s", i, name ? " (" : "", name ? name : "",
             name ? ")" : "");
}

/* The value that a name stands for in layer i; 0 after a problem. */
static int find_value(const struct reading *reading, struct json_reader *reader, size_t i,
                      const char *key, const char *name)
{
    const struct model_description *to = reading->to;
    const char *known[DESCRIPTION_LAYERS];
    size_t n = 0;
    if (strcmp(name, images) == 0)
        return 0;
    if (strcmp(name, previous) == 0)
        return (int)i;
    for (size_t k = 0; k < to->n; k++) {
        if (!to->names[k])
            continue;
        if (strcmp(to->names[k], name) == 0 && k < i)
            return (int)k + 1;
        if (strcmp(to->names[k], name) == 0) {
            json_reader_problem(reader, key,
                                "'%s' is layer %zu: a layer takes what was made "
                                "before it",
                                name, k);
            return 0;
        }
        known[n++] = to->names[k];
    }
    const char *near = json_closest_name(name, known, n);
    json_reader_problem(reader, key, "no layer has the name '%s'%s%s%s", name,
                        near ? ", did you mean '" : "", near ? near : "", near ? "'?" : "");
    return 0;
}

static void read_input(const struct reading *reading, struct json_reader *reader, size_t i,
                       struct layer_spec *spec)
{
    const char *name = json_read_string(reader, "input", previous);
    spec->inputs[0] = find_value(reading, reader, i, "input", name);
}

static void read_inputs(const struct reading *reading, struct json_reader *reader, size_t i,
                        struct layer_spec *spec)
{
    json_require(reader, "inputs", "a list of names");
    const struct json *list = json_read_array(reader, "inputs");
    int n = 0, n_inputs = spec->type->n_inputs;
    if (!list)
        return;
    if (json_count(list) != (size_t)n_inputs) {
        json_reader_problem(reader, "inputs", "expected %d names, got %zu", n_inputs,
                            json_count(list));
        return;
    }
    for (const struct json *item = json_first(list); item; item = json_next(item)) {
        const char *name = json_string(item);
        if (name)
            spec->inputs[n++] = find_value(reading, reader, i, "inputs", name);
        else
            json_reader_problem(reader, "inputs", "expected names, got %s",
                                json_kind_text(item));
    }
}

static void read_layer(const struct reading *reading, size_t i)
{
    struct layer_spec *spec = &reading->to->specs[i];
    struct json_reader reader;
    char path[96];
    layer_path(reading, i, path);
    json_reader_open(&reader, reading->items[i], path, reading->problems);
    if (!reader.object || !description_read_layer(&reader, spec))
        return;
    json_read_any(&reader, "name");
    if (spec->type->n_inputs == 1)
        read_input(reading, &reader, i, spec);
    else
        read_inputs(reading, &reader, i, spec);
    for (int k = 0; k < spec->type->n_inputs; k++)
        reading->uses[spec->inputs[k]]++;
    json_reader_close(&reader);
}

static bool is_name(const char *name)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                  "0123456789_.-";
    size_t length = strlen(name);
    return length > 0 && length <= NAME_MAX_LENGTH && strspn(name, letters) == length &&
           strcmp(name, images) != 0 && strcmp(name, previous) != 0;
}

/* Names may be taken before their layers are read, to tell those that come too late. */
static void read_name(const struct reading *reading, size_t i)
{
    const struct json *value = json_member(reading->items[i], "name");
    const char *name = json_string(value);
    char path[96];
    layer_path(reading, i, path);
    if (!value)
        return;
    if (!name || !is_name(name)) {
        json_problem(reading->problems, value, path,
                     "'name' is to be up to %d letters, digits or _.- other than '%s' and '%s'",
                     NAME_MAX_LENGTH, images, previous);
        return;
    }
    for (size_t k = 0; k < i; k++)
        if (reading->to->names[k] && strcmp(reading->to->names[k], name) == 0) {
            json_problem(reading->problems, value, path, "layer %zu has the name '%s' too", k,
                         name);
            return;
        }
    reading->to->names[i] = name;
}

/* Every value is taken, and no more often than gradients can come back. */
static void check_uses(const struct reading *reading)
{
    for (size_t value = 0; value < reading->to->n; value++) {
        char path[96] = "the images";
        if (value > 0)
            layer_path(reading, value - 1, path);
        if (reading->uses[value] == 0)
            json_problem(reading->problems, NULL, path, "no layer takes what this one makes");
        if (reading->uses[value] > VALUE_CONSUMERS)
            json_problem(reading->problems, NULL, path, "is taken %d times; %d are possible",
                         reading->uses[value], VALUE_CONSUMERS);
    }
}

static enum status read_layers(const struct reading *reading, const struct json *list)
{
    size_t n = 0, before = reading->problems->count;
    for (const struct json *item = json_first(list); item; item = json_next(item))
        reading->items[n++] = item;
    for (size_t i = 0; i < n; i++)
        read_name(reading, i);
    for (size_t i = 0; i < n; i++)
        read_layer(reading, i);
    if (reading->problems->count == before)
        check_uses(reading);
    if (!strbuf_ok(&reading->problems->text))
        return ST_NOMEM;
    return reading->problems->count == before ? ST_OK : ST_INVALID;
}

void model_description_free(struct model_description *description)
{
    free(description->specs);
    free(description->names);
    *description = (struct model_description){0};
}

/* Read the n layers into *out, which is empty. */
static enum status read_list(struct model_description *out, const struct json *list, size_t n,
                             struct json_problems *problems)
{
    struct reading reading = {.to = out, .problems = problems};
    out->n = n;
    out->specs = calloc(n + 1, sizeof *out->specs);
    out->names = calloc(n + 1, sizeof *out->names);
    reading.items = calloc(n + 1, sizeof *reading.items);
    reading.uses = calloc(n + 1, sizeof *reading.uses);
    enum status status = ST_NOMEM;
    if (out->specs && out->names && reading.items && reading.uses)
        status = read_layers(&reading, list);
    free(reading.items);
    free(reading.uses);
    return status;
}

/* Of several mistakes the first, and how many more there are. */
static void tell(const struct json_problems *problems, enum status status, struct error *err)
{
    const char *text = strbuf_text(&problems->text);
    int first = (int)strcspn(text, "\n");
    if (status == ST_NOMEM)
        error_set(err, status, "out of memory for a list of layers");
    else if (status && problems->count > 1)
        error_set(err, status, "%.*s (and %zu more)", first, text, problems->count - 1);
    else if (status)
        error_set(err, status, "%.*s", first, text);
}

enum status model_description_read(struct model_description *out, const struct json *list,
                                   const char *source, struct error *err)
{
    *out = (struct model_description){0};
    size_t n = json_count(list);
    if (json_kind(list) != JSON_ARRAY)
        return error_set(err, ST_INVALID, "%s: expected a list of layers, got %s", source,
                         json_kind_text(list));
    if (n > DESCRIPTION_LAYERS)
        return error_set(err, ST_INVALID, "%s: %zu layers; at most %d are possible", source, n,
                         DESCRIPTION_LAYERS);
    struct json_problems problems = {.source = source};
    enum status status = read_list(out, list, n, &problems);
    tell(&problems, status, err);
    json_problems_free(&problems);
    if (status)
        model_description_free(out);
    return status;
}

enum status model_description_check(const struct json *list, const char *source,
                                    struct error *err)
{
    struct model_description description;
    enum status status = model_description_read(&description, list, source, err);
    model_description_free(&description);
    return status;
}
