/* Every type of the table on a machine that has it: what any meter owes, whatever it reads. A
 * new type needs one row in `machines`. */
#include "tests/check.h"
#include "tests/worker/fake_driver.h"
#include "tests/worker/meter_session.h"
#include "tests/worker/plug.h"
#include "worker/perf_events.h"

#include "base/clock.h"
#include "base/rng.h"

#include <linux/perf_event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct plug plug;
static bool plugged;
static uint64_t perf_count; /* 2^-32 J; UINT64_MAX: reads fail */

static int open_event(const char *root, const struct perf_event_attr *attr, int cpu)
{
    (void)root, (void)attr, (void)cpu;
    return 0;
}

static ssize_t read_event(int fd, void *buffer, size_t size)
{
    (void)fd;
    if (perf_count == UINT64_MAX)
        return -1;
    memcpy(buffer, &perf_count, size);
    return (ssize_t)size;
}

static void close_event(int fd)
{
    (void)fd;
}

static void make_cray(const struct tree *tree, unsigned joules)
{
    tree_write(tree, "/sys/cray/pm_counters/freshness", "1\n");
    tree_write(tree, "/sys/cray/pm_counters/energy", "%u J 1700000000000000 us\n", joules);
}

static void break_cray(const struct tree *tree)
{
    tree_write(tree, "/sys/cray/pm_counters/energy", "garbage\n");
}

static void make_nvml(const struct tree *tree, unsigned joules)
{
    write_gpus(tree, "0\nGPU-a %u000 50000 0\n", joules);
}

static void break_nvml(const struct tree *tree)
{
    write_gpus(tree, "0\n");
}

static void make_powercap(const struct tree *tree, unsigned joules)
{
    tree_zone(tree, "intel-rapl:0", "package-0", joules * 1000000ull, 262143328850ull);
    tree_zone(tree, "intel-rapl:0:0", "dram", joules * 1000000ull / 2 + 1, 65712999613ull);
}

static void break_powercap(const struct tree *tree)
{
    tree_remove(tree, "/sys/class/powercap/intel-rapl:0/energy_uj");
    tree_remove(tree, "/sys/class/powercap/intel-rapl:0:0/energy_uj");
}

static void make_perf(const struct tree *tree, unsigned joules)
{
    static const char pmu[] = "/sys/bus/event_source/devices/power/";
    static const char *const files[][2] = {
        {"type", "23"},
        {"cpumask", "0"},
        {"events/energy-pkg", "event=0x02"},
        {"events/energy-pkg.unit", "Joules"},
        {"events/energy-pkg.scale", "2.3283064365386962890625e-10"}};
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        char path[128];
        snprintf(path, sizeof path, "%s%s", pmu, files[i][0]);
        tree_write(tree, path, "%s\n", files[i][1]);
    }
    perf_count = (uint64_t)joules << 32;
}

static void break_perf(const struct tree *tree)
{
    (void)tree;
    perf_count = UINT64_MAX;
}

static void make_hwmon(const struct tree *tree, unsigned joules)
{
    tree_write(tree, "/sys/class/hwmon/hwmon0/name", "amd_energy\n");
    tree_write(tree, "/sys/class/hwmon/hwmon0/energy1_label", "Esocket0\n");
    tree_write(tree, "/sys/class/hwmon/hwmon0/energy1_input", "%u000000\n", joules);
}

static void break_hwmon(const struct tree *tree)
{
    tree_write(tree, "/sys/class/hwmon/hwmon0/energy1_input", "%s", "");
}

static void make_battery(const struct tree *tree, unsigned joules)
{
    tree_write(tree, "/sys/class/power_supply/BAT0/status", "Discharging\n");
    tree_write(tree, "/sys/class/power_supply/BAT0/power_now", "%u000\n", joules);
}

static void break_battery(const struct tree *tree)
{
    tree_write(tree, "/sys/class/power_supply/BAT0/status", "Charging\n");
}

