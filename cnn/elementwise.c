#include "cnn/elementwise.h"

#include <stdbool.h>

/* The loops are compiled for several instruction sets; the loader picks one. Sanitizers run
 * before it can, so they get the plain code. */
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__SANITIZE_ADDRESS__) &&              \
    !defined(__SANITIZE_THREAD__) && !defined(__clang__)
#define CLONES __attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define CLONES
#endif

/* What one thread takes at a time: its operands fit the first-level cache. */
#define CHUNK ((size_t)4096)

struct operands {
    float *out;
    const float *a, *b, *y;
    const uint8_t *keep;
    float scale;
};

CLONES static void add(const struct operands *o, size_t from, size_t to)
{
    float *out = o->out;
    const float *a = o->a, *b = o->b;
    for (size_t i = from; i < to; i++)
        out[i] = a[i] + b[i];
}

CLONES static void add_relu(const struct operands *o, size_t from, size_t to)
{
    float *out = o->out;
    const float *a = o->a, *b = o->b;
    for (size_t i = from; i < to; i++) {
        float sum = a[i] + b[i];
        out[i] = sum > 0 ? sum : 0;
    }
}

CLONES static void mask(const struct operands *o, size_t from, size_t to)
{
    float *out = o->out;
    const float *a = o->a, *y = o->y;
    for (size_t i = from; i < to; i++)
        out[i] = y[i] > 0 ? a[i] : 0;
}

CLONES static void add_mask(const struct operands *o, size_t from, size_t to)
{
    float *out = o->out;
    const float *a = o->a, *b = o->b, *y = o->y;
    for (size_t i = from; i < to; i++) {
        float sum = a[i] + b[i];
        out[i] = y[i] > 0 ? sum : 0;
    }
}

CLONES static void keep(const struct operands *o, size_t from, size_t to)
{
    float *out = o->out, scale = o->scale;
    const float *a = o->a;
    const uint8_t *kept = o->keep;
    for (size_t i = from; i < to; i++)
        out[i] = kept[i] ? a[i] * scale : 0;
}

static void over_chunks(void (*loop)(const struct operands *, size_t, size_t),
                        const struct operands *operands, size_t n)
{
    int64_t chunks = (int64_t)((n + CHUNK - 1) / CHUNK);
#pragma omp parallel for schedule(static)
    for (int64_t c = 0; c < chunks; c++) {
        size_t from = (size_t)c * CHUNK;
        loop(operands, from, n - from < CHUNK ? n : from + CHUNK);
    }
}

void elementwise_add(float *out, const float *a, const float *b, size_t n)
{
    over_chunks(add, &(struct operands){.out = out, .a = a, .b = b}, n);
}

void elementwise_add_relu(float *out, const float *a, const float *b, size_t n)
{
    over_chunks(add_relu, &(struct operands){.out = out, .a = a, .b = b}, n);
}

void elementwise_mask(float *out, const float *a, const float *y, size_t n)
{
    over_chunks(mask, &(struct operands){.out = out, .a = a, .y = y}, n);
}

void elementwise_add_mask(float *out, const float *a, const float *b, const float *y, size_t n)
{
    over_chunks(add_mask, &(struct operands){.out = out, .a = a, .b = b, .y = y}, n);
}

void elementwise_keep(float *out, const float *a, const uint8_t *kept, float scale, size_t n)
{
    over_chunks(keep, &(struct operands){.out = out, .a = a, .keep = kept, .scale = scale}, n);
}
