#include "tests/check.h"
#include "worker/energy.h"

static void every_quality_has_a_text_that_leads_back(void **state)
{
    (void)state;
    for (int i = ENERGY_NONE; i <= ENERGY_MEASURED; i++)
        assert_int_equal(energy_quality_from_text(energy_quality_text((enum energy_quality)i)),
                         i);
    assert_string_equal(energy_quality_text(ENERGY_ESTIMATED), "estimated");
}

static void other_values_are_told_apart(void **state)
{
    (void)state;
    assert_int_equal(energy_quality_from_text("exact"), -1);
    assert_int_equal(energy_quality_from_text(""), -1);
    assert_int_equal(energy_quality_from_text(NULL), -1);
    assert_string_equal(energy_quality_text((enum energy_quality)77), "unknown");
}

static void qualities_rise_from_none_to_measured(void **state)
{
    (void)state;
    assert_true(ENERGY_NONE < ENERGY_ESTIMATED && ENERGY_ESTIMATED < ENERGY_REPORTED &&
                ENERGY_REPORTED < ENERGY_MODELLED && ENERGY_MODELLED < ENERGY_INTEGRATED &&
                ENERGY_INTEGRATED < ENERGY_MEASURED);
}

/* What has no figure says nothing of the others. */
static void the_worse_of_two_is_the_lower_but_none(void **state)
{
    (void)state;
    assert_int_equal(energy_quality_worse(ENERGY_MODELLED, ENERGY_MEASURED), ENERGY_MODELLED);
    assert_int_equal(energy_quality_worse(ENERGY_MEASURED, ENERGY_MODELLED), ENERGY_MODELLED);
    assert_int_equal(energy_quality_worse(ENERGY_NONE, ENERGY_MEASURED), ENERGY_MEASURED);
    assert_int_equal(energy_quality_worse(ENERGY_MEASURED, ENERGY_NONE), ENERGY_MEASURED);
    assert_int_equal(energy_quality_worse(ENERGY_NONE, ENERGY_NONE), ENERGY_NONE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_quality_has_a_text_that_leads_back),
        cmocka_unit_test(other_values_are_told_apart),
        cmocka_unit_test(qualities_rise_from_none_to_measured),
        cmocka_unit_test(the_worse_of_two_is_the_lower_but_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
