/* batch_images.h - small images of random bytes, for tests of what makes batches of images. */
#ifndef TESTS_CNN_BATCH_IMAGES_H
#define TESTS_CNN_BATCH_IMAGES_H

#include "cnn/batches.h"

#define N 53
#define CHANNELS 2
#define HEIGHT 5
#define WIDTH 7
#define PLANE (HEIGHT * WIDTH)
#define IMAGE (CHANNELS * PLANE)

extern const struct image_shape batch_shape;
/* One to one, so that the floats can be compared with the bytes. */
extern const struct pixel_norm batch_plain;

/* Images of random bytes, whose label is their index. */
struct fixture {
    uint8_t bytes[N][IMAGE];
    const uint8_t *images[N];
    uint16_t labels[N];
    size_t indices[N];
    struct dataset_split split;
    float x[N * IMAGE];
    int32_t got[N];
};

int batch_images_set_up(void **state);
int batch_images_tear_down(void **state);
#define with_images(test)                                                                      \
    cmocka_unit_test_setup_teardown(test, batch_images_set_up, batch_images_tear_down)

/* Over all images, with the plain norm. To batches_free(). */
struct batches *batches_of(struct fixture *f, const struct batch_options *options);

#endif
