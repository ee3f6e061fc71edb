#include "base/log.h"
#include "tests/check.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

static FILE *capture;
static int kept;
static size_t cleared;

static void begin_capture(void)
{
    capture = tmpfile();
    assert_non_null(capture);
    kept = dup(STDERR_FILENO);
    dup2(fileno(capture), STDERR_FILENO);
}

static void end_capture(char *text, size_t size)
{
    dup2(kept, STDERR_FILENO);
    close(kept);
    rewind(capture);
    text[fread(text, 1, size - 1, capture)] = '\0';
    fclose(capture);
}

static void count_clearing(void)
{
    cleared++;
}

static void lines_say_their_level_and_name(void **state)
{
    (void)state;
    char text[256];
    begin_capture();
    log_info("%d trials", 3);
    log_set_name("rank 2");
    log_warn("slow");
    log_set_name(NULL);
    log_error("broken");
    end_capture(text, sizeof text);
    assert_string_equal(text, "3 trials\nrank 2: warning: slow\nerror: broken\n");
}

static void lines_above_the_level_are_dropped(void **state)
{
    (void)state;
    char text[256];
    begin_capture();
    log_debug("not at the start");
    log_set_level(LOG_DEBUG);
    log_debug("seen");
    log_set_level(LOG_WARN);
    log_info("not any more");
    log_set_level(LOG_INFO);
    end_capture(text, sizeof text);
    assert_string_equal(text, "debug: seen\n");
}

/* A long text is cut, and still is one line. */
static void a_line_ends_however_long_it_is(void **state)
{
    (void)state;
    char text[8192], words[6000];
    for (size_t length = 1900; length < sizeof words - 1; length += 37) {
        memset(words, 'x', length);
        words[length] = '\0';
        begin_capture();
        log_info("%s", words);
        end_capture(text, sizeof text);
        size_t got = strlen(text);
        assert_true(got >= 1000 && got <= length + 1);
        assert_int_equal(strcspn(text, "\n"), got - 1);
    }
}

static void a_progress_line_is_cleared_before_each(void **state)
{
    (void)state;
    char text[64];
    log_set_before(count_clearing);
    begin_capture();
    log_info("one");
    log_debug("dropped");
    log_info("two");
    end_capture(text, sizeof text);
    log_set_before(NULL);
    assert_int_equal(cleared, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_say_their_level_and_name),
        cmocka_unit_test(lines_above_the_level_are_dropped),
        cmocka_unit_test(a_line_ends_however_long_it_is),
        cmocka_unit_test(a_progress_line_is_cleared_before_each),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
