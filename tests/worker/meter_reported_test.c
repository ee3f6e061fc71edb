#include "tests/check.h"
#include "tests/worker/tree.h"
#include "worker/ledger.h"
#include "worker/meter_reported.h"

#include <string.h>

#define RANGE 262143328850ull

static void open_choice(struct meter_choice *choice, const struct tree *tree,
                        const char *const *names, size_t n)
{
    struct error err = {0};
    assert_ok(meter_choice_open(choice, tree->root, names, n, &err), err);
}

static void it_is_never_chosen_by_itself(void **state)
{
    struct meter_choice choice;
    open_choice(&choice, *state, NULL, 0);
    assert_int_equal(choice.booked.n, 0);
    assert_int_equal(choice.booked.quality, ENERGY_NONE);
    assert_int_equal(meter_reported_as(&choice), REPORTED_REFUSED);
    meter_choice_close(&choice);
}

static void the_first_that_is_named_is_booked(void **state)
{
    static const char *const alone[] = {"reported"}, *const first[] = {"reported", "powercap"},
                             *const last[] = {"powercap", "reported"},
                             *const behind[] = {"auto", "reported"};
    struct meter_choice choice;
    tree_zone(*state, "intel-rapl:0", "package-0", 1, RANGE);
    open_choice(&choice, *state, alone, 1);
    assert_int_equal(meter_reported_as(&choice), REPORTED_BOOKED);
    assert_int_equal(choice.booked.quality, ENERGY_REPORTED);
    assert_string_equal(choice.booked.text, "reported:trial");
    meter_choice_close(&choice);
    open_choice(&choice, *state, first, 2);
    assert_int_equal(meter_reported_as(&choice), REPORTED_BOOKED);
    assert_string_equal(choice.beside[0].text, "powercap:package-0");
    meter_choice_close(&choice);
    open_choice(&choice, *state, last, 2);
    assert_int_equal(meter_reported_as(&choice), REPORTED_BESIDE);
    assert_string_equal(choice.booked.text, "powercap:package-0");
    assert_string_equal(choice.beside[0].text, "reported:trial");
    meter_choice_close(&choice);
    open_choice(&choice, *state, behind, 2);
    assert_int_equal(meter_reported_as(&choice), REPORTED_BESIDE);
    meter_choice_close(&choice);
}

/* It covers one trial and not the node: nothing of the node may seem to be counted by it. */
static void nothing_of_the_node_is_booked_by_it(void **state)
{
    static const char *const names[] = {"reported"};
    struct meter_choice choice;
    struct ledger *ledger;
    struct ledger_host host;
    struct ledger_overhead overhead;
    struct energy energy;
    struct error err = {0};
    open_choice(&choice, *state, names, 1);
    assert_ok(ledger_open(&ledger, NULL, 1, 0, LEDGER_BOTH, &choice, &err), err);
    ledger_trial_begin(ledger, 0);
    ledger_trial_end(ledger, 1, &energy);
    assert_int_equal(energy.quality, ENERGY_NONE);
    ledger_collect(ledger, &overhead);
    assert_int_equal(overhead.quality, ENERGY_NONE);
    ledger_host(ledger, &host);
    assert_true(host.metered_uj == 0 && host.intervals == 0 && host.gaps == 0);
    ledger_close(ledger);
    meter_choice_close(&choice);
}

static void joules_are_booked_whole(void **state)
{
    (void)state;
    struct energy energy;
    meter_reported_book(&energy, 1234.5678901);
    assert_int_equal(energy.quality, ENERGY_REPORTED);
    assert_true(energy.dynamic_uj == 1234567890 && energy.idle_uj == 0);
    assert_true(energy.low_uj == energy.dynamic_uj && energy.high_uj == energy.dynamic_uj);
    meter_reported_book(&energy, 0);
    assert_int_equal(energy.quality, ENERGY_REPORTED);
    assert_true(energy.dynamic_uj == 0);
}

#define tree_test(f) cmocka_unit_test_setup_teardown(f, tree_setup, tree_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        tree_test(it_is_never_chosen_by_itself),
        tree_test(the_first_that_is_named_is_booked),
        tree_test(nothing_of_the_node_is_booked_by_it),
        cmocka_unit_test(joules_are_booked_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
