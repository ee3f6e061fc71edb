#include "results/table.h"

#include "base/json.h"
#include "tests/golden.h"

#include <math.h>
#include <string.h>

/* Every kind of column and of cell, and texts that need quoting. */
static struct table *make(void)
{
    struct table *table;
    assert_int_equal(table_create(&table, "Trials of \"caf\xc3\xa9\""), ST_OK);
    table_add_column(table, "trial", "trial", COLUMN_INTEGER);
    table_add_column(table, "note, or so", "note", COLUMN_TEXT);
    table_add_column(table, "rate", "rate", COLUMN_NUMBER);
    table_add_column(table, "energy_j", "energy", COLUMN_JOULES);
    table_add_column(table, "duration_s", "took", COLUMN_SECONDS);
    table_add_column(table, "share", "share", COLUMN_PERCENT);
    table_add_column(table, "figure", "figure", COLUMN_FIGURE);
    table_add_column(table, "hidden", NULL, COLUMN_TEXT);

    table_begin_row(table);
    table_put_integer(table, 0);
    table_put_text(table, "plain");
    table_put_number(table, 0.1 + 0.2);
    table_put_number(table, 1234.5);
    table_put_number(table, 200);
    table_put_number(table, 0.123);
    table_put_figure(table, COLUMN_JOULES, 2500000);
    table_put_text(table, "only for programs");

    table_begin_row(table);
    table_put_integer(table, 9007199254740991);
    table_put_text(table, "a \"quoted\", b\nsecond line \xc3\xa9");
    table_put_number(table, 1e-300);
    table_put_number(table, (double)NAN);
    table_put_number(table, (double)INFINITY);
    table_put_missing(table);
    table_put_figure(table, COLUMN_SECONDS, 90);
    table_put_text(table, NULL);
    table_add_note(table, "energy is %s", "estimated");
    return table;
}

static void check_form(enum table_format format, size_t width, bool colour, const char *golden)
{
    struct table *table = make();
    struct strbuf out = STRBUF_INIT;
    assert_int_equal(table_write(table, format, width, colour, &out), ST_OK);
    assert_golden(golden, strbuf_text(&out));
    strbuf_free(&out);
    table_free(table);
}

/* What is drawn is for people alone. */
static void a_column_without_a_name_is_in_the_text_alone(void **state)
{
    (void)state;
    static const char *const expected[] = {
        [TABLE_TEXT] = "drawn    power    memory  cores\n▁█     1.23 kW  1.50 GiB   0.02\n",
        [TABLE_CSV] = "power_w,memory_mb,cores\r\n1234.5,1536,0.015625\r\n",
        [TABLE_JSON] = "{\"title\":null,\n\"rows\": [\n"
                       "  {\"power_w\":1234.5,\"memory_mb\":1536,\"cores\":0.015625}],\n"
                       "\"notes\": []}\n"};
    struct table *table;
    assert_int_equal(table_create(&table, NULL), ST_OK);
    table_add_column(table, NULL, "drawn", COLUMN_TEXT);
    table_add_column(table, "power_w", "power", COLUMN_WATTS);
    table_add_column(table, "memory_mb", "memory", COLUMN_MEMORY);
    table_add_column(table, "cores", "cores", COLUMN_DECIMAL);
    table_begin_row(table);
    table_put_text(table, "▁█");
    table_put_number(table, 1234.5);
    table_put_number(table, 1536);
    table_put_number(table, 0.015625);
    for (int form = TABLE_TEXT; form <= TABLE_JSON; form++) {
        struct strbuf out = STRBUF_INIT;
        assert_int_equal(table_write(table, (enum table_format)form, 0, false, &out), ST_OK);
        assert_string_equal(strbuf_text(&out), expected[form]);
        strbuf_free(&out);
    }
    table_free(table);
}

static void text_is_aligned(void **state)
{
    (void)state;
    check_form(TABLE_TEXT, 0, false, "results/golden/table.txt");
}

/* What a cell of a kind shows. */
static void expect_shown(enum column_kind kind, double value, const char *text)
{
    struct table *table;
    struct strbuf out = STRBUF_INIT, expected = STRBUF_INIT;
    assert_int_equal(table_create(&table, NULL), ST_OK);
    table_add_column(table, "x", "x", kind);
    table_begin_row(table);
    table_put_number(table, value);
    assert_int_equal(table_write(table, TABLE_TEXT, 0, false, &out), ST_OK);
    strbuf_printf(&expected, "%*s\n%s\n", (int)strlen(text), "x", text);
    assert_string_equal(strbuf_text(&out), strbuf_text(&expected));
    strbuf_free(&out);
    strbuf_free(&expected);
    table_free(table);
}

