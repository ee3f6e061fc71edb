#include "cnn/elementwise.h"

#include "cnn/clones.h"
#include "cnn/elementwise_loop.h"

CLONES static void add(const struct operands *o, size_t n)
{
    float *out = o->out;
    const float *a = o->in[0], *b = o->in[1];
    for (size_t i = 0; i < n; i++)
        out[i] = a[i] + b[i];
}

CLONES static void add_relu(const struct operands *o, size_t n)
{
    float *out = o->out;
    const float *a = o->in[0], *b = o->in[1];
    for (size_t i = 0; i < n; i++) {
        float sum = a[i] + b[i];
        out[i] = sum > 0 ? sum : 0;
    }
}

CLONES static void mask(const struct operands *o, size_t n)
{
    float *out = o->out;
    const float *a = o->in[0], *y = o->in[1];
    for (size_t i = 0; i < n; i++)
        out[i] = y[i] > 0 ? a[i] : 0;
}

CLONES static void add_mask(const struct operands *o, size_t n)
{
    float *out = o->out;
    const float *a = o->in[0], *b = o->in[1], *y = o->in[2];
    for (size_t i = 0; i < n; i++) {
        float sum = a[i] + b[i];
        out[i] = y[i] > 0 ? sum : 0;
    }
}

CLONES static void keep(const struct operands *o, size_t n)
{
    float *out = o->out, scale = o->scale;
    const float *a = o->in[0];
    const uint8_t *kept = o->kept;
    for (size_t i = 0; i < n; i++)
        out[i] = kept[i] ? a[i] * scale : 0;
}

void elementwise_add(struct buffer *out, const struct buffer *a, const struct buffer *b)
{
    elementwise_run(&(struct elementwise_loop){.run = add, .out = out, .in = {a, b}});
}

void elementwise_add_relu(struct buffer *out, const struct buffer *a, const struct buffer *b)
{
    elementwise_run(&(struct elementwise_loop){.run = add_relu, .out = out, .in = {a, b}});
}

void elementwise_mask(struct buffer *out, const struct buffer *a, const struct buffer *y)
{
    elementwise_run(&(struct elementwise_loop){.run = mask, .out = out, .in = {a, y}});
}

void elementwise_add_mask(struct buffer *out, const struct buffer *a, const struct buffer *b,
                          const struct buffer *y)
{
    elementwise_run(&(struct elementwise_loop){.run = add_mask, .out = out, .in = {a, b, y}});
}

void elementwise_keep(struct buffer *out, const struct buffer *a, const uint8_t *kept,
                      float scale)
{
    elementwise_run(&(struct elementwise_loop){
        .run = keep, .out = out, .in = {a}, .kept = kept, .scale = scale});
}
