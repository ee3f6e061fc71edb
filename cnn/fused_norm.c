#include "cnn/fused_norm.h"

#include "cnn/batch_norm.h"

#include <math.h>
#include <omp.h>
#include <string.h>

/* Pixels whose sums are formed in 32-bit floats. */
#define STRIP 64

/* Two sums for each channel of a block. */
struct pair {
    double first[FUSED_LANES], second[FUSED_LANES];
};

static size_t blocks_of(const struct shape *shape)
{
    return ((size_t)shape->dims[1] + FUSED_LANES - 1) / FUSED_LANES;
}

size_t fused_norm_partials(const struct shape *shape)
{
    return blocks_of(shape) * (size_t)shape->dims[0] * sizeof(struct pair) / sizeof(double);
}

/* A block of channels: what is done with it, and what it needs for that. */
struct work {
    const struct fused_norm *f;
    size_t block;
    float origin[FUSED_LANES]; /* near the mean: squares of differences from it stay small */
    struct fused_coefficients coefficients;
};

/* Numbers before the pixels of an image's block. */
static size_t begin(const struct work *w, size_t image)
{
    const int64_t *dims = w->f->shape.dims;
    size_t area = (size_t)(dims[2] * dims[3]);
    return (image * blocks_of(&w->f->shape) + w->block) * area * FUSED_LANES;
}

typedef void strip_fn(const struct work *w, size_t at, size_t pixels, float *sums,
                      float *second);

/* The pixels from number `at` on. */
static float *pixels_at(const struct buffer *buffer, size_t at)
{
    return (float *)buffer->data + at;
}

static void moments(const struct work *w, size_t at, size_t pixels, float *sums, float *squares)
{
    fused_strip_moments(sums, squares, pixels_at(w->f->x, at), w->origin, pixels);
}

static void normalise(const struct work *w, size_t at, size_t pixels, float *sums,
                      float *second)
{
    (void)sums, (void)second;
    fused_strip_normalise(pixels_at(w->f->y, at), pixels_at(w->f->x, at), &w->coefficients,
                          pixels);
}

static void products(const struct work *w, size_t at, size_t pixels, float *sums, float *second)
{
    fused_strip_products(sums, second, pixels_at(w->f->x, at), pixels_at(w->f->dy, at),
                         &w->coefficients, pixels);
}

static void gradient(const struct work *w, size_t at, size_t pixels, float *sums, float *second)
{
    (void)sums, (void)second;
    fused_strip_gradient(pixels_at(w->f->dx, at), pixels_at(w->f->x, at),
                         pixels_at(w->f->dy, at), &w->coefficients, pixels);
}

static void over_image(const struct work *w, strip_fn *strip, size_t image, struct pair *pair)
{
    size_t area = (size_t)(w->f->shape.dims[2] * w->f->shape.dims[3]);
    memset(pair, 0, sizeof *pair);
    for (size_t p = 0; p < area; p += STRIP) {
        float first[FUSED_LANES] = {0}, second[FUSED_LANES] = {0};
        size_t pixels = area - p < STRIP ? area - p : STRIP;
        strip(w, begin(w, image) + p * FUSED_LANES, pixels, first, second);
        for (int l = 0; l < FUSED_LANES; l++) {
            pair->first[l] += (double)first[l];
            pair->second[l] += (double)second[l];
        }
    }
}

/* All images of the block; the sums of all. Inside of a parallel region this one is serial. */
static struct pair over_images(const struct work *w, strip_fn *strip)
{
    int64_t batch = w->f->shape.dims[0];
    struct pair *pairs = (struct pair *)w->f->partial->data + w->block * (size_t)batch;
    struct pair total = {{0}, {0}};
#pragma omp parallel for schedule(static)
    for (int64_t i = 0; i < batch; i++)
        over_image(w, strip, (size_t)i, &pairs[i]);
    for (int64_t i = 0; i < batch; i++)
        for (int l = 0; l < FUSED_LANES; l++) {
            total.first[l] += pairs[i].first[l];
            total.second[l] += pairs[i].second[l];
        }
    return total;
}

