#include "base/strbuf.h"
#include "tests/check.h"

#include <stdlib.h>
#include <string.h>

static void texts_grow_and_shrink(void **state)
{
    (void)state;
    struct strbuf buf = STRBUF_INIT;
    assert_string_equal(strbuf_text(&buf), "");
    for (int i = 0; i < 1000; i++)
        strbuf_printf(&buf, "%d,", i);
    assert_int_equal(buf.length, 3890);
    assert_memory_equal(strbuf_text(&buf), "0,1,2,", 6);
    strbuf_consume(&buf, 4);
    assert_memory_equal(strbuf_text(&buf), "2,3,", 4);
    strbuf_consume(&buf, 100000);
    assert_string_equal(strbuf_text(&buf), "");
    strbuf_append_char(&buf, 'x');
    strbuf_append_bytes(&buf, NULL, 0);
    assert_string_equal(strbuf_text(&buf), "x");
    strbuf_free(&buf);
}

static void a_taken_text_belongs_to_the_caller(void **state)
{
    (void)state;
    struct strbuf buf = STRBUF_INIT;
    char *empty = strbuf_take(&buf);
    assert_string_equal(empty, "");
    strbuf_append(&buf, "hello");
    char *text = strbuf_take(&buf);
    assert_string_equal(text, "hello");
    assert_null(buf.text);
    free(text);
    free(empty);
}

static void a_failure_sticks_until_it_is_cleared(void **state)
{
    (void)state;
    struct strbuf buf = STRBUF_INIT;
    strbuf_append(&buf, "kept");
    strbuf_append_bytes(&buf, "", (size_t)-1 / 2); /* more than any address space has */
    assert_false(strbuf_ok(&buf));
    strbuf_append(&buf, "dropped");
    assert_string_equal(strbuf_text(&buf), "kept");
    assert_null(strbuf_take(&buf));
    strbuf_clear(&buf);
    assert_true(strbuf_ok(&buf));
    strbuf_free(&buf);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts_grow_and_shrink),
        cmocka_unit_test(a_taken_text_belongs_to_the_caller),
        cmocka_unit_test(a_failure_sticks_until_it_is_cleared),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
