#include "orchestrator/agenda.h"

#include "base/rng.h"
#include "tests/check.h"

#define MANY 1000

static void an_empty_one_has_nothing(void **state)
{
    (void)state;
    struct agenda agenda = {0};
    struct agenda_entry entry;
    assert_false(agenda_peek(&agenda, &entry));
    assert_false(agenda_take(&agenda, &entry));
    agenda_free(&agenda);
}

static void looking_takes_nothing_off(void **state)
{
    (void)state;
    struct agenda agenda = {0};
    struct agenda_entry entry;
    assert_int_equal(agenda_add(&agenda, 2, 7, 11), ST_OK);
    for (int i = 0; i < 2; i++) {
        assert_true(agenda_peek(&agenda, &entry));
        assert_near(entry.time_s, 2, 0);
        assert_int_equal(entry.worker, 7);
        assert_int_equal(entry.ticket, 11);
    }
    assert_true(agenda_take(&agenda, &entry));
    assert_int_equal(entry.worker, 7);
    assert_false(agenda_peek(&agenda, &entry));
    agenda_free(&agenda);
}

/* Times of ten values: there are many of each. Adding and taking alternate in part. */
static void entries_come_by_time_and_then_in_the_order_of_their_making(void **state)
{
    (void)state;
    struct agenda agenda = {0};
    struct agenda_entry entry, last = {0};
    struct rng rng;
    size_t taken = 0;
    rng_seed(&rng, 5);
    for (int i = 0; i < MANY; i++)
        assert_int_equal(agenda_add(&agenda, (double)rng_below(&rng, 10), i, 0), ST_OK);
    while (agenda_take(&agenda, &entry)) {
        if (taken++ > 0)
            assert_true(entry.time_s > last.time_s ||
                        (entry.time_s == last.time_s && entry.worker > last.worker));
        if (taken <= MANY / 2 && taken % 2) /* nothing is ever planned for the past */
            assert_int_equal(agenda_add(&agenda, entry.time_s + 3, MANY + (int)taken, 0),
                             ST_OK);
        last = entry;
    }
    assert_int_equal(taken, MANY + MANY / 4);
    agenda_free(&agenda);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_empty_one_has_nothing),
        cmocka_unit_test(looking_takes_nothing_off),
        cmocka_unit_test(entries_come_by_time_and_then_in_the_order_of_their_making),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
