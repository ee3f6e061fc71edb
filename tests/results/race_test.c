/* Figures worked out by hand from the events of study_fixture.c. */
#include "results/race.h"

#include "tests/check.h"
#include "tests/results/study_fixture.h"

#include <string.h>

static struct error err;

static const double search_cpu_s[] = {3, 1, 2};
static const struct race_entrant entrants[] = {
    {.label = "bayes",
     .strategy = "bayes",
     .workers = 4,
     .search_cpu_s = search_cpu_s,
     .n_search = 3},
    {.label = "grid", .strategy = "grid", .workers = 1, .search_cpu_s = search_cpu_s},
};

static void write_table(double target, enum table_format format, struct strbuf *text)
{
    struct comparison *comparison;
    struct table *table;
    assert_ok(compare_create(&comparison, study_snapshot, NULL, target, &err), err);
    assert_ok(race_table(&table, comparison, entrants, 2, &err), err);
    assert_int_equal(table_write(table, format, 0, false, text), ST_OK);
    table_free(table);
    compare_free(comparison);
}

/* Two arms each have medians between them and no interval. The target is 0.7. */
static void medians_are_over_the_arms_of_a_label(void **state)
{
    (void)state;
    struct strbuf text = STRBUF_INIT;
    write_table((double)NAN, TABLE_CSV, &text);
    const char *rows = strchr(strbuf_text(&text), '\n') + 1;
    assert_string_equal(
        rows, "cifar,bayes,4,2,accuracy,0.7,2,3,,,0.76,,,50,,,52,,,1,,,10,,,22,,,2\r\n"
              "cifar,grid,1,2,accuracy,0.7,2,3,,,0.725,,,50,,,44,,,2,,,35,,,23.75,,,\r\n");
    strbuf_free(&text);
}

/* Of the four arms one has 0.8. A strategy that reaches the target in half of its runs does not
 * in the middle one. */
static void runs_that_do_not_reach_the_target_took_longer(void **state)
{
    (void)state;
    struct strbuf text = STRBUF_INIT;
    write_table(0.76, TABLE_CSV, &text);
    const char *rows = strchr(strbuf_text(&text), '\n') + 1;
    assert_string_equal(rows,
                        "cifar,bayes,4,2,accuracy,0.76,1,3,,,0.76,,,50,,,52,,,,,,,,,,,,2\r\n"
                        "cifar,grid,1,2,accuracy,0.76,0,3,,,0.725,,,50,,,44,,,,,,,,,,,,\r\n");
    strbuf_free(&text);
}

static void the_text_says_what_the_figures_are(void **state)
{
    (void)state;
    struct strbuf text = STRBUF_INIT;
    write_table((double)NAN, TABLE_TEXT, &text);
    assert_non_null(strstr(strbuf_text(&text), "Simulated runs of cifar"));
    assert_non_null(strstr(strbuf_text(&text), "best accuracy"));
    assert_non_null(
        strstr(strbuf_text(&text), "Target: accuracy >= 0.7, the best value that all"));
    strbuf_clear(&text);
    write_table(0.76, TABLE_TEXT, &text);
    assert_non_null(strstr(strbuf_text(&text), "Target: accuracy >= 0.76, as asked for."));
    strbuf_free(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(medians_are_over_the_arms_of_a_label),
        cmocka_unit_test(runs_that_do_not_reach_the_target_took_longer),
        cmocka_unit_test(the_text_says_what_the_figures_are),
    };
    return cmocka_run_group_tests(tests, fixture_set_up_study, fixture_tear_down_study);
}
