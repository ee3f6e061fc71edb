/* Importance on functions whose parts of the variance are known. */
#include "search/importance.h"

#include "search/forest.h"
#include "tests/search/fixture.h"

#include <float.h>
#include <stdlib.h>
#include <string.h>

enum { POINTS = 400, PARAMS_MAX = 8 };

typedef double function(const double *point);

/* Random points of a space, and a function's values there. */
struct cloud {
    struct space *space;
    size_t n;
    double points[POINTS * PARAMS_MAX], values[POINTS];
};

static struct cloud cloud;

static void draw(const char *space, size_t n, function *f, uint64_t seed)
{
    struct rng rng;
    double u[PARAMS_MAX];
    cloud.space = fixture_space(space);
    cloud.n = n;
    size_t width = space_count(cloud.space);
    assert_true(width <= PARAMS_MAX && n <= POINTS);
    rng_seed(&rng, seed);
    for (size_t i = 0; i < n; i++) {
        for (size_t k = 0; k < width; k++)
            u[k] = rng_uniform(&rng);
        space_sample(cloud.space, u, cloud.points + i * width);
        cloud.values[i] = f(cloud.points + i * width);
    }
}

static struct importance *analyse(void)
{
    struct importance *importance = NULL;
    assert_int_equal(importance_create(&importance, cloud.space, cloud.points, cloud.values,
                                       cloud.n, true, 5),
                     ST_OK);
    return importance;
}

static void done(struct importance *importance)
{
    importance_free(importance);
    space_free(cloud.space);
}

static double sum_of_all(const struct importance *importance)
{
    double sum = 0;
    for (size_t i = 0; i < importance->d; i++)
        sum += importance->alone[i].mean;
    for (size_t i = 0; i < importance->d * (importance->d - 1) / 2; i++)
        sum += importance->pairs[i].mean;
    return sum;
}

#define UNIT(name) "\"" name "\": {\"type\": \"real\", \"low\": 0, \"high\": 1}"

/* Variances 9/12, 4/12, 1/12: shares 9/14, 4/14, 1/14. */
static double additive(const double *x)
{
    return 3 * x[0] - 2 * x[1] + x[2];
}

static void shares_of_a_sum_are_those_of_its_terms(void **state)
{
    (void)state;
    draw("{" UNIT("a") "," UNIT("b") "," UNIT("c") "," UNIT("none") "}", POINTS, additive, 1);
    struct importance *found = analyse();
    assert_int_equal(found->state, IMPORTANCE_FOUND);
    assert_near(found->alone[0].mean, 9.0 / 14, 0.05);
    assert_near(found->alone[1].mean, 4.0 / 14, 0.05);
    assert_near(found->alone[2].mean, 1.0 / 14, 0.04);
    assert_near(found->alone[3].mean, 0, 0.01);
    assert_true(found->fit > 0.9 && found->fit < 1);
    assert_true(sum_of_all(found) > 0.9 && sum_of_all(found) <= 1 + 1e-9);
    for (size_t i = 0; i < 4; i++)
        assert_true(found->alone[i].deviation >= 0 && found->alone[i].deviation < 0.2);
    done(found);
}

/* Each alone has nothing to say. */
static double interaction(const double *x)
{
    return (x[0] - 0.5) * (x[1] - 0.5);
}

static void a_product_is_all_interaction(void **state)
{
    (void)state;
    draw("{" UNIT("a") "," UNIT("b") "," UNIT("none") "}", POINTS, interaction, 2);
    struct importance *found = analyse();
    assert_true(found->pairs[importance_pair(found, 0, 1)].mean > 0.75);
    for (size_t i = 0; i < 3; i++)
        assert_true(found->alone[i].mean < 0.08);
    assert_true(found->pairs[importance_pair(found, 0, 2)].mean < 0.05);
    assert_true(found->pairs[importance_pair(found, 1, 2)].mean < 0.05);
    done(found);
}

/* Variances: of 0, 3, 0 two; of a uniform over 4, 16/12. */
static double by_kind(const double *x)
{
    return (x[1] == 1 ? 3 : 0) + 4 * (log(x[0] / 0.001) / log(100));
}

static void categories_and_logarithms_are_taken_as_such(void **state)
{
    (void)state;
    draw("{\"rate\": {\"type\": \"real\", \"low\": 0.001, \"high\": 0.1, \"scale\": \"log\"},"
         " \"kind\": {\"type\": \"categorical\", \"values\": [\"a\", \"b\", \"c\"]},"
         " \"bias\": {\"type\": \"categorical\", \"values\": [true, false]}}",
         POINTS, by_kind, 3);
    struct importance *found = analyse();
    assert_int_equal(found->d, 3);
    assert_near(found->alone[0].mean, 4.0 / 10, 0.04);
    assert_near(found->alone[1].mean, 6.0 / 10, 0.04);
    assert_near(found->alone[2].mean, 0, 0.01);
    done(found);
}

