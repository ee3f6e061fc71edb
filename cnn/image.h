/* image.h - one JPEG or PNG file, which lies in memory, as pixels.
 *
 * The kind is told by the first bytes, whatever the name ends in. Grey images stay grey; all
 * others become red, green and blue: palettes, CMYK (as Adobe's programs write it, inverted,
 * too), 16 bits a channel. What is transparent is laid over black. Colour profiles, gamma and
 * the orientation that a camera notes are ignored. A file that is damaged in any way that would
 * show in the pixels is refused, and so is one of absurd size, before memory is spent on it.
 * Threading: no shared state. */
#ifndef CNN_IMAGE_H
#define CNN_IMAGE_H

#include "base/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Neither side may be longer than this, nor may there be more pixels in all. */
#define IMAGE_SIDE_MAX 16384
#define IMAGE_PIXELS_MAX ((size_t)1 << 26)

struct image {
    size_t channels; /* 1: grey; 3: red, green, blue */
    size_t height, width;
    uint8_t *pixels; /* [height][width][channels]; NULL when only the shape was read */
};

/* Decode a whole file; `path` is for messages. image->pixels is the caller's to free().
 * Errors: ST_FORMAT with the byte and what was expected; ST_NOMEM. */
enum status image_decode(struct image *image, const char *path, const uint8_t *bytes,
                         size_t size, struct error *err);

/* Read the shape alone, from the beginning of the file. Errors: as image_decode(). */
enum status image_read_shape(struct image *image, const char *path, const uint8_t *bytes,
                             size_t size, struct error *err);

#endif
