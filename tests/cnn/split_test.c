#include "cnn/split.h"

#include "base/rng.h"
#include "tests/check.h"

#include <stdlib.h>
#include <string.h>

#define N_MAX 2000

static struct error err;

/* Images are not looked at: labels make a split. */
static struct dataset_split labelled(uint16_t *labels, size_t n)
{
    return (struct dataset_split){n, NULL, labels};
}

static void draw_labels(uint16_t *labels, size_t n, size_t n_classes, uint64_t seed)
{
    struct rng rng;
    rng_seed(&rng, seed);
    for (size_t i = 0; i < n; i++) /* small classes are rarer */
        labels[i] = (uint16_t)rng_below(&rng, 1 + rng_below(&rng, n_classes));
}

static void check_every_image_once(const struct data_split *split, size_t n)
{
    bool seen[N_MAX] = {false};
    assert_int_equal(split->n_train + split->n_val, n);
    for (size_t i = 0; i < n; i++) {
        size_t index = i < split->n_train ? split->train[i] : split->val[i - split->n_train];
        assert_true(index < n && !seen[index]);
        seen[index] = true;
    }
}

static void check_shares(const struct data_split *split, const uint16_t *labels, size_t n,
                         size_t n_classes)
{
    for (size_t c = 0; c < n_classes; c++) {
        double all = 0, held_out = 0;
        for (size_t i = 0; i < n; i++)
            all += labels[i] == c;
        for (size_t i = 0; i < split->n_val; i++)
            held_out += labels[split->val[i]] == c;
        assert_near(held_out, all * (double)split->n_val / (double)n, 1);
    }
}

static void every_class_gives_its_share(void **state)
{
    (void)state;
    static uint16_t labels[N_MAX];
    static const size_t sizes[] = {2, 3, 10, 97, N_MAX};
    static const double fractions[] = {0.001, 0.1, 0.25, 0.5, 0.9, 0.999};
    for (size_t s = 0; s < 5; s++)
        for (size_t f = 0; f < 6; f++) {
            draw_labels(labels, sizes[s], 7, s * 6 + f);
            struct dataset_split images = labelled(labels, sizes[s]);
            struct data_split split;
            assert_ok(data_split_create(&split, &images, 7, fractions[f], 5, &err), err);
            double exact = fractions[f] * (double)sizes[s];
            assert_true(split.n_val >= 1 && split.n_train >= 1);
            if (exact >= 1 && exact <= (double)sizes[s] - 1)
                assert_near((double)split.n_val, exact, 0.5);
            check_every_image_once(&split, sizes[s]);
            check_shares(&split, labels, sizes[s], 7);
            data_split_free(&split);
            data_split_free(&split);
        }
}

static void the_seed_alone_decides(void **state)
{
    (void)state;
    static uint16_t labels[500];
    draw_labels(labels, 500, 10, 1);
    struct dataset_split images = labelled(labels, 500);
    struct data_split a, b, c;
    assert_ok(data_split_create(&a, &images, 10, 0.2, 1, &err), err);
    assert_ok(data_split_create(&b, &images, 10, 0.2, 1, &err), err);
    assert_ok(data_split_create(&c, &images, 10, 0.2, 2, &err), err);
    assert_memory_equal(a.train, b.train, a.n_train * sizeof *a.train);
    assert_memory_equal(a.val, b.val, a.n_val * sizeof *a.val);
    assert_memory_not_equal(a.val, c.val, a.n_val * sizeof *a.val);
    data_split_free(&a);
    data_split_free(&b);
    data_split_free(&c);
}

static void both_parts_are_in_random_order(void **state)
{
    (void)state;
    static uint16_t labels[N_MAX];
    for (size_t i = 0; i < N_MAX; i++)
        labels[i] = (uint16_t)(i * 10 / N_MAX); /* sorted by class */
    struct dataset_split images = labelled(labels, N_MAX);
    struct data_split split;
    assert_ok(data_split_create(&split, &images, 10, 0.5, 3, &err), err);
    size_t counts[10] = {0};
    for (size_t i = 0; i < 200; i++) {
        counts[labels[split.train[i]]]++;
        counts[labels[split.val[i]]]++;
    }
    for (size_t c = 0; c < 10; c++)
        assert_in_range(counts[c], 15, 70); /* 40 expected */
    data_split_free(&split);
}

static void one_image_cannot_be_split(void **state)
{
    (void)state;
    uint16_t label = 0;
    struct dataset_split images = labelled(&label, 1);
    struct data_split split;
    assert_int_equal(data_split_create(&split, &images, 2, 0.5, 1, &err), ST_INVALID);
    assert_non_null(strstr(err.what, "found 1"));
    assert_null(split.train);
}

/* A data set with images of its own to validate on keeps all of those to train on. */
static void nothing_is_held_out_where_there_are_own_images(void **state)
{
    (void)state;
    struct data_split a, b, c;
    assert_ok(data_split_own(&a, 50, 20, 3, &err), err);
    assert_ok(data_split_own(&b, 50, 20, 3, &err), err);
    assert_ok(data_split_own(&c, 50, 20, 4, &err), err);
    assert_int_equal(a.n_train, 50);
    assert_int_equal(a.n_val, 20);
    bool seen[2][50] = {{false}};
    for (size_t i = 0; i < 70; i++) {
        size_t part = i >= 50, index = part ? a.val[i - 50] : a.train[i];
        assert_true(index < (part ? 20 : 50) && !seen[part][index]);
        seen[part][index] = true;
    }
    assert_memory_equal(a.train, b.train, 50 * sizeof *a.train);
    assert_memory_equal(a.val, b.val, 20 * sizeof *a.val);
    assert_memory_not_equal(a.train, c.train, 50 * sizeof *a.train);
    data_split_free(&a);
    data_split_free(&b);
    data_split_free(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_is_held_out_where_there_are_own_images),
        cmocka_unit_test(every_class_gives_its_share),
        cmocka_unit_test(the_seed_alone_decides),
        cmocka_unit_test(both_parts_are_in_random_order),
        cmocka_unit_test(one_image_cannot_be_split),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
