/* What the golden file of the trials' table (tables_test.c) does not show. */
#include "base/columns.h"
#include "results/pareto_table.h"
#include "results/trials.h"

#include "tests/check.h"
#include "tests/results/study_fixture.h"

#include <string.h>

static struct error err;

/* A study with one arm whose names and objectives are the caller's. */
static struct store *create(const struct objective *objectives, size_t n_objectives,
                            const char *const *params, size_t n_params, const char *policy)
{
    struct study_record study = fixture_study;
    struct store *store = NULL;
    study.objectives = objectives;
    study.n_objectives = n_objectives;
    study.params = params;
    study.n_params = n_params;
    study.idle_policy = policy;
    assert_ok(store_create(&store, study_folder.database, &study, fixture_arms, 1, &err), err);
    return store;
}

static void add_complete(struct store *store, uint64_t number, const char *params, double value,
                         const struct metric_record *metrics, size_t n_metrics)
{
    struct trial_record trial = fixture_trial(0, number);
    struct attempt_record attempt = fixture_attempt(0, number, 1, 8000000, 2000000);
    trial.params = params;
    trial.state = TRIAL_COMPLETE;
    trial.values = &value;
    trial.energy_j = 10;
    attempt.metrics = metrics;
    attempt.n_metrics = n_metrics;
    assert_ok(store_add_trial(store, &trial, &err), err);
    assert_ok(store_finish_attempt(store, &attempt, &err), err);
}

static void write_csv(struct store *store, bool front, struct strbuf *out)
{
    struct snapshot *snapshot = NULL;
    struct table *table = NULL;
    assert_ok(snapshot_load(&snapshot, store, &err), err);
    if (front)
        assert_ok(pareto_table(&table, snapshot, NULL, NULL, &err), err);
    else
        assert_ok(trials_table(&table, snapshot, NULL, &err), err);
    assert_int_equal(table_write(table, TABLE_CSV, 0, false, out), ST_OK);
    table_free(table);
    snapshot_free(snapshot);
}

static void assert_contains(const struct strbuf *text, const char *part)
{
    if (!strstr(strbuf_text(text), part))
        fail_msg("no \"%s\" in:\n%s", part, strbuf_text(text));
}

static void objectives_come_before_other_metrics(void **state)
{
    (void)state;
    static char value[] = "value";
    static const struct objective objective = {value, GOAL_MINIMIZE};
    static const char *const params[] = {"rate", "a,b"};
    static const struct metric_record metrics[] = {{"loss", 6}, {"value", 3}};
    struct strbuf out = STRBUF_INIT;
    struct store *store = create(&objective, 1, params, 2, "equal");
    add_complete(store, 0, "{\"rate\":1,\"a,b\":true}", 3, metrics, 2);
    write_csv(store, false, &out);
    assert_contains(&out, "reason,rate,\"a,b\",value,loss,energy_j");
    assert_contains(&out, "complete,,1,true,3,6,10");
    strbuf_free(&out);
    store_close(store);
}

/* What is a column here must be refused as a parameter's name, and the other way round. */
static void columns_are_the_reserved_names(void **state)
{
    (void)state;
    struct strbuf out = STRBUF_INIT;
    struct store *store = create(fixture_study.objectives, 2, NULL, 0, "equal");
    size_t columns = 0;
    write_csv(store, false, &out);
    out.text[strcspn(out.text, "\r")] = '\0';
    for (char *name = strtok(out.text, ","); name; name = strtok(NULL, ","), columns++)
        if (strcmp(name, "accuracy") != 0 && !column_is_reserved(name))
            fail_msg("%s is a column and not reserved", name);
    assert_int_equal(columns, 31); /* the 30 reserved ones, and the accuracy */
    strbuf_free(&out);
    store_close(store);
}

static void a_failed_trial_that_waits_again_has_two_rows(void **state)
{
    (void)state;
    struct strbuf out = STRBUF_INIT;
    struct store *store = create(fixture_study.objectives, 2, fixture_study.params, 2, "equal");
    struct trial_record trial = fixture_trial(0, 0);
    struct attempt_record attempt = fixture_attempt(0, 0, 1, 1, 1);
    attempt.state = TRIAL_FAILED;
    attempt.reason = "timed out";
    attempt.energy.quality = "none";
    attempt.epochs_done = -1;
    assert_ok(store_add_trial(store, &trial, &err), err);
    assert_ok(store_finish_attempt(store, &attempt, &err), err);
    write_csv(store, false, &out);
    assert_contains(&out, "grid,0,0,1,failed,timed out,0.01,sgd,,,,,,none,,10,19.5,321.25,,");
    assert_contains(&out, "grid,0,0,,queued,,0.01,sgd,,,,,,,,,,,,,,,,100,,,,,,,\r\n");
    strbuf_free(&out);
    store_close(store);
}

