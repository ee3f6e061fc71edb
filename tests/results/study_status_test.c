#include "results/study_status.h"

#include "tests/golden.h"
#include "tests/results/study_fixture.h"

#include <math.h>

static struct fixture_folder folder;
static struct error err;

/* Half a minute after the last attempt of the fixture began. */
static const int64_t now_us = 1700000100000000;

static int set_up(void **state)
{
    (void)state;
    fixture_folder_make(&folder);
    fixture_fill(&folder);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    fixture_folder_remove(&folder);
    return 0;
}

static struct store *open_store(enum store_mode mode)
{
    struct store *store = NULL;
    assert_ok(store_open(&store, folder.database, mode, &err), err);
    return store;
}

/* The queued trial of the last arm starts and reports twice. */
static void start_one(struct store *store)
{
    static const struct metric_record one[] = {{"accuracy", 0.3}},
                                      two[] = {{"accuracy", 0.4}, {"loss", 1.25}};
    struct trial_record trial = fixture_trial(3, 2);
    trial.state = TRIAL_RUNNING;
    assert_ok(store_begin(store, &err), err);
    assert_ok(store_set_trial(store, &trial, &err), err);
    assert_ok(store_start_attempt(store, 3, 2, 1, "node8", 4, 1700000070000000, &err), err);
    assert_ok(store_add_report(store, 3, 2, 1, 1, one, 1, &err), err);
    assert_ok(store_add_report(store, 3, 2, 1, 2, two, 2, &err), err);
    assert_ok(store_commit(store, &err), err);
}

struct view {
    struct store *reader;
    struct snapshot *snapshot;
    struct study_status *status;
    struct strbuf text;
};

static void look(struct view *view)
{
    *view = (struct view){.reader = open_store(STORE_READ)};
    assert_ok(snapshot_load(&view->snapshot, view->reader, &err), err);
    assert_ok(study_status_load(&view->status, view->reader, view->snapshot, now_us, &err),
              err);
    assert_int_equal(
        study_status_write(view->status, "study.db", now_us, 0, false, &view->text), ST_OK);
}

static void look_away(struct view *view)
{
    strbuf_free(&view->text);
    study_status_free(view->status);
    snapshot_free(view->snapshot);
    store_close(view->reader);
}

static void a_running_study(void **state)
{
    (void)state;
    struct view view;
    struct store *writer = open_store(STORE_WRITE);
    start_one(writer);
    look(&view);
    assert_true(view.status->written);
    assert_int_equal(view.status->ended, 12);
    assert_int_equal(view.status->running, 1);
    assert_near(view.status->energy_j, 38 + 54 + 50 + 50, 1e-9);
    assert_int_equal(view.status->best_arm, 1);
    assert_int_equal(view.status->arms[1].best_trial, 1);
    /* From the first start, 10 s after 1700000000, to the last end of each arm; to now for the
     * arm that runs. */
    assert_near(view.status->arms[0].active_s, 50, 0);
    assert_near(view.status->arms[1].active_s, 70, 0);
    assert_near(view.status->arms[3].active_s, 90, 0);
    /* 5 trials to an arm by the study file: 2 + 1 running are not ended in the last. */
    assert_int_equal(view.status->budget, 5);
    assert_near(view.status->left_s, 3 * (50 + 70 + 50 + 90) / 12.0, 1e-9);
    assert_golden("results/golden/status.txt", strbuf_text(&view.text));
    look_away(&view);
    store_close(writer);
}

