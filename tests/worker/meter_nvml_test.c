#include "tests/check.h"
#include "tests/worker/fake_driver.h"
#include "tests/worker/meter_session.h"
#include "worker/gpu_devices.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void energy_counters_add_up(void **state)
{
    const struct tree *tree = *state;
    write_gpus(tree, "0\nGPU-a 5000 70000 0\nGPU-b 9000 80000 -1\n");
    struct meter_session session = meter_session_open(tree, "nvml");
    check_meter_text(&session, "nvml:2 GPUs");
    assert_int_equal(meter_quality(session.type, session.meter), ENERGY_MEASURED);
    assert_int_equal(session.type->scopes(session.meter), 1u << SCOPE_GPU);
    write_gpus(tree, "0\nGPU-a 5300 70000 0\nGPU-b 9040 80000 -1\n");
    struct meter_step step = meter_session_advance(&session, 1);
    assert_int_equal(step.energy_uj[SCOPE_GPU], 340 * 1000);
    assert_int_equal(step.n_gpus, 2);
    assert_true(step.gpus[0].id == gpu_id("GPU-a") && step.gpus[1].id == gpu_id("GPU-b"));
    assert_int_equal(step.gpus[0].energy_uj, 300 * 1000);
    assert_int_equal(step.gpus[1].energy_uj, 40 * 1000);
    assert_int_equal(step.low_uj, 340 * 1000);
    assert_int_equal(step.gaps, 0);
    meter_session_close(&session);
}

static void without_a_counter_power_is_integrated(void **state)
{
    const struct tree *tree = *state;
    write_gpus(tree, "0\nGPU-a -1 100000 0\n");
    struct meter_session session = meter_session_open(tree, "nvml");
    assert_int_equal(meter_quality(session.type, session.meter), ENERGY_INTEGRATED);
    write_gpus(tree, "0\nGPU-a -1 300000 0\n");
    struct meter_step step = meter_session_advance(&session, 2);
    assert_int_equal(step.energy_uj[SCOPE_GPU], 400 * 1000000);
    assert_true(step.low_uj < 200 * 1000000 && step.high_uj > 600 * 1000000);
    meter_session_close(&session);
}

static void an_old_driver_has_power_only(void **state)
{
    const struct tree *tree = *state;
    setenv("WATTUNE_NVML", OLD_NVML_LIBRARY, 1);
    write_gpus(tree, "0\nGPU-a 5000 100000 1\n");
    struct meter_session session = meter_session_open(tree, "nvml");
    assert_int_equal(meter_session_advance(&session, 1).energy_uj[SCOPE_GPU], 100 * 1000000);
    meter_session_close(&session);
    assert_int_equal(meter_says(tree, "nvml", "no energy counter; its power"), METER_PRESENT);
}

static void a_lost_device_is_a_gap_and_never_zero(void **state)
{
    const struct tree *tree = *state;
    write_gpus(tree, "0\nGPU-a 5000 70000 0\nGPU-b 9000 80000 0\n");
    struct meter_session session = meter_session_open(tree, "nvml");
    write_gpus(tree, "0\nGPU-a 5100 70000 0\n");
    struct meter_step step = meter_session_advance(&session, 1);
    assert_int_equal(step.energy_uj[SCOPE_GPU], 100 * 1000);
    assert_int_equal(step.gaps, 1);
    assert_int_equal(step.n_gpus, 1);
    write_gpus(tree, "0\nGPU-a 10 70000 0\nGPU-b 9000 80000 0\n"); /* one reset, one is back */
    step = meter_session_advance(&session, 1);
    assert_int_equal(step.energy_uj[SCOPE_GPU], 0);
    assert_int_equal(step.gaps, 2);
    write_gpus(tree, "0\nGPU-a 10 70000 0\nGPU-b 9001 80000 0\n");
    step = meter_session_advance(&session, 3.1); /* the first stands still */
    assert_int_equal(step.energy_uj[SCOPE_GPU], 1000);
    assert_int_equal(step.gaps, 1);
    meter_session_close(&session);
}

