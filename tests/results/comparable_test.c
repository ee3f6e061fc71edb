/* Made studies whose arms were metered alike, and not. */
#include "results/comparable.h"
#include "results/compare.h"

#include "tests/check.h"
#include "tests/results/study_fixture.h"

#include <math.h>
#include <string.h>

static struct error err;

/* Two arms of 10 attempts each, changed by `spoil`, which gets the arm and the place. */
static struct snapshot *make(const struct fixture_folder *folder,
                             void (*spoil)(struct attempt_record *, uint32_t, uint64_t),
                             const char *overhead)
{
    struct store *store = NULL;
    struct snapshot *snapshot = NULL;
    assert_ok(store_create(&store, folder->database, &fixture_study, fixture_arms, FIXTURE_ARMS,
                           &err),
              err);
    for (uint32_t arm = 0; arm < 2; arm++) {
        for (uint64_t i = 0; i < 10; i++) {
            struct trial_record trial = fixture_trial(arm, i);
            struct attempt_record attempt = fixture_attempt(arm, i, 1, 1000000, 0);
            if (spoil)
                spoil(&attempt, arm, i);
            assert_ok(store_add_trial(store, &trial, &err), err);
            assert_ok(store_finish_attempt(store, &attempt, &err), err);
        }
        struct overhead_record row = {.arm = arm,
                                      .host = "node7",
                                      .quality = arm ? overhead : "estimated",
                                      .waiting_uj = 5};
        assert_ok(store_add_overhead(store, &row, &err), err);
    }
    assert_ok(snapshot_load(&snapshot, store, &err), err);
    store_close(store);
    return snapshot;
}

/* The check answers as expected, and the table warns of what it refuses. */
static void expect(void (*spoil)(struct attempt_record *, uint32_t, uint64_t),
                   const char *overhead, const char *says)
{
    struct fixture_folder folder;
    fixture_folder_make(&folder);
    struct snapshot *snapshot = make(&folder, spoil, overhead);
    enum status status = comparable_check(snapshot, &err);
    assert_int_equal(status, says ? ST_INVALID : ST_OK);
    if (says && !strstr(err.what, says))
        fail_msg("'%s' is not in '%s'", says, err.what);
    if (says)
        assert_non_null(strstr(err.remedy, "--force"));
    struct comparison *made = NULL;
    struct table *table = NULL;
    struct strbuf text = STRBUF_INIT;
    assert_ok(compare_create(&made, snapshot, NULL, (double)NAN, &err), err);
    assert_ok(compare_table(&table, made, TABLE_TEXT, &err), err);
    assert_int_equal(table_write(table, TABLE_TEXT, 0, false, &text), ST_OK);
    assert_int_equal(strstr(text.text, "WARNING") != NULL, says != NULL);
    strbuf_free(&text);
    table_free(table);
    compare_free(made);
    snapshot_free(snapshot);
    fixture_folder_remove(&folder);
}

static void measured_in_one_arm(struct attempt_record *attempt, uint32_t arm, uint64_t i)
{
    (void)i;
    attempt->energy.quality = arm ? "measured" : "estimated";
}

static void measured_once(struct attempt_record *attempt, uint32_t arm, uint64_t i)
{
    attempt->energy.quality = arm && i == 3 ? "measured" : "estimated";
}

static void other_meters(struct attempt_record *attempt, uint32_t arm, uint64_t i)
{
    (void)i;
    attempt->energy.meters = arm ? "model:default" : "model:EPYC 9005";
}

static void more_zones(struct attempt_record *attempt, uint32_t arm, uint64_t i)
{
    attempt->energy.meters =
        arm && i == 9 ? "powercap:package-0" : "powercap:package-0,package-1";
}

/* Two kinds of hosts, on which both arms ran. */
static void two_hosts(struct attempt_record *attempt, uint32_t arm, uint64_t i)
{
    attempt->energy.meters = (i + arm) % 2 ? "model:default" : "model:EPYC 9005";
}

static void one_lost(struct attempt_record *attempt, uint32_t arm, uint64_t i)
{
    if (arm && i == 0)
        attempt->energy.quality = "none";
}

static void one_lost_each(struct attempt_record *attempt, uint32_t arm, uint64_t i)
{
    (void)arm;
    if (i == 0)
        attempt->energy.quality = "none";
}

