/* predict_image.h - single image files as a model takes them. Threading: no shared state. */
#ifndef CNN_PREDICT_IMAGE_H
#define CNN_PREDICT_IMAGE_H

#include "base/status.h"
#include "cnn/dataset.h"

/* Can image files be made into images of this shape? Errors: ST_INVALID for others than squares
 * with one or three channels. */
enum status predict_image_check(const struct image_shape *shape, struct error *err);

/* Decode a JPEG or PNG file: the largest square of its middle, resized, colours to grey or grey
 * to colours as need be. pixels is [channels][height][width]; the shape was checked.
 * Errors: ST_NOTFOUND and what else the system says of the file; ST_FORMAT for what is no
 * image, or damaged; ST_NOMEM. */
enum status predict_image_read(uint8_t *pixels, const struct image_shape *shape,
                               const char *path, struct error *err);

#endif
