#include "results/export.h"

#include "base/json.h"
#include "results/trials.h"
#include "tests/golden.h"
#include "tests/results/study_fixture.h"

static struct fixture_folder folder;
static struct store *store;
static struct snapshot *snapshot;
static struct error err;

static int set_up(void **state)
{
    (void)state;
    static const struct metric_record metrics[] = {{"accuracy", 0.25}};
    fixture_folder_make(&folder);
    fixture_fill(&folder);
    assert_ok(store_open(&store, folder.database, STORE_WRITE, &err), err);
    assert_ok(store_add_report(store, 1, 2, 1, 1, metrics, 1, &err), err);
    assert_ok(store_add_report(store, 1, 2, 1, 2, metrics, 1, &err), err);
    assert_ok(store_add_report(store, 2, 0, 1, 1, metrics, 1, &err), err);
    assert_ok(snapshot_load(&snapshot, store, &err), err);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    snapshot_free(snapshot);
    store_close(store);
    fixture_folder_remove(&folder);
    return 0;
}

static void json_holds_the_whole_study(void **state)
{
    (void)state;
    struct strbuf out = STRBUF_INIT;
    struct json *root;
    assert_ok(export_write(store, snapshot, TABLE_JSON, &out, &err), err);
    assert_golden("results/golden/export.json", strbuf_text(&out));
    assert_ok(json_parse(&root, out.text, out.length, "export.json", &err), err);
    assert_string_equal(json_string(json_member(root, "format")), "wattune-export");
    assert_near(json_number(json_member(root, "version")), EXPORT_VERSION, 0);
    assert_int_equal(json_count(json_member(root, "arms")), FIXTURE_ARMS);
    assert_int_equal(json_count(json_member(json_member(root, "trials"), "rows")), 14);
    assert_int_equal(json_count(json_member(root, "reports")), 3);
    json_free(root);
    strbuf_free(&out);
}

static void csv_is_the_table_of_trials(void **state)
{
    (void)state;
    struct strbuf exported = STRBUF_INIT, written = STRBUF_INIT;
    struct table *table;
    assert_ok(export_write(store, snapshot, TABLE_CSV, &exported, &err), err);
    assert_ok(trials_table(&table, snapshot, NULL, &err), err);
    assert_int_equal(table_write(table, TABLE_CSV, 0, false, &written), ST_OK);
    assert_string_equal(exported.text, written.text);
    table_free(table);
    strbuf_free(&exported);
    strbuf_free(&written);
}

static void text_is_no_export(void **state)
{
    (void)state;
    struct strbuf out = STRBUF_INIT;
    assert_int_equal(export_write(store, snapshot, TABLE_TEXT, &out, &err), ST_INVALID);
    strbuf_free(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(json_holds_the_whole_study),
        cmocka_unit_test(csv_is_the_table_of_trials),
        cmocka_unit_test(text_is_no_export),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
