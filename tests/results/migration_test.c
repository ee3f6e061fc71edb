/* A database of version 1, from version-1.sql, or of 2, which is one of 1 that was brought up
 * to date, is read as it is and brought up to date by a writer. */
#include "results/store_sql.h"
#include "tests/check.h"
#include "tests/golden.h"
#include "tests/results/study_fixture.h"

#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

static struct fixture_folder folder;
static struct error err;

static int count(const char *sql)
{
    sqlite3 *db;
    sqlite3_stmt *stmt;
    assert_int_equal(sqlite3_open(folder.database, &db), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &stmt, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(stmt), SQLITE_ROW);
    int value = sqlite3_column_int(stmt, 0);
    sqlite3_finalize(stmt);
    sqlite3_close(db);
    return value;
}

static int set_up(void **state)
{
    (void)state;
    struct strbuf script = STRBUF_INIT;
    FILE *file = fopen(TESTS_DIR "/results/version-1.sql", "rb");
    assert_non_null(file);
    golden_read(file, &script);
    fclose(file);
    fixture_folder_make(&folder);
    fixture_execute(&folder, strbuf_text(&script));
    strbuf_free(&script);
    return 0;
}

static int set_up_version_2(void **state)
{
    set_up(state);
    fixture_execute(&folder, store_version_2.tables);
    fixture_execute(&folder, store_version_2.views);
    fixture_execute(&folder, "PRAGMA user_version = 2");
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    fixture_folder_remove(&folder);
    return 0;
}

static struct store *open_as(enum store_mode mode)
{
    struct store *store = NULL;
    assert_ok(store_open(&store, folder.database, mode, &err), err);
    return store;
}

static struct snapshot *load(enum store_mode mode)
{
    struct store *store = open_as(mode);
    struct snapshot *snapshot = NULL;
    assert_ok(snapshot_load(&snapshot, store, &err), err);
    store_close(store);
    return snapshot;
}

/* What version 1 did not know is unknown, and not 0. */
static void check_old_attempt(const struct attempt_record *attempt)
{
    assert_string_equal(attempt->energy.quality, "estimated");
    assert_string_equal(attempt->energy.meters, "model:EPYC 9005");
    assert_int_equal(attempt->energy.dynamic_uj, 8000000);
    assert_int_equal(attempt->energy.idle_uj, 2000000);
    assert_int_equal(attempt->energy.wraps, 0);
    assert_null(attempt->energy.method);
    assert_int_equal(attempt->energy.ambiguous, -1);
    assert_int_equal(attempt->energy.skews, -1);
    assert_int_equal(attempt->n_beside, 0);
    assert_int_equal(attempt->n_metrics, 2);
}

static void check_snapshot(struct snapshot *snapshot)
{
    assert_int_equal(snapshot->n_arms, FIXTURE_ARMS);
    assert_null(snapshot->study->reason);
    assert_int_equal(snapshot->arms[0].n_attempts, 4);
    check_old_attempt(&snapshot->arms[0].attempts[0]);
    for (size_t i = 0; i < snapshot->arms[0].n_trials; i++)
        assert_int_equal(snapshot->arms[0].trials[i].continues, TRIAL_NONE);
    snapshot_free(snapshot);
}

static void a_reader_leaves_it_as_it_is(void **state)
{
    (void)state;
    for (int i = 0; i < 2; i++)
        check_snapshot(load(STORE_READ));
    assert_int_equal(count("PRAGMA user_version"), 1);
    assert_int_equal(count("SELECT count(*) FROM sqlite_schema WHERE name = 'host_ledger'"), 0);
}

static void a_reader_leaves_version_2_as_it_is(void **state)
{
    (void)state;
    for (int i = 0; i < 2; i++)
        check_snapshot(load(STORE_READ));
    assert_int_equal(count("PRAGMA user_version"), 2);
    assert_int_equal(
        count("SELECT count(*) FROM pragma_table_info('trial') WHERE name = 'continues'"), 0);
}

static void a_reader_finds_none_of_what_is_new(void **state)
{
    (void)state;
    struct store *store = open_as(STORE_READ);
    struct host_record *hosts;
    struct idle_record *idle;
    struct sample_series series = {0};
    size_t n;
    assert_ok(store_load_hosts(store, &hosts, &n, &err), err);
    assert_int_equal(n, 0);
    store_hosts_free(hosts, n);
    assert_ok(store_load_idle(store, &idle, &n, &err), err);
    assert_int_equal(n, 0);
    store_idle_free(idle, n);
    assert_ok(store_load_samples(store, 0, 0, 1, 0, &series, &err), err);
    assert_int_equal(series.n, 0);
    sample_series_free(&series);
    struct earlier_record *earlier;
    assert_ok(store_load_earlier(store, &earlier, &n, &err), err);
    assert_int_equal(n, 0);
    store_earlier_free(earlier, n);
    store_close(store);
}

static void a_writer_brings_it_up_to_date(void **state)
{
    (void)state;
    check_snapshot(load(STORE_WRITE));
    assert_int_equal(count("PRAGMA user_version"), 3);
    check_snapshot(load(STORE_READ));
    assert_int_equal(count("SELECT count(*) FROM attempts WHERE energy_method IS NULL"), 13);
    assert_int_equal(count("SELECT count(*) FROM attempts WHERE continues IS NULL"), 13);
    assert_int_equal(count("SELECT count(*) FROM meters_beside"), 0);
    assert_int_equal(count("SELECT count(*) FROM host_energy"), 0);
}

static void a_writer_goes_on_with_it(void **state)
{
    (void)state;
    struct store *store = open_as(STORE_WRITE);
    struct trial_record trial = fixture_trial(3, 3);
    trial.continues = 1;
    struct attempt_record attempt = fixture_attempt(3, 3, 1, 5, 6);
    struct attempt_record *attempts;
    size_t n;
    attempt.energy.ambiguous = 7;
    attempt.beside = &attempt.energy;
    attempt.n_beside = 1;
    assert_ok(store_add_trial(store, &trial, &err), err);
    assert_ok(store_finish_attempt(store, &attempt, &err), err);
    assert_ok(store_set_state(store, STUDY_BROKEN, "every trial has failed", &err), err);
    assert_ok(store_load_attempts(store, 3, &attempts, &n, &err), err);
    assert_int_equal(n, 3);
    assert_int_equal(attempts[1].energy.ambiguous, -1);
    assert_int_equal(attempts[2].energy.ambiguous, 7);
    assert_int_equal(attempts[2].n_beside, 1);
    assert_string_equal(attempts[2].energy.method, attempt.energy.method);
    assert_int_equal(count("SELECT continues FROM attempts WHERE arm = 3 AND trial = 3"), 1);
    store_attempts_free(attempts, n);
    store_close(store);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
#define TEST_2(name) cmocka_unit_test_setup_teardown(name, set_up_version_2, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(a_reader_leaves_it_as_it_is),          TEST(a_reader_finds_none_of_what_is_new),
        TEST(a_writer_brings_it_up_to_date),        TEST(a_writer_goes_on_with_it),
        TEST_2(a_reader_leaves_version_2_as_it_is), TEST_2(a_writer_brings_it_up_to_date),
        TEST_2(a_writer_goes_on_with_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
