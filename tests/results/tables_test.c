/* The tables of trials, the front and the comparison, as users see them. */
#include "results/compare.h"
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(trials),
        cmocka_unit_test(front),
        cmocka_unit_test(front_of_one_strategy),
        cmocka_unit_test(comparison),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
