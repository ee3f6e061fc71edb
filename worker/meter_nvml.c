/* NVIDIA GPUs: the driver's energy counter, else the power that it shows. */
#include "worker/channel.h"
#include "worker/nvml_library.h"
#include "worker/visible_devices.h"

#include <stdlib.h>
#include <string.h>

/* The last value of a reading tells which devices it is of: a rank that sees others cannot go
 * on from it. */
#define DEVICES 32

struct device {
    unsigned number;
    struct nvml_device *handle;
    struct channel channel;
};

struct meter {
    struct nvml_library library;
    size_t n;
    struct device devices[DEVICES];
    uint64_t identity; /* a hash of their UUIDs */
};

static const struct channel energy_channel = {
    .kind = CHANNEL_ENERGY, .scope = SCOPE_GPU, .ceiling_w = 3000, .refresh_s = 0.2};
/* The driver's own figure for its sensors. */
static const struct channel power_channel = {
    .kind = CHANNEL_POWER, .scope = SCOPE_GPU, .ceiling_w = 3000, .accuracy = 0.05};

static bool read_device(const struct meter *meter, const struct device *device, uint64_t *value)
{
    if (device->channel.kind == CHANNEL_ENERGY) {
        unsigned long long energy_mj;
        if (meter->library.energy_mj(device->handle, &energy_mj) != NVML_OK)
            return false;
        *value = energy_mj * 1000;
    } else {
        unsigned power_mw;
        if (meter->library.power_mw(device->handle, &power_mw) != NVML_OK)
            return false;
        *value = (uint64_t)power_mw * 1000;
    }
    return true;
}

/* A counter that is missing is not 0: then the device's power is what there is. */
static bool choose_channel(const struct meter *meter, struct device *device)
{
    uint64_t value;
    if (meter->library.energy_mj) {
        device->channel = energy_channel;
        if (read_device(meter, device, &value))
            return true;
    }
    device->channel = power_channel;
    return read_device(meter, device, &value);
}

static bool is_split(const struct meter *meter, const struct device *device)
{
    unsigned current = 0, pending = 0;
    return meter->library.mig_mode &&
           meter->library.mig_mode(device->handle, &current, &pending) == NVML_OK &&
           current != 0;
}

static void add_identity(struct meter *meter, const char *uuid)
{
    for (; *uuid; uuid++) /* FNV-1a */
        meter->identity = (meter->identity ^ (unsigned char)*uuid) * 0x100000001b3u;
}

static void add_device(struct meter *meter, const struct device *device, const char *uuid,
                       struct strbuf *report)
{
    bool counts = device->channel.kind == CHANNEL_ENERGY;
    if (meter->n == DEVICES) {
        strbuf_printf(report, "GPU %u: more than the %d that fit\n", device->number, DEVICES);
        return;
    }
    strbuf_printf(report, "GPU %u (%s): %s\n", device->number, uuid,
                  counts ? "energy counter" : "no energy counter; its power, +-5 %");
    add_identity(meter, uuid);
    meter->devices[meter->n++] = *device;
}

static void look_at(struct meter *meter, unsigned number, unsigned n_devices,
                    struct strbuf *report)
{
    struct device device = {.number = number};
    char uuid[NVML_UUID_SIZE] = "";
    int code = meter->library.device(number, &device.handle);
    if (code == NVML_OK)
        code = meter->library.uuid(device.handle, uuid, sizeof uuid);
    if (code != NVML_OK)
        strbuf_printf(report, "GPU %u: %s\n", number, meter->library.error_text(code));
    else if (is_split(meter, &device))
        strbuf_printf(report,
                      "GPU %u (%s) is in MIG mode: the driver has no energy of an instance, "
                      "only of the GPU that others may share; not counted\n",
                      number, uuid);
    else if (!visible_devices_has(getenv("CUDA_VISIBLE_DEVICES"), number, uuid, n_devices))
        strbuf_printf(report, "GPU %u (%s) is not in CUDA_VISIBLE_DEVICES\n", number, uuid);
    else if (!choose_channel(meter, &device))
        strbuf_printf(report, "GPU %u (%s) tells neither energy nor power\n", number, uuid);
    else
        add_device(meter, &device, uuid, report);
}

static enum meter_presence examine(struct meter *meter, const char *root, struct strbuf *report)
{
    int code;
    unsigned n_devices = 0;
    if (!nvml_library_open(&meter->library, root, report, &code)) {
        if (code != NVML_NO_PERMISSION)
            return METER_ABSENT;
        strbuf_append(report, "allow reading and writing /dev/nvidiactl and /dev/nvidia*, or "
                              "give the container the GPUs (--gpus all)\n");
        return METER_FORBIDDEN;
    }
    meter->identity = 0xcbf29ce484222325u;
    if (meter->library.device_count(&n_devices) != NVML_OK || n_devices == 0)
        strbuf_append(report, "the NVIDIA driver has no GPU\n");
    for (unsigned number = 0; number < n_devices; number++)
        look_at(meter, number, n_devices, report);
    return meter->n > 0 ? METER_PRESENT : METER_ABSENT;
}

static void close_meter(struct meter *meter)
{
    nvml_library_close(&meter->library);
    free(meter);
}

static enum meter_presence probe(const char *root, struct meter **out, struct strbuf *report)
{
    struct meter *meter = calloc(1, sizeof *meter);
    if (!meter) {
        strbuf_append(report, "out of memory\n");
        return METER_ABSENT;
    }
    enum meter_presence presence = examine(meter, root, report);
    if (out && presence == METER_PRESENT)
        *out = meter;
    else
        close_meter(meter);
    return presence;
}

static unsigned scopes(const struct meter *meter)
{
    (void)meter;
    return 1u << SCOPE_GPU;
}

/* "nvml:GPU 0,1,2,3", "nvml:8 GPUs" */
static void describe(const struct meter *meter, struct strbuf *text)
{
    if (meter->n > 4) {
        strbuf_printf(text, "nvml:%zu GPUs", meter->n);
        return;
    }
    for (size_t i = 0; i < meter->n; i++)
        strbuf_printf(text, "%s%u", i ? "," : "nvml:GPU ", meter->devices[i].number);
}

static enum energy_quality actual_quality(const struct meter *meter)
{
    for (size_t i = 0; i < meter->n; i++)
        if (meter->devices[i].channel.kind == CHANNEL_POWER)
            return ENERGY_INTEGRATED;
    return ENERGY_MEASURED;
}

static void read_counters(struct meter *meter, struct meter_reading *reading)
{
    reading_begin(reading);
    for (size_t i = 0; i < meter->n; i++) {
        uint64_t value = 0;
        bool ok = read_device(meter, &meter->devices[i], &value);
        reading_put(reading, i, ok, value);
    }
    reading->counters[DEVICES] = meter->identity;
}

static void compute_step(const struct meter *meter, const struct meter_reading *from,
                         const struct meter_reading *to, struct meter_step *step)
{
    *step = (struct meter_step){0};
    if (from->counters[DEVICES] != to->counters[DEVICES]) {
        step->gaps = (uint32_t)meter->n;
        return;
    }
    for (size_t i = 0; i < meter->n; i++)
        channel_step(&meter->devices[i].channel, i, from, to, step);
}

const struct meter_type meter_nvml = {.name = "nvml",
                                      .summary = "NVIDIA GPUs, by the driver's library",
                                      .quality = ENERGY_MEASURED,
                                      .priority = 60,
                                      .probe = probe,
                                      .close = close_meter,
                                      .scopes = scopes,
                                      .describe = describe,
                                      .actual_quality = actual_quality,
                                      .read = read_counters,
                                      .step = compute_step};
