/* The Parzen estimate is a density of the space that its draws follow. */
#include "search/tpe_density.h"

#include "search/history.h"
#include "tests/check.h"
#include "tests/search/fixture.h"

/* Coordinates: a category, a real one of branch "a", a lattice of branch "b". */
static const char branches[] =
    "{\"kind\": {\"type\": \"categorical\", \"values\": [\"a\", \"b\", \"c\"]},"
    " \"x\": {\"type\": \"real\", \"low\": 0, \"high\": 1, \"when\": {\"kind\": \"a\"}},"
    " \"k\": {\"type\": \"integer\", \"low\": 1, \"high\": 5, \"when\": {\"kind\": \"b\"}}}";

enum { STEPS = 400, DRAWS = 20000 };

struct estimate {
    struct space *space;
    struct history history;
    struct tpe_centres centres;
    struct tpe_density density;
};

static void make(struct estimate *e, const char *text, double *points, size_t n)
{
    e->space = fixture_space(text);
    size_t width = space_count(e->space);
    const struct problem problem = {.space = e->space, .n_objectives = 1};
    history_init(&e->history, &problem);
    for (size_t i = 0; i < n; i++)
        assert_int_equal(
            history_append(&e->history, &(struct proposal){points + i * width, TRIAL_NONE}),
            ST_OK);
    assert_int_equal(tpe_centres_init(&e->centres, e->space), ST_OK);
    assert_int_equal(tpe_centres_update(&e->centres, &problem, &e->history), ST_OK);
    assert_int_equal(tpe_density_init(&e->density, &e->centres), ST_OK);
    assert_int_equal(tpe_density_reserve(&e->density, n), ST_OK);
    for (size_t i = 0; i < n; i++)
        e->density.members[i] = i;
    tpe_density_fit(&e->density, n);
}

static void unmake(struct estimate *e)
{
    tpe_density_free(&e->density);
    tpe_centres_free(&e->centres);
    history_free(&e->history);
    space_free(e->space);
}

static double density_at(struct estimate *e, double kind, double x, double k)
{
    double row[] = {kind, x, k};
    return exp(tpe_density_log(&e->density, row));
}

/* The probabilities of the three branches, by sums over what is active in them. */
static void branch_masses(struct estimate *e, double *mass)
{
    mass[0] = mass[1] = 0;
    for (int i = 0; i < STEPS; i++)
        mass[0] += density_at(e, 0, (i + 0.5) / STEPS, NAN) / STEPS;
    for (int k = 0; k < 5; k++)
        mass[1] += density_at(e, 1, NAN, k);
    mass[2] = density_at(e, 2, NAN, NAN);
}

static void check_masses(double *points, size_t n)
{
    struct estimate e;
    double mass[3], drawn[3] = {0}, u[3], point[3], low = 0, low_mass = 0;
    make(&e, branches, points, n);
    branch_masses(&e, mass);
    assert_near(mass[0] + mass[1] + mass[2], 1, 1e-4);
    for (int i = 0; i < STEPS / 4; i++)
        low_mass += density_at(&e, 0, (i + 0.5) / STEPS, NAN) / STEPS;
    struct rng rng;
    rng_seed(&rng, 3);
    for (int i = 0; i < DRAWS; i++) {
        tpe_density_draw(&e.density, &rng, u);
        space_from_unit(e.space, u, point);
        drawn[(int)point[0]] += 1.0 / DRAWS;
        low += (point[1] < 0.25) / (double)DRAWS;
    }
    for (int k = 0; k < 3; k++)
        assert_near(drawn[k], mass[k], 0.015);
    assert_near(low, low_mass, 0.015);
    unmake(&e);
}

static void it_sums_to_one_and_draws_follow_it(void **state)
{
    (void)state;
    double points[][3] = {{0, 0.02, NAN}, {0, 0.3, NAN}, {1, NAN, 5},
                          {1, NAN, 4},    {0, 1, NAN},   {2, NAN, NAN}};
    check_masses(&points[0][0], 6);
    check_masses(&points[0][0], 1);
    check_masses(&points[0][0], 0);
}

/* Without members it is uniform. */
static void nothing_known_is_uniform(void **state)
{
    (void)state;
    struct estimate e;
    make(&e, branches, NULL, 0);
    assert_near(density_at(&e, 0, 0.1, NAN), 1.0 / 3, 1e-12);
    assert_near(density_at(&e, 1, NAN, 2), 1.0 / 15, 1e-12);
    unmake(&e);
}

/* Members of one branch say nothing about the parameters of another. */
static void branches_do_not_mix(void **state)
{
    (void)state;
    double points[][3] = {{0, 0.1, NAN}, {0, 0.15, NAN}, {0, 0.2, NAN}};
    struct estimate e;
    make(&e, branches, &points[0][0], 3);
    assert_true(density_at(&e, 0, 0.15, NAN) > 1.5 * density_at(&e, 0, 0.9, NAN));
    assert_near(density_at(&e, 1, NAN, 0), density_at(&e, 1, NAN, 4), 1e-12);
    unmake(&e);
}

/* Kernels stand on the scale of the parameter, and long lists of numbers are continuous. */
static void coordinates_are_those_of_the_unit_cube(void **state)
{
    (void)state;
    struct estimate e;
    double row[2];
    make(&e,
         "{\"lr\": {\"type\": \"real\", \"low\": 1e-4, \"high\": 1, \"scale\": \"log\"},"
         " \"n\": {\"type\": \"integer\", \"low\": 0, \"high\": 1000}}",
         NULL, 0);
    assert_int_equal(e.centres.axes[1].kind, TPE_CONTINUOUS);
    tpe_centres_row(&e.centres, (double[]){0.01, 500}, row);
    assert_near(row[0], 0.5, 1e-9);
    assert_near(row[1], 0.5, 1e-9);
    unmake(&e);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_sums_to_one_and_draws_follow_it),
        cmocka_unit_test(nothing_known_is_uniform),
        cmocka_unit_test(branches_do_not_mix),
        cmocka_unit_test(coordinates_are_those_of_the_unit_cube),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