/* Levels of an ordinal count alike, however far apart their values are: the levels 1, 2 and 100
 * with targets 0, 1, 2 have variance 2/3, and i over 0 to 3 has 15/12. */
static double by_level(const double *x)
{
    return x[0] + x[1];
}

static void every_level_counts_alike(void **state)
{
    (void)state;
    draw("{\"o\": {\"type\": \"ordinal\", \"values\": [1, 2, 100]},"
         " \"i\": {\"type\": \"integer\", \"low\": 0, \"high\": 3}}",
         POINTS, by_level, 4);
    struct importance *found = analyse();
    double all = 2.0 / 3 + 15.0 / 12;
    assert_near(found->alone[0].mean, 2.0 / 3 / all, 1e-9);
    assert_near(found->alone[1].mean, 15.0 / 12 / all, 1e-9);
    assert_near(found->alone[0].deviation, 0, 1e-9);
    assert_true(isnan(found->fit)); /* each of the twelve points was in every tree */
    done(found);
}

/* x exists for b alone: the kind says nothing but through x, whose values are 0.5 on average.
 */
static double in_a_branch(const double *x)
{
    return isnan(x[1]) ? 0.5 : x[1];
}

/* The kind decides, and x follows it: it is there or not. */
static double of_the_kind(const double *x)
{
    return x[0];
}

/* With kind and x independent and even, in_a_branch is (k - 1/2)(x - 1/2) + (x - 1/2) / 2 + 1/2
 * with k of 0 or 1: half of the variance is x alone and half the two together. */
static void a_condition_hands_its_part_on(void **state)
{
    (void)state;
    draw(fixture_spaces[6].text, POINTS, in_a_branch, 5);
    struct importance *found = analyse();
    assert_true(found->alone[0].mean < 0.03);
    assert_near(found->alone[1].mean, 0.5, 0.05);
    assert_near(found->pairs[0].mean, 0.5, 0.05);
    done(found);
    draw(fixture_spaces[6].text, POINTS, of_the_kind, 6);
    found = analyse();
    assert_near(found->alone[0].mean, 1, 1e-9);
    assert_near(found->alone[1].mean, 0, 1e-9);
    done(found);
}

/* Up to the cuts that rounding makes better or worse than others that are as good. */
static void sizes_do_not_matter(void **state)
{
    (void)state;
    static const double scales[] = {1e-300, 1e-12, -1, 1e12, DBL_MAX / 8};
    draw("{" UNIT("a") "," UNIT("b") "," UNIT("c") "}", 60, additive, 7);
    struct importance *found = analyse();
    for (size_t s = 0; s < sizeof scales / sizeof scales[0]; s++) {
        for (size_t i = 0; i < cloud.n; i++)
            cloud.values[i] = scales[s] * additive(cloud.points + 3 * i);
        struct importance *again = analyse();
        for (size_t i = 0; i < 3; i++)
            assert_near(again->alone[i].mean, found->alone[i].mean, 0.01);
        importance_free(again);
    }
    done(found);
}

static void the_same_again(void **state)
{
    (void)state;
    draw(fixture_spaces[5].text, 100, of_the_kind, 8);
    for (size_t i = 0; i < cloud.n; i++)
        cloud.values[i] += (double)(i % 7);
    struct importance *one = analyse(), *two = analyse();
    for (size_t i = 0; i < one->d; i++) {
        assert_true(one->alone[i].mean == two->alone[i].mean);
        assert_true(one->alone[i].mean >= 0 && one->alone[i].mean <= 1);
    }
    assert_true(sum_of_all(one) <= 1 + 1e-9);
    importance_free(two);
    done(one);
}

/* Noise alone: the forest says so itself. */
static double nothing(const double *x)
{
    (void)x;
    static struct rng rng;
    static bool seeded;
    if (!seeded)
        rng_seed(&rng, 11);
    seeded = true;
    return rng_normal(&rng);
}

static void noise_is_not_explained(void **state)
{
    (void)state;
    draw("{" UNIT("a") "," UNIT("b") "," UNIT("c") "}", 200, nothing, 9);
    struct importance *found = analyse();
    assert_true(found->fit < 0.1);
    done(found);
}

