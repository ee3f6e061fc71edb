#include "cnn/augment.h"

#include "tests/check.h"
#include "tests/cnn/batch_images.h"

#include <stdlib.h>
#include <string.h>

static struct error err;

/* Where pixel (y, x) of an image moved by dy, dx and perhaps mirrored comes from; 0 outside. */
static float source(const uint8_t *image, size_t at, int dy, int dx, bool flip)
{
    int c = (int)at / PLANE, y = (int)at % PLANE / WIDTH, x = (int)at % WIDTH;
    if (flip)
        x = WIDTH - 1 - x;
    y += dy;
    x += dx;
    return y < 0 || y >= HEIGHT || x < 0 || x >= WIDTH ? 0 : image[c * PLANE + y * WIDTH + x];
}

/* The one move and mirroring within `crop` that explains the image; fails when there is none.
 */
static int explain(const float *x, const uint8_t *image, int crop, bool may_flip)
{
    int found = -1, number = 0;
    for (int flip = 0; flip <= may_flip; flip++)
        for (int dy = -crop; dy <= crop; dy++)
            for (int dx = -crop; dx <= crop; dx++, number++) {
                size_t at = 0;
                while (at < IMAGE && x[at] == source(image, at, dy, dx, flip))
                    at++;
                if (at == IMAGE)
                    found = number;
            }
    assert_true(found >= 0);
    return found;
}

static void augmentation_moves_and_mirrors_and_nothing_else(void **state)
{
    struct fixture *f = *state;
    size_t counts[2 * 5 * 5] = {0};
    struct batches *batches = batches_of(
        f, &(struct batch_options){.batch_size = N, .augment = {true, 2, 0}, .seed = 9});
    for (uint64_t epoch = 0; epoch < 40; epoch++) {
        batches_start(batches, epoch, 0);
        assert_int_equal(batches_next(batches, f->x, f->got), N);
        for (size_t i = 0; i < N; i++)
            counts[explain(f->x + i * IMAGE, f->bytes[f->got[i]], 2, true)]++;
    }
    for (size_t i = 0; i < 50; i++) /* 42 of each expected */
        assert_in_range(counts[i], 15, 80);
    batches_free(batches);
}

static void flipping_alone_mirrors_about_half(void **state)
{
    struct fixture *f = *state;
    size_t mirrored = 0;
    struct batches *batches =
        batches_of(f, &(struct batch_options){.batch_size = N, .augment.flip = true});
    for (uint64_t epoch = 0; epoch < 20; epoch++) {
        batches_start(batches, epoch, 0);
        batches_next(batches, f->x, f->got);
        for (size_t i = 0; i < N; i++)
            mirrored += (size_t)explain(f->x + i * IMAGE, f->bytes[f->got[i]], 0, true);
    }
    assert_in_range(mirrored, 450, 610); /* 530 expected */
    batches_free(batches);
}

static void augmentation_depends_on_seed_epoch_and_index_alone(void **state)
{
    struct fixture *f = *state;
    struct batch_options options = {.batch_size = N, .augment = {true, 3, 4}, .seed = 2};
    struct batches *a = batches_of(f, &options);
    options.batch_size = 1;
    options.shuffle = true;
    struct batches *b = batches_of(f, &options);
    float one[IMAGE];
    int32_t label;
    batches_start(a, 6, 0);
    batches_next(a, f->x, f->got);
    batches_start(b, 6, 0);
    for (size_t i = 0; i < N; i++) {
        assert_int_equal(batches_next(b, one, &label), 1);
        assert_memory_equal(one, f->x + (size_t)label * IMAGE, sizeof one);
    }
    batches_start(b, 7, 0);
    size_t same = 0;
    for (size_t i = 0; i < N; i++) {
        batches_next(b, one, &label);
        same += memcmp(one, f->x + (size_t)label * IMAGE, sizeof one) == 0;
    }
    assert_true(same < N / 5);
    batches_free(a);
    batches_free(b);
}