static void a_trial_names_the_one_that_it_continues(void **state)
{
    (void)state;
    struct strbuf out = STRBUF_INIT;
    struct store *store = create(fixture_study.objectives, 2, fixture_study.params, 2, "equal");
    struct trial_record trial = fixture_trial(0, 0), later = fixture_trial(0, 1);
    later.continues = 0;
    assert_ok(store_add_trial(store, &trial, &err), err);
    assert_ok(store_add_trial(store, &later, &err), err);
    write_csv(store, false, &out);
    assert_contains(&out, ",energy_skews,continues,feasible\r\n");
    assert_contains(&out, ",100,,,,,,,\r\n");
    assert_contains(&out, ",101,,,,,,0,\r\n");
    strbuf_free(&out);
    store_close(store);
}

static void the_idle_policy_changes_the_energy_and_its_bounds(void **state)
{
    (void)state;
    struct strbuf out = STRBUF_INIT;
    struct store *store =
        create(fixture_study.objectives, 1, fixture_study.params, 2, "separate");
    add_complete(store, 0, "{\"lr\":1}", 0.5, NULL, 0);
    write_csv(store, false, &out);
    assert_contains(&out, ",8,6.4,9.6,2,estimated,"); /* of 10, 8 and 12 with the idle energy */
    strbuf_free(&out);
    store_close(store);
}

static void one_objective_is_shown_against_energy(void **state)
{
    (void)state;
    struct strbuf out = STRBUF_INIT;
    struct store *store = create(fixture_study.objectives, 1, fixture_study.params, 2, "equal");
    add_complete(store, 0, "{\"lr\":1,\"optimizer\":\"sgd\"}", 0.5, NULL, 0);
    add_complete(store, 1, "{\"lr\":2,\"optimizer\":\"sgd\"}", 0.25, NULL, 0);
    write_csv(store, true, &out);
    assert_string_equal(strbuf_text(&out),
                        "study,arm,strategy,repeat,trial,lr,optimizer,accuracy,energy_j,"
                        "energy_quality\r\ncifar,0,grid,0,0,1,sgd,0.5,10,estimated\r\n");
    strbuf_free(&out);
    store_close(store);
}

static void write_front(struct store *store, struct strbuf *out)
{
    struct snapshot *snapshot = NULL;
    struct table *table = NULL;
    assert_ok(snapshot_load(&snapshot, store, &err), err);
    assert_ok(pareto_table(&table, snapshot, NULL, NULL, &err), err);
    assert_int_equal(table_write(table, TABLE_TEXT, 0, false, out), ST_OK);
    table_free(table);
    snapshot_free(snapshot);
}

static void the_front_names_the_policy_of_its_joules(void **state)
{
    (void)state;
    static const char *const told = "by the policy \"equal\", as the search was told";
    struct strbuf out = STRBUF_INIT;
    struct store *store =
        create(fixture_study.objectives, 1, fixture_study.params, 2, "separate");
    add_complete(store, 0, "{\"lr\":1}", 0.5, NULL, 0);
    write_front(store, &out);
    assert_contains(&out, "energy_j (estimated)");
    assert_contains(&out, "8.00 J"); /* of 10 with the idle energy */
    assert_null(strstr(out.text, told));
    store_close(store);
    fixture_tear_down(NULL);

    fixture_set_up(NULL);
    strbuf_clear(&out);
    store = create(fixture_study.objectives + 1, 1, fixture_study.params, 2, "separate");
    add_complete(store, 0, "{\"lr\":1}", 10, NULL, 0);
    write_front(store, &out);
    assert_contains(&out, "10.0 J");
    assert_contains(&out, told);
    strbuf_free(&out);
    store_close(store);
}

static void parameters_that_are_no_object_are_no_crash(void **state)
{
    (void)state;
    struct strbuf out = STRBUF_INIT;
    struct store *store = create(fixture_study.objectives, 1, fixture_study.params, 2, "equal");
    add_complete(store, 0, "[1, 2]", 0.5, NULL, 0);
    write_csv(store, false, &out);
    assert_contains(&out, "complete,,,,,10");
    strbuf_free(&out);
    store_close(store);
}

