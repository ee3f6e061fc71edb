#include "cnn/predict_image.h"

#include "cnn/image_resize.h"

enum status predict_image_check(const struct image_shape *shape, struct error *err)
{
    if (shape->height == shape->width && (shape->channels == 1 || shape->channels == 3))
        return ST_OK;
    error_set(
        err, ST_INVALID,
        "the network takes images of %zu x %zu pixels with %zu channels, which image files "
        "are not made into",
        shape->height, shape->width, shape->channels);
    error_remedy(err, "only squares of 1 or 3 channels are; try a part of a data set: --part");
    return ST_INVALID;
}

enum status predict_image_read(uint8_t *pixels, const struct image_shape *shape,
                               const char *path, struct error *err)
{
    return image_read(pixels, shape->channels, shape->height, path, err);
}
