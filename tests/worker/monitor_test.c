#include "tests/check.h"
#include "tests/worker/fake_driver.h"
#include "tests/worker/fake_ledger.h"
#include "tests/worker/tree.h"
#include "worker/monitor.h"

#include <stdlib.h>
#include <unistd.h>

/* A ledger that this test cuts by hand, and a monitor of one sample a second that looks at it
 * from second 100 on. This process plays the trial. */
struct watch {
    struct ledger ledger;
    struct monitor *monitor;
    const struct monitor_sample *samples; /* of the last batch */
};

static int set_up(void **state)
{
    struct watch *watch = calloc(1, sizeof *watch);
    watch->ledger.view = (struct ledger_view){.cut_ns = 5000000000, .intervals = 3};
    *state = watch;
    if (monitor_create(&watch->monitor, &watch->ledger,
                       &(struct monitor_options){.interval_s = 1}))
        return -1;
    monitor_begin(watch->monitor, getpid(), 0, 100);
    return 0;
}

static int tear_down(void **state)
{
    struct watch *watch = *state;
    monitor_free(watch->monitor);
    free(watch);
    return 0;
}

/* Cut `ms` after the last one: so much was used meanwhile, of a node that uses twice of it. */
static void cut(struct watch *watch, int64_t ms, uint64_t cpu_ms, int64_t energy_uj)
{
    struct ledger_view *view = &watch->ledger.view;
    view->cut_ns += ms * 1000000;
    view->trial_cpu_ns += cpu_ms * 1000000;
    view->trial_uj += energy_uj;
    view->node_uj += 2 * energy_uj;
    view->intervals++;
}

static size_t take(struct watch *watch, double now_s)
{
    return monitor_take(watch->monitor, now_s, &watch->samples);
}

static void samples_add_up_to_the_books(void **state)
{
    struct watch *watch = *state;
    cut(watch, 990, 700, 40);
    monitor_tick(watch->monitor, 100.5); /* not due */
    monitor_tick(watch->monitor, 101.01);
    cut(watch, 1005, 0, 50);
    monitor_tick(watch->monitor, 102);
    cut(watch, 3, 2, 1);
    monitor_end(watch->monitor);
    assert_int_equal(take(watch, 102), 3);
    static const int64_t expected[3][4] = {
        {990000, 700000, 40, 80}, {1995000, 0, 50, 100}, {1998000, 2000, 1, 2}};
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(watch->samples[i].end_us, expected[i][0]);
        assert_int_equal(watch->samples[i].cpu_us, expected[i][1]);
        assert_int_equal(watch->samples[i].energy_uj, expected[i][2]);
        assert_int_equal(watch->samples[i].node_uj, expected[i][3]);
    }
    assert_true(watch->samples[0].memory_kb > 100);
    assert_int_equal(watch->samples[2].memory_kb, MONITOR_UNKNOWN); /* it has ended */
    assert_int_equal(take(watch, 103), 0);
    assert_true(isinf(monitor_due_s(watch->monitor)));
}

/* Nothing is known of an interval that no meter answered in: that is not 0 J. */
static void a_silent_meter_is_no_zero(void **state)
{
    struct watch *watch = *state;
    cut(watch, 1000, 100, 40);
    watch->ledger.view.intervals--;
    monitor_tick(watch->monitor, 101);
    monitor_end(watch->monitor);
    assert_int_equal(take(watch, 101), 1);
    assert_int_equal(watch->samples[0].cpu_us, 100000);
    assert_int_equal(watch->samples[0].energy_uj, MONITOR_UNKNOWN);
    assert_int_equal(watch->samples[0].node_uj, MONITOR_UNKNOWN);
}

static void a_sample_waits_for_a_cut(void **state)
{
    struct watch *watch = *state;
    monitor_tick(watch->monitor, 101);
    double due_s = monitor_due_s(watch->monitor);
    assert_true(due_s > 101 && due_s < 102); /* no busy loop meanwhile */
    cut(watch, 1100, 1, 1);
    monitor_tick(watch->monitor, due_s);
    monitor_end(watch->monitor); /* nothing has happened since */
    assert_int_equal(take(watch, 102), 1);
}

