#include "tests/check.h"
#include "tests/worker/meter_session.h"
#include "worker/visible_devices.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What the fake driver's devices say. */
#define write_gpus(tree, ...) tree_write(tree, "/gpus", __VA_ARGS__)

static int set_up(void **state)
{
    if (tree_setup(state))
        return -1;
    const struct tree *tree = *state;
    char path[128];
    snprintf(path, sizeof path, "%s/gpus", tree->root);
    setenv("FAKE_NVML", path, 1);
    setenv("WATTUNE_NVML", FAKE_NVML_LIBRARY, 1);
    unsetenv("CUDA_VISIBLE_DEVICES");
    return 0;
}

static int tear_down(void **state)
{
    unsetenv("FAKE_NVML");
    unsetenv("WATTUNE_NVML");
    unsetenv("CUDA_VISIBLE_DEVICES");
    return tree_teardown(state);
}

static void energy_counters_add_up(void **state)
{
    const struct tree *tree = *state;
    write_gpus(tree, "0\nGPU-a 5000 70000 0\nGPU-b 9000 80000 -1\n");
    struct meter_session session = meter_session_open(tree, "nvml");
    check_meter_text(&session, "nvml:GPU 0,1");
    assert_int_equal(meter_quality(session.type, session.meter), ENERGY_MEASURED);
    assert_int_equal(session.type->scopes(session.meter), 1u << SCOPE_GPU);
    write_gpus(tree, "0\nGPU-a 5300 70000 0\nGPU-b 9040 80000 -1\n");
    struct meter_step step = meter_session_advance(&session, 1);
    assert_int_equal(step.energy_uj[SCOPE_GPU], 340 * 1000);
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

static void only_visible_devices_count(void **state)
{
    const struct tree *tree = *state;
    write_gpus(tree, "0\nGPU-aa 1 1 0\nGPU-bb 2 2 0\nGPU-cc 3 3 0\n");
    setenv("CUDA_VISIBLE_DEVICES", "2,GPU-a", 1);
    struct meter_session session = meter_session_open(tree, "nvml");
    check_meter_text(&session, "nvml:GPU 0,2");
    meter_session_close(&session);
    assert_int_equal(meter_says(tree, "nvml", "GPU 1 (GPU-bb) is not in CUDA_VISIBLE_DEVICES"),
                     METER_PRESENT);
    setenv("CUDA_VISIBLE_DEVICES", "", 1);
    assert_int_equal(meter_says(tree, "nvml", "not in CUDA_VISIBLE_DEVICES"), METER_ABSENT);
}

/* A rank that sees other devices cannot go on from another's reading. */
static void readings_of_other_devices_are_a_gap(void **state)
{
    const struct tree *tree = *state;
    write_gpus(tree, "0\nGPU-a 5000 1 0\nGPU-b 5001 1 0\n");
    setenv("CUDA_VISIBLE_DEVICES", "0", 1);
    struct meter_session first = meter_session_open(tree, "nvml");
    setenv("CUDA_VISIBLE_DEVICES", "1", 1);
    struct meter_session second = meter_session_open(tree, "nvml");
    second.last = first.last;
    struct meter_step step = meter_session_advance(&second, 1);
    assert_int_equal(step.energy_uj[SCOPE_GPU], 0);
    assert_int_equal(step.gaps, 1);
    meter_session_close(&first);
    meter_session_close(&second);
}

static void mig_says_so(void **state)
{
    const struct tree *tree = *state;
    write_gpus(tree, "0\nGPU-a 5000 70000 1\n");
    assert_int_equal(meter_says(tree, "nvml", "GPU 0 (GPU-a) is in MIG mode"), METER_ABSENT);
    write_gpus(tree, "0\nGPU-a 5000 70000 1\nGPU-b 5000 70000 0\n");
    struct meter_session session = meter_session_open(tree, "nvml");
    check_meter_text(&session, "nvml:GPU 1");
    meter_session_close(&session);
}

static void many_devices_are_counted_in_words(void **state)
{
    const struct tree *tree = *state;
    struct strbuf text = STRBUF_INIT;
    strbuf_append(&text, "0\n");
    for (int i = 0; i < 34; i++)
        strbuf_printf(&text, "GPU-%d 1000 1 0\n", i);
    write_gpus(tree, "%s", strbuf_text(&text));
    strbuf_free(&text);
    struct meter_session session = meter_session_open(tree, "nvml");
    check_meter_text(&session, "nvml:32 GPUs");
    meter_session_close(&session);
    assert_int_equal(meter_says(tree, "nvml", "GPU 33: more than the 32 that fit"),
                     METER_PRESENT);
}

static void what_is_missing_is_said(void **state)
{
    const struct tree *tree = *state;
    write_gpus(tree, "0\n");
    assert_int_equal(meter_says(tree, "nvml", "has no GPU"), METER_ABSENT);
    write_gpus(tree, "0\nGPU-a -1 -1 0\n");
    assert_int_equal(meter_says(tree, "nvml", "neither energy nor power"), METER_ABSENT);
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

static void lists_of_visible_devices_are_read_as_cuda_does(void **state)
{
    (void)state;
    static const struct {
        const char *list;
        bool shows[3]; /* GPU-aaa, GPU-aab, GPU-b */
    } cases[] = {
        {NULL, {true, true, true}},
        {"", {false, false, false}},
        {"0", {true, false, false}},
        {"2, 0", {true, false, true}},
        {"1,7,0", {false, true, false}},
        {"-1,0", {false, false, false}},
        {"GPU-b", {false, false, true}},
        {"GPU-aa", {true, true, false}},
        {"NoDevFiles", {false, false, false}},
        {"MIG-aaa", {false, false, false}},
        {"1x,2", {false, false, false}},
        {"0,,2", {true, false, false}},
    };
    static const char *const uuids[] = {"GPU-aaa", "GPU-aab", "GPU-b"};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        for (unsigned device = 0; device < 3; device++)
            if (visible_devices_has(cases[i].list, device, uuids[device], 3) !=
                cases[i].shows[device])
                fail_msg("\"%s\" and device %u", cases[i].list, device);
}

#define gpu_test(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        gpu_test(energy_counters_add_up),
        gpu_test(without_a_counter_power_is_integrated),
        gpu_test(an_old_driver_has_power_only),
        gpu_test(a_lost_device_is_a_gap_and_never_zero),
        gpu_test(only_visible_devices_count),
        gpu_test(readings_of_other_devices_are_a_gap),
        gpu_test(mig_says_so),
        gpu_test(many_devices_are_counted_in_words),
        gpu_test(what_is_missing_is_said),
        cmocka_unit_test(lists_of_visible_devices_are_read_as_cuda_does),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