/* How many of the block's channels there are: the others are padding, and stay zero. */
static int used(const struct work *w)
{
    int64_t left = w->f->shape.dims[1] - (int64_t)(w->block * FUSED_LANES);
    return left < FUSED_LANES ? (int)left : FUSED_LANES;
}

static float *of_block(const struct work *w, const struct buffer *buffer)
{
    return (float *)buffer->data + w->block * FUSED_LANES;
}

static void set_coefficients(struct work *w, const float *mean, const float *variance)
{
    struct fused_coefficients *c = &w->coefficients;
    memset(c, 0, sizeof *c);
    c->ceiling = w->f->ceiling;
    for (int l = 0; l < used(w); l++) {
        c->mean[l] = mean[l];
        c->inverse[l] = 1 / sqrtf(variance[l] + BATCH_NORM_EPSILON);
        c->factor[l] = of_block(w, w->f->scale)[l] * c->inverse[l];
        c->shift[l] = of_block(w, w->f->shift)[l] - mean[l] * c->factor[l];
    }
}

static double numbers(const struct fused_norm *f)
{
    return (double)(f->shape.dims[0] * f->shape.dims[2] * f->shape.dims[3]);
}

static void move_running(const struct work *w, const float *mean, const float *variance)
{
    double n = numbers(w->f);
    float unbiased = n > 1 ? (float)(n / (n - 1)) : 1;
    float *running_mean = of_block(w, w->f->running_mean);
    float *running_variance = of_block(w, w->f->running_variance);
    for (int l = 0; l < used(w); l++) {
        running_mean[l] += BATCH_NORM_MOMENTUM * (mean[l] - running_mean[l]);
        running_variance[l] +=
            BATCH_NORM_MOMENTUM * (unbiased * variance[l] - running_variance[l]);
    }
}

static void train_block(struct work *w)
{
    float *mean = of_block(w, w->f->mean), *variance = of_block(w, w->f->variance);
    memcpy(w->origin, pixels_at(w->f->x, begin(w, 0)), sizeof w->origin);
    struct pair sums = over_images(w, moments);
    double n = numbers(w->f);
    for (int l = 0; l < used(w); l++) {
        double d = sums.first[l] / n;
        mean[l] = (float)((double)w->origin[l] + d);
        double square = sums.second[l] / n - d * d;
        variance[l] = square < 0 ? 0 : (float)square;
    }
    move_running(w, mean, variance);
    set_coefficients(w, mean, variance);
    over_images(w, normalise);
}

static void infer_block(struct work *w)
{
    set_coefficients(w, of_block(w, w->f->running_mean), of_block(w, w->f->running_variance));
    over_images(w, normalise);
}

static void backward_block(struct work *w)
{
    set_coefficients(w, of_block(w, w->f->mean), of_block(w, w->f->variance));
    struct pair sums = over_images(w, products);
    double n = numbers(w->f);
    for (int l = 0; l < used(w); l++) {
        of_block(w, w->f->shift_gradient)[l] = (float)sums.first[l];
        of_block(w, w->f->scale_gradient)[l] = (float)sums.second[l];
        w->coefficients.mean_gradient[l] = (float)(sums.first[l] / n);
        w->coefficients.mean_product[l] = (float)(sums.second[l] / n);
    }
    over_images(w, gradient);
}

static void over_blocks(const struct fused_norm *f, void (*run)(struct work *w))
{
    int64_t blocks = (int64_t)blocks_of(&f->shape);
#pragma omp parallel for schedule(static) if (blocks >= omp_get_max_threads())
    for (int64_t b = 0; b < blocks; b++) {
        struct work work = {.f = f, .block = (size_t)b};
        run(&work);
    }
}

void fused_norm_train(const struct fused_norm *f)
{
    over_blocks(f, train_block);
}

void fused_norm_infer(const struct fused_norm *f)
{
    over_blocks(f, infer_block);
}

void fused_norm_backward(const struct fused_norm *f)
{
    over_blocks(f, backward_block);
}