/* What a white image takes in from outside is black: 0, normalised as the image is. */
static void what_moves_in_is_black(void **state)
{
    struct fixture *f = *state;
    struct pixel_norm norm = {{2, 2}, {-30, -50}};
    struct batch_options options = {.batch_size = N, .augment.crop = 2, .seed = 5};
    struct batches *batches;
    int black[IMAGE] = {0};
    memset(f->bytes, 255, sizeof f->bytes);
    assert_ok(
        batches_create(&batches, &batch_shape, &f->split, f->indices, N, &norm, &options, &err),
        err);
    assert_int_equal(batches_next(batches, f->x, f->got), N);
    for (size_t i = 0; i < N * IMAGE; i++) {
        float shift = norm.shift[i % IMAGE / PLANE];
        assert_true(f->x[i] == shift || f->x[i] == 2 * 255 + shift);
        black[i % IMAGE] += f->x[i] == shift;
    }
    for (int i = 0; i < IMAGE; i++) {
        int y = i % PLANE / WIDTH, x = i % WIDTH;
        bool reached = y < 2 || y >= HEIGHT - 2 || x < 2 || x >= WIDTH - 2;
        assert_true(reached ? black[i] > 0 : black[i] == 0);
    }
    batches_free(batches);
}

/* Images that lie and images that stand. */
static void assert_refused(struct fixture *f, const struct batch_options *options,
                           const char *what)
{
    const struct image_shape shapes[] = {batch_shape, {CHANNELS, WIDTH, HEIGHT}};
    for (int i = 0; i < 2; i++) {
        struct batches *none;
        assert_int_equal(batches_create(&none, &shapes[i], &f->split, f->indices, N,
                                        &batch_plain, options, &err),
                         ST_INVALID);
        assert_null(none);
        assert_non_null(strstr(err.what, what));
        assert_non_null(strstr(err.what, i == 0 ? "5 x 7" : "7 x 5"));
    }
}

static void a_crop_must_leave_something(void **state)
{
    struct fixture *f = *state;
    struct batches *batches;
    assert_refused(f, &(struct batch_options){.batch_size = 1, .augment.crop = HEIGHT},
                   "augment_crop: expected less than the images'");
    batches =
        batches_of(f, &(struct batch_options){.batch_size = 1, .augment.crop = HEIGHT - 1});
    assert_int_equal(batches_next(batches, f->x, f->got), 1);
    explain(f->x, f->bytes[f->got[0]], HEIGHT - 1, false);
    batches_free(batches);
}

/* Does the image have this square blanked, as far as it is inside, and nothing else changed? */
static bool is_cut(const float *x, const uint8_t *image, int top, int left, int side)
{
    for (int at = 0; at < IMAGE; at++) {
        int row = at % PLANE / WIDTH, column = at % WIDTH;
        bool inside = row >= top && row < top + side && column >= left && column < left + side;
        if (x[at] != (inside ? 0 : (float)image[at] - 100))
            return false;
    }
    return true;
}

static void a_square_is_cut_out_around_any_pixel(void **state)
{
    struct fixture *f = *state;
    struct pixel_norm norm = {{1, 1}, {-100, -100}};
    for (int side = 1; side <= HEIGHT; side++) {
        struct batches *batches;
        struct batch_options options = {
            .batch_size = N, .augment.cutout = (size_t)side, .seed = 3};
        bool seen[HEIGHT][WIDTH] = {0};
        size_t n_seen = 0;
        for (size_t i = 0; i < N; i++)
            for (size_t j = 0; j < IMAGE; j++)
                f->bytes[i][j] = f->bytes[i][j] == 100 ? 101 : f->bytes[i][j];
        assert_ok(batches_create(&batches, &batch_shape, &f->split, f->indices, N, &norm,
                                 &options, &err),
                  err);
        for (uint64_t epoch = 0; epoch < 10; epoch++) {
            batches_start(batches, epoch, 0);
            assert_int_equal(batches_next(batches, f->x, f->got), N);
            for (size_t i = 0; i < N; i++) {
                int middle = 0;
                while (middle < PLANE &&
                       !is_cut(f->x + i * IMAGE, f->bytes[i], middle / WIDTH - side / 2,
                               middle % WIDTH - side / 2, side))
                    middle++;
                assert_true(middle < PLANE);
                n_seen += !seen[middle / WIDTH][middle % WIDTH];
                seen[middle / WIDTH][middle % WIDTH] = true;
            }
        }
        assert_int_equal(n_seen, PLANE);
        batches_free(batches);
    }
}

static void a_cut_is_no_larger_than_the_image(void **state)
{
    struct fixture *f = *state;
    assert_refused(f, &(struct batch_options){.batch_size = 1, .augment.cutout = HEIGHT + 1},
                   "augment_cutout: expected at most the images'");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        with_images(augmentation_moves_and_mirrors_and_nothing_else),
        with_images(flipping_alone_mirrors_about_half),
        with_images(augmentation_depends_on_seed_epoch_and_index_alone),
        with_images(what_moves_in_is_black),
        with_images(a_crop_must_leave_something),
        with_images(a_square_is_cut_out_around_any_pixel),
        with_images(a_cut_is_no_larger_than_the_image),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
