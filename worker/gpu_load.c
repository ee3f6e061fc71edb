/* What GPUs are doing. */
#include "worker/gpu_devices.h"

#include <math.h>

#define MB 1048576.0

/* A value that is missing makes the sum unknown. */
static void add_load(const struct nvml_library *library, const struct gpu_device *device,
                     struct gpu_load *load)
{
    struct nvml_utilization utilization;
    struct nvml_memory memory;
    unsigned power_mw;
    bool whole = !device->is_instance;
    bool busy_known = whole && library->utilization &&
                      library->utilization(device->handle, &utilization) == NVML_OK;
    bool memory_known = library->memory && library->memory(device->handle, &memory) == NVML_OK;
    bool power_known = whole && library->power_mw(device->handle, &power_mw) == NVML_OK;
    const double unknown = NAN;
    load->n++;
    load->utilization += busy_known ? utilization.gpu / 100.0 : unknown;
    load->memory_used_mb += memory_known ? (double)memory.used / MB : unknown;
    load->memory_total_mb += memory_known ? (double)memory.total / MB : unknown;
    load->power_w += power_known ? power_mw / 1000.0 : unknown;
}

void gpu_devices_load(const struct gpu_devices *devices, const uint64_t *ids, size_t n,
                      struct gpu_load *load)
{
    *load = (struct gpu_load){0};
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < devices->n; j++)
            if (devices->list[j].id == ids[i])
                add_load(&devices->library, &devices->list[j], load);
    if (load->n == 0)
        *load = (struct gpu_load){0, NAN, NAN, NAN, NAN};
    else
        load->utilization /= (double)load->n;
}

bool gpu_device_processes(const struct gpu_devices *devices, const struct gpu_device *device,
                          unsigned *n)
{
    *n = 0;
    if (!devices->library.processes)
        return false;
    int code = devices->library.processes(device->handle, n, NULL);
    return code == NVML_OK || code == NVML_INSUFFICIENT_SIZE;
}

void gpu_device_append_load(const struct gpu_devices *devices, const struct gpu_device *device,
                            struct strbuf *text)
{
    struct gpu_load load;
    unsigned n;
    gpu_devices_load(devices, &device->id, 1, &load);
    if (!isnan(load.power_w))
        strbuf_printf(text, "; %.0f W", load.power_w);
    if (!isnan(load.utilization))
        strbuf_printf(text, "; %.0f %% busy", load.utilization * 100);
    if (!isnan(load.memory_used_mb))
        strbuf_printf(text, "; %.0f of %.0f MB used", load.memory_used_mb,
                      load.memory_total_mb);
    if (gpu_device_processes(devices, device, &n) && n > 0)
        strbuf_printf(text, "; %u process%s on it", n, n > 1 ? "es compute" : " computes");
}