static void unmetered_arm(struct attempt_record *attempt, uint32_t arm, uint64_t i)
{
    (void)i;
    if (arm)
        attempt->energy.quality = "none";
}

static void unmetered(struct attempt_record *attempt, uint32_t arm, uint64_t i)
{
    (void)arm;
    (void)i;
    attempt->energy.quality = "none";
}

static void failed_reads(struct attempt_record *attempt, uint32_t arm, uint64_t i)
{
    attempt->energy.gaps = arm && i < 2 ? 7 : 0;
}

static void unseen_rounds(struct attempt_record *attempt, uint32_t arm, uint64_t i)
{
    attempt->energy.ambiguous = arm && i < 2 ? 7 : 0;
}

static void idle_unknown(struct attempt_record *attempt, uint32_t arm, uint64_t i)
{
    (void)i;
    attempt->energy.method =
        arm ? "cpu time (/proc), idle unknown" : "cpu time (/proc), idle measured";
}

static void other_ways(struct attempt_record *attempt, uint32_t arm, uint64_t i)
{
    (void)i;
    attempt->energy.method =
        arm ? "cpu time (cgroup), idle given" : "cpu time (/proc), idle measured";
}

/* One arm was stored by version 1, which did not tell. */
static void untold(struct attempt_record *attempt, uint32_t arm, uint64_t i)
{
    (void)i;
    attempt->energy.method = arm ? NULL : "cpu time (/proc), idle measured";
}

static void equal_provenance_is_compared(void **state)
{
    (void)state;
    expect(NULL, "estimated", NULL);
    expect(two_hosts, "estimated", NULL);
    expect(one_lost_each, "estimated", NULL);
    expect(unmetered, "estimated", NULL);
    expect(other_ways, "estimated", NULL);
    expect(untold, "estimated", NULL);
    expect(NULL, "none", NULL); /* nothing was booked there */
}

static void unequal_provenance_is_refused_and_told(void **state)
{
    (void)state;
    expect(measured_in_one_arm, "estimated",
           "quality of the trials' joules: grid estimated, bayes measured");
    expect(measured_once, "estimated",
           "quality of the trials' joules: grid estimated, bayes estimated to measured");
    expect(other_meters, "estimated", "meters: grid model:EPYC 9005, bayes model:default");
    expect(more_zones, "estimated",
           "meters: grid powercap:package-0,package-1, bayes powercap:package-0,package-1 and "
           "powercap:package-0");
    expect(one_lost, "estimated",
           "attempts without a figure or with doubtful reads: grid 0 of 10, bayes 1 of 10");
    expect(unmetered_arm, "estimated", "grid 0 of 10, bayes 10 of 10");
    expect(failed_reads, "estimated", "grid 0 of 10, bayes 2 of 10");
    expect(unseen_rounds, "estimated", "grid 0 of 10, bayes 2 of 10");
    expect(idle_unknown, "estimated", "idle power: grid known, bayes unknown");
    expect(NULL, "measured",
           "quality of the joules outside of trials: grid estimated, bayes measured");
}

static void other_methods_are_told_and_no_reason_to_refuse(void **state)
{
    (void)state;
    static const struct {
        void (*spoil)(struct attempt_record *, uint32_t, uint64_t);
        const char *says;
    } cases[] = {{NULL, ""},
                 {untold, ""},
                 {idle_unknown, ""}, /* is refused instead */
                 {other_ways, "methods: grid cpu time (/proc), idle measured, "
                              "bayes cpu time (cgroup), idle given"}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct fixture_folder folder;
        struct strbuf text = STRBUF_INIT;
        fixture_folder_make(&folder);
        struct snapshot *snapshot = make(&folder, cases[i].spoil, "estimated");
        comparable_remarks(snapshot, &text);
        assert_string_equal(strbuf_text(&text), cases[i].says);
        strbuf_free(&text);
        snapshot_free(snapshot);
        fixture_folder_remove(&folder);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(equal_provenance_is_compared),
        cmocka_unit_test(unequal_provenance_is_refused_and_told),
        cmocka_unit_test(other_methods_are_told_and_no_reason_to_refuse),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