static void small_shares_and_whole_numbers_are_shown_as_they_are(void **state)
{
    (void)state;
    expect_shown(COLUMN_PERCENT, 0.1234, "12.3 %");
    expect_shown(COLUMN_PERCENT, 0.01, "1.0 %");
    expect_shown(COLUMN_PERCENT, 0.00996, "1.0 %");
    expect_shown(COLUMN_PERCENT, 0.000183, "0.018 %");
    expect_shown(COLUMN_PERCENT, 1e-9, "< 0.0001 %");
    expect_shown(COLUMN_PERCENT, 0, "0.0 %");
    expect_shown(COLUMN_NUMBER, 12345, "12345");
    expect_shown(COLUMN_NUMBER, 12345.5, "1.235e+04");
    expect_shown(COLUMN_NUMBER, 1e300, "1e+300");
    expect_shown(COLUMN_INTEGER, 1e300, "1e+300");
    expect_shown(COLUMN_SECONDS, 0.0123, "12.3 ms");
}

static void text_fits_the_terminal(void **state)
{
    (void)state;
    struct table *table = make();
    struct strbuf out = STRBUF_INIT;
    assert_int_equal(table_write(table, TABLE_TEXT, 80, false, &out), ST_OK);
    size_t lines = 0;
    for (const char *line = out.text; *line; line += strcspn(line, "\n") + 1, lines++)
        assert_true(strcspn(line, "\n") <= 80);
    assert_int_equal(lines, 7);
    assert_non_null(strstr(out.text, "9007199254740991")); /* numbers are never cut */
    strbuf_free(&out);
    table_free(table);
}

static void short_texts_are_never_cut(void **state)
{
    (void)state;
    struct table *table;
    struct strbuf out = STRBUF_INIT;
    assert_int_equal(table_create(&table, NULL), ST_OK);
    table_add_column(table, "state", "state", COLUMN_TEXT);
    table_add_column(table, "reason", "reason", COLUMN_TEXT);
    table_begin_row(table);
    table_put_text(table, "complete");
    table_put_text(table, "a reason that is longer than the terminal is wide");
    assert_int_equal(table_write(table, TABLE_TEXT, 12, false, &out), ST_OK);
    assert_non_null(strstr(out.text, "complete"));
    assert_null(strstr(out.text, "longer"));
    strbuf_free(&out);
    table_free(table);
}

/* Bars are three bytes each; what was seen last stands at their end. */
static void short_texts_are_short_in_any_script(void **state)
{
    (void)state;
    static const char bars[] = "▁▂▃▄▅▆▇█▁▂▃▄▅▆▇█";
    struct table *table;
    struct strbuf out = STRBUF_INIT;
    assert_int_equal(table_create(&table, NULL), ST_OK);
    table_add_column(table, "lately", "lately", COLUMN_TEXT);
    table_add_column(table, "more", "more", COLUMN_TEXT);
    table_begin_row(table);
    table_put_text(table, bars);
    table_put_text(table, "a text that is long enough to be cut");
    assert_int_equal(table_write(table, TABLE_TEXT, 30, false, &out), ST_OK);
    assert_non_null(strstr(out.text, bars));
    assert_null(strstr(out.text, "to be cut"));
    strbuf_free(&out);
    table_free(table);
}

static void expect_sentences(const char *title, const char *note, size_t width,
                             const char *wanted)
{
    struct table *table;
    struct strbuf out = STRBUF_INIT;
    assert_int_equal(table_create(&table, title), ST_OK);
    table_add_note(table, "%s", note);
    assert_int_equal(table_write(table, TABLE_TEXT, width, false, &out), ST_OK);
    assert_string_equal(strbuf_text(&out), wanted);
    strbuf_free(&out);
    table_free(table);
}

static void sentences_are_broken_between_words(void **state)
{
    (void)state;
    static const char note[] = "the meter is here";
    expect_sentences(NULL, note, 0, "(none)\n\nthe meter is here\n");
    expect_sentences(NULL, note, 17, "(none)\n\nthe meter is here\n");
    expect_sentences(NULL, note, 16, "(none)\n\nthe meter is\nhere\n");
    expect_sentences(NULL, note, 12, "(none)\n\nthe meter is\nhere\n");
    expect_sentences(NULL, note, 11, "(none)\n\nthe meter\nis here\n");
    expect_sentences(NULL, note, 2, "(none)\n\nthe\nmeter\nis\nhere\n");
    expect_sentences(NULL, "▇▇ ▇▇", 5, "(none)\n\n▇▇ ▇▇\n");
}

/* A database may come from anybody. */
static void names_in_sentences_do_not_move_the_cursor(void **state)
{
    (void)state;
    expect_sentences("Trials of \033[2Jx", "by \r\nmeter\x7f", 80,
                     "Trials of ?[2Jx\n\n(none)\n\nby ??meter?\n");
}

static void csv_quotes_what_needs_it(void **state)
{
    (void)state;
    check_form(TABLE_CSV, 0, false, "results/golden/table.csv");
}

