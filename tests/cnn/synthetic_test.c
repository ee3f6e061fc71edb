#include "cnn/dataset.h"

#include "tests/check.h"
#include "tests/cnn/refusal.h"

#include <stdio.h>
#include <stdlib.h>

static struct error err;

static struct dataset *generate(const char *options)
{
    struct dataset *dataset;
    assert_ok(dataset_open(&dataset, "synthetic", NULL, options, &err), err);
    return dataset;
}

/* How many of the first n images of two splits are the same. */
static size_t count_same(const struct dataset_split *a, const struct dataset_split *b, size_t n,
                         size_t bytes)
{
    size_t same = 0;
    for (size_t i = 0; i < n; i++)
        same += memcmp(a->images[i], b->images[i], bytes) == 0;
    return same;
}

static void the_options_give_the_shape(void **state)
{
    (void)state;
    struct dataset *dataset =
        generate("size=20,channels=2,images=30,test_images=7,classes=4,difficulty=1");
    assert_int_equal(dataset->shape.channels, 2);
    assert_int_equal(dataset->shape.height, 20);
    assert_int_equal(dataset->shape.width, 20);
    assert_int_equal(dataset->train.n, 30);
    assert_int_equal(dataset->test.n, 7);
    assert_int_equal(dataset->n_classes, 4);
    dataset_close(dataset);
}

static void every_size_and_difficulty_can_be_drawn(void **state)
{
    (void)state;
    static const char *const options[] = {"size=8,images=100,difficulty=0",
                                          "size=8,images=100,difficulty=1",
                                          "size=128,images=4,difficulty=1",
                                          "size=9,channels=4,images=50,classes=100",
                                          "size=17,channels=1,images=2,test_images=0",
                                          "seed=9007199254740991,images=2"};
    for (size_t i = 0; i < sizeof options / sizeof *options; i++) {
        struct dataset *dataset = generate(options[i]);
        assert_true(dataset->train.n >= 2);
        dataset_close(dataset);
    }
}

static void the_seed_decides_every_image(void **state)
{
    (void)state;
    struct dataset *a = generate("images=50,test_images=50,seed=3");
    struct dataset *b = generate("images=50,test_images=50,seed=3");
    struct dataset *c = generate("images=50,test_images=50,seed=4");
    size_t bytes = image_bytes(&a->shape);
    assert_int_equal(count_same(&a->train, &b->train, 50, bytes), 50);
    assert_int_equal(count_same(&a->test, &b->test, 50, bytes), 50);
    assert_int_equal(count_same(&a->train, &c->train, 50, bytes), 0);
    assert_int_equal(count_same(&a->train, &a->test, 50, bytes), 0);
    dataset_close(a);
    dataset_close(b);
    dataset_close(c);
}

static void a_larger_set_begins_with_the_smaller(void **state)
{
    (void)state;
    struct dataset *small = generate("images=20,test_images=5");
    struct dataset *large = generate("images=60,test_images=9");
    size_t bytes = image_bytes(&small->shape);
    assert_int_equal(count_same(&small->train, &large->train, 20, bytes), 20);
    assert_int_equal(count_same(&small->test, &large->test, 5, bytes), 5);
    dataset_close(small);
    dataset_close(large);
}

/* A hash of the default set: it must not change with the compiler, its options or the machine,
 * because results are compared by the seed of the data. */
static void the_default_images_are_the_same_everywhere(void **state)
{
    (void)state;
    struct dataset *dataset = generate("");
    uint64_t hash = UINT64_C(0xcbf29ce484222325);
    for (size_t i = 0; i < dataset->train.n; i++)
        for (size_t j = 0; j < image_bytes(&dataset->shape); j++)
            hash = (hash ^ dataset->train.images[i][j]) * UINT64_C(0x100000001b3);
    if (hash != UINT64_C(0xcdbb756a1133a7bd))
        fail_msg("the hash is 0x%016llx", (unsigned long long)hash);
    dataset_close(dataset);
}

static void classes_have_equal_shares(void **state)
{
    (void)state;
    struct dataset *dataset = generate("images=100,classes=7");
    size_t counts[7] = {0};
    for (size_t i = 0; i < 100; i++)
        counts[dataset->train.labels[i]]++;
    for (size_t c = 0; c < 7; c++)
        assert_in_range(counts[c], 14, 15);
    dataset_close(dataset);
}

/* Neither the mean colour nor any single pixel gives the class away: a classifier by the
 * nearest class mean stays near the 10 % of guessing. */
static void class_means_do_not_tell_the_class(void **state)
{
    (void)state;
    struct dataset *dataset = generate("difficulty=0");
    size_t bytes = image_bytes(&dataset->shape), hits = 0;
    double *means = calloc(10 * bytes, sizeof *means);
    assert_non_null(means);
    for (size_t i = 0; i < dataset->train.n; i++)
        for (size_t j = 0; j < bytes; j++)
            means[dataset->train.labels[i] * bytes + j] += dataset->train.images[i][j] / 400.0;
    for (size_t i = 0; i < dataset->test.n; i++) {
        size_t nearest = 0;
        double least = INFINITY;
        for (size_t c = 0; c < 10; c++) {
            double distance = 0;
            for (size_t j = 0; j < bytes; j++) {
                double d = dataset->test.images[i][j] - means[c * bytes + j];
                distance += d * d;
            }
            if (distance < least) {
                least = distance;
                nearest = c;
            }
        }
        hits += nearest == dataset->test.labels[i];
    }
    free(means);
    assert_int_equal(dataset->test.n, 1000);
    assert_in_range(hits, 50, 250);
    dataset_close(dataset);
}

/* Pixels use the range without being cut off at its ends. */
static void few_pixels_are_saturated(void **state)
{
    (void)state;
    struct dataset *dataset = generate("");
    size_t bytes = image_bytes(&dataset->shape), saturated = 0, low = 0, high = 0;
    for (size_t i = 0; i < dataset->train.n; i++)
        for (size_t j = 0; j < bytes; j++) {
            uint8_t value = dataset->train.images[i][j];
            saturated += value == 0 || value == 255;
            low += value < 64;
            high += value > 191;
        }
    double all = (double)(dataset->train.n * bytes);
    assert_true((double)saturated / all < 0.05);
    assert_true((double)low / all > 0.05 && (double)high / all > 0.05);
    dataset_close(dataset);
}

static void too_many_images_are_refused_before_any_memory_is_taken(void **state)
{
    (void)state;
    const struct error *refused =
        refusal("synthetic", NULL, "size=128,channels=4,images=10000000", ST_INVALID);
    assert_says(refused->what, "expected at most 4");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_options_give_the_shape),
        cmocka_unit_test(every_size_and_difficulty_can_be_drawn),
        cmocka_unit_test(the_seed_decides_every_image),
        cmocka_unit_test(a_larger_set_begins_with_the_smaller),
        cmocka_unit_test(the_default_images_are_the_same_everywhere),
        cmocka_unit_test(classes_have_equal_shares),
        cmocka_unit_test(class_means_do_not_tell_the_class),
        cmocka_unit_test(few_pixels_are_saturated),
        cmocka_unit_test(too_many_images_are_refused_before_any_memory_is_taken),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
