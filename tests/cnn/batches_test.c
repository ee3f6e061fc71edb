#include "cnn/batches.h"

#include "base/rng.h"
#include "tests/check.h"

#include <stdlib.h>
#include <string.h>

#define N 53
#define CHANNELS 2
#define HEIGHT 5
#define WIDTH 7
#define PLANE (HEIGHT * WIDTH)
#define IMAGE (CHANNELS * PLANE)

static struct error err;
static const struct image_shape shape = {CHANNELS, HEIGHT, WIDTH};
/* One to one, so that the floats can be compared with the bytes. */
static const struct pixel_norm plain = {{1, 1}, {0, 0}};

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

static int set_up(void **state)
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

static int tear_down(void **state)
{
    free(*state);
    return 0;
}

static struct batches *batches_of(struct fixture *f, const struct batch_options *options)
{
    struct batches *batches;
    assert_ok(batches_create(&batches, &shape, &f->split, f->indices, N, &plain, options, &err),
              err);
    return batches;
}

/* The labels of an epoch in the order that they came in; answers how many. */
static size_t go_through(struct fixture *f, struct batches *batches, uint64_t epoch,
                         int32_t labels[N])
{
    size_t n = 0, count, n_batches = 0;
    batches_start(batches, epoch, 0);
    while ((count = batches_next(batches, f->x, f->got)) > 0) {
        assert_true(n + count <= N);
        memcpy(labels + n, f->got, count * sizeof *labels);
        n += count;
        n_batches++;
    }
    assert_int_equal(n_batches, batches_count(batches));
    assert_int_equal(batches_next(batches, f->x, f->got), 0);
    return n;
}

static void an_epoch_has_every_image_once(void **state)
{
    struct fixture *f = *state;
    for (size_t size = 1; size <= N + 2; size++) {
        struct batches *batches =
            batches_of(f, &(struct batch_options){.batch_size = size, .shuffle = true});
        int32_t labels[N];
        bool seen[N] = {false};
        assert_int_equal(go_through(f, batches, 3, labels), N);
        for (size_t i = 0; i < N; i++) {
            assert_false(seen[labels[i]]);
            seen[labels[i]] = true;
        }
        batches_free(batches);
    }
}

static void the_last_batch_can_be_dropped(void **state)
{
    struct fixture *f = *state;
    for (size_t size = 1; size <= N; size++) {
        struct batches *batches =
            batches_of(f, &(struct batch_options){.batch_size = size, .drop_last = true});
        int32_t labels[N];
        assert_int_equal(go_through(f, batches, 0, labels), N / size * size);
        batches_free(batches);
    }
    struct batches *none;
    assert_int_equal(
        batches_create(&none, &shape, &f->split, f->indices, N, &plain,
                       &(struct batch_options){.batch_size = N + 1, .drop_last = true}, &err),
        ST_INVALID);
    assert_null(none);
    assert_non_null(strstr(err.what, "batch_size: expected at most 53"));
}

static void the_order_depends_on_seed_and_epoch_alone(void **state)
{
    struct fixture *f = *state;
    int32_t first[N], again[N], other_epoch[N], other_seed[N], in_order[N];
    struct batches *a =
        batches_of(f, &(struct batch_options){.batch_size = 8, .shuffle = true, .seed = 4});
    struct batches *b =
        batches_of(f, &(struct batch_options){.batch_size = 5, .shuffle = true, .seed = 4});
    struct batches *c =
        batches_of(f, &(struct batch_options){.batch_size = 8, .shuffle = true, .seed = 5});
    struct batches *d = batches_of(f, &(struct batch_options){.batch_size = 8, .seed = 4});
    go_through(f, a, 1, first);
    go_through(f, a, 2, other_epoch);
    batches_start(a, 7, 0);
    batches_next(a, f->x, f->got);
    go_through(f, a, 1, again);
    assert_memory_equal(first, again, sizeof first);
    assert_memory_not_equal(first, other_epoch, sizeof first);
    go_through(f, b, 1, again);
    assert_memory_equal(first, again, sizeof first);
    go_through(f, c, 1, other_seed);
    assert_memory_not_equal(first, other_seed, sizeof first);
    go_through(f, d, 1, in_order);
    for (int32_t i = 0; i < N; i++)
        assert_int_equal(in_order[i], i);
    batches_free(a);
    batches_free(b);
    batches_free(c);
    batches_free(d);
}

static void floats_are_the_normalised_bytes(void **state)
{
    struct fixture *f = *state;
    struct pixel_norm norm = {{0.5F, 2}, {-1, 3}};
    struct batches *batches;
    assert_ok(batches_create(&batches, &shape, &f->split, f->indices, N, &norm,
                             &(struct batch_options){.batch_size = N, .shuffle = true}, &err),
              err);
    assert_int_equal(batches_next(batches, f->x, f->got), N);
    for (size_t i = 0; i < N; i++)
        for (size_t j = 0; j < IMAGE; j++) {
            float byte = f->bytes[f->got[i]][j];
            float expected = j < PLANE ? 0.5F * byte - 1 : 2 * byte + 3;
            assert_true(f->x[i * IMAGE + j] == expected);
        }
    batches_free(batches);
}

