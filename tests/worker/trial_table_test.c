#include "worker/trial_table.h"

#include "tests/check.h"
#include "worker/trial_spec.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* lr is a number, optimizer a text, momentum a number that exists with sgd alone, width a
 * constant. */
static const char *const names[] = {"lr", "optimizer", "momentum", "width"};
static const bool numeric[] = {true, false, true, true};
static const bool constant[] = {false, false, false, true};
static const char *const needed[] = {"accuracy", NULL};
static const struct trial_params params = {
    .names = names, .n = 4, .numeric = numeric, .constant = constant, .needed = needed};
static struct error err;

/* Read a table with that text; the problems' text is the caller's. */
static struct trial_table *read_text(const char *text, struct json_problems *problems)
{
    char path[] = "/tmp/wattune-table-XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, strlen(text)), strlen(text));
    close(fd);
    *problems = (struct json_problems){.source = "s.json"};
    struct table_source source = {path, NULL, "trial.path", problems};
    struct trial_table *table;
    enum status status = trial_table_read(&table, &source, &params);
    assert_int_equal(status, table ? ST_OK : ST_INVALID);
    unlink(path);
    return table;
}

static struct trial_table *good(const char *text)
{
    struct json_problems problems;
    struct trial_table *table = read_text(text, &problems);
    if (!table)
        fail_msg("%s", strbuf_text(&problems.text));
    json_problems_free(&problems);
    return table;
}

/* The row at a point, given as JSON; NULL: none, and err says why. */
static const struct table_row *at(const struct trial_table *table, const char *point,
                                  uint64_t seed)
{
    struct json *object;
    const struct table_row *row;
    assert_ok(json_parse(&object, point, strlen(point), "point", &err), err);
    enum status status = trial_table_find(&row, table, object, seed, &err);
    assert_int_equal(status, row ? ST_OK : ST_NOTFOUND);
    json_free(object);
    return row;
}

static size_t line_at(const struct trial_table *table, const char *point)
{
    const struct table_row *row = at(table, point, 0);
    return row ? row->line : 0;
}

static void values_are_found_as_they_are_written(void **state)
{
    (void)state;
    struct trial_table *table = good("lr,optimizer,momentum,accuracy\r\n"
                                     "0.0316228,sgd,0.9,1\r\n"
                                     "1e-3,adam,,2\r\n"
                                     "100000001,adam,,3\r\n"
                                     "0.10,ADAM,,4\r\n"
                                     "0,\"a,b\",,5\r\n");
    assert_int_equal(trial_table_count(table), 5);
    assert_int_equal(
        line_at(table, "{\"lr\": 0.03162277660168, \"optimizer\": \"sgd\", \"momentum\": 0.9}"),
        2);
    assert_int_equal(line_at(table, "{\"lr\": 0.001, \"optimizer\": \"adam\"}"), 3);
    assert_int_equal(line_at(table, "{\"lr\": 100000001, \"optimizer\": \"adam\"}"), 4);
    assert_int_equal(line_at(table, "{\"lr\": 0.1, \"optimizer\": \"ADAM\", \"width\": 8}"), 5);
    assert_int_equal(line_at(table, "{\"lr\": 0, \"optimizer\": \"a,b\"}"), 6);
    assert_int_equal(line_at(table, "{\"lr\": 0.00100002, \"optimizer\": \"adam\"}"), 0);
    assert_int_equal(line_at(table, "{\"lr\": 100000002, \"optimizer\": \"adam\"}"), 0);
    assert_int_equal(line_at(table, "{\"lr\": 0.1, \"optimizer\": \"adam\"}"), 0);
    /* A parameter that exists is no empty cell, and the other way round. */
    assert_int_equal(
        line_at(table, "{\"lr\": 0.001, \"optimizer\": \"adam\", \"momentum\": 0.9}"), 0);
    assert_int_equal(line_at(table, "{\"lr\": 0.0316228, \"optimizer\": \"sgd\"}"), 0);
    trial_table_free(table);
}

static void booleans_are_texts(void **state)
{
    (void)state;
    struct trial_table *table =
        good("lr,optimizer,momentum,accuracy\n1,true,,1\n1,false,,2\n1,True,,3\n");
    assert_int_equal(line_at(table, "{\"lr\": 1, \"optimizer\": true}"), 2);
    assert_int_equal(line_at(table, "{\"lr\": 1, \"optimizer\": false}"), 3);
    trial_table_free(table);
}

static void constants_choose_where_there_is_a_column(void **state)
{
    (void)state;
    struct trial_table *table =
        good("width,lr,optimizer,momentum,accuracy\n8,1,a,,1\n16,1,a,,2\n");
    assert_int_equal(line_at(table, "{\"lr\": 1, \"optimizer\": \"a\", \"width\": 16}"), 3);
    assert_int_equal(line_at(table, "{\"lr\": 1, \"optimizer\": \"a\", \"width\": 32}"), 0);
    trial_table_free(table);
}

