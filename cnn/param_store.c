#include "cnn/param_store.h"

#include "base/rng.h"
#include "cnn/arena.h"
#include "cnn/format.h"

#include <stdlib.h>
#include <string.h>

enum status param_store_init(struct param_store *store, struct plan *plan, size_t capacity)
{
    memset(store, 0, sizeof *store);
    store->plan = plan;
    store->params = calloc(capacity + 1, sizeof *store->params);
    return store->params ? ST_OK : ST_NOMEM;
}

void param_store_free(struct param_store *store)
{
    free(store->params);
    free(store->trained);
    free(store->gradients);
    free(store->statistics);
}

void param_store_add(struct param_store *store, const struct param_spec *spec)
{
    struct param *param = &store->params[store->n++];
    param->spec = *spec;
    param->plain = param->format = format_plain(store->plan, &spec->shape, PRECISION_FP32);
    param->data = plan_external(store->plan, 0);
    param->gradient = spec->trained ? plan_external(store->plan, 0) : NULL;
}

/* Every parameter starts on a cache line of its own. */
static size_t padded_floats(const struct param *param)
{
    size_t unit = ARENA_ALIGNMENT / sizeof(float);
    return (format_bytes(param->format) / sizeof(float) + unit - 1) / unit * unit;
}

enum status param_store_allocate(struct param_store *store, bool gradients)
{
    size_t n_statistics = 0;
    for (size_t i = 0; i < store->n; i++)
        *(store->params[i].spec.trained ? &store->size : &n_statistics) +=
            padded_floats(&store->params[i]);
    store->trained = arena_floats(store->size);
    store->gradients = gradients ? arena_floats(store->size) : NULL;
    store->statistics = arena_floats(n_statistics);
    if (!store->trained || (gradients && !store->gradients) || !store->statistics)
        return ST_NOMEM;
    size_t at = 0, at_statistics = 0;
    for (size_t i = 0; i < store->n; i++) {
        struct param *param = &store->params[i];
        if (param->spec.trained) {
            param->data->data = store->trained + at;
            param->gradient->data = gradients ? store->gradients + at : NULL;
            at += padded_floats(param);
        } else {
            param->data->data = store->statistics + at_statistics;
            at_statistics += padded_floats(param);
        }
    }
    return ST_OK;
}

static void draw(const struct param_spec *spec, uint64_t seed, float *plain)
{
    struct rng rng;
    rng_seed(&rng, seed);
    int64_t n = shape_count(&spec->shape);
    for (int64_t i = 0; i < n; i++)
        plain[i] = spec->start == START_UNIFORM
                       ? (float)((2 * rng_uniform(&rng) - 1) * spec->bound)
                       : (spec->start == START_ONE ? 1.0f : 0.0f);
}

enum status param_store_draw(struct param_store *store, uint64_t seed)
{
    for (size_t i = 0; i < store->n; i++) {
        const struct param_spec *spec = &store->params[i].spec;
        float *plain = arena_floats((size_t)shape_count(&spec->shape));
        if (!plain)
            return ST_NOMEM;
        draw(spec, rng_derive(seed, "init", i, 0), plain);
        enum status status = param_store_write(store, i, plain);
        free(plain);
        if (status)
            return status;
    }
    return ST_OK;
}

/* Copy between the plain array and the parameter's own format; most parameters are plain. */
static enum status copy(struct param_store *store, const struct format *from, const void *data,
                        const struct format *to, void *target)
{
    union {
        const void *read_only;
        void *data;
    } source = {data}; /* the library takes no pointers to const */
    if (format_equal(from, to)) {
        memcpy(target, data, format_bytes(from));
        return ST_OK;
    }
    return format_copy_now(store->plan, from, source.data, to, target);
}

enum status param_store_read(struct param_store *store, size_t i, float *plain)
{
    const struct param *param = &store->params[i];
    return copy(store, param->format, param->data->data, param->plain, plain);
}

enum status param_store_write(struct param_store *store, size_t i, const float *plain)
{
    const struct param *param = &store->params[i];
    return copy(store, param->plain, plain, param->format, param->data->data);
}

/* Where a trained parameter begins in an array of all of them. */
static size_t offset(const struct param_store *store, const struct param *param)
{
    const float *data = param->data->data;
    return (size_t)(data - store->trained);
}

enum status param_store_read_like(struct param_store *store, size_t i, const float *array,
                                  float *plain)
{
    const struct param *param = &store->params[i];
    if (!param->spec.trained)
        return ST_INVALID;
    return copy(store, param->format, array + offset(store, param), param->plain, plain);
}

enum status param_store_write_like(struct param_store *store, size_t i, float *array,
                                   const float *plain)
{
    const struct param *param = &store->params[i];
    if (!param->spec.trained)
        return ST_INVALID;
    return copy(store, param->plain, plain, param->format, array + offset(store, param));
}
