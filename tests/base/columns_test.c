#include "base/columns.h"
#include "tests/check.h"

static void columns_of_the_trials_are_reserved(void **state)
{
    (void)state;
    static const char *const names[] = {
        "study", "state",         "energy_j",     "cpu_s",     "peak_memory_mb",
        "seed",  "energy_method", "energy_skews", "continues", "feasible"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        assert_true(column_is_reserved(names[i]));
}

static void other_names_are_free(void **state)
{
    (void)state;
    static const char *const names[] = {"val_accuracy", "value", "epochs", ""};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        assert_false(column_is_reserved(names[i]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(columns_of_the_trials_are_reserved),
        cmocka_unit_test(other_names_are_free),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