static void json_keeps_every_digit(void **state)
{
    (void)state;
    check_form(TABLE_JSON, 0, false, "results/golden/table.json");

    struct table *table = make();
    struct strbuf out = STRBUF_INIT;
    struct json *root;
    struct error err;
    assert_int_equal(table_write(table, TABLE_JSON, 0, false, &out), ST_OK);
    assert_ok(json_parse(&root, out.text, out.length, "table.json", &err), err);
    const struct json *first = json_first(json_member(root, "rows"));
    const struct json *second = json_next(first);
    assert_true(json_number(json_member(first, "rate")) == 0.1 + 0.2);
    assert_true(json_number(json_member(second, "trial")) == 9007199254740991.0);
    assert_int_equal(json_kind(json_member(second, "energy_j")), JSON_NULL);
    assert_string_equal(json_string(json_member(second, "note, or so")),
                        "a \"quoted\", b\nsecond line \xc3\xa9");
    json_free(root);
    strbuf_free(&out);
    table_free(table);
}

static void colour_changes_nothing_but_colour(void **state)
{
    (void)state;
    struct table *table = make();
    struct strbuf plain = STRBUF_INIT, coloured = STRBUF_INIT, stripped = STRBUF_INIT;
    assert_int_equal(table_write(table, TABLE_TEXT, 0, false, &plain), ST_OK);
    assert_int_equal(table_write(table, TABLE_TEXT, 0, true, &coloured), ST_OK);
    assert_null(strchr(plain.text, '\033'));
    assert_non_null(strchr(coloured.text, '\033'));
    for (const char *c = coloured.text; *c; c++) {
        if (*c == '\033')
            c += strcspn(c, "m");
        else
            strbuf_append_char(&stripped, *c);
    }
    assert_string_equal(strbuf_text(&stripped), plain.text);
    strbuf_free(&plain);
    strbuf_free(&coloured);
    strbuf_free(&stripped);
    table_free(table);
}

static void sorting_puts_missing_last_and_keeps_ties(void **state)
{
    (void)state;
    static const double keys[] = {2, (double)NAN, 1, 2, 3};
    static const char *const up = "key,row\r\n1,2\r\n2,0\r\n2,3\r\n3,4\r\n,1\r\n";
    static const char *const down = "key,row\r\n3,4\r\n2,0\r\n2,3\r\n1,2\r\n,1\r\n";
    for (int highest = 0; highest < 2; highest++) {
        struct table *table;
        struct strbuf out = STRBUF_INIT;
        assert_int_equal(table_create(&table, NULL), ST_OK);
        table_add_column(table, "key", "key", COLUMN_NUMBER);
        table_add_column(table, "row", "row", COLUMN_INTEGER);
        for (int i = 0; i < 5; i++) {
            table_begin_row(table);
            table_put_number(table, keys[i]);
            table_put_integer(table, i);
        }
        table_sort(table, 0, highest);
        assert_int_equal(table_write(table, TABLE_CSV, 0, false, &out), ST_OK);
        assert_string_equal(out.text, highest ? down : up);
        strbuf_free(&out);
        table_free(table);
    }
}

static void a_table_without_rows_says_so(void **state)
{
    (void)state;
    struct table *table;
    struct strbuf out = STRBUF_INIT;
    assert_int_equal(table_create(&table, "Nothing"), ST_OK);
    table_add_column(table, "a", "a", COLUMN_TEXT);
    assert_int_equal(table_rows(table), 0);
    table_sort(table, 0, false);
    assert_int_equal(table_write(table, TABLE_TEXT, 0, false, &out), ST_OK);
    assert_string_equal(out.text, "Nothing\n\n(none)\n");
    strbuf_clear(&out);
    assert_int_equal(table_write(table, TABLE_CSV, 0, false, &out), ST_OK);
    assert_string_equal(out.text, "a\r\n");
    strbuf_clear(&out);
    assert_int_equal(table_write(table, TABLE_JSON, 0, false, &out), ST_OK);
    assert_string_equal(out.text, "{\"title\":\"Nothing\",\n\"rows\": [],\n\"notes\": []}\n");
    strbuf_free(&out);
    table_free(table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_column_without_a_name_is_in_the_text_alone),
        cmocka_unit_test(text_is_aligned),
        cmocka_unit_test(small_shares_and_whole_numbers_are_shown_as_they_are),
        cmocka_unit_test(text_fits_the_terminal),
        cmocka_unit_test(short_texts_are_short_in_any_script),
        cmocka_unit_test(sentences_are_broken_between_words),
        cmocka_unit_test(names_in_sentences_do_not_move_the_cursor),
        cmocka_unit_test(short_texts_are_never_cut),
        cmocka_unit_test(csv_quotes_what_needs_it),
        cmocka_unit_test(json_keeps_every_digit),
        cmocka_unit_test(colour_changes_nothing_but_colour),
        cmocka_unit_test(sorting_puts_missing_last_and_keeps_ties),
        cmocka_unit_test(a_table_without_rows_says_so),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
