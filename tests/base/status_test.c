#include "base/status.h"
#include "tests/check.h"

#include <errno.h>
#include <string.h>

static void every_status_has_its_own_text(void **state)
{
    (void)state;
    for (int i = ST_OK; i <= ST_FAILED; i++) {
        assert_true(strlen(status_text((enum status)i)) > 0);
        for (int j = ST_OK; j < i; j++)
            assert_string_not_equal(status_text((enum status)i), status_text((enum status)j));
    }
    assert_string_equal(status_text((enum status)9999), "unknown status");
    assert_string_equal(status_text((enum status) - 1), "unknown status");
}

static void an_error_says_what_and_the_remedy(void **state)
{
    (void)state;
    struct error err;
    assert_int_equal(error_set(&err, ST_FORMAT, "a.bin:%d: short record", 12), ST_FORMAT);
    assert_string_equal(err.what, "a.bin:12: short record");
    assert_string_equal(err.remedy, "");
    error_remedy(&err, "fetch it again with %s", "get-data.sh");
    assert_string_equal(err.remedy, "fetch it again with get-data.sh");
    assert_int_equal(error_errno(&err, EACCES, "%s: cannot open", "x"), ST_FORBIDDEN);
    assert_string_equal(err.what, "x: cannot open: Permission denied");
    assert_string_equal(err.remedy, "");
    assert_int_equal(error_errno(&err, ENOSPC, "x"), ST_IO);
}

static void nobody_has_to_listen(void **state)
{
    (void)state;
    assert_int_equal(error_set(NULL, ST_IO, "x"), ST_IO);
    assert_int_equal(error_errno(NULL, ENOENT, "x"), ST_NOTFOUND);
    error_remedy(NULL, "x");
}

static void a_terminal_is_not_obeyed(void **state)
{
    (void)state;
    struct error err;
    error_set(&err, ST_FORMAT, "%s: cut short", "a\033[2J\nb\x7f\xc3\xa4");
    assert_string_equal(err.what, "a?[2J b?\xc3\xa4: cut short");
    error_remedy(&err, "delete %s", "a\rb");
    assert_string_equal(err.remedy, "delete a?b");
    error_errno(&err, ENOENT, "%s", "a\tb");
    assert_string_equal(err.what, "a b: No such file or directory");
}

static void long_texts_are_cut_not_overrun(void **state)
{
    (void)state;
    struct error err;
    char text[2000];
    memset(text, 'a', sizeof text);
    text[sizeof text - 1] = '\0';
    error_errno(&err, EIO, "%s", text);
    assert_int_equal(strlen(err.what), sizeof err.what - 1);
    error_remedy(&err, "%s", text);
    assert_int_equal(strlen(err.remedy), sizeof err.remedy - 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_status_has_its_own_text),
        cmocka_unit_test(an_error_says_what_and_the_remedy),
        cmocka_unit_test(nobody_has_to_listen),
        cmocka_unit_test(a_terminal_is_not_obeyed),
        cmocka_unit_test(long_texts_are_cut_not_overrun),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
