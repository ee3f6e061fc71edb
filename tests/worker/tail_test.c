#include "tests/check.h"
#include "worker/printable.h"
#include "worker/tail.h"

#include <stdlib.h>
#include <string.h>

/* Push a text in pieces of `step` bytes. */
static void push(struct tail *tail, const char *text, size_t step)
{
    size_t left = strlen(text);
    while (left > 0) {
        size_t n = left < step ? left : step;
        tail_push(tail, text, n);
        text += n;
        left -= n;
    }
}

/* Whatever the pieces and the capacity, a tail keeps the end of what was pushed, from the start
 * of a line on. */
static void the_end_is_kept(void **state)
{
    (void)state;
    const char *text = "first line\nsecond line\nthe third\nlast";
    for (size_t capacity = 1; capacity < 60; capacity++)
        for (size_t step = 1; step < 45; step += 3) {
            struct tail tail;
            assert_true(tail_create(&tail, capacity));
            push(&tail, text, step);
            char *kept = tail_text(&tail);
            assert_non_null(kept);
            assert_true(strlen(kept) <= capacity);
            const char *end = text + strlen(text) - strlen(kept);
            assert_string_equal(kept, end);
            bool starts_a_line = end == text || end[-1] == '\n';
            assert_true(starts_a_line || capacity <= strlen("\nlast"));
            free(kept);
            tail_free(&tail);
        }
}

static void the_last_line_is_found(void **state)
{
    (void)state;
    static const struct {
        const char *text, *line;
        bool whole;
    } cases[] = {
        {"", NULL, true},
        {" \n\n", NULL, true},
        {"one", "one", true},
        {"a\nb\n", "b", true},
        {"a\n  b \r\n \n", "  b", true},
        {"0123456789abcdef", "456789abcdef", false},
        {"x\n0123456789a", "0123456789a", true},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct tail tail;
        size_t length;
        bool whole = true;
        assert_true(tail_create(&tail, 12));
        push(&tail, cases[i].text, 5);
        char *line = tail_last_line(&tail, &length, &whole);
        if (cases[i].line) {
            assert_non_null(line);
            assert_string_equal(line, cases[i].line);
            assert_int_equal(length, strlen(line));
        } else {
            assert_null(line);
        }
        assert_int_equal(whole, cases[i].whole);
        free(line);
        tail_clear(&tail);
        assert_null(tail_text(&tail));
        tail_free(&tail);
    }
}

static void only_printable_text_remains(void **state)
{
    (void)state;
    static const struct {
        const char *bytes, *text;
    } cases[] = {
        {"plain\ttext\n", "plain\ttext\n"},
        {"\x1b[31mred\r", "?[31mred?"},
        {"\xc3\xa9\xe2\x82\xac\xf0\x9f\x94\x8b", "\xc3\xa9\xe2\x82\xac\xf0\x9f\x94\x8b"},
        {"\xc3", "?"},
        {"\xc0\x80", "??"},           /* overlong */
        {"\xed\xa0\x80", "???"},      /* a surrogate */
        {"\xf4\x90\x80\x80", "????"}, /* beyond U+10FFFF */
        {"\xe2\x82z", "??z"},
        {"\x7f\x01", "??"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char text[32];
        strcpy(text, cases[i].bytes);
        printable(text, strlen(text));
        assert_string_equal(text, cases[i].text);
        assert_int_equal(utf8_length(text, strlen(text)), strlen(text));
    }
    assert_int_equal(utf8_length("a\xc3\xa9\xc3", 4), 3);
    assert_int_equal(utf8_length("a\xff"
                                 "b",
                                 3),
                     1);
    assert_int_equal(utf8_length("", 0), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_end_is_kept),
        cmocka_unit_test(the_last_line_is_found),
        cmocka_unit_test(only_printable_text_remains),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
