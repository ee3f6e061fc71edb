/* What a study with constraints shows: only trials that keep them are the best. */
#include "results/feasible.h"

#include "results/compare.h"
#include "results/curve.h"
#include "results/export.h"
#include "results/pareto_table.h"
#include "results/study_status.h"
#include "results/trials.h"
#include "tests/results/golden_table.h"
#include "tests/results/study_fixture.h"

#include <math.h>
#include <string.h>

static struct error err;

/* Half a minute after the last attempt of the fixture began. */
static const int64_t now_us = 1700000100000000;

/* The study of the fixture with a limit of 20 J a trial. Trial 1 of arm 1 does not tell; both
 * of arm 3 need more, and so does the last of arm 2. */
static int set_up(void **state)
{
    fixture_set_up(state);
    fixture_fill(&study_folder);
    fixture_execute(&study_folder,
                    "INSERT INTO study_constraint VALUES (0, 'energy_j', 'at_most', 20);"
                    "INSERT INTO trial_constraint SELECT arm, trial, 0, energy_j FROM trial"
                    " WHERE state = 'complete' AND NOT (arm = 1 AND trial = 1)");
    study_snapshot = fixture_snapshot(&study_folder);
    return 0;
}

static void reload(void)
{
    snapshot_free(study_snapshot);
    study_snapshot = fixture_snapshot(&study_folder);
}

static void trials_are_counted(void **state)
{
    (void)state;
    static const struct feasible_counts wanted[] = {
        {3, 3, 0, 0}, {2, 1, 0, 1}, {3, 2, 1, 0}, {2, 0, 2, 0}};
    for (size_t i = 0; i < FIXTURE_ARMS; i++) {
        struct feasible_counts counts =
            feasible_count(study_snapshot, &study_snapshot->arms[i]);
        assert_memory_equal(&counts, &wanted[i], sizeof counts);
    }
    assert_int_equal(feasible_count(study_snapshot, NULL).feasible, 6);
}

static void without_constraints_all_are(void **state)
{
    (void)state;
    fixture_execute(&study_folder,
                    "DELETE FROM trial_constraint; DELETE FROM study_constraint");
    reload();
    struct feasible_counts counts = feasible_count(study_snapshot, NULL);
    assert_int_equal(counts.complete, 10);
    assert_int_equal(counts.feasible, 10);
    struct table *table;
    assert_int_equal(table_create(&table, NULL), ST_OK);
    feasible_add_note(study_snapshot, table);
    struct strbuf text = STRBUF_INIT;
    assert_int_equal(table_write(table, TABLE_TEXT, 0, false, &text), ST_OK);
    assert_null(strstr(strbuf_text(&text), "Constraints"));
    strbuf_free(&text);
    table_free(table);
}

/* Joules are spent all the same. */
static void a_curve_rises_by_the_feasible(void **state)
{
    (void)state;
    struct curve curve;
    assert_int_equal(curve_make(&curve, &study_snapshot->arms[1], study_snapshot->study),
                     ST_OK);
    assert_int_equal(curve.n, 1);
    assert_near(curve.steps[0].value, 0.7, 0);
    assert_near(curve.total_j, 54, 1e-9);
    curve_free(&curve);
    assert_int_equal(curve_make(&curve, &study_snapshot->arms[3], study_snapshot->study),
                     ST_OK);
    assert_int_equal(curve.n, 0);
    assert_near(curve.total_j, 50, 1e-9);
    curve_free(&curve);
}

static void trials_say_whether_they_are(void **state)
{
    (void)state;
    static const char *const golden[] = {"results/golden/trials-constrained.txt",
                                         "results/golden/trials-constrained.csv"};
    for (enum table_format format = TABLE_TEXT; format <= TABLE_CSV; format++) {
        struct table *table;
        assert_ok(trials_table(&table, study_snapshot, NULL, &err), err);
        assert_golden_table(golden[format], table, format);
    }
}

static void the_front_is_of_the_feasible(void **state)
{
    (void)state;
    struct table *table;
    assert_ok(pareto_table(&table, study_snapshot, NULL, NULL, &err), err);
    assert_golden_table("results/golden/pareto-constrained.txt", table, TABLE_TEXT);
}

static void strategies_are_compared_by_the_feasible(void **state)
{
    (void)state;
    static const char *const golden[] = {"results/golden/compare-constrained.txt",
                                         "results/golden/compare-constrained.csv"};
    for (enum table_format format = TABLE_TEXT; format <= TABLE_CSV; format++) {
        struct comparison *comparison;
        struct table *table;
        assert_ok(compare_create(&comparison, study_snapshot, NULL, (double)NAN, &err), err);
        assert_ok(compare_table(&table, comparison, format, &err), err);
        assert_golden_table(golden[format], table, format);
        compare_free(comparison);
    }
}

static void check_status(const char *golden)
{
    struct store *store = fixture_open(&study_folder, STORE_READ);
    struct study_status *status;
    struct strbuf text = STRBUF_INIT;
    assert_ok(study_status_load(&status, store, study_snapshot, now_us, &err), err);
    assert_int_equal(study_status_write(status, "study.db", now_us, 0, false, &text), ST_OK);
    assert_golden(golden, strbuf_text(&text));
    strbuf_free(&text);
    study_status_free(status);
    store_close(store);
}

static void the_status_tells_the_best_feasible_one(void **state)
{
    (void)state;
    check_status("results/golden/status-constrained.txt");
    fixture_execute(&study_folder, "UPDATE study_constraint SET bound = 1");
    reload();
    check_status("results/golden/status-infeasible.txt");
    struct comparison *comparison;
    struct table *table;
    struct strbuf text = STRBUF_INIT;
    assert_ok(compare_create(&comparison, study_snapshot, NULL, (double)NAN, &err), err);
    assert_ok(compare_table(&table, comparison, TABLE_TEXT, &err), err);
    assert_int_equal(table_write(table, TABLE_TEXT, 0, false, &text), ST_OK);
    assert_non_null(strstr(strbuf_text(&text), "No trial is feasible: there is no target."));
    strbuf_free(&text);
    table_free(table);
    compare_free(comparison);
}

static void an_export_has_the_constraints(void **state)
{
    (void)state;
    struct store *store = fixture_open(&study_folder, STORE_READ);
    struct strbuf out = STRBUF_INIT;
    assert_ok(export_write(store, study_snapshot, TABLE_JSON, &out, &err), err);
    assert_non_null(strstr(strbuf_text(&out),
                           "\"constraints\":[{\"metric\":\"energy_j\",\"at_most\":20}]"));
    assert_non_null(strstr(strbuf_text(&out), "\"feasible\":\"true\""));
    strbuf_free(&out);
    store_close(store);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, fixture_tear_down_study)
    const struct CMUnitTest tests[] = {
        TEST(trials_are_counted),
        TEST(without_constraints_all_are),
        TEST(a_curve_rises_by_the_feasible),
        TEST(trials_say_whether_they_are),
        TEST(the_front_is_of_the_feasible),
        TEST(strategies_are_compared_by_the_feasible),
        TEST(the_status_tells_the_best_feasible_one),
        TEST(an_export_has_the_constraints),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
