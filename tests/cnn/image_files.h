/* image_files.h - JPEG and PNG files in memory, for tests of what reads them. */
#ifndef TESTS_CNN_IMAGE_FILES_H
#define TESTS_CNN_IMAGE_FILES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Kinds of PNG files, with the numbers of its specification. */
enum png_colour {
    PNG_GREY = 0,
    PNG_RGB = 2,
    PNG_PALETTE = 3,
    PNG_GREY_ALPHA = 4,
    PNG_RGBA = 6
};

struct png_file {
    uint32_t width, height;
    uint8_t depth; /* bits a channel */
    enum png_colour colour;
    const uint8_t *rows; /* [height][row], without the filters' bytes; or [row] when interlaced,
                            with them */
    size_t row;          /* bytes */
    const uint8_t *palette; /* [palette_size]: PLTE; NULL for none */
    size_t palette_size;
    const uint8_t *transparent; /* [transparent_size]: tRNS; NULL for none */
    size_t transparent_size;
    bool interlaced; /* in seven passes (Adam7) */
};

/* Write the beginning of such a file: 33 bytes, up to the palette. */
void png_write_header(uint8_t *out, const struct png_file *file);

/* Write a PNG file into out. Answers its size, at most `room`. */
size_t png_write(uint8_t *out, size_t room, const struct png_file *file);

/* Write a JPEG file of the highest quality into out. pixels is [height][width][channels];
 * channels is 1, 3 or 4 (inks as Adobe writes them, inverted). Answers its size, at most
 * `room`. */
size_t jpeg_write(uint8_t *out, size_t room, const uint8_t *pixels, unsigned width,
                  unsigned height, int channels, bool progressive);

#endif
