/* Generated images, so that everything runs with no download: the shape and texture of a class,
 * moved about, in random colours and of random contrast and sign, before a texture of any other
 * class, partly covered, with noise. Only shape and texture tell the class; mean colours and
 * single pixels do not. Image i of a split depends on nothing but the seed, i, and the options
 * other than the numbers of images. */
#include "base/rng.h"
#include "cnn/dataset_build.h"
#include "cnn/dataset_table.h"
#include "cnn/synthetic_prototype.h"

#include <math.h>
#include <stdlib.h>

#define BYTES_MAX (UINT64_C(4) << 30)
#define CHANNELS_MAX 4
#define SIDE_MAX 128
/* Noise is read from here at random places: drawing a normal for each pixel takes longer than
 * all the rest. */
#define NOISE_VALUES 32768

enum { SIZE, CHANNELS, IMAGES, TEST_IMAGES, CLASSES, DIFFICULTY, SEED, N_OPTIONS };

static const struct dataset_option option_table[N_OPTIONS] = {
    [SIZE] = {"size", "height and width in pixels", true, 8, SIDE_MAX, 16},
    [CHANNELS] = {"channels", "colour planes", true, 1, CHANNELS_MAX, 3},
    [IMAGES] = {"images", "images to train on", true, 2, 1e7, 4000},
    [TEST_IMAGES] = {"test_images", "images of the test set", true, 0, 1e7, 1000},
    [CLASSES] = {"classes", "classes", true, 2, 100, 10},
    [DIFFICULTY] = {"difficulty", "0: plain to see, 1: hardly visible", false, 0, 1, 0.5},
    [SEED] = {"seed", "which images; independent of the seed of the training", true, 0,
              9007199254740991.0, 1},
};

/* All that the images of a set have in common. */
struct generator {
    struct prototypes prototypes;
    int16_t noise[NOISE_VALUES];
    struct image_shape shape;
    uint64_t seed;
    double difficulty;
};

/* The texture under one colour: value = tint + contrast * texture / 256. */
struct paint {
    const int16_t *texture; /* the top left corner of its window */
    int tint[CHANNELS_MAX];
    int contrast[CHANNELS_MAX];
};

struct rectangle {
    size_t top, left, bottom, right;
};

static double between(double low, double high, double share)
{
    return low + (high - low) * share;
}

static void draw_noise(struct generator *generator)
{
    struct rng rng;
    rng_seed(&rng, rng_derive(generator->seed, "noise", 0, 0));
    double sigma = between(4, 40, generator->difficulty);
    for (size_t i = 0; i < NOISE_VALUES; i++)
        generator->noise[i] = (int16_t)lround(sigma * rng_normal(&rng));
}

/* A window of a random variant of the class's texture, in random colours. */
static struct paint draw_paint(const struct generator *generator, struct rng *rng, size_t label,
                               double contrast)
{
    size_t side = generator->prototypes.side;
    size_t variant = (size_t)rng_below(rng, PROTOTYPE_VARIANTS);
    size_t y = (size_t)rng_below(rng, side / 2 + 1), x = (size_t)rng_below(rng, side / 2 + 1);
    double sign = rng_below(rng, 2) ? 1 : -1;
    struct paint paint = {.texture = prototype_texture(&generator->prototypes, label, variant) +
                                     y * side + x};
    for (size_t c = 0; c < generator->shape.channels; c++) {
        paint.tint[c] = (int)lround(between(68, 188, rng_uniform(rng)));
        paint.contrast[c] =
            (int)lround(sign * 256 * contrast * between(0.5, 1, rng_uniform(rng)));
    }
    return paint;
}

/* A window of a random variant of the class's mask, which moves the shape off the middle. */
static const int16_t *draw_mask(const struct generator *generator, struct rng *rng,
                                size_t label)
{
    size_t side = generator->prototypes.side, middle = side / 4;
    size_t variant = (size_t)rng_below(rng, PROTOTYPE_VARIANTS);
    size_t reach =
        (size_t)lround(between(0.05, 0.25, generator->difficulty) * (double)side / 2);
    size_t y = middle - reach + (size_t)rng_below(rng, 2 * reach + 1);
    size_t x = middle - reach + (size_t)rng_below(rng, 2 * reach + 1);
    return prototype_mask(&generator->prototypes, label, variant) + y * side + x;
}

static void compose(uint8_t *plane, const struct generator *generator, size_t channel,
                    const int16_t *mask, const struct paint *front, const struct paint *back,
                    struct rng *rng)
{
    size_t side = generator->prototypes.side, width = generator->shape.width;
    int front_tint = front->tint[channel], front_contrast = front->contrast[channel];
    int back_tint = back->tint[channel], back_contrast = back->contrast[channel];
    for (size_t y = 0; y < generator->shape.height; y++) {
        const int16_t *m = mask + y * side, *f = front->texture + y * side;
        const int16_t *b = back->texture + y * side;
        const int16_t *noise = generator->noise + rng_below(rng, NOISE_VALUES - width);
        for (size_t x = 0; x < width; x++) {
            int inside = front_tint + front_contrast * f[x] / 256;
            int outside = back_tint + back_contrast * b[x] / 256;
            int value = outside + (inside - outside) * m[x] / 256 + noise[x];
            plane[y * width + x] = (uint8_t)(value < 0 ? 0 : value > 255 ? 255 : value);
        }
    }
}

