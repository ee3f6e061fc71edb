#include "tests/check.h"
#include "tests/worker/meter_session.h"
#include "tests/worker/plug.h"
#include "worker/meter_program.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define VARIABLE "WATTUNE_METER_COMMAND"

static int tear_down(void **state)
{
    unsetenv(VARIABLE);
    return tree_teardown(state);
}

static struct meter_session open_plug(const struct tree *tree, struct plug *plug,
                                      const char *name, const char *first)
{
    plug_open(plug, tree, name, first);
    setenv(VARIABLE, plug->command, 1);
    struct meter_session session = meter_session_open(tree, "command");
    plug_wait(plug);
    return session;
}

static void close_plug(struct meter_session *session, struct plug *plug)
{
    meter_session_close(session);
    plug_close(plug);
}

static void joules_are_counted(void **state)
{
    struct plug plug;
    struct meter_session session = open_plug(*state, &plug, "plug", "1000 J");
    assert_int_equal(meter_quality(session.type, session.meter), ENERGY_MEASURED);
    assert_int_equal(session.type->scopes(session.meter), 1u << SCOPE_NODE);
    plug_say(&plug, "1010.25 J");
    plug_say(&plug, "1012.5 J");
    struct meter_step step = meter_session_advance(&session, 1);
    assert_int_equal(step.energy_uj[SCOPE_NODE], 12500000);
    assert_int_equal(step.low_uj, 12500000);
    assert_int_equal(step.gaps, 0);
    step = meter_session_advance(&session, 1); /* nothing new: it is in the next */
    assert_int_equal(step.energy_uj[SCOPE_NODE] + step.gaps, 0);
    plug_say(&plug, "3 J"); /* it was reset */
    step = meter_session_advance(&session, 1);
    assert_int_equal(step.energy_uj[SCOPE_NODE], 0);
    assert_int_equal(step.gaps, 1);
    plug_say(&plug, "5 J");
    assert_int_equal(meter_session_advance(&session, 1).gaps, 1);
    plug_say(&plug, "6 J");
    assert_int_equal(meter_session_advance(&session, 1).energy_uj[SCOPE_NODE], 1000000);
    close_plug(&session, &plug);
}

static void watts_are_integrated(void **state)
{
    struct plug plug;
    struct meter_session session = open_plug(*state, &plug, "plug", "100W");
    check_meter_text(&session, "command:while");
    assert_int_equal(meter_quality(session.type, session.meter), ENERGY_INTEGRATED);
    plug_say(&plug, "  200 W ");
    assert_int_equal(meter_session_advance(&session, 2).energy_uj[SCOPE_NODE], 300 * 1000000);
    close_plug(&session, &plug);
}

static void what_is_no_reading_is_a_gap(void **state)
{
    static const char *const broken[] = {"no answer from plug",
                                         "50",
                                         "50 kW",
                                         "-50 W",
                                         "nan W",
                                         "50 J",
                                         "0000000000000000000000000000000000000000000000000000"
                                         "0000000000000000000000000000000000000000000000000000"
                                         "00000000000000000000000000000000000000000050 W"};
    struct plug plug;
    struct meter_session session = open_plug(*state, &plug, "plug", "50 W");
    for (size_t i = 0; i < sizeof broken / sizeof broken[0]; i++) {
        plug_say(&plug, broken[i]);
        struct meter_step step = meter_session_advance(&session, 1);
        assert_int_equal(step.gaps, 1);
        assert_int_equal(step.energy_uj[SCOPE_NODE], 0);
        plug_say(&plug, "50 W");
        assert_int_equal(meter_session_advance(&session, 1).gaps, 1);
        assert_int_equal(meter_session_advance(&session, 1).gaps, 0);
    }
    close_plug(&session, &plug);
}

static void a_dead_program_is_a_gap(void **state)
{
    struct plug plug;
    struct meter_session session = open_plug(*state, &plug, "plug", "50 W");
    assert_int_equal(meter_session_advance(&session, 1).gaps, 0);
    plug_say(&plug, "die");
    for (int i = 0; i < 3; i++) {
        struct meter_step step = meter_session_advance(&session, 1);
        assert_int_equal(step.gaps, 1);
        assert_int_equal(step.energy_uj[SCOPE_NODE], 0);
    }
    close_plug(&session, &plug);
}

/* Whoever was held up by a full pipe prints what was true long ago. */
static void a_full_pipe_holds_old_readings(void **state)
{
    struct plug plug;
    struct meter_session session = open_plug(*state, &plug, "plug", "10 W");
    plug_say(&plug, "flood");
    assert_int_equal(meter_session_advance(&session, 1).gaps, 1);
    plug_say(&plug, "20 W");
    meter_session_advance(&session, 1);
    assert_int_equal(meter_session_advance(&session, 1).energy_uj[SCOPE_NODE], 20 * 1000000);
    close_plug(&session, &plug);
}