static void make_command(const struct tree *tree, unsigned joules)
{
    char line[32];
    snprintf(line, sizeof line, "%u J", joules);
    if (plugged) {
        plug_say(&plug, line);
    } else {
        plug_open(&plug, tree, "plug", line);
        setenv("WATTUNE_METER_COMMAND", plug.command, 1);
        plugged = true;
    }
}

static void break_command(const struct tree *tree)
{
    (void)tree;
    plug_say(&plug, "die");
}

static void make_model(const struct tree *tree, unsigned joules)
{
    tree_busy(tree, joules);
}

static void break_model(const struct tree *tree)
{
    tree_write(tree, "/proc/stat", "garbage\n");
}

/* make() builds the machine, or moves its counters on; break_it() makes all reads fail. */
static const struct machine {
    const char *name;
    void (*make)(const struct tree *tree, unsigned joules);
    void (*break_it)(const struct tree *tree);
} machines[] = {
    {"cray", make_cray, break_cray},
    {"nvml", make_nvml, break_nvml},
    {"powercap", make_powercap, break_powercap},
    {"perf", make_perf, break_perf},
    {"hwmon", make_hwmon, break_hwmon},
    {"battery", make_battery, break_battery},
    {"command", make_command, break_command},
    {"model", make_model, break_model},
};

static const struct machine *find_machine(const char *name)
{
    for (size_t i = 0; i < sizeof machines / sizeof machines[0]; i++)
        if (strcmp(machines[i].name, name) == 0)
            return &machines[i];
    fail_msg("the meter %s has no machine in this test", name);
    return NULL;
}

static int set_up(void **state)
{
    if (tree_setup(state))
        return -1;
    fake_driver_load(*state);
    perf_calls = (struct perf_calls){open_event, read_event, close_event};
    plugged = false;
    return 0;
}

static int tear_down(void **state)
{
    fake_driver_unload();
    unsetenv("WATTUNE_METER_COMMAND");
    if (plugged)
        plug_close(&plug);
    return tree_teardown(state);
}

static struct meter_session open_machine(const struct tree *tree, const struct machine *machine)
{
    bool plugged_before = plugged;
    machine->make(tree, 1000);
    struct meter_session session = meter_session_open(tree, machine->name);
    if (plugged && !plugged_before)
        plug_wait(&plug);
    return session;
}

static int64_t sum_uj(const struct meter_step *step)
{
    int64_t sum = 0;
    for (int scope = 0; scope < SCOPE_COUNT; scope++)
        sum += step->energy_uj[scope];
    return sum;
}

/* What holds for any step of any meter. */
static void check_step(const struct meter_session *session, const struct meter_step *step)
{
    unsigned scopes = session->type->scopes(session->meter);
    for (unsigned scope = 0; scope < SCOPE_COUNT; scope++) {
        assert_true(step->energy_uj[scope] >= 0);
        if (!(scopes & (1u << scope)))
            assert_int_equal(step->energy_uj[scope], 0);
    }
    assert_true(step->counted > 0 || sum_uj(step) == 0);
    assert_true(step->low_uj <= sum_uj(step) && sum_uj(step) <= step->high_uj);
    assert_true(step->idle_uj >= 0 && step->idle_uj <= sum_uj(step));
}

static void check_identity(const struct meter_session *session)
{
    const struct meter_type *type = session->type;
    enum energy_quality quality = meter_quality(type, session->meter);
    assert_true(quality > ENERGY_NONE && quality <= type->quality);
    unsigned scopes = type->scopes(session->meter), node = 1u << SCOPE_NODE;
    assert_true(scopes > 0 && scopes < 1u << SCOPE_COUNT);
    assert_true(!(scopes & node) || scopes == node);
    struct strbuf text = STRBUF_INIT;
    type->describe(session->meter, &text);
    size_t length = strlen(type->name);
    assert_true(text.length > length + 1 && text.length < sizeof((struct energy *)0)->meters);
    assert_memory_equal(text.text, type->name, length);
    assert_int_equal(text.text[length], ':');
    strbuf_free(&text);
}

