#include "tests/check.h"
#include "tests/worker/fake_driver.h"
#include "worker/gpu_devices.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MB 1048576ll

static struct gpu_devices *open_devices(const struct tree *tree, const char *visible)
{
    struct gpu_devices *devices = NULL;
    struct strbuf report = STRBUF_INIT;
    if (visible)
        setenv("CUDA_VISIBLE_DEVICES", visible, 1);
    if (gpu_devices_open(&devices, tree->root, &report) != METER_PRESENT)
        fail_msg("no devices: %s", strbuf_text(&report));
    strbuf_free(&report);
    return devices;
}

/* The UUIDs of what is there, separated by spaces. */
static void check_devices(const struct tree *tree, const char *visible, const char *expected)
{
    struct gpu_devices *devices = open_devices(tree, visible);
    struct strbuf text = STRBUF_INIT;
    for (size_t i = 0; i < devices->n; i++) {
        strbuf_printf(&text, "%s%s", i ? " " : "", devices->list[i].uuid);
        assert_int_equal(devices->list[i].id, gpu_id(devices->list[i].uuid));
    }
    assert_string_equal(strbuf_text(&text), expected);
    strbuf_free(&text);
    gpu_devices_close(devices);
}

static void check_absence(const struct tree *tree, enum meter_presence expected,
                          const char *text)
{
    struct gpu_devices *devices = NULL;
    struct strbuf report = STRBUF_INIT;
    assert_int_equal(gpu_devices_open(&devices, tree->root, &report), expected);
    assert_null(devices);
    if (!strstr(strbuf_text(&report), text))
        fail_msg("\"%s\" is not in: %s", text, strbuf_text(&report));
    strbuf_free(&report);
}

static void devices_are_listed_as_cuda_would(void **state)
{
    const struct tree *tree = *state;
    write_gpus(tree, "0\nGPU-a 1 1 0\nGPU-b 1 1 -1\nGPU-c 1 1 0\n");
    check_devices(tree, NULL, "GPU-a GPU-b GPU-c");
    check_devices(tree, "2,GPU-a", "GPU-c GPU-a");
    setenv("CUDA_VISIBLE_DEVICES", "", 1);
    check_absence(tree, METER_ABSENT, "GPU 2 (GPU-c) is not in CUDA_VISIBLE_DEVICES");
}

/* A control group that leaves only the third: CUDA's number 0. */
static void numbers_are_those_among_the_devices_that_open(void **state)
{
    const struct tree *tree = *state;
    write_gpus(tree, "0\nGPU-a 1 1 0 handle=4\nGPU-b 1 1 0 handle=15\nGPU-c 1 1 0\n");
    check_devices(tree, "0", "GPU-c");
    struct gpu_devices *devices = open_devices(tree, NULL);
    assert_int_equal(devices->list[0].number, 2);
    assert_int_equal(devices->list[0].place, 0);
    gpu_devices_close(devices);
}

static void instances_are_devices_of_their_own(void **state)
{
    const struct tree *tree = *state;
    write_gpus(tree, "0\nGPU-a 1 1 1\nMIG-1\n-\nMIG-2\nGPU-b 1 1 0\nGPU-c 1 1 1\nMIG-3\n");
    check_devices(tree, NULL, "MIG-1 MIG-2 GPU-b MIG-3");
    check_devices(tree, "MIG-3,GPU-b", "MIG-3 GPU-b");
    check_devices(tree, "0,1", "MIG-1 GPU-b");
    struct gpu_devices *devices = open_devices(tree, "MIG-2");
    assert_true(devices->list[0].is_instance);
    assert_string_equal(devices->list[0].gpu_uuid, "GPU-a");
    gpu_devices_close(devices);
    write_gpus(tree, "0\nGPU-a 1 1 1\n");
    unsetenv("CUDA_VISIBLE_DEVICES");
    check_absence(tree, METER_ABSENT, "GPU 0 (GPU-a) is in MIG mode");
}

static void more_than_fit_are_said(void **state)
{
    const struct tree *tree = *state;
    struct strbuf text = STRBUF_INIT;
    strbuf_append(&text, "0\n");
    for (int i = 0; i < GPU_DEVICES_MAX + 2; i++)
        strbuf_printf(&text, "GPU-%d 1000 1 0\n", i);
    write_gpus(tree, "%s", strbuf_text(&text));
    struct gpu_devices *devices;
    strbuf_clear(&text);
    assert_int_equal(gpu_devices_open(&devices, tree->root, &text), METER_PRESENT);
    assert_int_equal(devices->n, GPU_DEVICES_MAX);
    assert_non_null(strstr(strbuf_text(&text), "GPU 57 (GPU-57): more than the 56 that fit"));
    strbuf_free(&text);
    gpu_devices_close(devices);
}

static void drivers_that_refuse_are_told_from_those_that_are_not_there(void **state)
{
    const struct tree *tree = *state;
    write_gpus(tree, "4\n");
    check_absence(tree, METER_FORBIDDEN, "/dev/nvidiactl");
    write_gpus(tree, "18\n");
    check_absence(tree, METER_ABSENT, "version mismatch");
    write_gpus(tree, "0\n");
    check_absence(tree, METER_ABSENT, "has no GPU");
    unsetenv("WATTUNE_NVML");
    check_absence(tree, METER_ABSENT, "no NVIDIA driver");
}

