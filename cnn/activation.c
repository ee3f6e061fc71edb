#include "cnn/activation.h"

#include "cnn/clones.h"
#include "cnn/elementwise_loop.h"

#include <stdint.h>
#include <string.h>

/* exp(x) to two units in the last place, in operations that compilers turn into vectors: 2^k
 * times a polynomial in what is left, at most ln(2)/2 (Cephes, Moshier 1992). Below exp(-87) it
 * stays there, and above exp(88) likewise. */
static inline float exponential(float x)
{
    const float log2_e = 1.44269504f, ln2_high = 0.693359375f, ln2_low = -2.12194440e-4f;
    const float shifter = 12582912.0f; /* 1.5 * 2^23: what is added to it becomes whole */
    x = x < -87.0f ? -87.0f : x;
    x = x > 88.0f ? 88.0f : x;
    float shifted = x * log2_e + shifter;
    float k = shifted - shifter;
    float r = x - k * ln2_high - k * ln2_low;
    float p = 1.9875691500e-4f;
    p = p * r + 1.3981999507e-3f;
    p = p * r + 8.3334519073e-3f;
    p = p * r + 4.1665795894e-2f;
    p = p * r + 1.6666665459e-1f;
    p = p * r + 5.0000001201e-1f;
    p = p * r * r + r + 1.0f;
    uint32_t bits;
    memcpy(&bits, &shifted, sizeof bits);
    bits = (bits << 23) + 0x3f800000u; /* the exponent of 2^k: k stands in the lowest bits */
    float power;
    memcpy(&power, &bits, sizeof power);
    return p * power;
}

static inline float logistic(float x)
{
    return 1.0f / (1.0f + exponential(-x));
}

CLONES static void relu(const struct operands *o, size_t n)
{
    float *out = o->out;
    const float *a = o->in[0];
    for (size_t i = 0; i < n; i++)
        out[i] = a[i] > 0 ? a[i] : 0;
}

CLONES static void relu_gradient(const struct operands *o, size_t n)
{
    float *out = o->out;
    const float *a = o->in[0], *kept = o->in[1];
    for (size_t i = 0; i < n; i++)
        out[i] = kept[i] > 0 ? a[i] : 0;
}

CLONES static void relu6(const struct operands *o, size_t n)
{
    float *out = o->out;
    const float *a = o->in[0];
    for (size_t i = 0; i < n; i++) {
        float positive = a[i] < 0 ? 0 : a[i];
        out[i] = positive > 6 ? 6 : positive;
    }
}

CLONES static void relu6_gradient(const struct operands *o, size_t n)
{
    float *out = o->out;
    const float *a = o->in[0], *kept = o->in[1];
    for (size_t i = 0; i < n; i++) {
        float above = kept[i] <= 0 ? 0 : a[i];
        out[i] = kept[i] >= 6 ? 0 : above;
    }
}

CLONES static void sigmoid(const struct operands *o, size_t n)
{
    float *out = o->out;
    const float *a = o->in[0];
    for (size_t i = 0; i < n; i++)
        out[i] = logistic(a[i]);
}

/* Of the input: an output near 1 that was rounded to bf16 says little of 1 - y. */
CLONES static void sigmoid_gradient(const struct operands *o, size_t n)
{
    float *out = o->out;
    const float *a = o->in[0], *kept = o->in[1];
    for (size_t i = 0; i < n; i++) {
        float s = logistic(kept[i]);
        out[i] = a[i] * s * (1 - s);
    }
}

CLONES static void silu(const struct operands *o, size_t n)
{
    float *out = o->out;
    const float *a = o->in[0];
    for (size_t i = 0; i < n; i++)
        out[i] = a[i] * logistic(a[i]);
}

CLONES static void silu_gradient(const struct operands *o, size_t n)
{
    float *out = o->out;
    const float *a = o->in[0], *kept = o->in[1];
    for (size_t i = 0; i < n; i++) {
        float s = logistic(kept[i]);
        out[i] = a[i] * s * (1 + kept[i] * (1 - s));
    }
}

static void forward_relu(struct buffer *y, const struct buffer *x)
{
    elementwise_run(&(struct elementwise_loop){.run = relu, .out = y, .in = {x}});
}

static void backward_relu(struct buffer *dx, const struct buffer *dy, const struct buffer *y)
{
    elementwise_run(&(struct elementwise_loop){.run = relu_gradient, .out = dx, .in = {dy, y}});
}

static void forward_relu6(struct buffer *y, const struct buffer *x)
{
    elementwise_run(&(struct elementwise_loop){.run = relu6, .out = y, .in = {x}});
}

static void backward_relu6(struct buffer *dx, const struct buffer *dy, const struct buffer *y)
{
    elementwise_run(
        &(struct elementwise_loop){.run = relu6_gradient, .out = dx, .in = {dy, y}});
}

static void forward_silu(struct buffer *y, const struct buffer *x)
{
    elementwise_run(&(struct elementwise_loop){.run = silu, .out = y, .in = {x}});
}

static void backward_silu(struct buffer *dx, const struct buffer *dy, const struct buffer *x)
{
    elementwise_run(&(struct elementwise_loop){.run = silu_gradient, .out = dx, .in = {dy, x}});
}

static void forward_sigmoid(struct buffer *y, const struct buffer *x)
{
    elementwise_run(&(struct elementwise_loop){.run = sigmoid, .out = y, .in = {x}});
}

static void backward_sigmoid(struct buffer *dx, const struct buffer *dy, const struct buffer *x)
{
    elementwise_run(
        &(struct elementwise_loop){.run = sigmoid_gradient, .out = dx, .in = {dy, x}});
}

const struct activation activation_relu = {forward_relu, backward_relu, false, false};
const struct activation activation_relu6 = {forward_relu6, backward_relu6, false, false};
const struct activation activation_silu = {forward_silu, backward_silu, true, false};
const struct activation activation_sigmoid = {forward_sigmoid, backward_sigmoid, true, true};
