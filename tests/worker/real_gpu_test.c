/* What the driver of this machine says of its GPUs; skipped where there is none. */
#include "tests/check.h"
#include "tests/worker/meter_session.h"
#include "worker/gpu_devices.h"

#include "base/clock.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* More than a counter takes to move, even that of an idle GPU. */
#define PATIENCE_S 5.0

static struct gpu_devices *open_devices(void)
{
    struct gpu_devices *devices = NULL;
    struct strbuf report = STRBUF_INIT;
    unsetenv("WATTUNE_NVML");
    enum meter_presence presence = gpu_devices_open(&devices, "", &report);
    print_message("%s", strbuf_text(&report));
    strbuf_free(&report);
    return presence == METER_PRESENT ? devices : NULL;
}

static void devices_have_names_and_loads(void **state)
{
    (void)state;
    struct gpu_devices *devices = open_devices();
    if (!devices)
        skip();
    for (size_t i = 0; i < devices->n; i++) {
        const struct gpu_device *device = &devices->list[i];
        struct gpu_load load;
        assert_memory_equal(device->uuid, device->is_instance ? "MIG-" : "GPU-", 4);
        assert_true(strlen(device->uuid) >= 40 && device->name[0]);
        gpu_devices_load(devices, &device->id, 1, &load);
        assert_int_equal(load.n, 1);
        assert_true(isnan(load.utilization) ||
                    (load.utilization >= 0 && load.utilization <= 1));
        /* The order of the members of nvmlMemory_t. */
        assert_true(
            isnan(load.memory_used_mb) ||
            (load.memory_total_mb > 256 && load.memory_used_mb <= load.memory_total_mb));
        assert_true(isnan(load.power_w) || (load.power_w > 1 && load.power_w < 3000));
    }
    gpu_devices_close(devices);
}

/* Read until something was counted. */
static struct meter_step first_step(const struct meter_type *type, struct meter *meter,
                                    double *time_s)
{
    struct meter_reading from = {0}, to;
    struct meter_step step;
    type->read(meter, &from);
    double until_s = clock_monotonic_s() + PATIENCE_S;
    do {
        to = from;
        clock_sleep(0.05);
        type->read(meter, &to);
        type->step(meter, &from, &to, &step);
    } while (step.energy_uj[SCOPE_GPU] == 0 && clock_monotonic_s() < until_s);
    *time_s = (double)(to.time_ns - from.time_ns) * 1e-9;
    return step;
}

static void the_meter_counts_what_the_sensors_show(void **state)
{
    (void)state;
    const struct meter_type *type = find_meter("nvml");
    struct meter *meter;
    struct strbuf report = STRBUF_INIT;
    unsetenv("WATTUNE_NVML");
    enum meter_presence presence = meter_open(type, "", &meter, &report);
    print_message("%s", strbuf_text(&report));
    strbuf_free(&report);
    if (presence != METER_PRESENT)
        skip();
    double time_s;
    struct meter_step step = first_step(type, meter, &time_s);
    double power_w = (double)step.energy_uj[SCOPE_GPU] * 1e-6 / time_s;
    print_message("%.1f W over %.2f s, %zu GPUs\n", power_w, time_s, step.n_gpus);
    assert_int_equal(step.gaps, 0);
    assert_true(step.n_gpus > 0 && step.counted == step.n_gpus);
    assert_true(power_w > 1 && power_w < 3000.0 * (double)step.n_gpus);
    meter_close(type, meter);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(devices_have_names_and_loads),
        cmocka_unit_test(the_meter_counts_what_the_sensors_show),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