static void batches_are_handed_on_when_they_are_old_or_full(void **state)
{
    struct watch *watch = *state;
    size_t seen = 0, batches = 0;
    int64_t sum_uj = 0;
    for (int second = 1; second <= 300; second++) {
        cut(watch, 1000, 1, second);
        monitor_tick(watch->monitor, 100 + second);
        /* Nobody asks from second 100 to 200: the samples wait, and cover all the time. */
        size_t n = second < 100 || second > 200 ? take(watch, 100 + second) : 0;
        assert_in_range(n, 0, MONITOR_BATCH);
        for (size_t i = 0; i < n; i++)
            sum_uj += watch->samples[i].energy_uj;
        seen += n;
        batches += n > 0;
    }
    cut(watch, 1000, 1, 1);
    monitor_end(watch->monitor);
    size_t n = take(watch, 401);
    for (size_t i = 0; i < n; i++)
        sum_uj += watch->samples[i].energy_uj;
    assert_int_equal(sum_uj, 300 * 301 / 2 + 1);
    assert_in_range(seen + n, 250, 265);
    assert_in_range(batches, 60, 120);
}

static void a_worker_that_stood_still_does_not_catch_up(void **state)
{
    struct watch *watch = *state;
    cut(watch, 60000, 1, 1);
    monitor_tick(watch->monitor, 160);
    monitor_tick(watch->monitor, 160.1);
    monitor_tick(watch->monitor, 160.9);
    monitor_end(watch->monitor);
    assert_int_equal(take(watch, 161), 1);
}

static void the_next_trial_starts_afresh(void **state)
{
    struct watch *watch = *state;
    cut(watch, 1000, 10, 10);
    monitor_tick(watch->monitor, 101);
    monitor_begin(watch->monitor, getpid(), 0, 200);
    assert_int_equal(take(watch, 300), 0);
    cut(watch, 500, 20, 20);
    monitor_end(watch->monitor);
    assert_int_equal(take(watch, 201), 1);
    assert_int_equal(watch->samples[0].end_us, 500000);
    assert_int_equal(watch->samples[0].energy_uj, 20);
}

/* Two GPUs of three are the trial's. */
static void its_gpus_are_read_while_it_runs(void **state)
{
    struct watch *watch = *state;
    void *made;
    assert_int_equal(tree_setup(&made), 0);
    const struct tree *tree = made;
    fake_driver_load(tree);
    write_gpus(tree, "0\nGPU-a 1 70000 0 busy=30 used=1048576 total=9999999\n"
                     "GPU-b 1 50500 0 busy=55 used=2097152 total=9999999\n"
                     "GPU-c 1 99999 0 busy=99 used=9437184 total=9999999\n");
    struct gpu_devices *devices;
    struct strbuf report = STRBUF_INIT;
    assert_int_equal(gpu_devices_open(&devices, tree->root, &report), METER_PRESENT);
    const uint64_t ids[] = {gpu_id("GPU-a"), gpu_id("GPU-b")};
    monitor_free(watch->monitor);
    struct monitor_options options = {
        .interval_s = 1, .gpus = devices, .gpu_ids = ids, .n_gpus = 2};
    assert_int_equal(monitor_create(&watch->monitor, &watch->ledger, &options), ST_OK);
    monitor_begin(watch->monitor, getpid(), 0, 100);
    cut(watch, 1000, 1, 1);
    monitor_tick(watch->monitor, 101);
    cut(watch, 100, 1, 1);
    monitor_end(watch->monitor);
    assert_int_equal(take(watch, 102), 2);
    assert_int_equal(watch->samples[0].gpu_permille, 425);
    assert_int_equal(watch->samples[0].gpu_memory_kb, 3072);
    assert_int_equal(watch->samples[0].gpu_power_mw, 120500);
    assert_int_equal(watch->samples[1].gpu_permille, MONITOR_UNKNOWN);
    gpu_devices_close(devices);
    strbuf_free(&report);
    fake_driver_unload();
    assert_int_equal(tree_teardown(&made), 0);
}

static void no_monitor_is_none(void **state)
{
    (void)state;
    const struct monitor_sample *samples;
    monitor_begin(NULL, getpid(), 0, 1);
    monitor_tick(NULL, 2);
    monitor_end(NULL);
    monitor_free(NULL);
    assert_true(isinf(monitor_due_s(NULL)));
    assert_int_equal(monitor_take(NULL, 3, &samples), 0);
}

int main(void)
{
#define with_watch(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        with_watch(samples_add_up_to_the_books),
        with_watch(a_silent_meter_is_no_zero),
        with_watch(a_sample_waits_for_a_cut),
        with_watch(batches_are_handed_on_when_they_are_old_or_full),
        with_watch(a_worker_that_stood_still_does_not_catch_up),
        with_watch(the_next_trial_starts_afresh),
        with_watch(its_gpus_are_read_while_it_runs),
        cmocka_unit_test(no_monitor_is_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
