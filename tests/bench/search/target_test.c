#include "tests/bench/search/target.h"

#include "tests/bench/search/hypervolume.h"
#include "tests/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { DRAWS = 300 };

static void open_named(struct target *target, const char *name)
{
    struct error err;
    const struct bench_problem *problem = bench_problem_find(name);
    assert_non_null(problem);
    assert_ok(target_open(target, problem, &err), err);
}

static void draw(const struct space *space, struct rng *rng, double *point)
{
    double u[32];
    assert_true(space_dims(space) <= 32);
    for (size_t d = 0; d < space_dims(space); d++)
        u[d] = rng_uniform(rng);
    space_sample(space, u, point);
}

/* Random points of every problem: values are finite, none is better than the best that is
 * known, and a trial costs something. */
static void check_problem(const struct target *target)
{
    struct rng rng;
    double points[DRAWS][2], point[32];
    rng_seed(&rng, 5);
    for (int i = 0; i < DRAWS; i++) {
        struct measurement measured;
        draw(target->space, &rng, point);
        target_measure(&measured, target, point, 1, (uint64_t)i);
        assert_false(measured.failed);
        assert_true(isfinite(measured.values[0]) && isfinite(measured.values[1]));
        assert_true(measured.energy_j > 0);
        if (target->n_values == 1)
            assert_true(measured.values[0] >= target->minimum - 1e-9);
        memcpy(points[i], measured.values, sizeof points[i]);
    }
    if (target->n_values == 2) {
        double volume = hypervolume(points, DRAWS, target->reference, NULL);
        assert_true(volume > 0 && volume < target->volume);
    }
}

static void no_point_is_better_than_the_best(void **state)
{
    (void)state;
    for (size_t i = 0; i < bench_n_problems; i++) {
        struct target target;
        print_message("%s\n", bench_problems[i].name);
        open_named(&target, bench_problems[i].name);
        check_problem(&target);
        target_close(&target);
    }
}

/* Where a problem's comment says that the minimum is, it is. */
static void the_minimum_is_where_it_is_said_to_be(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        double point[10];
    } minima[] = {
        {"hartmann3", {0.114614, 0.555649, 0.852547}},
        {"rosenbrock4", {1, 1, 1, 1}},
        {"ellipsoid6", {0.7, 0.7, 0.7, 0.7, 0.7, 0.7}},
        {"shekel4", {4.00074653, 4.00059293, 3.9996634, 3.9995098}},
        {"tuning", {1, 0.003, 1e-4, 2, 5}},
        {"branches", {1, NAN, NAN, 0.7, 3}},
        {"levels", {1, 3, 0, 2, 4}},
        {"wells", {2, 1, 0.4, 0.3}},
        {"pipeline", {2, 1, NAN, NAN, NAN, NAN, 0.002, 2, 48}},
    };
    for (size_t i = 0; i < sizeof minima / sizeof minima[0]; i++) {
        struct target target;
        struct measurement measured;
        open_named(&target, minima[i].name);
        target_measure(&measured, &target, minima[i].point, 1, 0);
        assert_near(measured.values[0], target.minimum, 1e-5);
        target_close(&target);
    }
}

/* By integration: 10 - 1/3 and 10 - 2/3 of the two first, and 4 less a quarter of a circle. */
static void the_volumes_of_known_fronts(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        double volume;
    } fronts[] = {
        {"zdt1", 10 - 1 / 3.0}, {"zdt2", 10 - 2 / 3.0}, {"dtlz2", 4 - 3.14159265358979 / 4}};
    for (size_t i = 0; i < sizeof fronts / sizeof fronts[0]; i++) {
        struct target target;
        open_named(&target, fronts[i].name);
        assert_near(target.volume, fronts[i].volume, 1e-4);
        target_close(&target);
    }
}

static void noise_belongs_to_the_seed_and_the_trial(void **state)
{
    (void)state;
    struct target target;
    struct measurement first, again, other;
    const double point[6] = {0.1, 0.2, 0.3, 0.4, 0.5, 0.6}, elsewhere[6] = {0};
    open_named(&target, "noisy6");
    target_measure(&first, &target, point, 3, 8);
    target_measure(&again, &target, elsewhere, 3, 8);
    assert_near(first.told[0] - first.values[0], again.told[0] - again.values[0], 1e-12);
    assert_true(first.told[0] != first.values[0]);
    target_measure(&other, &target, point, 4, 8);
    assert_true(other.told[0] != first.told[0]);
    target_measure(&other, &target, point, 3, 9);
    assert_true(other.told[0] != first.told[0]);
    target_close(&target);
}

static void joules_depend_on_the_point(void **state)
{
    (void)state;
    struct target target;
    struct measurement cheap, dear;
    open_named(&target, "hartmann3");
    target_measure(&cheap, &target, (double[]){0, 0.5, 0.5}, 1, 0);
    target_measure(&dear, &target, (double[]){1, 0.5, 0.5}, 1, 0);
    assert_near(cheap.energy_j, 100, 1e-9);
    assert_near(dear.energy_j, 1000, 1e-9);
    target_close(&target);
}