static void a_short_batch_leaves_the_rest_alone(void **state)
{
    struct fixture *f = *state;
    size_t size = 10, rest = N % 10;
    struct batches *batches = batches_of(f, &(struct batch_options){.batch_size = size});
    for (size_t i = 0; i < N / size; i++)
        assert_int_equal(batches_next(batches, f->x, f->got), size);
    for (size_t i = 0; i < size * IMAGE; i++)
        f->x[i] = -7;
    assert_int_equal(batches_next(batches, f->x, f->got), rest);
    for (size_t i = rest * IMAGE; i < size * IMAGE; i++)
        assert_true(f->x[i] == -7);
    batches_free(batches);
}

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
    assert_ok(batches_create(&batches, &shape, &f->split, f->indices, N, &norm, &options, &err),
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
    const struct image_shape shapes[] = {shape, {CHANNELS, WIDTH, HEIGHT}};
    for (int i = 0; i < 2; i++) {
        struct batches *none;
        assert_int_equal(
            batches_create(&none, &shapes[i], &f->split, f->indices, N, &plain, options, &err),
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
        assert_ok(
            batches_create(&batches, &shape, &f->split, f->indices, N, &norm, &options, &err),
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

/* An epoch may be entered behind any of its batches, and goes on as if it had been gone
 * through. */
static void an_epoch_can_be_entered_in_its_middle(void **state)
{
    struct fixture *f = *state;
    struct batch_options options = {
        .batch_size = 8, .shuffle = true, .augment = {true, 2, 3}, .seed = 6};
    struct batches *whole = batches_of(f, &options), *part = batches_of(f, &options);
    float x[8 * IMAGE];
    int32_t labels[8];
    for (size_t skip = 0; skip <= N / 8 + 2; skip++) {
        batches_start(whole, 5, 0);
        for (size_t i = 0; i < skip; i++)
            batches_next(whole, f->x, f->got);
        batches_start(part, 5, skip);
        size_t n;
        do {
            n = batches_next(whole, f->x, f->got);
            assert_int_equal(batches_next(part, x, labels), n);
            assert_memory_equal(x, f->x, n * IMAGE * sizeof *x);
            assert_memory_equal(labels, f->got, n * sizeof *labels);
        } while (n > 0);
    }
    batches_free(whole);
    batches_free(part);
}

static void the_measured_norm_gives_mean_0_and_deviation_1(void **state)
{
    struct fixture *f = *state;
    struct pixel_norm norm;
    size_t n = 20;
    /* Images that are not measured must not matter. */
    memset(f->bytes[n], 255, (N - n) * IMAGE);
    assert_ok(pixel_norm_measure(&norm, &shape, &f->split, f->indices, n, &err), err);
    for (size_t c = 0; c < CHANNELS; c++) {
        double sum = 0, squares = 0;
        for (size_t i = 0; i < n; i++)
            for (size_t j = 0; j < PLANE; j++) {
                double v =
                    (double)norm.scale[c] * f->bytes[i][c * PLANE + j] + (double)norm.shift[c];
                sum += v;
                squares += v * v;
            }
        assert_near(sum / (double)(n * PLANE), 0, 1e-5);
        assert_near(squares / (double)(n * PLANE), 1, 1e-5);
    }
}

static void a_channel_without_contrast_stays_finite(void **state)
{
    struct fixture *f = *state;
    struct pixel_norm norm;
    memset(f->bytes, 200, sizeof f->bytes);
    assert_ok(pixel_norm_measure(&norm, &shape, &f->split, f->indices, N, &err), err);
    for (size_t c = 0; c < CHANNELS; c++) {
        assert_near(norm.scale[c], 1, 0);
        assert_near(norm.shift[c], -200, 1e-4);
    }
}

static void large_planes_do_not_overflow(void **state)
{
    (void)state;
    size_t side = 300; /* 90,000 pixels of 255: squares beyond 32 bits */
    uint8_t *image = malloc(side * side);
    assert_non_null(image);
    memset(image, 255, side * side);
    memset(image, 253, side * side / 2);
    const uint8_t *images[] = {image};
    struct dataset_split split = {1, images, NULL};
    struct pixel_norm norm;
    assert_ok(pixel_norm_measure(&norm, &(struct image_shape){1, side, side}, &split,
                                 (size_t[]){0}, 1, &err),
              err);
    assert_near(norm.scale[0], 1, 1e-6);
    assert_near(norm.shift[0], -254, 1e-4);
    free(image);
}

static void too_many_channels_are_refused(void **state)
{
    struct fixture *f = *state;
    struct pixel_norm norm;
    assert_int_equal(pixel_norm_measure(&norm, &(struct image_shape){17, 1, 1}, &f->split,
                                        f->indices, 1, &err),
                     ST_INVALID);
    assert_non_null(strstr(err.what, "found 17"));
}

#define with_images(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        with_images(an_epoch_has_every_image_once),
        with_images(the_last_batch_can_be_dropped),
        with_images(the_order_depends_on_seed_and_epoch_alone),
        with_images(floats_are_the_normalised_bytes),
        with_images(a_short_batch_leaves_the_rest_alone),
        with_images(augmentation_moves_and_mirrors_and_nothing_else),
        with_images(flipping_alone_mirrors_about_half),
        with_images(augmentation_depends_on_seed_epoch_and_index_alone),
        with_images(what_moves_in_is_black),
        with_images(a_crop_must_leave_something),
        with_images(a_square_is_cut_out_around_any_pixel),
        with_images(a_cut_is_no_larger_than_the_image),
        with_images(an_epoch_can_be_entered_in_its_middle),
        with_images(the_measured_norm_gives_mean_0_and_deviation_1),
        with_images(a_channel_without_contrast_stays_finite),
        with_images(large_planes_do_not_overflow),
        with_images(too_many_channels_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