static void a_present_meter_counts(struct meter_session *session, const struct machine *machine,
                                   const struct tree *tree)
{
    machine->make(tree, 1010);
    struct meter_step step = meter_session_advance(session, 0.5);
    check_step(session, &step);
    assert_int_equal(step.gaps + step.wraps + step.ambiguous, 0);
    assert_true(step.counted > 0 && sum_uj(&step) > 0);
}

/* Nothing is booked while reads fail, and it is said. */
static void failing_reads_are_gaps(struct meter_session *session, const struct machine *machine,
                                   const struct tree *tree)
{
    machine->break_it(tree);
    for (int i = 0; i < 3; i++) {
        struct meter_step step = meter_session_advance(session, 0.5);
        check_step(session, &step);
        assert_true(step.gaps > 0 && step.counted == 0);
        assert_int_equal(sum_uj(&step), 0);
    }
}

static uint64_t disturb(struct rng *rng, uint64_t value)
{
    switch (rng_below(rng, 6)) {
    case 0:
        return value + rng_below(rng, 1000000);
    case 1:
        return value - rng_below(rng, value + 1);
    case 2:
        return 0;
    case 3:
        return UINT64_MAX;
    case 4:
        return value + (rng_next(rng) >> 12);
    default:
        return value;
    }
}

/* Whatever a reading holds: no negative and no boundless energy, and the same every time. */
static void steps_are_sound_and_pure(const struct meter_session *session, uint64_t seed)
{
    const struct meter_type *type = session->type;
    struct rng rng;
    rng_seed(&rng, seed);
    for (int i = 0; i < 2000; i++) {
        struct meter_reading from = session->last, to = session->last;
        struct meter_step step, again;
        double time_s = rng_uniform(&rng) * 20;
        to.time_ns += (int64_t)(time_s * 1e9);
        for (size_t j = 0; j < METER_COUNTERS && session->last.valid[j]; j++) {
            from.counters[j] = disturb(&rng, from.counters[j]);
            to.counters[j] = disturb(&rng, to.counters[j]);
            from.valid[j] = rng_below(&rng, 8) > 0;
            to.valid[j] = rng_below(&rng, 8) > 0;
        }
        type->step(session->meter, &from, &to, &step);
        type->step(session->meter, &from, &to, &again);
        assert_memory_equal(&step, &again, sizeof step);
        check_step(session, &step);
        assert_true((double)sum_uj(&step) <= 50e3 * (time_s + 30) * 1e6);
    }
}

static void every_type_keeps_the_contract(void **state)
{
    const struct tree *tree = *state;
    for (size_t i = 0; meter_types[i]; i++) {
        if (meter_types[i]->priority == METER_NAMED_ONLY)
            continue; /* it reads no machine: meter_reported_test.c */
        const struct machine *machine = find_machine(meter_types[i]->name);
        struct meter_session session = open_machine(tree, machine);
        check_identity(&session);
        a_present_meter_counts(&session, machine, tree);
        steps_are_sound_and_pure(&session, i + 1);
        failing_reads_are_gaps(&session, machine, tree);
        meter_session_close(&session);
    }
}

/* A machine with everything: the best for each scope, and nothing twice. */
static void the_best_of_everything_is_booked(void **state)
{
    const struct tree *tree = *state;
    struct meter_choice set;
    struct error err = {0};
    static const char *const expected[] = {"model:default",
                                           "battery:BAT0",
                                           "hwmon:AMD sockets",
                                           "perf:1 package",
                                           "powercap:package-0,dram",
                                           "nvml:1 GPU+powercap:package-0,dram",
                                           "cray:energy"};
    static const char *const order[] = {"model",    "battery", "hwmon", "perf",
                                        "powercap", "nvml",    "cray"};
    for (size_t i = 0; i < sizeof order / sizeof order[0]; i++) {
        find_machine(order[i])->make(tree, 1000);
        assert_ok(meter_choice_open(&set, tree->root, NULL, 0, &err), err);
        assert_string_equal(set.booked.text, expected[i]);
        meter_choice_close(&set);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(every_type_keeps_the_contract, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_best_of_everything_is_booked, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
