#include "cnn/gather.h"

#include <assert.h>
#include <string.h>

/* What one thread writes at a time, in numbers: it and what it reads fit the first-level cache.
 */
#define TILE 8192
#define TILE_PIXELS_MIN 16

/* Images in memory. */
struct images {
    struct buffer *data;
    size_t block;   /* channels that lie side by side: from pixel to pixel */
    size_t numbers; /* of one image, padding included */
};

/* Channels that lie side by side where they come from and where they go. Numbers from the
 * beginning of an image. */
struct run {
    int input;
    size_t to, from, length;
};

struct gather {
    struct images out, in[GATHER_INPUTS];
    size_t size; /* bytes of a number */
    size_t batch, area, tile;
    size_t n_runs;
    struct run *runs;
};

static size_t offset(size_t channel, size_t block, size_t area)
{
    return channel / block * area * block + channel % block;
}

/* One number a pixel. */
static void copy_numbers(char *to, size_t to_step, const char *from, size_t from_step,
                         size_t size, size_t n)
{
    if (size == 4)
        for (size_t i = 0; i < n; i++)
            memcpy(to + i * to_step, from + i * from_step, 4);
    else
        for (size_t i = 0; i < n; i++)
            memcpy(to + i * to_step, from + i * from_step, 2);
}

/* `bytes` a pixel; steps in bytes. */
static void copy_run(char *to, size_t to_step, const char *from, size_t from_step, size_t bytes,
                     size_t n)
{
    if (bytes == to_step && bytes == from_step) {
        memcpy(to, from, n * bytes);
        return;
    }
    for (size_t i = 0; i < n; i++)
        memcpy(to + i * to_step, from + i * from_step, bytes);
}

static void zero_run(char *to, size_t to_step, size_t bytes, size_t n)
{
    for (size_t i = 0; i < n; i++)
        memset(to + i * to_step, 0, bytes);
}

/* `n` pixels of a run from pixel `at` on. */
static void gather_run(const struct gather *g, const struct run *run, size_t image, size_t at,
                       size_t n)
{
    const struct images *out = &g->out;
    size_t size = g->size, bytes = run->length * size;
    char *to =
        (char *)out->data->data + (image * out->numbers + run->to + at * out->block) * size;
    if (run->input == GATHER_ZEROS) {
        zero_run(to, out->block * size, bytes, n);
        return;
    }
    const struct images *in = &g->in[run->input];
    const char *from = (const char *)in->data->data +
                       (image * in->numbers + run->from + at * in->block) * size;
    if (run->length == 1 && (out->block > 1 || in->block > 1))
        copy_numbers(to, out->block * size, from, in->block * size, size, n);
    else
        copy_run(to, out->block * size, from, in->block * size, bytes, n);
}

static bool run_gather(void *object)
{
    const struct gather *g = object;
    size_t tiles = (g->area + g->tile - 1) / g->tile;
    int64_t all = (int64_t)(g->batch * tiles);
#pragma omp parallel for schedule(static)
    for (int64_t i = 0; i < all; i++) {
        size_t image = (size_t)i / tiles, at = (size_t)i % tiles * g->tile;
        size_t n = g->area - at < g->tile ? g->area - at : g->tile;
        for (size_t r = 0; r < g->n_runs; r++)
            gather_run(g, &g->runs[r], image, at, n);
    }
    return true;
}

/* Does the next channel lie beside the run's last one in both? */
static bool continues(const struct gather *g, const struct run *run, struct gather_source next,
                      size_t to, size_t from)
{
    if (next.input != run->input || to != run->to + run->length || to % g->out.block == 0)
        return false;
    return next.input == GATHER_ZEROS ||
           (from == run->from + run->length && from % g->in[next.input].block != 0);
}

/* Runs for all channels that the result has room for: those of the padding are zero. */
static void find_runs(struct gather *g, const struct gather_source *sources, size_t channels)
{
    size_t room = g->out.numbers / g->area;
    for (size_t c = 0; c < room; c++) {
        struct gather_source source =
            c < channels ? sources[c] : (struct gather_source){GATHER_ZEROS, 0};
        size_t to = offset(c, g->out.block, g->area), from = 0;
        if (source.input != GATHER_ZEROS)
            from = offset((size_t)source.channel, g->in[source.input].block, g->area);
        struct run *last = g->n_runs ? &g->runs[g->n_runs - 1] : NULL;
        if (last && continues(g, last, source, to, from))
            last->length++;
        else
            g->runs[g->n_runs++] = (struct run){source.input, to, from, 1};
    }
}

static struct images images_of(const struct shape *shape, size_t block, struct buffer *data)
{
    size_t channels = (size_t)shape->dims[1], area = (size_t)(shape->dims[2] * shape->dims[3]);
    return (struct images){data, block, (channels + block - 1) / block * block * area};
}

/* The input as it is, or in the plain format where the channels lie in no known order. */
static struct images plan_input(struct plan *plan, unsigned passes,
                                const struct gather_input *input)
{
    size_t block = (size_t)format_block(plan, input->format, input->shape);
    struct buffer *data = input->data;
    if (block == 0) {
        struct format *plain =
            format_plain(plan, input->shape, format_precision(input->format));
        data = format_convert(plan, passes, input->format, data, plain);
        block = 1;
    }
    plan_use(plan, data);
    return images_of(input->shape, block, data);
}

static void emit(struct plan *plan, unsigned passes, struct gather *g,
                 const struct shape *shape, const struct gather_source *sources)
{
    g->size = precision_size(g->out.data->precision);
    g->batch = (size_t)shape->dims[0];
    g->area = (size_t)(shape->dims[2] * shape->dims[3]);
    size_t room = g->out.numbers / g->area;
    g->tile = TILE / room > TILE_PIXELS_MIN ? TILE / room : TILE_PIXELS_MIN;
    g->runs = plan_alloc(plan, room * sizeof *g->runs);
    if (!g->runs)
        return;
    find_runs(g, sources, (size_t)shape->dims[1]);
    plan_emit(plan, passes, run_gather, g);
}

struct buffer *gather_channels(struct plan *plan, unsigned passes, const struct shape *shape,
                               const struct format *format, const struct gather_input *inputs,
                               int n_inputs, const struct gather_source *sources)
{
    assert(n_inputs <= GATHER_INPUTS);
    struct gather *g = plan_alloc(plan, sizeof *g);
    size_t block = (size_t)format_block(plan, format, shape);
    const struct format *known =
        block ? format : format_plain(plan, shape, format_precision(format));
    for (int i = 0; i < n_inputs && !plan_failed(plan); i++)
        g->in[i] = plan_input(plan, passes, &inputs[i]);
    struct buffer *data = plan_failed(plan) ? NULL : format_buffer(plan, known);
    if (!data)
        return NULL;
    g->out = images_of(shape, block ? block : 1, data);
    emit(plan, passes, g, shape, sources);
    return format_convert(plan, passes, known, data, format);
}
