/* Where the joules of hosts went: made books, summed over runs and hosts, told as tables. */
#include "results/balance.h"

#include "tests/results/golden_table.h"
#include "tests/results/study_fixture.h"

#include <math.h>

static struct fixture_folder folder;
static struct store *store;
static struct error err;

static const int64_t opened_at_us = 1700000000000000;

static int set_up(void **state)
{
    (void)state;
    fixture_folder_make(&folder);
    fixture_fill(&folder);
    return store_open(&store, folder.database, STORE_WRITE, &err);
}

static int tear_down(void **state)
{
    (void)state;
    store_close(store);
    fixture_folder_remove(&folder);
    return 0;
}

/* Books after n intervals of 100 ms at 100 W: 40 % trials, 10 % idle with them, and so on. */
static struct host_record books(const char *host, int64_t run, int64_t n)
{
    int64_t part_uj = 1000000 * n;
    int64_t opened_us = opened_at_us + run * 1000000000;
    return (struct host_record){.host = host,
                                .opened_at_us = opened_us,
                                .intervals = n,
                                .cut_at_us = opened_us + n * 100000,
                                .quality = "measured",
                                .meters = "powercap:package-0,dram",
                                .metered_uj = 10 * part_uj,
                                .low_uj = 10 * part_uj,
                                .high_uj = 10 * part_uj,
                                .trials_uj = 4 * part_uj,
                                .trials_idle_uj = 2 * part_uj,
                                .waiting_uj = part_uj - 1,
                                .search_uj = 1,
                                .orchestrator_uj = part_uj / 10,
                                .other_uj = 2 * part_uj,
                                .unattributed_uj = part_uj - part_uj / 10,
                                .longest_interval_ms = 100 + n};
}

static void add(struct host_record row)
{
    assert_ok(store_add_host(store, &row, &err), err);
}

static struct idle_record idle(const char *host, int64_t run, const char *source,
                               double power_w)
{
    return (struct idle_record){.host = host,
                                .opened_at_us = opened_at_us + run * 1000000000,
                                .meters = "powercap:package-0,dram",
                                .source = source,
                                .power_w = power_w,
                                .deviation_w = (double)NAN,
                                .samples = -1,
                                .window_s = (double)NAN,
                                .busy = (double)NAN};
}

static void put_idle(struct idle_record row)
{
    assert_ok(store_put_idle(store, &row, &err), err);
}

static void fill_two_runs(void)
{
    struct idle_record measured = idle("node7", 1, "measured", 30.5);
    struct host_record troubled = books("node7", 1, 60);
    add(books("node7", 0, 100));
    add(books("node7", 0, 200));
    add(books("node7", 1, 50));
    troubled.wraps = 3;
    troubled.gaps = 2;
    troubled.deaths = 1;
    add(troubled);
    measured.deviation_w = 0.75;
    measured.samples = 20;
    measured.window_s = 2;
    measured.busy = 0.0125;
    put_idle(idle("node7", 0, "site", 85));
    put_idle(measured);
    measured.position = 1;
    measured.power_w = 99;
    put_idle(measured);
}

static void runs_are_summed_and_intervals_are_differences(void **state)
{
    (void)state;
    struct balance balance;
    fill_two_runs();
    assert_ok(balance_load(&balance, store, &err), err);
    assert_int_equal(balance.n_rows, 4);
    assert_int_equal(balance.n_hosts, 1);
    const struct balance_host *host = &balance.hosts[0];
    assert_int_equal(host->runs, 2);
    assert_near(host->covered_s, 26, 1e-9);
    assert_int_equal(host->sum.metered_uj, 2600000000);
    assert_int_equal(host->sum.intervals, 260);
    assert_int_equal(host->sum.longest_interval_ms, 300);
    assert_int_equal(host->sum.deaths, 1);
    assert_true(host_record_closes(&host->sum));
    assert_near(host->idle->power_w, 30.5, 0); /* of the last run, and of what is booked */
    int64_t sum_uj = 0;
    for (size_t i = 0; i < balance.n_rows; i++) {
        struct host_record interval = balance_interval(&balance, i);
        assert_true(host_record_closes(&interval));
        sum_uj += interval.metered_uj;
    }
    assert_int_equal(sum_uj, host->sum.metered_uj);
    struct host_record second = balance_interval(&balance, 1);
    assert_int_equal(second.intervals, 100);
    assert_int_equal(second.search_uj, 0);
    assert_int_equal(second.cut_at_us - second.opened_at_us, 10000000);
    balance_free(&balance);
}

/* Ranks of a host may tell the same cut, and books that do not close are refused. */
static void a_cut_is_stored_once_and_must_close(void **state)
{
    (void)state;
    struct host_record row = books("node7", 0, 7);
    struct balance balance;
    add(row);
    add(row);
    row.intervals = 8;
    row.trials_uj++;
    assert_int_equal(store_add_host(store, &row, &err), ST_INVALID);
    assert_non_null(strstr(err.what, "node7"));
    assert_ok(balance_load(&balance, store, &err), err);
    assert_int_equal(balance.n_rows, 1);
    assert_int_equal(balance.rows[0].trials_uj, 28000000);
    balance_free(&balance);
}

enum shown { HOSTS, INTERVALS };

static void check(enum shown shown, enum table_format format, const char *golden)
{
    struct balance balance;
    struct table *table;
    assert_ok(balance_load(&balance, store, &err), err);
    if (shown == HOSTS)
        assert_ok(balance_table(&table, "cifar", &balance, format, &err), err);
    else
        assert_ok(balance_intervals_table(&table, "cifar", &balance, &err), err);
    assert_golden_table(golden, table, format);
    balance_free(&balance);
}

static void one_host(void **state)
{
    (void)state;
    fill_two_runs();
    check(HOSTS, TABLE_TEXT, "results/golden/ledger.txt");
    check(HOSTS, TABLE_CSV, "results/golden/ledger.csv");
    check(INTERVALS, TABLE_TEXT, "results/golden/ledger-intervals.txt");
    check(INTERVALS, TABLE_CSV, "results/golden/ledger-intervals.csv");
}

static void some_hosts(void **state)
{
    (void)state;
    struct host_record bounded = books("node9", 0, 40);
    bounded.quality = "estimated";
    bounded.meters = "model:EPYC 9005";
    bounded.low_uj = bounded.metered_uj * 85 / 100;
    bounded.high_uj = bounded.metered_uj * 115 / 100;
    add(books("node7", 0, 100));
    add(books("node8", 0, 50));
    add(bounded);
    put_idle(idle("node7", 0, "unknown", (double)NAN));
    put_idle(idle("node8", 0, "site", 85));
    put_idle(idle("node9", 0, "meter", (double)NAN));
    check(HOSTS, TABLE_TEXT, "results/golden/ledger-hosts.txt");
}

static void many_hosts(void **state)
{
    (void)state;
    static const char *const names[] = {"node1", "node2", "node3", "node4", "node5"};
    for (int i = 0; i < 5; i++)
        add(books(names[i], 0, 10 + 100 * i));
    check(HOSTS, TABLE_TEXT, "results/golden/ledger-many.txt");
}

static void no_books(void **state)
{
    (void)state;
    check(HOSTS, TABLE_TEXT, "results/golden/ledger-none.txt");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(runs_are_summed_and_intervals_are_differences),
        TEST(a_cut_is_stored_once_and_must_close),
        TEST(one_host),
        TEST(some_hosts),
        TEST(many_hosts),
        TEST(no_books),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