static void the_nearest_row_is_named(void **state)
{
    (void)state;
    struct trial_table *table = good("lr,optimizer,momentum,accuracy\n"
                                     "0.001,sgd,0.5,1\n0.1,sgd,0.5,1\n0.1,adam,,1\n");
    assert_null(at(table, "{\"lr\": 0.03, \"optimizer\": \"sgd\", \"momentum\": 0.5}", 0));
    assert_non_null(strstr(err.what, "no trial is recorded at this point: the nearest, /tmp/"));
    assert_non_null(strstr(err.what, ":3, has lr 0.1 instead of 0.03"));
    assert_null(at(table, "{\"lr\": 0.002, \"optimizer\": \"sgd\", \"momentum\": 0.5}", 0));
    assert_non_null(strstr(err.what, ":2, has lr 0.001 instead of 0.002"));
    assert_null(at(table, "{\"lr\": 0.1, \"optimizer\": \"adam\", \"momentum\": 0.5}", 0));
    assert_non_null(strstr(err.what, ":3, has optimizer sgd instead of adam"));
    assert_null(at(table, "{\"lr\": 0.1, \"optimizer\": \"sgd\"}", 0));
    assert_non_null(strstr(err.what, "momentum 0.5 instead of nothing"));
    trial_table_free(table);
}

static void the_seed_chooses_among_repeats(void **state)
{
    (void)state;
    struct trial_table *table = good("state,reason,lr,optimizer,momentum,accuracy\n"
                                     "complete,,1,a,,1\nfailed,broke,1,a,,\n"
                                     "complete,,1,a,,2\ncomplete,,1,a,,3\n"
                                     "running,,1,a,,\nqueued,,1,a,,\ncancelled,,1,a,,\n"
                                     "failed,\"out, of memory\",2,a,,\npruned,,3,a,,0.5\n"
                                     "failed,,3,a,,\n");
    size_t counts[8] = {0};
    enum { N = 300 };
    assert_int_equal(trial_table_count(table), 7);
    for (uint64_t seed = 0; seed < N; seed++) {
        const struct table_row *row = at(table, "{\"lr\": 1, \"optimizer\": \"a\"}", seed);
        assert_ptr_equal(row, at(table, "{\"lr\": 1, \"optimizer\": \"a\"}", seed));
        assert_int_equal(row->state, OUTCOME_COMPLETE);
        counts[row->line]++;
    }
    assert_int_equal(counts[2] + counts[4] + counts[5], N);
    for (size_t line = 2; line <= 5; line++)
        assert_true(line == 3 || (counts[line] > 60 && counts[line] < 140));
    const struct table_row *failed = at(table, "{\"lr\": 2, \"optimizer\": \"a\"}", 0);
    assert_int_equal(failed->state, OUTCOME_FAILED);
    assert_string_equal(failed->reason, "out, of memory");
    assert_int_equal(at(table, "{\"lr\": 3, \"optimizer\": \"a\"}", 0)->state, OUTCOME_PRUNED);
    trial_table_free(table);
}

static void figures_and_metrics_are_read(void **state)
{
    (void)state;
    struct trial_table *table =
        good("\xef\xbb\xbf,lr,optimizer,momentum,accuracy,loss,note,energy_j,energy_low_j,"
             "duration_s,cpu_s,peak_memory_mb,epochs_done,host,seed,energy_wraps\n"
             "0,1,a,,0.5,2,good,10.5,9,100,7,64,3,n1,1,0\n1,2,a,,0.6,,,,,,,,,n1,2,\n");
    const struct table_row *row = at(table, "{\"lr\": 1, \"optimizer\": \"a\"}", 0);
    assert_true(trial_table_has_energy(table));
    assert_near(row->figures.energy_j, 10.5, 0);
    assert_near(row->figures.energy_low_j, 9, 0);
    assert_true(isnan(row->figures.energy_high_j));
    assert_near(row->figures.duration_s, 100, 0);
    assert_near(row->figures.cpu_s, 7, 0);
    assert_near(row->figures.peak_memory_mb, 64, 0);
    assert_near(row->figures.epochs_done, 3, 0);
    assert_int_equal(trial_table_metrics(table), 3);
    assert_string_equal(trial_table_metric_name(table, 0), "accuracy");
    assert_string_equal(trial_table_metric_name(table, 1), "loss");
    assert_null(trial_table_metric_name(table, 2)); /* notes are not numbers */
    assert_near(trial_table_metric(table, row, 0), 0.5, 0);
    assert_near(trial_table_metric(table, row, 1), 2, 0);
    row = at(table, "{\"lr\": 2, \"optimizer\": \"a\"}", 0);
    assert_true(isnan(row->figures.energy_j) && isnan(row->figures.duration_s));
    assert_true(isnan(trial_table_metric(table, row, 1)));
    trial_table_free(table);
}

