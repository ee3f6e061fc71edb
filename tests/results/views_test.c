/* The views for people who query a database by hand, through SQLite alone. Expected figures are
 * those of compare_test.c. */
#include "tests/check.h"
#include "tests/results/study_fixture.h"

#include <sqlite3.h>

static struct fixture_folder folder;
static sqlite3 *db;

static int set_up(void **state)
{
    (void)state;
    fixture_folder_make(&folder);
    fixture_fill(&folder);
    return sqlite3_open_v2(folder.database, &db, SQLITE_OPEN_READONLY, NULL);
}

static int tear_down(void **state)
{
    (void)state;
    sqlite3_close(db);
    fixture_folder_remove(&folder);
    return 0;
}

/* The first column of the first row; a query that fails or answers nothing fails the test. */
static double number(const char *sql)
{
    sqlite3_stmt *stmt = NULL;
    if (sqlite3_prepare_v2(db, sql, -1, &stmt, NULL) || sqlite3_step(stmt) != SQLITE_ROW)
        fail_msg("%s: %s", sql, sqlite3_errmsg(db));
    double value = sqlite3_column_double(stmt, 0);
    sqlite3_finalize(stmt);
    return value;
}

static void arm_energy_adds_up(void **state)
{
    (void)state;
    assert_near(number("SELECT count(*) FROM arm_energy"), FIXTURE_ARMS, 0);
    assert_near(number("SELECT total_j FROM arm_energy WHERE arm = 0"), 38, 1e-9);
    assert_near(number("SELECT trials_j FROM arm_energy WHERE arm = 0"), 30, 1e-9);
    assert_near(number("SELECT failed_j FROM arm_energy WHERE arm = 0"), 4, 1e-9);
    assert_near(number("SELECT idle_j FROM arm_energy WHERE arm = 0"), 2, 1e-9);
    assert_near(number("SELECT orchestrator_j FROM arm_energy WHERE arm = 0"), 1, 1e-9);
    assert_near(number("SELECT search_j FROM arm_energy WHERE arm = 1"), 4, 1e-9);
    assert_near(number("SELECT total_j FROM arm_energy WHERE arm = 3"), 50, 1e-9);
}

static void attempts_have_joules_and_metrics(void **state)
{
    (void)state;
    assert_near(number("SELECT count(*) FROM attempts"), 13, 0);
    assert_near(number("SELECT energy_j FROM attempts WHERE arm = 0 AND trial = 1"
                       " AND attempt = 1"),
                4, 1e-9);
    assert_near(number("SELECT metrics ->> 'accuracy' FROM attempts WHERE arm = 0"
                       " AND trial = 1 AND attempt = 2"),
                0.7, 0);
    assert_near(number("SELECT started_at = '2023-11-14T22:13:30.000Z' FROM attempts"
                       " WHERE arm = 0 AND trial = 0"),
                1, 0);
}

static void objectives_are_by_name(void **state)
{
    (void)state;
    assert_near(number("SELECT max(value) FROM objectives WHERE metric = 'accuracy'"
                       " AND strategy = 'bayes'"),
                0.8, 0);
    assert_near(number("SELECT params ->> 'lr' FROM objectives WHERE metric = 'accuracy'"
                       " ORDER BY value DESC"),
                0.01, 0);
}

static void meters_beside_stand_by_what_is_booked(void **state)
{
    (void)state;
    fixture_execute(
        &folder,
        "INSERT INTO attempt_meter VALUES (0, 1, 2, 0, 'measured', 'command:pdu', 7000000,"
        " 5000000, 0, 0, 0, 0, NULL, 0, 0)");
    assert_near(number("SELECT energy_j FROM meters_beside WHERE trial = 1"), 12, 1e-9);
    assert_near(number("SELECT booked_j FROM meters_beside WHERE strategy = 'grid'"), 10, 1e-9);
}

/* Of two runs, whose last rows count. */
static void hosts_are_summed_over_their_books(void **state)
{
    (void)state;
    fixture_execute(
        &folder,
        "INSERT INTO host_ledger VALUES"
        " ('a', 1, 1, 9, 'measured', 'm', 100, 0, 0, 50, 10, 20, 5, 5, 6, 4, 1, 0, 0, 0, 0,"
        "  0, 0),"
        " ('a', 1, 2, 9, 'measured', 'm', 200, 0, 0, 100, 20, 40, 10, 10, 12, 8, 1, 0, 0, 0,"
        "  0, 0, 0),"
        " ('a', 5, 1, 9, 'measured', 'm', 100, 0, 0, 50, 10, 20, 5, 5, 6, 4, 1, 0, 0, 0, 0,"
        "  0, 0)");
    assert_near(number("SELECT metered_j FROM host_energy") * 1e6, 300, 1e-9);
    assert_near(number("SELECT idle_j FROM host_energy") * 1e6, 90, 1e-9);
    assert_near(number("SELECT idle_j + trials_j + search_j + orchestrator_j + other_j"
                       " + unattributed_j FROM host_energy") *
                    1e6,
                300, 1e-9);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(arm_energy_adds_up),
        cmocka_unit_test(attempts_have_joules_and_metrics),
        cmocka_unit_test(objectives_are_by_name),
        cmocka_unit_test(meters_beside_stand_by_what_is_booked),
        cmocka_unit_test(hosts_are_summed_over_their_books),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
