#include "worker/gpu_devices.h"

#include "worker/visible_devices.h"

#include <stdlib.h>
#include <string.h>

uint64_t gpu_id(const char *uuid)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325);
    for (; *uuid; uuid++)
        hash = (hash ^ (unsigned char)*uuid) * UINT64_C(0x100000001b3);
    return hash;
}

/* All that this process may open, before CUDA_VISIBLE_DEVICES. */
struct search {
    const struct nvml_library *library;
    struct strbuf *report;
    size_t n;
    struct gpu_device found[GPU_DEVICES_MAX];
    unsigned n_gpus; /* that could be opened */
};

static void add(struct search *search, const struct gpu_device *device)
{
    if (search->n == GPU_DEVICES_MAX) {
        strbuf_printf(search->report, "GPU %u (%s): more than the %d that fit\n",
                      device->number, device->uuid, GPU_DEVICES_MAX);
        return;
    }
    struct gpu_device *place = &search->found[search->n++];
    *place = *device;
    place->id = gpu_id(place->uuid);
}

static bool is_split(const struct nvml_library *library, const struct gpu_device *gpu)
{
    unsigned current = 0, pending = 0;
    return library->mig_mode && library->mig_mode(gpu->handle, &current, &pending) == NVML_OK &&
           current != 0;
}

/* Indices of instances have holes. */
static void add_instances(struct search *search, const struct gpu_device *gpu)
{
    const struct nvml_library *library = search->library;
    unsigned n = 0;
    strbuf_printf(
        search->report,
        "GPU %u (%s) is in MIG mode: the driver has no energy of an instance, only of "
        "the GPU that others may share; not counted\n",
        gpu->number, gpu->uuid);
    if (!library->mig_count_max || !library->mig_device ||
        library->mig_count_max(gpu->handle, &n) != NVML_OK)
        return;
    for (unsigned i = 0; i < n; i++) {
        struct gpu_device instance = *gpu;
        instance.is_instance = true;
        if (library->mig_device(gpu->handle, i, &instance.handle) != NVML_OK ||
            library->uuid(instance.handle, instance.uuid, sizeof instance.uuid) != NVML_OK)
            continue;
        strbuf_printf(search->report, "GPU %u has the instance %s\n", gpu->number,
                      instance.uuid);
        add(search, &instance);
    }
}

static void look_at(struct search *search, unsigned number)
{
    const struct nvml_library *library = search->library;
    struct gpu_device gpu = {.number = number, .place = search->n_gpus};
    int code = library->device(number, &gpu.handle);
    if (code == NVML_OK)
        code = library->uuid(gpu.handle, gpu.uuid, sizeof gpu.uuid);
    if (code != NVML_OK) {
        strbuf_printf(search->report, "GPU %u: %s\n", number, library->error_text(code));
        return;
    }
    search->n_gpus++;
    memcpy(gpu.gpu_uuid, gpu.uuid, sizeof gpu.gpu_uuid);
    if (library->name && library->name(gpu.handle, gpu.name, sizeof gpu.name) != NVML_OK)
        gpu.name[0] = '\0';
    if (is_split(library, &gpu))
        add_instances(search, &gpu);
    else
        add(search, &gpu);
}

static void pick_visible(struct gpu_devices *devices, const struct search *search)
{
    struct visible_unit units[GPU_DEVICES_MAX];
    size_t picked[GPU_DEVICES_MAX];
    bool shown[GPU_DEVICES_MAX] = {false};
    for (size_t i = 0; i < search->n; i++)
        units[i] = (struct visible_unit){search->found[i].place, search->found[i].gpu_uuid,
                                         search->found[i].uuid};
    devices->n = visible_devices_pick(getenv("CUDA_VISIBLE_DEVICES"), units, search->n, picked);
    for (size_t i = 0; i < devices->n; i++) {
        devices->list[i] = search->found[picked[i]];
        shown[picked[i]] = true;
    }
    for (size_t i = 0; i < search->n; i++)
        if (!shown[i])
            strbuf_printf(search->report, "GPU %u (%s) is not in CUDA_VISIBLE_DEVICES\n",
                          search->found[i].number, search->found[i].uuid);
}

/* Last, because what is wrong comes first. */
static void report_driver(const struct nvml_library *library, struct strbuf *report)
{
    char version[NVML_VERSION_SIZE];
    const char *name = getenv("WATTUNE_NVML");
    if (library->driver_version && library->driver_version(version, sizeof version) == NVML_OK)
        strbuf_printf(report, "driver %s\n", version);
    if (name && *name)
        strbuf_printf(report, "its library is that of WATTUNE_NVML: %s\n", name);
}

static enum status find_devices(struct gpu_devices *devices, struct strbuf *report)
{
    struct search *search = calloc(1, sizeof *search);
    if (!search)
        return ST_NOMEM;
    unsigned n = 0;
    search->library = &devices->library;
    search->report = report;
    if (devices->library.device_count(&n) != NVML_OK || n == 0)
        strbuf_append(report, "the NVIDIA driver has no GPU\n");
    for (unsigned number = 0; number < n; number++)
        look_at(search, number);
    pick_visible(devices, search);
    report_driver(&devices->library, report);
    free(search);
    return ST_OK;
}

static enum meter_presence examine(struct gpu_devices *devices, const char *root,
                                   struct strbuf *report)
{
    int code;
    if (nvml_library_open(&devices->library, root, report, &code)) {
        if (find_devices(devices, report))
            strbuf_append(report, "out of memory\n");
        return devices->n > 0 ? METER_PRESENT : METER_ABSENT;
    }
    if (code != NVML_NO_PERMISSION)
        return METER_ABSENT;
    strbuf_append(report, "allow reading and writing /dev/nvidiactl and /dev/nvidia*, or "
                          "give the container the GPUs (--gpus all)\n");
    return METER_FORBIDDEN;
}

enum meter_presence gpu_devices_open(struct gpu_devices **out, const char *root,
                                     struct strbuf *report)
{
    struct gpu_devices *devices = calloc(1, sizeof *devices);
    if (!devices) {
        strbuf_append(report, "out of memory\n");
        return METER_ABSENT;
    }
    enum meter_presence presence = examine(devices, root, report);
    if (presence == METER_PRESENT)
        *out = devices;
    else
        gpu_devices_close(devices);
    return presence;
}

void gpu_devices_close(struct gpu_devices *devices)
{
    if (!devices)
        return;
    nvml_library_close(&devices->library);
    free(devices);
}
