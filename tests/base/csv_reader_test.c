#include "base/csv_reader.h"

#include "base/strbuf.h"
#include "tests/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *const wanted[] = {"b", "a"};
static struct error err;

static void fields_are_found_by_their_names(void **state)
{
    (void)state;
    struct csv_reader csv;
    bool more;
    double number;
    assert_ok(csv_open_text(&csv, "x.csv",
                            "\xef\xbb\xbf"
                            "a,other,b\r\n1,\"x,\"\"y\"\"\",2.5e1\r\n\r\n\n\"\",,-3",
                            wanted, 2, &err),
              err);
    assert_ok(csv_next(&csv, &more, &err), err);
    assert_true(more);
    assert_string_equal(csv_field(&csv, 0), "2.5e1");
    assert_string_equal(csv_field(&csv, 1), "1");
    assert_string_equal(csv.fields[1], "x,\"y\"");
    assert_ok(csv_number(&csv, 0, 0, 100, &number, &err), err);
    assert_near(number, 25, 0);
    assert_ok(csv_next(&csv, &more, &err), err);
    assert_true(more);
    assert_int_equal(csv.line, 5);
    assert_string_equal(csv_field(&csv, 1), "");
    assert_ok(csv_next(&csv, &more, &err), err);
    assert_false(more);
    assert_ok(csv_next(&csv, &more, &err), err);
    assert_false(more);
    csv_close(&csv);
}

static void without_wanted_columns_the_names_are_the_fields(void **state)
{
    (void)state;
    struct csv_reader csv;
    bool more;
    assert_ok(csv_open_text(&csv, "x.csv", "a,\"b c\"\n1\n", NULL, 0, &err), err);
    assert_int_equal(csv.n_fields, 2);
    const char *name = csv.fields[1];
    assert_ok(csv_next(&csv, &more, &err), err);
    assert_true(more);
    assert_int_equal(csv.n_fields, 1);
    assert_string_equal(name, "b c");
    csv_close(&csv);
}

static void expect_no_open(const char *text, const char *says)
{
    struct csv_reader csv;
    assert_int_equal(csv_open_text(&csv, "x.csv", text, wanted, 2, &err), ST_FORMAT);
    assert_string_equal(err.what, says);
    csv_close(&csv);
}

static void the_first_line_must_name_the_columns(void **state)
{
    (void)state;
    expect_no_open("", "x.csv: the file is empty");
    expect_no_open("\n\r\n", "x.csv: the file is empty");
    expect_no_open("\n1,2\n", "x.csv:2: no column \"b\"");
    expect_no_open("b,c\n", "x.csv:1: no column \"a\"");
    expect_no_open("a,b,a\n", "x.csv:1: more than one column \"a\"");
    expect_no_open("a,\"b", "x.csv:1: a quoted field has no end");
}

static void expect_no_record(const char *record, const char *says)
{
    struct csv_reader csv;
    struct strbuf text = STRBUF_INIT;
    bool more;
    strbuf_printf(&text, "a,b\n1,2\n%s\n", record);
    assert_ok(csv_open_text(&csv, "x.csv", strbuf_text(&text), wanted, 2, &err), err);
    assert_ok(csv_next(&csv, &more, &err), err);
    assert_int_equal(csv_next(&csv, &more, &err), ST_FORMAT);
    assert_string_equal(err.what, says);
    csv_close(&csv);
    strbuf_free(&text);
}

static void malformed_records_name_the_line(void **state)
{
    (void)state;
    char commas[CSV_FIELDS_MAX + 2];
    memset(commas, ',', sizeof commas);
    commas[sizeof commas - 1] = '\0';
    expect_no_record("3", "x.csv:3: fewer fields than the first line has columns");
    expect_no_record("3,\"4", "x.csv:3: a quoted field has no end");
    expect_no_record("3,\"4\"5", "x.csv:3: a quoted field goes on after its end");
    expect_no_record(commas, "x.csv:3: more than 256 fields");
}

static void numbers_are_decimal_and_in_range(void **state)
{
    (void)state;
    static const char *const wrong[] = {"",      "x",  "0x10", "nan",   "inf",  "-inf",
                                        "1e999", " 1", "1 2",  "1,5",   "-0.1", "101",
                                        "--1",   "e5", ".",    "1e-9e", "+"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        struct csv_reader csv;
        struct strbuf text = STRBUF_INIT;
        bool more;
        double number;
        strbuf_printf(&text, "a,b\n\"%s\",0\n", wrong[i]);
        assert_ok(csv_open_text(&csv, "x.csv", strbuf_text(&text), wanted, 2, &err), err);
        assert_ok(csv_next(&csv, &more, &err), err);
        if (csv_number(&csv, 1, 0, 100, &number, &err) != ST_FORMAT)
            fail_msg("'%s' was taken for %g", wrong[i], number);
        assert_non_null(strstr(err.what, "x.csv:2: expected a number from 0 to 100, got '"));
        csv_close(&csv);
        strbuf_free(&text);
    }
}

static void files_that_cannot_be_read(void **state)
{
    (void)state;
    struct csv_reader csv;
    assert_int_equal(csv_open_file(&csv, "/no/such.csv", wanted, 2, &err), ST_NOTFOUND);
    assert_non_null(strstr(err.what, "/no/such.csv"));
    assert_int_not_equal(csv_open_file(&csv, "/tmp", wanted, 2, &err), ST_OK);
    assert_non_null(strstr(err.what, "/tmp"));
    char path[] = "/tmp/wattune-csv-XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, "a,b\n1,\0\n", 8), 8);
    close(fd);
    assert_int_equal(csv_open_file(&csv, path, wanted, 2, &err), ST_FORMAT);
    assert_non_null(strstr(err.what, "NUL"));
    unlink(path);
    csv_close(&csv);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fields_are_found_by_their_names),
        cmocka_unit_test(without_wanted_columns_the_names_are_the_fields),
        cmocka_unit_test(the_first_line_must_name_the_columns),
        cmocka_unit_test(malformed_records_name_the_line),
        cmocka_unit_test(numbers_are_decimal_and_in_range),
        cmocka_unit_test(files_that_cannot_be_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
