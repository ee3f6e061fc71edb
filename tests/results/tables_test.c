/* The tables of trials, the front and the comparison, as users see them. */
#include "results/compare.h"
#include "results/footprint.h"
#include "results/pareto_table.h"
#include "results/trials.h"

#include "tests/results/golden_table.h"
#include "tests/results/study_fixture.h"

#include <math.h>

static struct error err;

static void trials(void **state)
{
    (void)state;
    static const char *const golden[] = {
        "results/golden/trials.txt", "results/golden/trials.csv", "results/golden/trials.json"};
    for (enum table_format format = TABLE_TEXT; format <= TABLE_JSON; format++) {
        struct table *table;
        assert_ok(trials_table(&table, study_snapshot, NULL, &err), err);
        assert_golden_table(golden[format], table, format);
    }
}

static void front(void **state)
{
    (void)state;
    static const char *const golden[] = {
        "results/golden/pareto.txt", "results/golden/pareto.csv", "results/golden/pareto.json"};
    for (enum table_format format = TABLE_TEXT; format <= TABLE_JSON; format++) {
        struct table *table;
        assert_ok(pareto_table(&table, study_snapshot, NULL, NULL, &err), err);
        assert_golden_table(golden[format], table, format);
    }
}

static void front_of_one_strategy(void **state)
{
    (void)state;
    struct table *table;
    assert_ok(pareto_table(&table, study_snapshot, "bayes", NULL, &err), err);
    assert_golden_table("results/golden/pareto-bayes.txt", table, TABLE_TEXT);
    assert_int_equal(pareto_table(&table, study_snapshot, "annealing", NULL, &err),
                     ST_NOTFOUND);
    assert_non_null(strstr(err.what, "annealing"));
}

static void comparison(void **state)
{
    (void)state;
    static const char *const golden[] = {"results/golden/compare.txt",
                                         "results/golden/compare.csv",
                                         "results/golden/compare.json"};
    struct comparison *made;
    assert_ok(compare_create(&made, study_snapshot, NULL, (double)NAN, &err), err);
    for (enum table_format format = TABLE_TEXT; format <= TABLE_JSON; format++) {
        struct table *table;
        assert_ok(compare_table(&table, made, format, &err), err);
        assert_golden_table(golden[format], table, format);
    }
    compare_free(made);
}

/* 192 J in all: 5.333e-5 kWh. */
static void footprint(void **state)
{
    (void)state;
    static const char *const golden[] = {"results/golden/footprint.txt",
                                         "results/golden/footprint.csv",
                                         "results/golden/footprint.json"};
    struct table *table;
    for (enum table_format format = TABLE_TEXT; format <= TABLE_JSON; format++) {
        assert_ok(footprint_table(&table, study_snapshot, "POL,FRA,NLD", 1.5, &err), err);
        assert_golden_table(golden[format], table, format);
    }
    assert_int_equal(footprint_table(&table, study_snapshot, "POL,FRA,pol", 1, &err),
                     ST_INVALID);
    assert_non_null(strstr(err.what, "POL is listed twice"));
    assert_int_equal(footprint_table(&table, study_snapshot, "POL,", 1, &err), ST_INVALID);
    assert_int_equal(footprint_table(&table, study_snapshot, "POL,XXX", 1, &err), ST_INVALID);
    assert_non_null(strstr(err.what, "'XXX'"));
    assert_ok(footprint_table(&table, study_snapshot, NULL, 1, &err), err);
    assert_int_equal(table_rows(table), 22);
    table_free(table);
}

/* The tables with CO2, which end as those without it begin. */
static void co2(void **state)
{
    (void)state;
    struct carbon *carbon = NULL;
    struct emissions *emissions = NULL;
    struct comparison *made = NULL;
    struct table *table;
    assert_ok(carbon_open_region(&carbon, "NLD", 1.2, &err), err);
    assert_ok(emissions_create(&emissions, carbon, study_snapshot, &err), err);
    assert_ok(trials_table(&table, study_snapshot, emissions, &err), err);
    assert_golden_table("results/golden/trials-co2.csv", table, TABLE_CSV);
    assert_ok(pareto_table(&table, study_snapshot, NULL, emissions, &err), err);
    assert_golden_table("results/golden/pareto-co2.txt", table, TABLE_TEXT);
    assert_ok(compare_create(&made, study_snapshot, emissions, (double)NAN, &err), err);
    assert_ok(compare_table(&table, made, TABLE_TEXT, &err), err);
    assert_golden_table("results/golden/compare-co2.txt", table, TABLE_TEXT);
    assert_ok(compare_table(&table, made, TABLE_CSV, &err), err);
    assert_golden_table("results/golden/compare-co2.csv", table, TABLE_CSV);
    compare_free(made);
    emissions_free(emissions);
    carbon_free(carbon);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(trials),
        cmocka_unit_test(front),
        cmocka_unit_test(front_of_one_strategy),
        cmocka_unit_test(comparison),
        cmocka_unit_test(footprint),
        cmocka_unit_test(co2),
    };
    return cmocka_run_group_tests(tests, fixture_set_up_study, fixture_tear_down_study);
}
