/* Memory that runs out at any moment while meters are chosen and books are kept: the call says
 * so and leaves nothing behind, or the figure is less exact, and the books balance all the
 * same. */
#include "tests/check.h"
#include "tests/failing_memory.h"
#include "tests/worker/ledger_world.h"
#include "worker/cpu_times.h"
#include "worker/outcome.h"

#include <stdlib.h>
#include <string.h>

/* Did the last attempt get by without a failure? */
static bool all_went_well(void)
{
    bool well = memory_countdown >= 0;
    memory_countdown = -1;
    return well;
}

static void choosing_survives(void **state)
{
    const struct world *world = *state;
    static const char *const names[] = {"powercap", "model"};
    struct meter_choice choice;
    bool well = false;
    tree_write(world->tree, "/proc/stat", "cpu  1 2 3 4 5 6 7 8 9 0\ncpu0 1 2 3\n");
    tree_zone(world->tree, "intel-rapl:0", "package-0", 1, 262143328850ull);
    for (long n = 0; !well; n++) {
        struct error err = {0};
        memory_countdown = n;
        enum status status = meter_choice_open(&choice, world->tree->root, names, 2, &err);
        well = all_went_well();
        /* A meter that has no memory is absent, and what a study names must be there. */
        assert_true(status == ST_OK || status == ST_NOMEM || status == ST_UNAVAILABLE);
        assert_true(status == ST_OK || (err.what[0] && choice.booked.n + choice.n_beside == 0));
        assert_true(status == ST_OK || !well);
        if (status == ST_OK) {
            assert_string_equal(choice.booked.text, "powercap:package-0");
            assert_string_equal(choice.beside[0].text, "model:default");
        }
        meter_choice_close(&choice);
    }
}

static void joining_survives(void **state)
{
    struct world *world = *state;
    world_join(world, 0, LEDGER_BOTH);
    enum status status = ST_NOMEM;
    for (long n = 0; status; n++) {
        struct error err = {0};
        memory_countdown = n;
        status = ledger_open(&world->ledgers[1], world->shared, WORLD_RANKS, 1, LEDGER_WORKER,
                             &world->meters, &err);
        memory_countdown = -1;
        assert_true(status == ST_OK || status == ST_NOMEM);
        assert_true(status == ST_OK || err.what[0]);
    }
}

/* What cannot be watched for want of memory is booked to others. */
static void a_trial_survives(void **state)
{
    struct world *world = *state;
    struct ledger *ledger = world_join(world, 0, LEDGER_BOTH);
    bool well = false;
    for (long n = 0; !well; n++) {
        struct energy energy;
        memory_countdown = n;
        ledger_trial_begin(ledger, WORLD_TRIAL(0));
        long left = memory_countdown;
        memory_countdown = -1;
        world_work(world, 0, 10);
        world_spend(world, 0, 1000);
        memory_countdown = left;
        ledger_trial_end(ledger, 10e-9 * (double)cpu_times_tick_ns(), &energy);
        well = all_went_well();
        assert_int_equal(energy.quality, ENERGY_MEASURED);
        assert_true(energy.dynamic_uj >= 0 && energy.dynamic_uj <= 1000);
        assert_true(!well || energy.dynamic_uj == 1000);
        assert_int_equal(world_books(world, 0).metered_uj, (n + 1) * 1000);
    }
}

static void an_outcome_survives(void **state)
{
    (void)state;
    struct outcome before = {.state = OUTCOME_COMPLETE}, after;
    outcome_clear(&before);
    before.reason = strdup("why");
    before.stderr_tail = strdup("where");
    before.n_beside = 1;
    assert_int_equal(outcome_add_metric(&before, "value", 1), ST_OK);
    struct json *object = outcome_to_json(&before);
    enum status status = ST_NOMEM;
    for (long n = 0; status; n++) {
        struct error err = {0};
        memory_countdown = n;
        status = outcome_from_json(&after, object, &err);
        memory_countdown = -1;
        assert_true(status == ST_OK || (status == ST_NOMEM && !after.metrics && !after.reason));
    }
    assert_int_equal(after.n_beside, 1);
    outcome_clear(&after);
    outcome_clear(&before);
    json_free(object);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        world_test(choosing_survives),
        world_test(joining_survives),
        world_test(a_trial_survives),
        cmocka_unit_test(an_outcome_survives),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
