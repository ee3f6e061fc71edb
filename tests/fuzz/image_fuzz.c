/* Images: whatever the bytes are, an accepted one has the shape that its header promises, all
 * of its pixels can be read, and it can be resized. */
#include "cnn/image.h"
#include "cnn/image_resize.h"
#include "tests/cnn/image_files.h"
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>
#include <string.h>

/* Decoding more than this tells nothing new, and takes the time of a thousand others. */
enum { PIXELS_MAX = 1 << 18, SIDE = 7, PNGS = 6, JPEGS = 5 };

static size_t png_seed(size_t i, uint8_t *out, const uint8_t *pixels)
{
    static const uint8_t palette[12] = {9, 8, 7, 200, 100, 0, 1, 2, 3, 255, 0, 255};
    static const uint8_t transparent[] = {0, 128};
    const struct png_file files[PNGS] = {
        {12, 10, 8, PNG_GREY, pixels, 12, NULL, 0, NULL, 0, false},
        {12, 10, 8, PNG_RGB, pixels, 36, NULL, 0, NULL, 0, false},
        {12, 10, 16, PNG_GREY_ALPHA, pixels, 48, NULL, 0, NULL, 0, false},
        {12, 10, 8, PNG_RGBA, pixels, 48, NULL, 0, NULL, 0, false},
        {12, 10, 2, PNG_PALETTE, pixels, 3, palette, 12, transparent, 2, false},
        {12, 10, 1, PNG_GREY, pixels, 2, NULL, 0, NULL, 0, false},
    };
    return png_write(out, FUZZ_SEED_MAX, &files[i]);
}

size_t fuzz_seed(size_t i, uint8_t *out)
{
    static const struct {
        int channels;
        bool progressive;
    } jpegs[JPEGS] = {{1, false}, {3, false}, {4, false}, {1, true}, {3, true}};
    uint8_t pixels[16 * 16 * 4];
    for (size_t k = 0; k < sizeof pixels; k++)
        pixels[k] = (uint8_t)(k * k / 5);
    if (i < PNGS)
        return png_seed(i, out, pixels);
    i -= PNGS;
    return i < JPEGS ? jpeg_write(out, FUZZ_SEED_MAX, pixels, 16, 16, jpegs[i].channels,
                                  jpegs[i].progressive)
                     : 0;
}

static void check(const struct image *image, const struct image *promised)
{
    size_t n = image->height * image->width * image->channels, sum = 0;
    if (image->height != promised->height || image->width != promised->width ||
        image->channels != promised->channels)
        abort();
    for (size_t i = 0; i < n; i++)
        sum += image->pixels[i];
    if (sum > 255 * n)
        abort();
}

bool fuzz_read(const uint8_t *bytes, size_t size)
{
    struct error err;
    struct image promised, image;
    uint8_t out[3 * SIDE * SIDE];
    if (image_read_shape(&promised, "fuzz", bytes, size, &err))
        return false;
    if (promised.height * promised.width > PIXELS_MAX)
        return true;
    if (image_decode(&image, "fuzz", bytes, size, &err)) {
        if (image.pixels || err.status == ST_OK)
            abort();
        return false;
    }
    check(&image, &promised);
    if (image_resize(out, 3, SIDE, &image, &err) || image_resize(out, 1, SIDE, &image, &err))
        abort();
    free(image.pixels);
    return true;
}
