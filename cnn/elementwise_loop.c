#include "cnn/elementwise_loop.h"

#include "cnn/bf16.h"

#include <stdbool.h>

/* What one thread takes at a time: its operands, as floats, fit the first-level cache. */
#define CHUNK ((size_t)1024)

static void run_fp32(const struct elementwise_loop *loop, size_t from, size_t n)
{
    struct operands operands = {.out = (float *)loop->out->data + from, .scale = loop->scale};
    for (int i = 0; i < ELEMENTWISE_INPUTS && loop->in[i]; i++)
        operands.in[i] = (const float *)loop->in[i]->data + from;
    operands.kept = loop->kept ? loop->kept + from : NULL;
    loop->run(&operands, n);
}

static void run_bf16(const struct elementwise_loop *loop, size_t from, size_t n)
{
    float out[CHUNK], in[ELEMENTWISE_INPUTS][CHUNK];
    struct operands operands = {.out = out, .scale = loop->scale};
    for (int i = 0; i < ELEMENTWISE_INPUTS && loop->in[i]; i++) {
        bf16_to_floats(in[i], (const uint16_t *)loop->in[i]->data + from, n);
        operands.in[i] = in[i];
    }
    operands.kept = loop->kept ? loop->kept + from : NULL;
    loop->run(&operands, n);
    bf16_from_floats((uint16_t *)loop->out->data + from, out, n);
}

void elementwise_run(const struct elementwise_loop *loop)
{
    size_t n = buffer_count(loop->out);
    bool bf16 = loop->out->precision == PRECISION_BF16;
    int64_t chunks = (int64_t)((n + CHUNK - 1) / CHUNK);
#pragma omp parallel for schedule(static)
    for (int64_t c = 0; c < chunks; c++) {
        size_t from = (size_t)c * CHUNK, length = n - from < CHUNK ? n - from : CHUNK;
        if (bf16)
            run_bf16(loop, from, length);
        else
            run_fp32(loop, from, length);
    }
}
