#include "tests/bench/search/race_csv.h"

#include "tests/bench/search/race_fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A file name that is free. */
static void choose_path(char path[64])
{
    snprintf(path, 64, "/tmp/wattune-race-XXXXXX");
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    close(fd);
}

static void write_race(const char *path)
{
    struct race_fixture fixture;
    struct error err;
    fixture_init(&fixture, 2, 2);
    for (size_t s = 0; s < 2; s++) {
        fixture_trial(&fixture, 0, 1, s, 1.0 / 3, 5);
        fixture_trial(&fixture, 0, 1, s, 0.1, 7);
    }
    fixture_trial(&fixture, 1, 0, 0, 0.25, NAN);
    race_trace(&fixture.race, 1, 0, 0)->steps[0].measured.failed = true;
    const struct race *races[] = {&fixture.race};
    assert_ok(race_csv_write(races, 1, path, &err), err);
    race_free(&fixture.race);
}

static void what_was_written_is_read(void **state)
{
    (void)state;
    char path[64];
    struct race_fixture fixture;
    struct error err;
    choose_path(path);
    write_race(path);
    fixture_init(&fixture, 2, 2);
    assert_ok(race_csv_read(&fixture.race, path, &err), err);
    assert_ok(race_csv_read(&fixture.race, path, &err), err); /* the second adds nothing */
    for (size_t s = 0; s < 2; s++) {
        const struct trace *trace = race_trace(&fixture.race, 0, 1, s);
        assert_int_equal(trace->n, 2);
        assert_true(trace->steps[0].measured.values[0] == 1.0 / 3);
        assert_near(trace->steps[1].regret, -1, 1e-12);
        assert_near(trace_energy_j(trace, 2), 12, 0);
        assert_near(trace->steps[0].time_s, 0.25, 1e-9);
    }
    const struct trace *failed = race_trace(&fixture.race, 1, 0, 0);
    assert_int_equal(failed->n, 1);
    assert_true(failed->steps[0].measured.failed);
    assert_false(race_complete(&fixture.race, 1, 0));
    race_free(&fixture.race);
    unlink(path);
}

static void other_races_are_passed_over(void **state)
{
    (void)state;
    char path[64];
    struct error err;
    choose_path(path);
    write_race(path);
    for (int other = 0; other < 4; other++) {
        struct race_fixture fixture;
        fixture_init(&fixture, 1, other == 0 ? 3 : 2);
        fixture.race.workers = other == 1 ? 64 : 1;
        fixture.race.by_joules = other == 3;
        fixture.targets[0].name = other == 2 ? "renamed" : "one";
        assert_ok(race_csv_read(&fixture.race, path, &err), err);
        assert_int_equal(race_trace(&fixture.race, 0, 1, 0)->n, 0);
        race_free(&fixture.race);
    }
    unlink(path);
}

static void samplers_of_a_file_are_added_once(void **state)
{
    (void)state;
    char path[64], entry[] = "\"random\"";
    struct error err;
    struct sampler_choice choices[SAMPLERS_MAX] = {{"random", entry, NULL}};
    size_t n = 1;
    choose_path(path);
    write_race(path);
    assert_ok(race_csv_samplers(choices, &n, path, &err), err);
    assert_int_equal(n, 2);
    assert_string_equal(choices[1].label, "bayes");
    assert_null(choices[1].entry);
    n = SAMPLERS_MAX;
    memset(choices, 0, sizeof choices);
    assert_int_equal(race_csv_samplers(choices, &n, path, &err), ST_INVALID);
    unlink(path);
}

static void files_that_are_wrong_are_named(void **state)
{
    (void)state;
    char path[64];
    struct race_fixture fixture;
    struct error err;
    fixture_init(&fixture, 1, 1);
    assert_int_equal(race_csv_read(&fixture.race, "/nowhere/race.csv", &err), ST_NOTFOUND);
    assert_int_equal(race_csv_write(NULL, 0, "/nowhere/race.csv", &err), ST_NOTFOUND);
    choose_path(path);
    assert_int_equal(race_csv_read(&fixture.race, path, &err), ST_FORMAT);
    assert_non_null(strstr(err.what, path));
    race_free(&fixture.race);
    unlink(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_written_is_read),
        cmocka_unit_test(other_races_are_passed_over),
        cmocka_unit_test(samplers_of_a_file_are_added_once),
        cmocka_unit_test(files_that_are_wrong_are_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