/* Each rank has a program of its own, which may print sooner or later than another's. */
static void ranks_take_turns_without_doubling_a_joule(void **state)
{
    struct plug plugs[2];
    struct meter_session ranks[2];
    ranks[0] = open_plug(*state, &plugs[0], "first", "1000 J");
    struct meter_reading last = ranks[0].last;
    ranks[1] = open_plug(*state, &plugs[1], "second", "995 J");
    int64_t sum_uj = 0;
    char line[32];
    for (int i = 1; i <= 40; i++) {
        struct meter_session *now = &ranks[i % 2];
        snprintf(line, sizeof line, "%d J", 1000 + 10 * i - 5 * (i % 2)); /* one lags by 5 J */
        plug_say(&plugs[i % 2], line);
        now->last = last;
        struct meter_step step = meter_session_advance(now, 0.1);
        assert_int_equal(step.gaps, 0);
        assert_true(step.energy_uj[SCOPE_NODE] >= 0);
        sum_uj += step.energy_uj[SCOPE_NODE];
        last = now->last;
    }
    assert_int_equal(sum_uj, 400 * 1000000);
    close_plug(&ranks[0], &plugs[0]);
    close_plug(&ranks[1], &plugs[1]);
}

static void what_does_not_start_is_absent(void **state)
{
    static const struct {
        const char *command, *said;
    } cases[] = {{"echo hello", "\"hello\" is no reading such as"},
                 {"exit 3", "no reading in 5 s"},
                 {"echo the plug is unplugged >&2", "it said: the plug is unplugged"},
                 {"/nowhere/plug", "/nowhere/plug: no reading"}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        setenv(VARIABLE, cases[i].command, 1);
        assert_int_equal(meter_says(*state, "command", cases[i].said), METER_ABSENT);
    }
    unsetenv(VARIABLE);
    assert_int_equal(meter_says(*state, "command", VARIABLE " is not set"), METER_ABSENT);
    setenv(VARIABLE, "/bin/echo 5 W", 1);
    assert_int_equal(meter_says(*state, "command", "/bin/echo 5 W prints watts"),
                     METER_PRESENT);
}

static void the_name_is_without_its_folder(void **state)
{
    setenv(VARIABLE, "/bin/echo 5 W", 1);
    struct meter_session session = meter_session_open(*state, "command");
    check_meter_text(&session, "command:echo");
    meter_session_close(&session);
}

static void a_silent_program_is_not_waited_for(void **state)
{
    (void)state;
    struct meter_program program;
    struct strbuf report = STRBUF_INIT;
    assert_false(meter_program_start(&program, "exec sleep 1000", 0.01, &report));
    assert_non_null(strstr(strbuf_text(&report), "no reading in 0.01 s"));
    assert_int_equal(kill(program.process.pid, 0), -1);
    assert_int_equal(errno, ESRCH);
    strbuf_free(&report);
}

static void a_stubborn_program_is_ended_by_force(void **state)
{
    (void)state;
    struct meter_program program;
    struct strbuf report = STRBUF_INIT;
    assert_true(meter_program_start(
        &program, "trap '' TERM; echo 5 W; while :; do sleep 1000; done", 30, &report));
    pid_t pid = program.process.pid;
    meter_program_stop(&program);
    assert_int_equal(kill(pid, 0), -1);
    assert_int_equal(errno, ESRCH);
    strbuf_free(&report);
}

static void lines_are_read_strictly(void **state)
{
    (void)state;
    static const struct {
        const char *line;
        enum meter_unit unit;
        uint64_t value;
    } cases[] = {
        {"0 J", METER_UNIT_JOULE, 0},
        {"1e3J", METER_UNIT_JOULE, 1000000000},
        {"\t87.25  W\r", METER_UNIT_WATT, 87250000},
        {"9e9 J", METER_UNIT_JOULE, 9000000000000000},
        {"9.1e9 J", METER_UNIT_NONE, 0},
        {"1 J J", METER_UNIT_NONE, 0},
        {"", METER_UNIT_NONE, 0},
        {"J", METER_UNIT_NONE, 0},
        {"inf W", METER_UNIT_NONE, 0},
        {"5 w", METER_UNIT_NONE, 0},
        {"+5 W", METER_UNIT_NONE, 0},
        {"1e999 W", METER_UNIT_NONE, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        uint64_t value = 0;
        assert_int_equal(meter_program_parse(cases[i].line, &value), cases[i].unit);
        assert_int_equal(value, cases[i].value);
    }
}

#define command_test(f) cmocka_unit_test_setup_teardown(f, tree_setup, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        command_test(joules_are_counted),
        command_test(watts_are_integrated),
        command_test(what_is_no_reading_is_a_gap),
        command_test(a_dead_program_is_a_gap),
        command_test(a_full_pipe_holds_old_readings),
        command_test(ranks_take_turns_without_doubling_a_joule),
        command_test(what_does_not_start_is_absent),
        command_test(the_name_is_without_its_folder),
        cmocka_unit_test(a_silent_program_is_not_waited_for),
        cmocka_unit_test(a_stubborn_program_is_ended_by_force),
        cmocka_unit_test(lines_are_read_strictly),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