/* Points that several strategies tried are no proof: trees that know one know them all. */
static void repeats_of_noise_are_not_explained(void **state)
{
    (void)state;
    enum { POINTS_ONCE = 20 };
    draw("{" UNIT("a") "," UNIT("b") "}", 200, nothing, 10);
    for (size_t i = POINTS_ONCE; i < cloud.n; i++) {
        memcpy(cloud.points + 2 * i, cloud.points + 2 * (i % POINTS_ONCE),
               2 * sizeof *cloud.points);
        cloud.values[i] = cloud.values[i % POINTS_ONCE];
    }
    struct importance *found = analyse();
    assert_true(isnan(found->fit));
    done(found);
}

static void what_cannot_be_said_is_not(void **state)
{
    (void)state;
    static const double counts[] = {0, 1, 7};
    for (size_t i = 0; i < 3; i++) {
        draw("{" UNIT("a") "," UNIT("b") "}", (size_t)counts[i], additive, 10);
        struct importance *few = analyse();
        assert_int_equal(few->state, IMPORTANCE_TOO_FEW);
        assert_int_equal(few->needed, 8);
        assert_true(isnan(few->alone[0].mean) && isnan(few->pairs[0].mean) && isnan(few->fit));
        done(few);
    }
    draw("{" UNIT("a") "," UNIT("b") "}", 30, interaction, 10);
    for (size_t i = 0; i < cloud.n; i++)
        cloud.values[i] = 42;
    struct importance *constant = analyse();
    assert_int_equal(constant->state, IMPORTANCE_CONSTANT);
    assert_true(isnan(constant->alone[0].mean) && isnan(constant->pairs[0].mean));
    for (size_t i = 0; i < cloud.n; i++) {
        cloud.points[2 * i + 1] = 0.25;
        cloud.values[i] = cloud.points[2 * i];
    }
    struct importance *unvaried = analyse();
    assert_near(unvaried->alone[0].mean, 1, 1e-9);
    assert_true(isnan(unvaried->alone[1].mean) && isnan(unvaried->pairs[0].mean));
    importance_free(unvaried);
    done(constant);
}

static double value_at(const struct tree *tree, const double *x)
{
    for (size_t node = 0; node < tree->n_nodes; node++) {
        bool inside = tree->nodes[node].leaf;
        for (size_t k = 0; k < 2 && inside; k++)
            inside = x[k] >= tree->low[node * 2 + k] && x[k] < tree->high[node * 2 + k];
        if (inside)
            return tree->nodes[node].mean;
    }
    fail_msg("the boxes do not fill the space");
    return 0;
}

static void boxes_fill_the_space_once(void **state)
{
    (void)state;
    static double inputs[POINTS * 2], targets[POINTS];
    static const size_t levels[] = {0, 0};
    struct samples samples = {POINTS, 2, inputs, targets, levels};
    struct forest *forest = NULL;
    struct rng rng;
    rng_seed(&rng, 12);
    for (size_t i = 0; i < POINTS; i++) {
        inputs[2 * i] = rng_uniform(&rng);
        inputs[2 * i + 1] = rng_uniform(&rng);
        targets[i] = sin(6 * inputs[2 * i]) + inputs[2 * i + 1];
    }
    assert_int_equal(forest_create(&forest, &samples, 2, 13), ST_OK);
    for (int t = 0; t < 5; t++) {
        const struct tree *tree = forest_next(forest);
        double volume = 0;
        for (size_t node = 0; node < tree->n_nodes; node++) {
            assert_true(tree->nodes[node].weight >= 2);
            if (tree->nodes[node].leaf)
                volume += tree_overlap(tree, node, node, 0) * tree_overlap(tree, node, node, 1);
        }
        assert_near(volume, 1, 1e-12);
        for (size_t i = 0; i < POINTS; i++)
            assert_near(value_at(tree, inputs + 2 * i), targets[i], 1);
    }
    assert_true(forest_fit(forest) > 0.9);
    forest_free(forest);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shares_of_a_sum_are_those_of_its_terms),
        cmocka_unit_test(a_product_is_all_interaction),
        cmocka_unit_test(categories_and_logarithms_are_taken_as_such),
        cmocka_unit_test(every_level_counts_alike),
        cmocka_unit_test(a_condition_hands_its_part_on),
        cmocka_unit_test(sizes_do_not_matter),
        cmocka_unit_test(the_same_again),
        cmocka_unit_test(noise_is_not_explained),
        cmocka_unit_test(repeats_of_noise_are_not_explained),
        cmocka_unit_test(what_cannot_be_said_is_not),
        cmocka_unit_test(boxes_fill_the_space_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
