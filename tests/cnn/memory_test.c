#include "cnn/memory.h"
#include "tests/check.h"

#include <string.h>

static void something_is_available(void **state)
{
    (void)state;
    assert_true(memory_available() > 1 << 20);
    assert_int_equal(memory_check(1, "a byte", NULL), ST_OK);
}

static void too_much_is_refused_with_both_figures(void **state)
{
    (void)state;
    if (memory_available() == UINT64_MAX)
        skip(); /* the system does not say */
    struct error err = {0};
    assert_int_equal(memory_check(UINT64_MAX, "everything", &err), ST_NOMEM);
    assert_non_null(strstr(err.what, "GB of memory are needed for everything"));
    assert_non_null(strstr(err.what, "available"));
    assert_null(strstr(err.what, "0.0 GB"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(something_is_available),
        cmocka_unit_test(too_much_is_refused_with_both_figures),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
