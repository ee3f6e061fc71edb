#include "cnn/batches.h"

#include "tests/check.h"
#include "tests/cnn/batch_images.h"

#include <stdlib.h>
#include <string.h>

static struct error err;

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
        batches_create(&none, &batch_shape, &f->split, f->indices, N, &batch_plain,
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
    assert_ok(batches_create(&batches, &batch_shape, &f->split, f->indices, N, &norm,
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        with_images(an_epoch_has_every_image_once),
        with_images(the_last_batch_can_be_dropped),
        with_images(the_order_depends_on_seed_and_epoch_alone),
        with_images(floats_are_the_normalised_bytes),
        with_images(a_short_batch_leaves_the_rest_alone),
        with_images(an_epoch_can_be_entered_in_its_middle),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
