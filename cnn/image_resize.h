/* image_resize.h - images of any size as the squares that a network takes.
 * Source: linear interpolation, whose triangle is as wide as a pixel of the coarser of the two
 * grids, so that nothing aliases when an image shrinks (Turkowski 1990, "Filters for common
 * resampling tasks"). Threading: no shared state. */
#ifndef CNN_IMAGE_RESIZE_H
#define CNN_IMAGE_RESIZE_H

#include "cnn/image.h"

/* The largest square in the middle of the image, resized to side x side: the shorter side is
 * resized and the longer one cropped. out is [channels][side][side]; channels is 1 (colours
 * become their luma, Rec. 601) or 3 (grey is repeated). The image's pixels are changed when
 * its colours become grey. side > 0. Errors: ST_NOMEM. */
enum status image_resize(uint8_t *out, size_t channels, size_t side, struct image *image,
                         struct error *err);

/* The same for an image file. Errors: those of file_map() and image_decode(). */
enum status image_read(uint8_t *out, size_t channels, size_t side, const char *path,
                       struct error *err);

#endif
