#include "cnn/image.h"

#include "cnn/image_codec.h"

#include <stdlib.h>
#include <string.h>

static const struct image_codec *const codecs[] = {&image_jpeg, &image_png};

enum { N_CODECS = sizeof codecs / sizeof *codecs };

enum status image_set_shape(struct image *image, const struct image_file *file, size_t channels,
                            size_t height, size_t width, struct error *err)
{
    bool sides = height > 0 && height <= IMAGE_SIDE_MAX && width > 0 && width <= IMAGE_SIDE_MAX;
    if (!sides || height * width > IMAGE_PIXELS_MAX)
        return error_set(err, ST_FORMAT,
                         "%s: expected an image of at most %d x %d and %zu pixels in all, "
                         "found one of %zu x %zu",
                         file->path, IMAGE_SIDE_MAX, IMAGE_SIDE_MAX, IMAGE_PIXELS_MAX, width,
                         height);
    image->channels = channels;
    image->height = height;
    image->width = width;
    return ST_OK;
}

enum status image_allocate(struct image *image, const struct image_file *file, size_t channels,
                           struct error *err)
{
    image->pixels = malloc(image->height * image->width * channels);
    if (!image->pixels)
        return error_set(err, ST_NOMEM, "%s: out of memory for %zu x %zu pixels", file->path,
                         image->width, image->height);
    return ST_OK;
}

static const struct image_codec *find_codec(const struct image_file *file)
{
    for (size_t i = 0; i < N_CODECS; i++)
        if (file->size >= codecs[i]->magic_size &&
            memcmp(file->bytes, codecs[i]->magic, codecs[i]->magic_size) == 0)
            return codecs[i];
    return NULL;
}

static enum status read_file(struct image *image, const struct image_file *file,
                             struct error *err)
{
    *image = (struct image){0};
    const struct image_codec *codec = find_codec(file);
    if (!codec)
        return error_set(err, ST_FORMAT,
                         "%s: at byte 0: expected the beginning of a JPEG or PNG file, found "
                         "%s",
                         file->path, file->size ? "something else" : "an empty file");
    enum status status = codec->decode(image, file, err);
    if (status) {
        free(image->pixels);
        image->pixels = NULL;
    }
    return status;
}

enum status image_decode(struct image *image, const char *path, const uint8_t *bytes,
                         size_t size, struct error *err)
{
    return read_file(image, &(struct image_file){path, bytes, size, true}, err);
}

enum status image_read_shape(struct image *image, const char *path, const uint8_t *bytes,
                             size_t size, struct error *err)
{
    return read_file(image, &(struct image_file){path, bytes, size, false}, err);
}
