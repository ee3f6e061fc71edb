/* The table of `wattune importance`, on a study whose parameters matter in known ways. */
#include "results/importance_table.h"

#include "base/json.h"
#include "results/export.h"

#include "tests/results/golden_table.h"
#include "tests/results/study_fixture.h"

static char accuracy[] = "accuracy", flat[] = "flat";
static const struct objective objectives[] = {{accuracy, GOAL_MAXIMIZE}, {flat, GOAL_MINIMIZE}};
static const char *const params[] = {"lr", "optimizer", "epochs", "momentum"};

enum { TRIALS = 24 };

static struct fixture_folder folder;
static struct snapshot *snapshot;
static struct error err;

/* Trial i: a rate, an optimizer, epochs, and a momentum that only sgd has. */
struct point {
    double lr, epochs;
    bool sgd;
};

static struct point point_of(size_t i)
{
    static const double rates[] = {0.001, 0.01, 0.1};
    return (struct point){rates[i % 3], (double)(1 + i / 6), i / 3 % 2 == 0};
}

static const char *params_of(size_t i, char *text, size_t size)
{
    struct point point = point_of(i);
    snprintf(text, size, "{\"lr\":%g,\"optimizer\":\"%s\",\"epochs\":%g%s}", point.lr,
             point.sgd ? "sgd" : "adam", point.epochs, point.sgd ? ",\"momentum\":0.9" : "");
    return text;
}

static void add_trial(struct store *store, size_t i)
{
    char text[128];
    struct trial_record trial = fixture_trial(0, i);
    trial.params = params_of(i, text, sizeof text);
    assert_ok(store_add_trial(store, &trial, &err), err);
}

/* The accuracy follows the rate and, less, the optimizer; the joules follow the epochs. The
 * first trial reports no memory. */
static void end_trial(struct store *store, size_t i)
{
    struct point point = point_of(i);
    double values[] = {0.5 + 0.2 * (point.lr > 0.005) + 0.1 * point.sgd, 1};
    const struct metric_record metrics[] = {{"accuracy", values[0]}, {"params", point.epochs}};
    struct attempt_record attempt =
        fixture_attempt(0, i, 1, (int64_t)(point.epochs * 1e6), (int64_t)(point.epochs * 2e5));
    struct trial_record trial = fixture_trial(0, i);
    attempt.metrics = metrics;
    attempt.n_metrics = i > 0 ? 2 : 1;
    assert_ok(store_finish_attempt(store, &attempt, &err), err);
    char text[128];
    trial.params = params_of(i, text, sizeof text);
    trial.state = TRIAL_COMPLETE;
    trial.values = values;
    trial.told = (int64_t)i;
    assert_ok(store_set_trial(store, &trial, &err), err);
}

static void fill(size_t n)
{
    struct study_record study = fixture_study;
    struct store *store = NULL;
    study.json =
        "{\"name\": \"known\", \"space\": {"
        "\"lr\": {\"type\": \"real\", \"low\": 0.001, \"high\": 0.1, \"scale\": \"log\"},"
        "\"optimizer\": {\"type\": \"categorical\", \"values\": [\"sgd\", \"adam\"]},"
        "\"epochs\": {\"type\": \"integer\", \"low\": 1, \"high\": 4},"
        "\"momentum\": {\"type\": \"ordinal\", \"values\": [0, 0.9],"
        " \"when\": {\"optimizer\": \"sgd\"}}}}";
    study.name = "known";
    study.objectives = objectives;
    study.params = params;
    study.n_params = 4;
    assert_ok(store_create(&store, folder.database, &study, fixture_arms, 1, &err), err);
    assert_ok(store_begin(store, &err), err);
    for (size_t i = 0; i < n; i++) {
        add_trial(store, i);
        end_trial(store, i);
    }
    assert_ok(store_commit(store, &err), err);
    store_close(store);
    snapshot = fixture_snapshot(&folder);
}

static int set_up(void **state)
{
    (void)state;
    fixture_folder_make(&folder);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    snapshot_free(snapshot);
    snapshot = NULL;
    fixture_folder_remove(&folder);
    return 0;
}

static void check_form(const char *metric, bool pairs, enum table_format format,
                       const char *golden)
{
    struct table *table = NULL;
    assert_ok(importance_table(&table, snapshot, metric, pairs, &err), err);
    assert_golden_table(golden, table, format);
}

static void every_form(void **state)
{
    (void)state;
    fill(TRIALS);
    check_form(NULL, false, TABLE_TEXT, "results/golden/importance.txt");
    check_form(NULL, false, TABLE_CSV, "results/golden/importance.csv");
    check_form(NULL, false, TABLE_JSON, "results/golden/importance.json");
    check_form("accuracy", true, TABLE_TEXT, "results/golden/importance-pairs.txt");
    check_form("params", false, TABLE_TEXT, "results/golden/importance-metric.txt");
}