static struct rectangle draw_cover(const struct generator *generator, struct rng *rng)
{
    size_t side = generator->shape.height;
    size_t longest = (size_t)lround(0.6 * generator->difficulty * (double)side);
    size_t height = (size_t)rng_below(rng, longest + 1);
    size_t width = (size_t)rng_below(rng, longest + 1);
    size_t top = (size_t)rng_below(rng, side - height + 1);
    size_t left = (size_t)rng_below(rng, side - width + 1);
    return (struct rectangle){top, left, top + height, left + width};
}

static void cover(uint8_t *plane, size_t width, const struct rectangle *area, uint8_t value)
{
    for (size_t y = area->top; y < area->bottom; y++)
        for (size_t x = area->left; x < area->right; x++)
            plane[y * width + x] = value;
}

static void draw_image(uint8_t *image, const struct generator *generator, size_t label,
                       uint64_t seed)
{
    struct rng rng;
    rng_seed(&rng, seed);
    double contrast = between(1, 0.4, generator->difficulty);
    size_t other = (size_t)rng_below(&rng, generator->prototypes.n_classes);
    struct paint front = draw_paint(generator, &rng, label, contrast);
    struct paint back =
        draw_paint(generator, &rng, other, contrast * between(0.1, 0.8, generator->difficulty));
    const int16_t *mask = draw_mask(generator, &rng, label);
    struct rectangle covered = draw_cover(generator, &rng);
    size_t plane = generator->shape.height * generator->shape.width;
    for (size_t c = 0; c < generator->shape.channels; c++) {
        compose(image + c * plane, generator, c, mask, &front, &back, &rng);
        cover(image + c * plane, generator->shape.width, &covered,
              (uint8_t)rng_below(&rng, 256));
    }
}

/* Classes take turns, so that every one has its share. */
static enum status draw_split(struct dataset *dataset, struct dataset_split *split,
                              const struct generator *generator, size_t n, const char *label,
                              struct error *err)
{
    if (n == 0)
        return ST_OK;
    size_t size = image_bytes(&dataset->shape);
    uint8_t *images = dataset_allocate(dataset, n * size);
    if (!images)
        return error_set(err, ST_NOMEM, "synthetic: out of memory for %zu images", n);
    enum status status = dataset_append(split, images, size, n, err);
    for (size_t i = 0; status == ST_OK && i < n; i++) {
        split->labels[i] = (uint16_t)(i % dataset->n_classes);
        draw_image(images + i * size, generator, split->labels[i],
                   rng_derive(generator->seed, label, i, 0));
    }
    return status;
}

static enum status check_size(const struct dataset *dataset, const double *options,
                              struct error *err)
{
    double bytes =
        (options[IMAGES] + options[TEST_IMAGES]) * (double)image_bytes(&dataset->shape);
    if (bytes <= (double)BYTES_MAX)
        return ST_OK;
    return error_set(err, ST_INVALID,
                     "synthetic: images=%.0f and test_images=%.0f of %.0f x %.0f pixels take "
                     "%.1f GiB, expected at most %.0f",
                     options[IMAGES], options[TEST_IMAGES], options[SIZE], options[SIZE],
                     bytes / (double)(1 << 30), (double)(BYTES_MAX >> 30));
}

static enum status create_generator(struct generator **out, const struct dataset *dataset,
                                    const double *options, struct error *err)
{
    struct generator *generator = calloc(1, sizeof *generator);
    uint64_t seed = (uint64_t)options[SEED];
    if (!generator || prototypes_create(&generator->prototypes, dataset->n_classes,
                                        dataset->shape.height, seed)) {
        free(generator);
        return error_set(err, ST_NOMEM, "synthetic: out of memory");
    }
    generator->shape = dataset->shape;
    generator->seed = seed;
    generator->difficulty = options[DIFFICULTY];
    draw_noise(generator);
    *out = generator;
    return ST_OK;
}

static enum status open_synthetic(struct dataset *dataset, const char *path,
                                  const double *options, struct error *err)
{
    (void)path;
    size_t side = (size_t)options[SIZE];
    dataset->shape = (struct image_shape){(size_t)options[CHANNELS], side, side};
    dataset->n_classes = (size_t)options[CLASSES];
    struct generator *generator = NULL;
    enum status status = check_size(dataset, options, err);
    if (status == ST_OK)
        status = create_generator(&generator, dataset, options, err);
    if (status)
        return status;
    status =
        draw_split(dataset, &dataset->train, generator, (size_t)options[IMAGES], "train", err);
    if (status == ST_OK)
        status = draw_split(dataset, &dataset->test, generator, (size_t)options[TEST_IMAGES],
                            "test", err);
    prototypes_free(&generator->prototypes);
    free(generator);
    return status;
}

const struct dataset_format dataset_synthetic = {
    .name = "synthetic",
    .summary = "generated shapes with textures; no files needed",
    .options = option_table,
    .n_options = N_OPTIONS,
    .open = open_synthetic,
};
