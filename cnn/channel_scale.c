#include "cnn/channel_scale.h"

#include "cnn/bf16.h"
#include "cnn/clones.h"

#include <string.h>

/* A strip is what the loops work on at a time: neighbours in memory, whole pixels of a block or
 * a part of the channels of one. As floats it fits the first-level cache. */
#define STRIP 1024

struct strip {
    float *out;
    const float *a, *x; /* x: for gradients, else NULL */
    size_t pixels, lanes;
    const float *gate; /* [lanes] */
    float *sums;       /* [lanes] */
};

/* Inlined with a constant number of lanes where it is a common one. */
static inline __attribute__((always_inline)) void multiply(const struct strip *s, size_t lanes)
{
    for (size_t p = 0; p < s->pixels; p++)
        for (size_t l = 0; l < lanes; l++)
            s->out[p * lanes + l] = s->a[p * lanes + l] * s->gate[l];
}

static inline __attribute__((always_inline)) void add_products(const struct strip *s,
                                                               size_t lanes)
{
    for (size_t p = 0; p < s->pixels; p++)
        for (size_t l = 0; l < lanes; l++)
            s->sums[l] += s->a[p * lanes + l] * s->x[p * lanes + l];
}

/* One channel: many sums side by side, so that they are vectors too. */
static inline __attribute__((always_inline)) void add_products_plain(const struct strip *s)
{
    float sums[16] = {0};
    size_t whole = s->pixels / 16 * 16;
    for (size_t p = 0; p < whole; p += 16)
        for (size_t l = 0; l < 16; l++)
            sums[l] += s->a[p + l] * s->x[p + l];
    for (size_t p = whole; p < s->pixels; p++)
        sums[0] += s->a[p] * s->x[p];
    for (size_t l = 0; l < 16; l++)
        s->sums[0] += sums[l];
}

CLONES static void run_strip(const struct strip *s)
{
    if (s->lanes == 16)
        multiply(s, 16);
    else if (s->lanes == 1)
        multiply(s, 1);
    else
        multiply(s, s->lanes);
    if (!s->x)
        return;
    if (s->lanes == 16)
        add_products(s, 16);
    else if (s->lanes == 1)
        add_products_plain(s);
    else
        add_products(s, s->lanes);
}

/* A strip of which the first number is number `at` of the buffers. `a` is what is multiplied by
 * the gate: x, or the gradient of the output. */
static void run_fp32(const struct channel_scale *s, struct strip strip, size_t at)
{
    const float *x = s->x->data;
    strip.out = (float *)s->out->data + at;
    strip.a = s->out_gradient ? (const float *)s->out_gradient->data + at : x + at;
    strip.x = s->out_gradient ? x + at : NULL;
    run_strip(&strip);
}

static void run_bf16(const struct channel_scale *s, struct strip strip, size_t at)
{
    float out[STRIP], a[STRIP], x[STRIP];
    size_t n = strip.pixels * strip.lanes;
    strip.out = out;
    strip.a = strip.x = x;
    bf16_to_floats(x, (const uint16_t *)s->x->data + at, n);
    if (s->out_gradient) {
        bf16_to_floats(a, (const uint16_t *)s->out_gradient->data + at, n);
        strip.a = a;
    } else {
        strip.x = NULL;
    }
    run_strip(&strip);
    bf16_from_floats((uint16_t *)s->out->data + at, out, n);
}

/* Channels [first, first + lanes) of an image, which lie side by side in its pixels. */
static void run_lanes(const struct channel_scale *s, size_t image, size_t first, size_t lanes)
{
    size_t channels = (size_t)s->shape.dims[1], block = (size_t)s->block;
    size_t area = (size_t)(s->shape.dims[2] * s->shape.dims[3]);
    size_t room = (channels + block - 1) / block * block;
    size_t used = channels - first < lanes ? channels - first : lanes;
    float gate[STRIP], sums[STRIP];
    memset(gate, 0, lanes * sizeof *gate);
    memset(sums, 0, lanes * sizeof *sums);
    memcpy(gate, (const float *)s->gate->data + image * channels + first, used * sizeof *gate);
    size_t at = image * room * area + first / block * block * area + first % block;
    size_t step = lanes == block ? STRIP / block : 1;
    for (size_t p = 0; p < area; p += step) {
        struct strip strip = {.pixels = area - p < step ? area - p : step,
                              .lanes = lanes,
                              .gate = gate,
                              .sums = sums};
        (s->out->precision == PRECISION_BF16 ? run_bf16 : run_fp32)(s, strip, at + p * block);
    }
    if (s->out_gradient)
        memcpy((float *)s->gate_gradient->data + image * channels + first, sums,
               used * sizeof *sums);
}

void channel_scale_run(const struct channel_scale *s)
{
    size_t channels = (size_t)s->shape.dims[1], block = (size_t)s->block;
    size_t lanes = block < STRIP ? block : STRIP;
    size_t parts = (channels + lanes - 1) / lanes;
    int64_t all = s->shape.dims[0] * (int64_t)parts;
#pragma omp parallel for schedule(static)
    for (int64_t i = 0; i < all; i++) {
        size_t first = (size_t)i % parts * lanes;
        size_t left = block > STRIP && channels - first < STRIP ? channels - first : lanes;
        run_lanes(s, (size_t)i / parts, first, left);
    }
}