static void a_device_that_falls_off_the_bus_costs_only_itself(void **state)
{
    const struct tree *tree = *state;
    write_gpus(tree, "0\nGPU-a 5000 70000 0\nGPU-b 9000 80000 0\n");
    struct meter_session session = meter_session_open(tree, "nvml");
    for (unsigned i = 1; i <= 3; i++) {
        write_gpus(tree, "0\nGPU-a 5000 70000 0 answer=15\nGPU-b %u 80000 0\n", 9000 + i);
        struct meter_step step = meter_session_advance(&session, 1);
        assert_int_equal(step.energy_uj[SCOPE_GPU], 1000);
        assert_int_equal(step.gaps, 1);
        assert_int_equal(step.n_gpus, 1);
        assert_true(step.gpus[0].id == gpu_id("GPU-b"));
    }
    meter_session_close(&session);
}

static void only_visible_devices_count(void **state)
{
    const struct tree *tree = *state;
    write_gpus(tree, "0\nGPU-aa 1 1 0\nGPU-bb 2 2 0\nGPU-cc 3 3 0\n");
    setenv("CUDA_VISIBLE_DEVICES", "2,GPU-a", 1);
    struct meter_session session = meter_session_open(tree, "nvml");
    check_meter_text(&session, "nvml:2 GPUs");
    meter_session_close(&session);
    assert_int_equal(meter_says(tree, "nvml", "GPU 1 (GPU-bb) is not in CUDA_VISIBLE_DEVICES"),
                     METER_PRESENT);
    setenv("CUDA_VISIBLE_DEVICES", "", 1);
    assert_int_equal(meter_says(tree, "nvml", "not in CUDA_VISIBLE_DEVICES"), METER_ABSENT);
}

/* Or attempts on two ranks of one host would be told apart by their meters. */
static void ranks_with_a_gpu_each_have_the_same_meter(void **state)
{
    const struct tree *tree = *state;
    static const char *const shown[] = {"0", "1"};
    write_gpus(tree, "0\nGPU-a 1 1 0\nGPU-b 2 2 0\n");
    for (size_t i = 0; i < 2; i++) {
        setenv("CUDA_VISIBLE_DEVICES", shown[i], 1);
        struct meter_session session = meter_session_open(tree, "nvml");
        check_meter_text(&session, "nvml:1 GPU");
        meter_session_close(&session);
    }
}

/* Read by another rank of the host, whose devices differ. */
static struct meter_step take_over(struct meter_session *next, const struct meter_session *last,
                                   double time_s)
{
    next->last = last->last;
    return meter_session_advance(next, time_s);
}

/* Each rank keeps up what it sees; what the others saw stays until they come again. */
static void ranks_with_devices_of_their_own_share_a_reading(void **state)
{
    const struct tree *tree = *state;
    write_gpus(tree, "0\nGPU-a 5000 1 0\nGPU-b 9000 1 0\n");
    setenv("CUDA_VISIBLE_DEVICES", "0", 1);
    struct meter_session first = meter_session_open(tree, "nvml");
    setenv("CUDA_VISIBLE_DEVICES", "1", 1);
    struct meter_session second = meter_session_open(tree, "nvml");
    struct meter_step step = take_over(&second, &first, 1);
    assert_int_equal(step.energy_uj[SCOPE_GPU], 0); /* it begins here */
    assert_int_equal(step.gaps, 0);
    write_gpus(tree, "0\nGPU-a 5100 1 0\nGPU-b 9007 1 0\n");
    step = take_over(&second, &second, 1);
    assert_int_equal(step.energy_uj[SCOPE_GPU], 7 * 1000);
    assert_int_equal(step.counted, 2);
    write_gpus(tree, "0\nGPU-a 5300 1 0\nGPU-b 9017 1 0\n");
    step = take_over(&first, &second, 1);
    assert_int_equal(step.energy_uj[SCOPE_GPU], 300 * 1000);
    assert_int_equal(step.n_gpus, 1);
    assert_true(step.gpus[0].id == gpu_id("GPU-a"));
    step = take_over(&second, &first, 1);
    assert_int_equal(step.energy_uj[SCOPE_GPU], 10 * 1000);
    assert_int_equal(step.gaps, 0);
    meter_session_close(&first);
    meter_session_close(&second);
}

/* Between its own reads a device's power is integrated over all of the time, not over that of
 * the last interval. */
