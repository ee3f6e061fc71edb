#include "tests/check.h"

#include "orchestrator/quiet_window.h"

#include <math.h>
#include <string.h>

#define PROCESSORS 4

/* A host whose time, meters and processors move as the test says. */
struct host {
    double now_s;
    double power_w[QUIET_SETS];
    double busy; /* share of its processors */
    bool fails;
    size_t looks;
    struct quiet_look shown;
    struct quiet_window window;
};

static void look(void *context, struct quiet_look *look)
{
    struct host *host = context;
    host->looks++;
    *look = host->shown;
}

static void begin(struct host *host, size_t n_ranks, bool beside)
{
    *host = (struct host){
        .now_s = 1000, .power_w = {80, 30}, .shown = {.joined = 1, .busy_known = true}};
    for (size_t set = 0; set < QUIET_SETS; set++)
        host->shown.points[set].time_ns = 1;
    struct quiet_plan plan = {.window_s = 2,
                              .n_ranks = n_ranks,
                              .processors = PROCESSORS,
                              .wanted = {true, beside},
                              .context = host,
                              .look = look};
    quiet_window_begin(&host->window, &plan, host->now_s);
}

/* 20 ms go by, as between two steps of an agent. */
static bool pass(struct host *host)
{
    double time_s = 0.02;
    host->now_s += time_s;
    host->shown.busy_ns += (uint64_t)llround(host->busy * PROCESSORS * time_s * 1e9);
    for (size_t set = 0; set < QUIET_SETS; set++) {
        struct idle_point *point = &host->shown.points[set];
        point->time_ns += llround(time_s * 1e9);
        point->energy_uj += host->fails ? 0 : llround(host->power_w[set] * time_s * 1e6);
        point->gaps += host->fails;
    }
    return quiet_window_step(&host->window, host->now_s);
}

/* How long the window takes from now. */
static double finish(struct host *host)
{
    double start_s = host->now_s;
    while (!pass(host))
        assert_true(host->now_s < start_s + 100);
    return host->now_s - start_s;
}

static void a_quiet_host_is_measured_in_one_window(void **state)
{
    (void)state;
    struct host host;
    begin(&host, 1, true);
    host.busy = 0.01;
    assert_near(finish(&host), 2, 0.13);
    assert_int_equal(host.window.tries, 1);
    assert_int_equal(host.window.powers[0].source, IDLE_MEASURED);
    assert_near(host.window.powers[0].power_w, 80, 1e-6);
    assert_near(host.window.powers[0].busy, 0.01, 1e-6);
    assert_in_range(host.window.powers[0].samples, 18, 20);
    assert_near(host.window.powers[1].power_w, 30, 1e-6);
    assert_int_equal(host.window.powers[2].source, IDLE_UNKNOWN);
    assert_true(quiet_window_step(&host.window, host.now_s + 1000)); /* over is over */
    assert_in_range(host.looks, 20, 22);
}

static void it_begins_when_all_ranks_are_set_up(void **state)
{
    (void)state;
    struct host host;
    begin(&host, 3, false);
    host.busy = 1; /* they are being set up */
    for (int i = 0; i < 100; i++)
        assert_false(pass(&host));
    assert_int_equal(host.window.tries, 0);
    host.shown.joined = 3;
    host.busy = 0;
    assert_near(finish(&host), 2, 0.13);
    assert_int_equal(host.window.tries, 1);
    assert_int_equal(host.window.powers[0].source, IDLE_MEASURED);
}

static void it_does_not_wait_for_ranks_for_ever(void **state)
{
    (void)state;
    struct host host;
    begin(&host, 3, false);
    assert_near(finish(&host), QUIET_GATHER_S + 2, 0.13);
    assert_int_equal(host.window.powers[0].source, IDLE_MEASURED);
}

static void a_disturbed_window_is_repeated_once(void **state)
{
    (void)state;
    struct host host;
    begin(&host, 1, false);
    host.busy = 0.5;
    while (host.window.tries < 2)
        assert_false(pass(&host));
    host.busy = 0;
    assert_near(finish(&host), 2, 0.13);
    assert_int_equal(host.window.powers[0].source, IDLE_MEASURED);
    assert_near(host.window.powers[0].power_w, 80, 1e-6);
    assert_near(host.window.powers[0].busy, 0, 1e-6);
}

static void a_busy_host_stays_unknown(void **state)
{
    (void)state;
    struct host host;
    begin(&host, 1, false);
    host.busy = 0.37;
    assert_near(finish(&host), 2.2, 0.2); /* the second window is soon as busy as it may be */
    assert_int_equal(host.window.tries, QUIET_TRIES);
    assert_int_equal(host.window.verdicts[0], IDLE_BUSY);
    assert_int_equal(host.window.powers[0].source, IDLE_UNKNOWN);
    assert_near(host.window.powers[0].busy, 0.37, 1e-6);
    assert_true(isnan(host.window.powers[0].power_w));
}

/* A host of which nobody can say whether it was quiet was not, and will not be. */
static void processors_that_cannot_be_seen_are_busy(void **state)
{
    (void)state;
    struct host host;
    begin(&host, 1, false);
    host.shown.busy_known = false;
    assert_near(finish(&host), 0.1, 0.05);
    assert_int_equal(host.window.verdicts[0], IDLE_BUSY);
    assert_true(isnan(host.window.powers[0].busy));
    begin(&host, 1, false);
    host.window.plan.processors = 0;
    finish(&host);
    assert_int_equal(host.window.powers[0].source, IDLE_UNKNOWN);
}

/* Nothing would be gained by a second window. */
static void meters_that_give_nothing_are_not_tried_again(void **state)
{
    (void)state;
    struct host host;
    begin(&host, 1, false);
    host.fails = true;
    assert_near(finish(&host), 2, 0.13);
    assert_int_equal(host.window.tries, 1);
    assert_int_equal(host.window.verdicts[0], IDLE_NO_FIGURE);
    assert_int_equal(host.window.powers[0].source, IDLE_UNKNOWN);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_quiet_host_is_measured_in_one_window),
        cmocka_unit_test(it_begins_when_all_ranks_are_set_up),
        cmocka_unit_test(it_does_not_wait_for_ranks_for_ever),
        cmocka_unit_test(a_disturbed_window_is_repeated_once),
        cmocka_unit_test(a_busy_host_stays_unknown),
        cmocka_unit_test(processors_that_cannot_be_seen_are_busy),
        cmocka_unit_test(meters_that_give_nothing_are_not_tried_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
