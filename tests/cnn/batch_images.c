#include "tests/cnn/batch_images.h"

#include "base/rng.h"
#include "tests/check.h"

#include <stdlib.h>

const struct image_shape batch_shape = {CHANNELS, HEIGHT, WIDTH};
const struct pixel_norm batch_plain = {{1, 1}, {0, 0}};

int batch_images_set_up(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    assert_non_null(f);
    struct rng rng;
    rng_seed(&rng, 1);
    for (size_t i = 0; i < N; i++) {
        for (size_t j = 0; j < IMAGE; j++)
            f->bytes[i][j] = (uint8_t)rng_below(&rng, 256);
        f->images[i] = f->bytes[i];
        f->labels[i] = (uint16_t)i;
        f->indices[i] = i;
    }
    f->split = (struct dataset_split){N, f->images, f->labels};
    *state = f;
    return 0;
}

int batch_images_tear_down(void **state)
{
    free(*state);
    return 0;
}

struct batches *batches_of(struct fixture *f, const struct batch_options *options)
{
    struct batches *batches;
    struct error err;
    assert_ok(batches_create(&batches, &batch_shape, &f->split, f->indices, N, &batch_plain,
                             options, &err),
              err);
    return batches;
}