/* Studies. */

static const char table_csv[] = "state,a,b,accuracy,energy_j\n"
                                "complete,1,u,0.5,10\n"
                                "complete,2,u,0.9,40\n"
                                "failed,1,v,,5\n"
                                "complete,2,v,0.7,20\n";

#define STUDY(objectives, space)                                                               \
    "{\"name\": \"small\", \"trial\": {\"kind\": \"table\", \"path\": \"table.csv\"},"         \
    " \"space\": " space ", \"objectives\": [" objectives "],"                                 \
    " \"strategies\": [\"random\"], \"budget\": {\"trials\": 4}}"
#define ACCURACY "{\"metric\": \"accuracy\", \"goal\": \"maximize\"}"
#define ENERGY "{\"metric\": \"energy_j\", \"goal\": \"minimize\"}"
#define LEVELS                                                                                 \
    "{\"a\": {\"type\": \"ordinal\", \"values\": [1, 2]}, \"b\": {\"type\": \"categorical\","  \
    " \"values\": [\"u\", \"v\"]}}"

struct folder {
    char path[64], study[80], table[80];
};

static void write_text(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

static enum status open_study(struct target *target, const char *study, struct error *err)
{
    struct folder folder = {.path = "/tmp/wattune-target-XXXXXX"};
    assert_non_null(mkdtemp(folder.path));
    snprintf(folder.study, sizeof folder.study, "%s/study.json", folder.path);
    snprintf(folder.table, sizeof folder.table, "%s/table.csv", folder.path);
    write_text(folder.study, study);
    write_text(folder.table, table_csv);
    enum status status = target_open_study(target, folder.study, err);
    unlink(folder.study);
    unlink(folder.table);
    rmdir(folder.path);
    return status;
}

static void recorded_trials_are_minimised(void **state)
{
    (void)state;
    struct error err;
    struct target target;
    struct measurement measured;
    assert_ok(open_study(&target, STUDY(ACCURACY, LEVELS), &err), err);
    assert_string_equal(target.name, "small");
    assert_int_equal(target.kind, KIND_TABLE);
    assert_near(target.minimum, -0.9, 1e-12);
    target_measure(&measured, &target, (double[]){1, 1}, 1, 0);
    assert_near(measured.values[0], -0.7, 1e-12);
    assert_near(measured.told[0], -0.7, 1e-12);
    assert_near(measured.energy_j, 20, 0);
    target_measure(&measured, &target, (double[]){0, 1}, 1, 0);
    assert_true(measured.failed);
    target_close(&target);
}

/* The worst are an accuracy of 0.5 and 40 joules, the best 0.9 and 10. */
static void recorded_fronts_get_a_reference(void **state)
{
    (void)state;
    struct error err;
    struct target target;
    assert_ok(open_study(&target, STUDY(ACCURACY "," ENERGY, LEVELS), &err), err);
    assert_int_equal(target.kind, KIND_FRONT);
    assert_near(target.reference[0], -0.5 + 0.04, 1e-12);
    assert_near(target.reference[1], 43, 1e-12);
    assert_near(target.volume, 0.04 * 33 + 0.2 * 23 + 0.2 * 3, 1e-9);
    target_close(&target);
}

static void studies_that_are_no_tables_are_refused(void **state)
{
    (void)state;
    struct error err;
    struct target target;
    assert_int_equal(target_open_study(&target, "/nowhere/study.json", &err), ST_NOTFOUND);
    assert_int_equal(open_study(&target, STUDY(ACCURACY "," ENERGY, "{\"a\": 3}"), &err),
                     ST_INVALID);
    assert_non_null(strstr(err.what, "space"));
    assert_int_equal(
        open_study(&target,
                   "{\"name\": \"f\", \"trial\": {\"kind\": \"function\", \"function\":"
                   " \"sphere\"}, \"space\": {\"x\": {\"type\": \"real\", \"low\": 0, \"high\":"
                   " 1}}, \"objectives\": [{\"metric\": \"value\", \"goal\": \"minimize\"}],"
                   " \"strategies\": [\"random\"], \"budget\": {\"trials\": 4}}",
                   &err),
        ST_INVALID);
    assert_non_null(strstr(err.what, "kind 'table'"));
    assert_int_equal(
        open_study(&target,
                   STUDY(ACCURACY, "{\"a\": {\"type\": \"real\", \"low\": 1, \"high\": 2},"
                                   " \"b\": \"u\"}"),
                   &err),
        ST_INVALID);
    assert_non_null(strstr(err.what, "ordinals"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_point_is_better_than_the_best),
        cmocka_unit_test(the_minimum_is_where_it_is_said_to_be),
        cmocka_unit_test(the_volumes_of_known_fronts),
        cmocka_unit_test(noise_belongs_to_the_seed_and_the_trial),
        cmocka_unit_test(joules_depend_on_the_point),
        cmocka_unit_test(recorded_trials_are_minimised),
        cmocka_unit_test(recorded_fronts_get_a_reference),
        cmocka_unit_test(studies_that_are_no_tables_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