static void loads_of_several_devices_are_one_figure(void **state)
{
    const struct tree *tree = *state;
    struct gpu_load load;
    write_gpus(tree,
               "0\nGPU-a 1 70000 0 busy=30 used=%lld total=%lld\n"
               "GPU-b 1 50500 0 busy=50 used=%lld total=%lld\nGPU-c 1 1000 0\n",
               10 * MB, 100 * MB, 5 * MB, 100 * MB);
    struct gpu_devices *devices = open_devices(tree, NULL);
    uint64_t ids[] = {gpu_id("GPU-b"), gpu_id("GPU-a"), gpu_id("GPU-elsewhere")};
    gpu_devices_load(devices, ids, 3, &load);
    assert_int_equal(load.n, 2);
    assert_near(load.utilization, 0.4, 1e-12);
    assert_near(load.memory_used_mb, 15, 1e-12);
    assert_near(load.memory_total_mb, 200, 1e-12);
    assert_near(load.power_w, 120.5, 1e-12);
    gpu_devices_close(devices);
}

/* Never 0 for what nobody knows, and never a sum without a part of it. */
static void what_a_device_does_not_tell_is_unknown(void **state)
{
    const struct tree *tree = *state;
    struct gpu_load load;
    write_gpus(tree, "0\nGPU-a 1 70000 0 busy=30\nGPU-b 1 -1 0 used=%lld total=%lld\n", MB, MB);
    struct gpu_devices *devices = open_devices(tree, NULL);
    uint64_t ids[] = {gpu_id("GPU-a"), gpu_id("GPU-b")};
    gpu_devices_load(devices, ids, 2, &load);
    assert_true(isnan(load.utilization) && isnan(load.memory_used_mb) && isnan(load.power_w));
    gpu_devices_load(devices, ids, 1, &load);
    assert_near(load.power_w, 70, 1e-12);
    assert_true(isnan(load.memory_used_mb));
    gpu_devices_load(devices, ids, 0, &load);
    assert_int_equal(load.n, 0);
    assert_true(isnan(load.utilization) && isnan(load.power_w));
    write_gpus(tree, "0\n"); /* it fell off the bus */
    gpu_devices_load(devices, ids, 1, &load);
    assert_true(isnan(load.utilization) && isnan(load.power_w));
    gpu_devices_close(devices);
}

static void an_instance_tells_its_memory_only(void **state)
{
    const struct tree *tree = *state;
    struct gpu_load load;
    write_gpus(tree, "0\nGPU-a 1 70000 1 busy=30\nMIG-1 used=%lld total=%lld\n", 3 * MB,
               9 * MB);
    struct gpu_devices *devices = open_devices(tree, NULL);
    uint64_t id = gpu_id("MIG-1");
    gpu_devices_load(devices, &id, 1, &load);
    assert_near(load.memory_used_mb, 3, 1e-12);
    assert_true(isnan(load.utilization) && isnan(load.power_w));
    gpu_devices_close(devices);
}

static void processes_on_a_device_are_counted(void **state)
{
    const struct tree *tree = *state;
    unsigned n;
    write_gpus(tree, "0\nGPU-a 1 1 0 processes=3\nGPU-b 1 1 0\n");
    struct gpu_devices *devices = open_devices(tree, NULL);
    assert_true(gpu_device_processes(devices, &devices->list[0], &n));
    assert_int_equal(n, 3);
    assert_true(gpu_device_processes(devices, &devices->list[1], &n));
    assert_int_equal(n, 0);
    write_gpus(tree, "0\n");
    assert_false(gpu_device_processes(devices, &devices->list[0], &n));
    gpu_devices_close(devices);
    setenv("WATTUNE_NVML", OLD_NVML_LIBRARY, 1);
    write_gpus(tree, "0\nGPU-a 1 1 0 processes=3\n");
    devices = open_devices(tree, NULL);
    assert_false(gpu_device_processes(devices, &devices->list[0], &n));
    assert_string_equal(devices->list[0].name, "");
    gpu_devices_close(devices);
}

static void ids_are_hashes_of_uuids(void **state)
{
    (void)state;
    assert_true(gpu_id("") == UINT64_C(0xcbf29ce484222325)); /* FNV-1a's own test vectors */
    assert_true(gpu_id("a") == UINT64_C(0xaf63dc4c8601ec8c));
    assert_true(gpu_id("foobar") == UINT64_C(0x85944171f73967e8));
}

#define gpu_test(f) cmocka_unit_test_setup_teardown(f, fake_driver_setup, fake_driver_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        gpu_test(devices_are_listed_as_cuda_would),
        gpu_test(numbers_are_those_among_the_devices_that_open),
        gpu_test(instances_are_devices_of_their_own),
        gpu_test(more_than_fit_are_said),
        gpu_test(drivers_that_refuse_are_told_from_those_that_are_not_there),
        gpu_test(loads_of_several_devices_are_one_figure),
        gpu_test(what_a_device_does_not_tell_is_unknown),
        gpu_test(an_instance_tells_its_memory_only),
        gpu_test(processes_on_a_device_are_counted),
        cmocka_unit_test(ids_are_hashes_of_uuids),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