static void power_of_a_device_that_others_do_not_see_is_whole(void **state)
{
    const struct tree *tree = *state;
    write_gpus(tree, "0\nGPU-a -1 100000 0\nGPU-b -1 50000 0\n");
    setenv("CUDA_VISIBLE_DEVICES", "0", 1);
    struct meter_session first = meter_session_open(tree, "nvml");
    setenv("CUDA_VISIBLE_DEVICES", "1", 1);
    struct meter_session second = meter_session_open(tree, "nvml");
    take_over(&second, &first, 2);
    struct meter_step step = take_over(&first, &second, 1);
    assert_in_range(step.energy_uj[SCOPE_GPU], 300 * 1000000, 301 * 1000000);
    meter_session_close(&first);
    meter_session_close(&second);
}

static void a_device_whose_rank_has_gone_is_a_gap(void **state)
{
    const struct tree *tree = *state;
    write_gpus(tree, "0\nGPU-a 5000 1 0\nGPU-b 9000 1 0\n");
    setenv("CUDA_VISIBLE_DEVICES", "0", 1);
    struct meter_session gone = meter_session_open(tree, "nvml");
    setenv("CUDA_VISIBLE_DEVICES", "1", 1);
    struct meter_session left = meter_session_open(tree, "nvml");
    take_over(&left, &gone, 1);
    write_gpus(tree, "0\nGPU-a 6000 1 0\nGPU-b 9100 1 0\n");
    struct meter_step step = meter_session_advance(&left, 60);
    assert_int_equal(step.energy_uj[SCOPE_GPU], 100 * 1000);
    assert_int_equal(step.counted, 1);
    assert_int_equal(step.gaps, 1);
    meter_session_close(&gone);
    meter_session_close(&left);
}

/* One rank could read the counter, the other only power: their values do not mix. */
static void ranks_that_read_one_device_differently_make_a_gap(void **state)
{
    const struct tree *tree = *state;
    write_gpus(tree, "0\nGPU-a 5000 1000 0\n");
    struct meter_session counts = meter_session_open(tree, "nvml");
    setenv("WATTUNE_NVML", OLD_NVML_LIBRARY, 1);
    struct meter_session integrates = meter_session_open(tree, "nvml");
    struct meter_step step = take_over(&integrates, &counts, 1);
    assert_int_equal(step.energy_uj[SCOPE_GPU], 0);
    assert_int_equal(step.gaps, 1);
    meter_session_close(&counts);
    meter_session_close(&integrates);
}

static void more_devices_on_a_host_than_a_reading_holds_are_gaps(void **state)
{
    const struct tree *tree = *state;
    write_gpus(tree, "0\nGPU-a 5000 1000 0\n");
    struct meter_session session = meter_session_open(tree, "nvml");
    for (size_t i = 0; i < METER_COUNTERS; i++) /* by other ranks */
        session.last.counters[i] = 1000 + i;
    struct meter_step step = meter_session_advance(&session, 1);
    assert_int_equal(step.energy_uj[SCOPE_GPU], 0);
    assert_true(step.gaps > 0);
    meter_session_close(&session);
}

static void mig_says_so(void **state)
{
    const struct tree *tree = *state;
    write_gpus(tree, "0\nGPU-a 5000 70000 1\n");
    assert_int_equal(meter_says(tree, "nvml", "GPU 0 (GPU-a) is in MIG mode"), METER_ABSENT);
    write_gpus(tree, "0\nGPU-a 5000 70000 1\nGPU-b 5000 70000 0\n");
    struct meter_session session = meter_session_open(tree, "nvml");
    check_meter_text(&session, "nvml:1 GPU");
    meter_session_close(&session);
}

static void many_devices_are_counted_in_words(void **state)
{
    const struct tree *tree = *state;
    struct strbuf text = STRBUF_INIT;
    strbuf_append(&text, "0\n");
    for (int i = 0; i < 18; i++)
        strbuf_printf(&text, "GPU-%d 1000 1 0\n", i);
    write_gpus(tree, "%s", strbuf_text(&text));
    strbuf_free(&text);
    struct meter_session session = meter_session_open(tree, "nvml");
    check_meter_text(&session, "nvml:16 GPUs");
    meter_session_close(&session);
    assert_int_equal(meter_says(tree, "nvml", "GPU 17: more than the 16 that fit"),
                     METER_PRESENT);
}