static void figures_of_attempts(void **state)
{
    (void)state;
    static const char *const figures[] = {"energy_j", "duration_s", "cpu_s", "peak_memory_mb"};
    fill(TRIALS);
    for (size_t i = 0; i < 4; i++) {
        struct table *table = NULL;
        assert_ok(importance_table(&table, snapshot, figures[i], true, &err), err);
        assert_int_equal(table_rows(table), 4 + 6);
        table_free(table);
    }
    struct table *table = NULL;
    assert_int_equal(importance_table(&table, snapshot, "recall", false, &err), ST_NOTFOUND);
    assert_non_null(strstr(err.what, "recall"));
}

/* Once each, whether it has one bound, two, or is an objective; behind the objectives. */
static void constrained_metrics_are_asked_about(void **state)
{
    (void)state;
    struct table *table = NULL;
    struct strbuf out = STRBUF_INIT;
    fill(TRIALS);
    snapshot_free(snapshot);
    fixture_execute(&folder,
                    "INSERT INTO study_constraint VALUES"
                    " (0, 'params', 'at_least', 1), (1, 'params', 'at_most', 3),"
                    " (2, 'accuracy', 'at_least', 0.5), (3, 'recall', 'at_least', 0.5),"
                    " (4, 'energy_j', 'at_most', 3)");
    snapshot = fixture_snapshot(&folder);
    assert_ok(importance_table(&table, snapshot, NULL, false, &err), err);
    assert_int_equal(table_rows(table), 4 * 4); /* accuracy, flat, params, energy_j */
    assert_int_equal(table_write(table, TABLE_CSV, 0, false, &out), ST_OK);
    const char *flat_row = strstr(strbuf_text(&out), "known,flat,");
    const char *params_row = strstr(strbuf_text(&out), "known,params,");
    const char *energy_row = strstr(strbuf_text(&out), "known,energy_j,");
    assert_true(flat_row && flat_row < params_row && params_row < energy_row);
    strbuf_free(&out);
    table_free(table);
}

/* The export holds the same rows. */
static void an_export_holds_it(void **state)
{
    (void)state;
    struct strbuf out = STRBUF_INIT, alone = STRBUF_INIT;
    struct table *table = NULL;
    struct json *root;
    fill(TRIALS);
    struct store *store = fixture_open(&folder, STORE_READ);
    assert_ok(export_write(store, snapshot, TABLE_JSON, &out, &err), err);
    store_close(store);
    assert_ok(json_parse(&root, out.text, out.length, "export", &err), err);
    const struct json *rows = json_member(json_member(root, "importance"), "rows");
    assert_int_equal(json_count(rows), 3 * 4); /* accuracy, flat, energy_j */
    assert_string_equal(json_string(json_member(json_first(rows), "parameter")), "lr");
    assert_ok(importance_table(&table, snapshot, NULL, false, &err), err);
    assert_int_equal(table_write(table, TABLE_JSON, 0, false, &alone), ST_OK);
    assert_non_null(strstr(out.text, strbuf_text(&alone)));
    table_free(table);
    json_free(root);
    strbuf_free(&out);
    strbuf_free(&alone);
}

static void too_few_trials(void **state)
{
    (void)state;
    fill(9);
    check_form("accuracy", false, TABLE_TEXT, "results/golden/importance-few.txt");
}

static void no_trials(void **state)
{
    (void)state;
    fill(0);
    struct table *table = NULL;
    assert_ok(importance_table(&table, snapshot, NULL, false, &err), err);
    assert_int_equal(table_rows(table), 8); /* two objectives, no joules */
    table_free(table);
}

static void a_study_without_its_space(void **state)
{
    (void)state;
    struct table *table = NULL;
    fixture_fill(&folder);
    snapshot = fixture_snapshot(&folder);
    assert_int_equal(importance_table(&table, snapshot, NULL, false, &err), ST_FORMAT);
    assert_non_null(strstr(err.what, "space"));
}

static void a_trial_that_is_no_point(void **state)
{
    (void)state;
    struct table *table = NULL;
    char text[] = "{\"lr\": 7}";
    fill(TRIALS);
    struct trial_record *trial = &snapshot->arms[0].trials[3];
    const char *stored = trial->params;
    trial->params = text;
    assert_int_equal(importance_table(&table, snapshot, NULL, false, &err), ST_FORMAT);
    assert_non_null(strstr(err.what, "parameters"));
    trial->params = stored;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(every_form, set_up, tear_down),
        cmocka_unit_test_setup_teardown(figures_of_attempts, set_up, tear_down),
        cmocka_unit_test_setup_teardown(constrained_metrics_are_asked_about, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_export_holds_it, set_up, tear_down),
        cmocka_unit_test_setup_teardown(too_few_trials, set_up, tear_down),
        cmocka_unit_test_setup_teardown(no_trials, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_study_without_its_space, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_trial_that_is_no_point, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
