/* image_codec.h - the decoders behind image.h; for image.c and image_*.c. Threading: as
 * image.h. */
#ifndef CNN_IMAGE_CODEC_H
#define CNN_IMAGE_CODEC_H

#include "cnn/image.h"

/* A file in memory, and whether its pixels are wanted or only its shape. */
struct image_file {
    const char *path; /* for messages */
    const uint8_t *bytes;
    size_t size;
    bool pixels;
};

struct image_codec {
    const uint8_t *magic; /* [magic_size]: what such a file begins with */
    size_t magic_size;
    /* Fill the shape, and pixels when they are wanted; after an error they are the caller's to
     * free too. */
    enum status (*decode)(struct image *image, const struct image_file *file,
                          struct error *err);
};

extern const struct image_codec image_jpeg; /* image_jpeg.c */
extern const struct image_codec image_png;  /* image_png.c */

/* Take over the sizes that a header promises. Errors: ST_FORMAT for those that are refused. */
enum status image_set_shape(struct image *image, const struct image_file *file, size_t channels,
                            size_t height, size_t width, struct error *err);
/* Memory for the pixels, `channels` of them a pixel while it is decoded, at least those of the
 * image. Errors: ST_NOMEM. */
enum status image_allocate(struct image *image, const struct image_file *file, size_t channels,
                           struct error *err);

#endif