static void the_report_tells_what_a_device_is_doing(void **state)
{
    const struct tree *tree = *state;
    write_gpus(tree, "0\nGPU-a 1 70000 0 busy=34 used=1048576 total=42949672960 processes=2\n");
    meter_says(tree, "nvml", "driver 535.104.05\n");
    meter_says(
        tree, "nvml",
        "GPU 0 (Fake A100, GPU-a): energy counter; 70 W; 34 % busy; 1 of 40960 MB used; 2 "
        "processes compute on it\n");
    write_gpus(tree, "0\nGPU-a 1 70000 0 processes=1\n");
    meter_says(tree, "nvml", "energy counter; 70 W; 1 process computes on it\n");
    setenv("WATTUNE_NVML", OLD_NVML_LIBRARY, 1);
    meter_says(tree, "nvml", "GPU 0 (GPU-a): no energy counter; its power, +-5 %; 70 W\n");
}

static void what_is_missing_is_said(void **state)
{
    const struct tree *tree = *state;
    write_gpus(tree, "0\n");
    assert_int_equal(meter_says(tree, "nvml", "has no GPU"), METER_ABSENT);
    write_gpus(tree, "0\nGPU-a -1 -1 0\n");
    assert_int_equal(meter_says(tree, "nvml", "neither energy nor power"), METER_ABSENT);
    write_gpus(tree, "0\nGPU-a 1 1 0 handle=15\nGPU-b 1 1 0 handle=4\n");
    assert_int_equal(meter_says(tree, "nvml", "GPU 0: GPU is lost"), METER_ABSENT);
    assert_int_equal(meter_says(tree, "nvml", "GPU 1: Insufficient Permissions"), METER_ABSENT);
    write_gpus(tree, "9\n");
    assert_int_equal(meter_says(tree, "nvml", "does not answer: Driver Not Loaded"),
                     METER_ABSENT);
    write_gpus(tree, "18\n");
    assert_int_equal(meter_says(tree, "nvml", "boot, or load the driver anew"), METER_ABSENT);
    write_gpus(tree, "4\n");
    assert_int_equal(meter_says(tree, "nvml", "Insufficient Permissions"), METER_FORBIDDEN);
    assert_int_equal(meter_says(tree, "nvml", "/dev/nvidiactl"), METER_FORBIDDEN);
    write_gpus(tree, "15\n");
    assert_int_equal(meter_says(tree, "nvml", "does not answer: GPU is lost"), METER_ABSENT);
    setenv("WATTUNE_NVML", "/nowhere/libnvidia-ml.so.1", 1);
    assert_int_equal(meter_says(tree, "nvml", "/nowhere/libnvidia-ml.so.1"), METER_ABSENT);
    setenv("WATTUNE_NVML", EMPTY_LIBRARY, 1);
    assert_int_equal(meter_says(tree, "nvml", "has no nvmlInit_v2"), METER_ABSENT);
    unsetenv("WATTUNE_NVML");
    assert_int_equal(meter_says(tree, "nvml", "no NVIDIA driver"), METER_ABSENT);
}

#define gpu_test(f) cmocka_unit_test_setup_teardown(f, fake_driver_setup, fake_driver_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        gpu_test(energy_counters_add_up),
        gpu_test(without_a_counter_power_is_integrated),
        gpu_test(an_old_driver_has_power_only),
        gpu_test(a_lost_device_is_a_gap_and_never_zero),
        gpu_test(a_device_that_falls_off_the_bus_costs_only_itself),
        gpu_test(only_visible_devices_count),
        gpu_test(ranks_with_a_gpu_each_have_the_same_meter),
        gpu_test(ranks_with_devices_of_their_own_share_a_reading),
        gpu_test(power_of_a_device_that_others_do_not_see_is_whole),
        gpu_test(a_device_whose_rank_has_gone_is_a_gap),
        gpu_test(ranks_that_read_one_device_differently_make_a_gap),
        gpu_test(more_devices_on_a_host_than_a_reading_holds_are_gaps),
        gpu_test(mig_says_so),
        gpu_test(many_devices_are_counted_in_words),
        gpu_test(the_report_tells_what_a_device_is_doing),
        gpu_test(what_is_missing_is_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