/* Names of metrics are printed and exported. */
static void names_of_columns_are_made_printable(void **state)
{
    (void)state;
    struct trial_table *table = good(
        "lr,optimizer,momentum,accuracy,\x1b[1m,gr\xf6\xdf e,gr\xc3\xb6\n1,a,,0.5,1,2,3\n");
    assert_int_equal(trial_table_metrics(table), 4);
    assert_string_equal(trial_table_metric_name(table, 1), "?[1m");
    assert_string_equal(trial_table_metric_name(table, 2), "gr?? e");
    assert_string_equal(trial_table_metric_name(table, 3), "gr\xc3\xb6");
    trial_table_free(table);
}

static const struct {
    const char *text;
    const char *problems[4];
} wrong[] = {
    {"", {": the file is empty"}},
    {"lr,optimizer,momentum,accuracy\n",
     {": holds no trial that is complete, pruned or failed"}},
    {"l,optimizer,acuracy\n1,a,1\n",
     {":1: column 'lr': is missing: it is a parameter of the space",
      ":1: column 'momentum': is missing",
      ":1: column 'accuracy': is missing: the study's objectives or budget need it; did you "
      "mean 'acuracy'?"}},
    {"lr,optimizer,lr,momentum,accuracy\n", {":1: column 'lr': is there twice"}},
    {"lr,optimizer,momentum,accuracy\n1,a,,0.5\nsmall,a,,0.5\n1,a,,high\n1,a,,\n",
     {":3: column 'lr': expected a number, got 'small'",
      ":4: column 'accuracy': expected a number, got 'high'",
      ":5: column 'accuracy': expected a number, got ''"}},
    {"lr,optimizer,momentum,accuracy,energy_j,duration_s\n1,a,,1,x,1\n1,a,,1,1,-1\n",
     {":2: column 'energy_j': expected a number from -9e+09 to 9e+09, got 'x'",
      ":3: column 'duration_s': expected a number from 0 to 1e+10, got '-1'"}},
    {"lr,optimizer,momentum,accuracy,state\n1,a,,1,done\n1,a,,1,\n",
     {":2: column 'state': expected complete, pruned or failed, got 'done'",
      ":3: column 'state': expected complete, pruned or failed, got ''"}},
    {"lr,optimizer,momentum,accuracy\n1,a,\n1,a,,1,1\n",
     {":2: the line has not as many fields as the first line",
      ":3: the line has not as many fields as the first line"}},
    {"lr,optimizer,momentum,accuracy\n1,\"a,,1\n", {":2: a quoted field has no end"}},
};

static void every_mistake_names_its_line_and_column(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        struct json_problems problems;
        size_t n = 0;
        assert_null(read_text(wrong[i].text, &problems));
        for (; n < 4 && wrong[i].problems[n]; n++)
            if (!strstr(strbuf_text(&problems.text), wrong[i].problems[n]))
                fail_msg("'%s' is not among: %s", wrong[i].problems[n],
                         strbuf_text(&problems.text));
        if (problems.count != n)
            fail_msg("%zu problems of %zu: %s", problems.count, n, strbuf_text(&problems.text));
        json_problems_free(&problems);
    }
}

static void many_mistakes_are_counted(void **state)
{
    (void)state;
    struct strbuf text = STRBUF_INIT;
    struct json_problems problems;
    strbuf_append(&text, "lr,optimizer,momentum,accuracy\n");
    for (int i = 0; i < 200; i++)
        strbuf_append(&text, "x,a,,1\n");
    assert_null(read_text(strbuf_text(&text), &problems));
    assert_int_equal(problems.count, 11);
    assert_non_null(strstr(strbuf_text(&problems.text), ": and 190 mistakes more"));
    json_problems_free(&problems);
    strbuf_free(&text);
}

static void a_file_that_is_not_there_is_a_mistake(void **state)
{
    (void)state;
    struct json_problems problems = {.source = "s.json"};
    struct table_source source = {"/no/such.csv", NULL, "trial.path", &problems};
    struct trial_table *table;
    assert_int_equal(trial_table_read(&table, &source, &params), ST_INVALID);
    assert_null(table);
    assert_non_null(strstr(strbuf_text(&problems.text), "/no/such.csv: cannot open"));
    json_problems_free(&problems);
    trial_table_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_are_found_as_they_are_written),
        cmocka_unit_test(booleans_are_texts),
        cmocka_unit_test(constants_choose_where_there_is_a_column),
        cmocka_unit_test(the_nearest_row_is_named),
        cmocka_unit_test(the_seed_chooses_among_repeats),
        cmocka_unit_test(figures_and_metrics_are_read),
        cmocka_unit_test(names_of_columns_are_made_printable),
        cmocka_unit_test(every_mistake_names_its_line_and_column),
        cmocka_unit_test(many_mistakes_are_counted),
        cmocka_unit_test(a_file_that_is_not_there_is_a_mistake),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