/* What runs uses 1.5 processors, and twice the watts of its first second in its second. */
static void a_running_study_is_watched(void **state)
{
    (void)state;
    const struct sample_record samples[] = {
        {1000000, 1500000, 50000000, 60000000, 102400, -1, -1, -1},
        {2000000, 1500000, 100000000, 110000000, 204800, -1, -1, -1}};
    struct view view;
    struct store *writer = open_store(STORE_WRITE);
    start_one(writer);
    assert_ok(store_add_samples(writer, 3, 2, 1, samples, 2, &err), err);
    look(&view);
    assert_golden("results/golden/status-watched.txt", strbuf_text(&view.text));
    strbuf_clear(&view.text);
    assert_int_equal(study_status_write(view.status, "study.db", now_us, 80, false, &view.text),
                     ST_OK);
    assert_golden("results/golden/status-narrow.txt", strbuf_text(&view.text));
    look_away(&view);
    store_close(writer);
}

static void a_killed_study_is_no_running_one(void **state)
{
    (void)state;
    struct view view;
    struct store *writer = open_store(STORE_WRITE);
    start_one(writer);
    store_close(writer);
    look(&view);
    assert_false(view.status->written);
    assert_golden("results/golden/status-killed.txt", strbuf_text(&view.text));
    look_away(&view);
}

static void a_study_that_is_done_has_no_time_left(void **state)
{
    (void)state;
    struct view view;
    struct store *writer = open_store(STORE_WRITE);
    assert_ok(store_set_state(writer, STUDY_DONE, NULL, &err), err);
    store_close(writer);
    look(&view);
    assert_true(isnan(view.status->left_s));
    assert_null(strstr(view.text.text, "left"));
    assert_null(strstr(view.text.text, "resume"));
    assert_non_null(strstr(view.text.text, "12 ended of at most 20\n"));
    look_away(&view);
}

static void a_study_that_ended_early_says_why(void **state)
{
    (void)state;
    static const struct {
        enum study_state state;
        const char *reason, *line;
    } cases[] = {
        {STUDY_BROKEN, "every trial has failed; the last: exited with status 7",
         "cifar: broken: every trial has failed; the last: exited with status 7\n"},
        {STUDY_BROKEN, NULL, "cifar: broken\n"},
        {STUDY_INTERRUPTED, "no worker is left",
         "cifar: interrupted: no worker is left (go on with: wattune resume study.db)\n"},
        {STUDY_INTERRUPTED, "interrupted",
         "cifar: interrupted (go on with: wattune resume study.db)\n"},
        {STUDY_DONE, NULL, "cifar: done\n"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct view view;
        struct store *writer = open_store(STORE_WRITE);
        assert_ok(store_set_state(writer, cases[i].state, cases[i].reason, &err), err);
        store_close(writer);
        look(&view);
        if (strncmp(view.text.text, cases[i].line, strlen(cases[i].line)) != 0)
            fail_msg("expected \"%s\", got \"%s\"", cases[i].line, view.text.text);
        look_away(&view);
    }
}

static void a_study_without_trials(void **state)
{
    (void)state;
    struct view view;
    struct store *writer = NULL;
    struct fixture_folder kept = folder;
    fixture_folder_make(&folder);
    assert_ok(store_create(&writer, folder.database, &fixture_study, fixture_arms, FIXTURE_ARMS,
                           &err),
              err);
    look(&view);
    assert_int_equal(view.status->ended, 0);
    assert_true(isnan(view.status->energy_j) && isnan(view.status->left_s));
    assert_int_equal(view.status->best_arm, FIXTURE_ARMS);
    look_away(&view);

    struct overhead_record overhead = {
        .arm = 0, .host = "node7", .quality = "measured", .waiting_uj = 2000000};
    assert_ok(store_add_overhead(writer, &overhead, &err), err);
    look(&view);
    assert_non_null(strstr(view.text.text, "energy   2.00 J (measured)\n"));
    look_away(&view);
    store_close(writer);
    fixture_folder_remove(&folder);
    folder = kept;
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(a_running_study),
        TEST(a_running_study_is_watched),
        TEST(a_killed_study_is_no_running_one),
        TEST(a_study_that_is_done_has_no_time_left),
        TEST(a_study_that_ended_early_says_why),
        TEST(a_study_without_trials),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