static void write_text(struct store *store, struct strbuf *out)
{
    struct snapshot *snapshot = NULL;
    struct table *table = NULL;
    strbuf_clear(out);
    assert_ok(snapshot_load(&snapshot, store, &err), err);
    assert_ok(trials_table(&table, snapshot, NULL, &err), err);
    assert_int_equal(table_write(table, TABLE_TEXT, 0, false, out), ST_OK);
    table_free(table);
    snapshot_free(snapshot);
}

static void finish(struct store *store, uint32_t attempt, const char *quality,
                   const char *meters, uint32_t gaps)
{
    struct attempt_record record = fixture_attempt(0, 0, attempt, 1, 1);
    record.energy.quality = quality;
    record.energy.meters = meters;
    record.energy.gaps = gaps;
    assert_ok(store_finish_attempt(store, &record, &err), err);
}

static void the_notes_say_how_well_the_joules_are_known(void **state)
{
    (void)state;
    struct strbuf out = STRBUF_INIT;
    struct store *store = create(fixture_study.objectives, 1, fixture_study.params, 2, "equal");
    struct trial_record trial = fixture_trial(0, 0);
    assert_ok(store_add_trial(store, &trial, &err), err);
    write_text(store, &out);
    assert_null(strstr(out.text, "Energy")); /* nothing was metered, nothing is claimed */

    finish(store, 1, "none", NULL, 0);
    write_text(store, &out);
    assert_contains(&out, "No meter worked");
    finish(store, 2, "measured", "powercap:package-0", 0);
    write_text(store, &out);
    assert_contains(&out, "Energy is measured by powercap:package-0, ");
    assert_contains(&out, "1 of 2 attempts have no energy figure");
    assert_contains(&out, "energy (measured)");
    assert_null(strstr(out.text, "model"));
    assert_null(strstr(out.text, "not comparable"));
    finish(store, 3, "estimated", "model:EPYC 9005", 3);
    write_text(store, &out);
    assert_contains(&out, "Energy is estimated to measured by powercap:package-0 and others");
    assert_null(strstr(out.text, "energy (")); /* not of one quality */
    assert_contains(&out, "Estimated joules come from a model");
    assert_contains(&out, "3 reads of the meters failed");
    assert_contains(&out, "not comparable");
    strbuf_free(&out);
    store_close(store);
}

static void the_notes_say_what_went_wrong(void **state)
{
    (void)state;
    struct strbuf out = STRBUF_INIT;
    struct store *store = create(fixture_study.objectives, 1, fixture_study.params, 2, "equal");
    struct trial_record trial = fixture_trial(0, 0);
    struct attempt_record attempt = fixture_attempt(0, 0, 1, 1, 1);
    assert_ok(store_add_trial(store, &trial, &err), err);
    assert_ok(store_finish_attempt(store, &attempt, &err), err);
    write_text(store, &out);
    assert_contains(&out, "\nMethod: cpu time (/proc), idle by the meter.\n");
    assert_null(strstr(out.text, "unseen"));
    assert_null(strstr(out.text, "Clocks"));
    assert_null(strstr(out.text, "noise"));

    attempt.attempt = 2;
    attempt.duration_s = 0.05;
    attempt.energy.ambiguous = 3;
    attempt.energy.skews = 4;
    attempt.energy.method = "cpu time (cgroup), idle measured";
    assert_ok(store_finish_attempt(store, &attempt, &err), err);
    attempt.attempt = 3; /* what a trial says itself can be as short as it likes */
    attempt.energy.quality = "reported";
    attempt.energy.ambiguous = -1;
    attempt.energy.skews = -1;
    assert_ok(store_finish_attempt(store, &attempt, &err), err);
    write_text(store, &out);
    assert_contains(&out, "\nMethods: cpu time (/proc), idle by the meter and others, see");
    assert_contains(&out, "3 intervals were so long that a counter may have gone round unseen");
    assert_contains(&out, "Clocks disagreed, and were clamped, 4 times");
    assert_contains(&out, "Attempts under 100 ms, whose joules are mostly noise: 1 of 3.");
    strbuf_free(&out);
    store_close(store);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_set_up, fixture_tear_down)
    const struct CMUnitTest tests[] = {
        TEST(objectives_come_before_other_metrics),
        TEST(columns_are_the_reserved_names),
        TEST(a_failed_trial_that_waits_again_has_two_rows),
        TEST(a_trial_names_the_one_that_it_continues),
        TEST(the_idle_policy_changes_the_energy_and_its_bounds),
        TEST(one_objective_is_shown_against_energy),
        TEST(the_front_names_the_policy_of_its_joules),
        TEST(the_notes_say_how_well_the_joules_are_known),
        TEST(the_notes_say_what_went_wrong),
        TEST(parameters_that_are_no_object_are_no_crash),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
