#include "cnn/activation.h"

#include "cnn/clones.h"

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

void activation_forward(const struct activation *activation, struct buffer *y,
                        const struct buffer *x)
{
    elementwise_run(&(struct elementwise_loop){.run = activation->value, .out = y, .in = {x}});
}

void activation_backward(const struct activation *activation, struct buffer *dx,
                         const struct buffer *dy, const struct buffer *kept)
{
    elementwise_run(
        &(struct elementwise_loop){.run = activation->gradient, .out = dx, .in = {dy, kept}});
}

const struct activation activation_relu = {relu, relu_gradient, false, false};
const struct activation activation_relu6 = {relu6, relu6_gradient, false, false};
const struct activation activation_silu = {silu, silu_gradient, true, false};
const struct activation activation_sigmoid = {sigmoid, sigmoid_gradient, true, true};
