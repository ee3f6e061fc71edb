#include "cnn/augment.h"

#include "base/rng.h"

/* Where a square of this side around a middle begins and ends within [0, size). */
static void clip(size_t middle, size_t side, size_t size, size_t *begin, size_t *end)
{
    *begin = middle < side / 2 ? 0 : middle - side / 2;
    *end = middle + side - side / 2;
    *end = *end < size ? *end : size;
}

struct augmentation augment_draw(const struct augment_options *options,
                                 const struct image_shape *shape, uint64_t seed)
{
    struct augmentation drawn = {0};
    struct rng rng;
    if (!options->flip && !options->crop && !options->cutout)
        return drawn;
    rng_seed(&rng, seed);
    drawn.flip = options->flip && rng_below(&rng, 2);
    if (options->crop) {
        drawn.dy = (ptrdiff_t)rng_below(&rng, 2 * options->crop + 1) - (ptrdiff_t)options->crop;
        drawn.dx = (ptrdiff_t)rng_below(&rng, 2 * options->crop + 1) - (ptrdiff_t)options->crop;
    }
    if (options->cutout) {
        size_t y = rng_below(&rng, shape->height), x = rng_below(&rng, shape->width);
        clip(y, options->cutout, shape->height, &drawn.top, &drawn.bottom);
        clip(x, options->cutout, shape->width, &drawn.left, &drawn.right);
    }
    return drawn;
}

static void convert(float *restrict x, const uint8_t *restrict bytes, size_t n, float scale,
                    float shift)
{
    for (size_t i = 0; i < n; i++)
        x[i] = scale * (float)bytes[i] + shift;
}

static void mirror(float *row, size_t width)
{
    for (size_t i = 0; i < width / 2; i++) {
        float t = row[i];
        row[i] = row[width - 1 - i];
        row[width - 1 - i] = t;
    }
}

static void fill(float *x, size_t n, float value)
{
    for (size_t i = 0; i < n; i++)
        x[i] = value;
}

/* One row, taken dx pixels further right; x and bytes are [width]. */
static void convert_moved(float *x, const uint8_t *bytes, size_t width, ptrdiff_t dx,
                          float scale, float shift)
{
    size_t outside = (size_t)(dx < 0 ? -dx : dx), inside = width - outside;
    if (dx < 0) {
        fill(x, outside, shift);
        convert(x + outside, bytes, inside, scale, shift);
    } else {
        convert(x, bytes + outside, inside, scale, shift);
        fill(x + inside, outside, shift);
    }
}

static void move_rows(float *x, const uint8_t *plane, const struct image_shape *shape,
                      const struct augmentation *drawn, float scale, float shift)
{
    for (size_t y = 0; y < shape->height; y++, x += shape->width) {
        size_t from = y + (size_t)drawn->dy; /* wraps round to huge above the image */
        if (from >= shape->height) {
            fill(x, shape->width, shift);
            continue;
        }
        convert_moved(x, plane + from * shape->width, shape->width, drawn->dx, scale, shift);
        if (drawn->flip)
            mirror(x, shape->width);
    }
}

void augment_plane(float *x, const uint8_t *plane, const struct image_shape *shape,
                   const struct augmentation *drawn, float scale, float shift)
{
    if (!drawn->flip && drawn->dy == 0 && drawn->dx == 0)
        convert(x, plane, shape->height * shape->width, scale, shift);
    else
        move_rows(x, plane, shape, drawn, scale, shift);
    for (size_t y = drawn->top; y < drawn->bottom; y++)
        fill(x + y * shape->width + drawn->left, drawn->right - drawn->left, 0);
}
