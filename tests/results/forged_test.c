/* A database whose numbers somebody has edited: they are refused before anything is summed. */
#include "results/balance.h"

#include "tests/check.h"
#include "tests/results/study_fixture.h"

#include <stdio.h>
#include <string.h>

static struct fixture_folder folder;
static struct error err;

static const int64_t opened_at_us = 1700000000000000;

/* The study of the fixture, and the books of two runs of a host. */
static int set_up(void **state)
{
    (void)state;
    struct store *store = NULL;
    err = (struct error){0};
    fixture_folder_make(&folder);
    fixture_fill(&folder);
    assert_ok(store_open(&store, folder.database, STORE_WRITE, &err), err);
    for (int64_t run = 0; run < 2; run++) {
        struct host_record row = {.host = "node7",
                                  .opened_at_us = opened_at_us + run,
                                  .intervals = 1,
                                  .cut_at_us = opened_at_us + 10,
                                  .quality = "measured",
                                  .meters = "powercap:package-0",
                                  .metered_uj = 7,
                                  .other_uj = 7};
        assert_ok(store_add_host(store, &row, &err), err);
    }
    store_close(store);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    fixture_folder_remove(&folder);
    return 0;
}

/* Everything that reads microjoules. */
static enum status read_all(void)
{
    struct store *store = NULL;
    struct snapshot *snapshot = NULL;
    struct balance balance;
    assert_ok(store_open(&store, folder.database, STORE_READ, &err), err);
    enum status status = snapshot_load(&snapshot, store, &err);
    snapshot_free(snapshot);
    if (!status) {
        status = balance_load(&balance, store, &err);
        balance_free(&balance);
    }
    store_close(store);
    return status;
}

static void set_column(const char *table, const char *column, const char *value)
{
    char sql[160];
    snprintf(sql, sizeof sql, "PRAGMA ignore_check_constraints = 1; UPDATE %s SET %s = %s",
             table, column, value);
    fixture_execute(&folder, sql);
}

static void numbers_near_the_last_one_are_refused(void **state)
{
    (void)state;
    static const char *const columns[][2] = {
        {"attempt", "dynamic_uj"},       {"attempt", "idle_uj"},
        {"attempt", "low_uj"},           {"attempt", "high_uj"},
        {"attempt", "started_at_us"},    {"attempt", "ended_at_us"},
        {"overhead", "waiting_uj"},      {"overhead", "search_uj"},
        {"overhead", "orchestrator_uj"}, {"host_ledger", "metered_uj"},
        {"host_ledger", "trials_uj"},    {"host_ledger", "unattributed_uj"},
        {"host_ledger", "cut_at_us"},    {"host_ledger", "gaps"}};
    static const char *const values[] = {"9223372036854775807", "-9223372036854775808",
                                         "1152921504606846977", "-1152921504606846977"};
    for (size_t i = 0; i < sizeof columns / sizeof columns[0]; i++) {
        for (size_t j = 0; j < sizeof values / sizeof values[0]; j++) {
            set_column(columns[i][0], columns[i][1], values[j]);
            assert_int_equal(read_all(), ST_FORMAT);
            assert_non_null(strstr(err.what, folder.database));
            assert_non_null(strstr(err.remedy, "edited"));
        }
        set_column(columns[i][0], columns[i][1], "5");
        assert_ok(read_all(), err);
    }
}

/* What is just within the bounds can be summed, but not without end. */
static void sums_over_runs_are_refused_before_they_overflow(void **state)
{
    (void)state;
    set_column("host_ledger", "metered_uj", "1152921504606846976");
    assert_ok(read_all(), err);
    fixture_execute(&folder,
                    "PRAGMA ignore_check_constraints = 1; WITH RECURSIVE run (n) AS (SELECT 2"
                    " UNION ALL SELECT n + 1 FROM run WHERE n < 8) INSERT INTO host_ledger"
                    " SELECT host, opened_at_us + n, intervals, cut_at_us, energy_quality,"
                    " energy_meters, metered_uj, low_uj, high_uj, trials_uj, trials_idle_uj,"
                    " waiting_uj, search_uj, orchestrator_uj, other_uj, unattributed_uj,"
                    " longest_interval_ms, wraps, gaps, ambiguous, skews, negative, deaths"
                    " FROM run, host_ledger WHERE opened_at_us = 1700000000000000");
    assert_int_equal(read_all(), ST_FORMAT);
    assert_non_null(strstr(err.what, "node7"));
    assert_true(err.remedy[0] != '\0');
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(numbers_near_the_last_one_are_refused),
        TEST(sums_over_runs_are_refused_before_they_overflow),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
