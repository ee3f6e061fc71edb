/* Meters that ran side by side in a made study: what is compared, and how it is told. */
#include "results/agreement.h"

#include "tests/golden.h"
#include "tests/results/study_fixture.h"

#include <math.h>

static struct fixture_folder folder;
static struct store *store;
static struct error err;

static int set_up(void **state)
{
    (void)state;
    fixture_folder_make(&folder);
    return store_create(&store, folder.database, &fixture_study, fixture_arms, FIXTURE_ARMS,
                        &err);
}

static int tear_down(void **state)
{
    (void)state;
    store_close(store);
    fixture_folder_remove(&folder);
    return 0;
}

static struct energy_record figure(const char *quality, const char *meters, double joules)
{
    int64_t uj = llround(joules * 1e6);
    return (struct energy_record){.quality = quality,
                                  .meters = meters,
                                  .method = "cpu time (/proc), idle measured",
                                  .dynamic_uj = uj - uj / 4,
                                  .idle_uj = uj / 4,
                                  .low_uj = uj - uj / 10,
                                  .high_uj = uj + uj / 10};
}

static const struct energy_record none = {.quality = "none", .meters = ""};

static void add(uint64_t trial, struct energy_record booked, struct energy_record first,
                struct energy_record second)
{
    struct trial_record record = fixture_trial(0, trial);
    struct attempt_record attempt = fixture_attempt(0, trial, 1, 0, 0);
    const struct energy_record beside[] = {first, second};
    attempt.energy = booked;
    attempt.beside = beside;
    attempt.n_beside = 2;
    assert_ok(store_add_trial(store, &record, &err), err);
    assert_ok(store_finish_attempt(store, &attempt, &err), err);
}

static const char powercap[] = "powercap:package-0,dram", model[] = "model:EPYC 9005",
                  plug[] = "command:pdu-read";

/* Ten joules a trial by the booked meter; the model says 1, 2, 3, 4 and 5 more, and the plug
 * twice as much, and fails once. The last attempt has no booked figure. */
static void fill(void)
{
    for (uint64_t i = 0; i < 5; i++) {
        struct energy_record estimated = figure("estimated", model, 11 + (double)i);
        struct energy_record measured = i == 2 ? none : figure("measured", plug, 20);
        estimated.gaps = i == 4;
        add(i, figure("measured", powercap, 10), estimated, measured);
    }
    add(5, none, figure("estimated", model, 9), figure("measured", plug, 20));
}

static struct agreement *compare(struct snapshot **snapshot)
{
    struct agreement *agreement;
    assert_ok(snapshot_load(snapshot, store, &err), err);
    assert_ok(agreement_create(&agreement, *snapshot, &err), err);
    return agreement;
}

static void the_bias_is_that_of_the_differences(void **state)
{
    (void)state;
    struct snapshot *snapshot;
    fill();
    struct agreement *agreement = compare(&snapshot);
    assert_int_equal(agreement->n_rows, 12);
    assert_int_equal(agreement->n_pairs, 2);
    const struct agreement_pair *pair = &agreement->pairs[0];
    assert_string_equal(pair->booked, powercap);
    assert_string_equal(pair->beside, model);
    assert_int_equal(pair->booked_uj, 50000000);
    assert_int_equal(pair->beside_uj, 65000000);
    assert_int_equal(pair->missing, 1);
    assert_int_equal(pair->doubtful, 1);
    assert_int_equal(pair->difference_j.n, 5);
    assert_near(pair->difference_j.mean, 3, 1e-12);
    assert_near(pair->difference_j.low, 3 - 1.9632431614775945, 1e-6);
    assert_near(pair->difference_j.limit_high, 3 + 3.0990321069650118, 1e-12);
    assert_near(pair->ratio.mean, pow(1.1 * 1.2 * 1.3 * 1.4 * 1.5, 0.2), 1e-12);
    pair = &agreement->pairs[1];
    assert_int_equal(pair->difference_j.n, 4);
    assert_int_equal(pair->missing, 2);
    assert_near(pair->ratio.mean, 2, 1e-12);
    assert_near(pair->ratio.limit_low, 2, 1e-12);
    agreement_free(agreement);
    snapshot_free(snapshot);
}

/* Hosts of two kinds have two biases. */
static void each_pair_of_meters_has_its_own(void **state)
{
    (void)state;
    struct snapshot *snapshot;
    add(0, figure("measured", powercap, 10), figure("estimated", model, 20), none);
    add(1, figure("measured", "powercap:package-0", 10), figure("estimated", model, 5), none);
    struct agreement *agreement = compare(&snapshot);
    assert_int_equal(agreement->n_pairs, 2);
    assert_near(agreement->pairs[0].ratio.mean, 2, 1e-12);
    assert_near(agreement->pairs[1].ratio.mean, 0.5, 1e-12);
    assert_true(isnan(agreement->pairs[0].difference_j.low));
    agreement_free(agreement);
    snapshot_free(snapshot);
}

static void check(enum table_format format, const char *golden)
{
    struct snapshot *snapshot;
    struct table *table;
    struct strbuf out = STRBUF_INIT;
    struct agreement *agreement = compare(&snapshot);
    assert_ok(agreement_table(&table, agreement, format, &err), err);
    assert_int_equal(table_write(table, format, 80, false, &out), ST_OK);
    assert_golden(golden, strbuf_text(&out));
    strbuf_free(&out);
    table_free(table);
    agreement_free(agreement);
    snapshot_free(snapshot);
}

static void tables(void **state)
{
    (void)state;
    fill();
    check(TABLE_TEXT, "results/golden/meters.txt");
    check(TABLE_CSV, "results/golden/meters.csv");
    check(TABLE_JSON, "results/golden/meters.json");
}

static void a_study_with_one_meter_says_how_to_have_more(void **state)
{
    (void)state;
    struct trial_record trial = fixture_trial(0, 0);
    struct attempt_record attempt = fixture_attempt(0, 0, 1, 1, 1);
    assert_ok(store_add_trial(store, &trial, &err), err);
    assert_ok(store_finish_attempt(store, &attempt, &err), err);
    check(TABLE_TEXT, "results/golden/meters-none.txt");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(the_bias_is_that_of_the_differences),
        TEST(each_pair_of_meters_has_its_own),
        TEST(tables),
        TEST(a_study_with_one_meter_says_how_to_have_more),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
