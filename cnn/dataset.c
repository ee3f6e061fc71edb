#include "cnn/dataset.h"

#include "base/json.h"
#include "base/strbuf.h"

#include <assert.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define OPTIONS_MAX 16
#define FORMATS_MAX 32

size_t image_bytes(const struct image_shape *shape)
{
    return shape->channels * shape->height * shape->width;
}

const struct dataset_format *dataset_format_find(const char *name)
{
    for (const struct dataset_format *const *f = dataset_formats(); *f; f++)
        if (strcmp((*f)->name, name) == 0)
            return *f;
    return NULL;
}

static enum status unknown_format(const char *name, struct error *err)
{
    const char *names[FORMATS_MAX];
    size_t n = 0;
    struct strbuf list = STRBUF_INIT;
    for (const struct dataset_format *const *f = dataset_formats(); *f && n < FORMATS_MAX;
         f++) {
        strbuf_printf(&list, "%s%s", n ? ", " : "", (*f)->name);
        names[n++] = (*f)->name;
    }
    error_set(err, ST_INVALID, "there is no data set format \"%s\"; there are %s", name,
              strbuf_text(&list));
    const char *closest = json_closest_name(name, names, n);
    if (closest)
        error_remedy(err, "did you mean \"%s\"?", closest);
    strbuf_free(&list);
    return ST_INVALID;
}

static enum status unknown_option(const struct dataset_format *format, const char *name,
                                  struct error *err)
{
    const char *names[OPTIONS_MAX];
    for (size_t i = 0; i < format->n_options; i++)
        names[i] = format->options[i].name;
    error_set(err, ST_INVALID, "data set format %s has no option \"%s\"", format->name, name);
    const char *closest = json_closest_name(name, names, format->n_options);
    if (closest)
        error_remedy(err, "did you mean \"%s\"?", closest);
    return ST_INVALID;
}

static enum status set_option(const struct dataset_option *option, const char *text,
                              double *value, struct error *err)
{
    char *end;
    double number = strtod(text, &end);
    bool right = *text && !*end && number >= option->low && number <= option->high;
    if (!right || (option->whole && number != floor(number)))
        return error_set(err, ST_INVALID,
                         "data set option %s: expected a %snumber from %.16g to %.16g, got "
                         "\"%s\"",
                         option->name, option->whole ? "whole " : "", option->low, option->high,
                         text);
    *value = number;
    return ST_OK;
}

/* One "name=value", which is cut apart in place. */
static enum status read_option(const struct dataset_format *format, char *text, double *values,
                               struct error *err)
{
    char *equals = strchr(text, '=');
    if (!equals)
        return error_set(err, ST_INVALID, "data set options: expected name=value, got \"%s\"",
                         text);
    *equals = '\0';
    for (size_t i = 0; i < format->n_options; i++)
        if (strcmp(format->options[i].name, text) == 0)
            return set_option(&format->options[i], equals + 1, &values[i], err);
    return unknown_option(format, text, err);
}

static enum status read_options(const struct dataset_format *format, const char *text,
                                double *values, struct error *err)
{
    assert(format->n_options <= OPTIONS_MAX);
    for (size_t i = 0; i < format->n_options; i++)
        values[i] = format->options[i].fallback;
    if (!text || !*text)
        return ST_OK;
    char *copy = strdup(text);
    if (!copy)
        return error_set(err, ST_NOMEM, "data set options: out of memory");
    enum status status = ST_OK;
    char *rest = copy;
    for (char *one; status == ST_OK && (one = strsep(&rest, ","));)
        status = read_option(format, one, values, err);
    free(copy);
    return status;
}

static enum status check_path(const struct dataset_format *format, const char *path,
                              struct error *err)
{
    bool given = path && *path;
    if (!format->files)
        return given
                   ? error_set(err, ST_INVALID, "data set format %s takes no path, got \"%s\"",
                               format->name, path)
                   : ST_OK;
    enum status status = ST_OK;
    struct stat info;
    if (!given)
        status = error_set(err, ST_INVALID, "data set format %s needs a path: %s", format->name,
                           format->files);
    else if (stat(path, &info))
        status = error_errno(err, errno, "%s: cannot open the data set", path);
    else if (!S_ISDIR(info.st_mode) && !format->path_is_file)
        status =
            error_set(err, ST_INVALID, "%s: expected %s, found no folder", path, format->files);
    if (status)
        error_remedy(err, "%s", format->remedy);
    return status;
}

enum status dataset_open(struct dataset **out, const char *format_name, const char *path,
                         const char *options, struct error *err)
{
    *out = NULL;
    const struct dataset_format *format = dataset_format_find(format_name);
    if (!format)
        return unknown_format(format_name, err);
    double values[OPTIONS_MAX];
    enum status status = read_options(format, options, values, err);
    if (status == ST_OK)
        status = check_path(format, path, err);
    if (status)
        return status;
    struct dataset *dataset = calloc(1, sizeof *dataset);
    if (!dataset)
        return error_set(err, ST_NOMEM, "data set format %s: out of memory", format->name);
    dataset->format = format;
    status = format->open(dataset, format->files ? path : NULL, values, err);
    if (status) {
        dataset_close(dataset);
        return status;
    }
    *out = dataset;
    return ST_OK;
}
