/* The tables of trials, the front and the comparison, as users see them. */
#include "results/compare.h"
#include "results/footprint.h"
#include "results/pareto_table.h"
#include "results/trials.h"

#include "tests/golden.h"
#include "tests/results/study_fixture.h"

#include <math.h>

static struct fixture_folder folder;
static struct snapshot *snapshot;
static struct error err;

static int set_up(void **state)
{
    (void)state;
    fixture_folder_make(&folder);
    fixture_fill(&folder);
    snapshot = fixture_snapshot(&folder);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    snapshot_free(snapshot);
    fixture_folder_remove(&folder);
    return 0;
}

static void check_form(struct table *table, enum table_format format, const char *golden)
{
    struct strbuf out = STRBUF_INIT;
    assert_int_equal(table_write(table, format, 0, false, &out), ST_OK);
    assert_golden(golden, strbuf_text(&out));
    strbuf_free(&out);
    table_free(table);
}

static void trials(void **state)
{
    (void)state;
    static const char *const golden[] = {
        "results/golden/trials.txt", "results/golden/trials.csv", "results/golden/trials.json"};
    for (enum table_format format = TABLE_TEXT; format <= TABLE_JSON; format++) {
        struct table *table;
        assert_ok(trials_table(&table, snapshot, NULL, &err), err);
        check_form(table, format, golden[format]);
    }
}

static void front(void **state)
{
    (void)state;
    static const char *const golden[] = {
        "results/golden/pareto.txt", "results/golden/pareto.csv", "results/golden/pareto.json"};
    for (enum table_format format = TABLE_TEXT; format <= TABLE_JSON; format++) {
        struct table *table;
        assert_ok(pareto_table(&table, snapshot, NULL, NULL, &err), err);
        check_form(table, format, golden[format]);
    }
}

static void front_of_one_strategy(void **state)
{
    (void)state;
    struct table *table;
    assert_ok(pareto_table(&table, snapshot, "bayes", NULL, &err), err);
    check_form(table, TABLE_TEXT, "results/golden/pareto-bayes.txt");
    assert_int_equal(pareto_table(&table, snapshot, "annealing", NULL, &err), ST_NOTFOUND);
    assert_non_null(strstr(err.what, "annealing"));
}

static void comparison(void **state)
{
    (void)state;
    static const char *const golden[] = {"results/golden/compare.txt",
                                         "results/golden/compare.csv",
                                         "results/golden/compare.json"};
    struct comparison *made;
    assert_ok(compare_create(&made, snapshot, NULL, (double)NAN, &err), err);
    for (enum table_format format = TABLE_TEXT; format <= TABLE_JSON; format++) {
        struct table *table;
        assert_ok(compare_table(&table, made, format, &err), err);
        check_form(table, format, golden[format]);
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
        assert_ok(footprint_table(&table, snapshot, "POL,FRA,NLD", 1.5, &err), err);
        check_form(table, format, golden[format]);
    }
    assert_int_equal(footprint_table(&table, snapshot, "POL,FRA,pol", 1, &err), ST_INVALID);
    assert_non_null(strstr(err.what, "POL is listed twice"));
    assert_int_equal(footprint_table(&table, snapshot, "POL,", 1, &err), ST_INVALID);
    assert_int_equal(footprint_table(&table, snapshot, "POL,XXX", 1, &err), ST_INVALID);
    assert_non_null(strstr(err.what, "'XXX'"));
    assert_ok(footprint_table(&table, snapshot, NULL, 1, &err), err);
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
    assert_ok(emissions_create(&emissions, carbon, snapshot, &err), err);
    assert_ok(trials_table(&table, snapshot, emissions, &err), err);
    check_form(table, TABLE_CSV, "results/golden/trials-co2.csv");
    assert_ok(pareto_table(&table, snapshot, NULL, emissions, &err), err);
    check_form(table, TABLE_TEXT, "results/golden/pareto-co2.txt");
    assert_ok(compare_create(&made, snapshot, emissions, (double)NAN, &err), err);
    assert_ok(compare_table(&table, made, TABLE_TEXT, &err), err);
    check_form(table, TABLE_TEXT, "results/golden/compare-co2.txt");
    assert_ok(compare_table(&table, made, TABLE_CSV, &err), err);
    check_form(table, TABLE_CSV, "results/golden/compare-co2.csv");
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
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
