/* NVIDIA GPUs: the driver's energy counter, else the power that it shows.
 *
 * The ranks of a host may see different GPUs, so a reading is a table that all of them fill:
 * each keeps its own devices up to date and leaves the others as they were. What a device used
 * is booked by the next rank that sees it. */
#include "worker/channel.h"
#include "worker/gpu_devices.h"

#include <string.h>

/* The columns of the table in a reading: where each begins. An ID changed when its row was last
 * brought up to date. */
enum { VALUE = 0, ID = METER_GPUS, KIND = 2 * METER_GPUS };
_Static_assert(3 * METER_GPUS <= METER_COUNTERS, "a reading holds three columns");

/* A device that no living rank has looked at for so long is in no figure any more. */
#define LEFT_S 30.0

struct source {
    const struct gpu_device *device;
    struct channel channel;
};

struct meter {
    struct gpu_devices *devices;
    size_t n;
    struct source sources[METER_GPUS];
};

static const struct channel energy_channel = {
    .kind = CHANNEL_ENERGY, .scope = SCOPE_GPU, .ceiling_w = 3000, .refresh_s = 0.2};
/* The driver's own figure for its sensors. */
static const struct channel power_channel = {
    .kind = CHANNEL_POWER, .scope = SCOPE_GPU, .ceiling_w = 3000, .accuracy = 0.05};

static bool read_source(const struct meter *meter, const struct source *source, uint64_t *value)
{
    const struct nvml_library *library = &meter->devices->library;
    if (source->channel.kind == CHANNEL_ENERGY) {
        unsigned long long energy_mj;
        if (library->energy_mj(source->device->handle, &energy_mj) != NVML_OK)
            return false;
        *value = energy_mj * 1000;
    } else {
        unsigned power_mw;
        if (library->power_mw(source->device->handle, &power_mw) != NVML_OK)
            return false;
        *value = (uint64_t)power_mw * 1000;
    }
    return true;
}

/* A counter that is missing is not 0: then the device's power is what there is. */
static bool choose_channel(const struct meter *meter, struct source *source)
{
    uint64_t value;
    if (meter->devices->library.energy_mj) {
        source->channel = energy_channel;
        if (read_source(meter, source, &value))
            return true;
    }
    source->channel = power_channel;
    return read_source(meter, source, &value);
}

static void add_source(struct meter *meter, const struct source *source, struct strbuf *report)
{
    const struct gpu_device *device = source->device;
    bool counts = source->channel.kind == CHANNEL_ENERGY;
    if (meter->n == METER_GPUS) {
        strbuf_printf(report, "GPU %u: more than the %d that fit\n", device->number,
                      METER_GPUS);
        return;
    }
    strbuf_printf(report, "GPU %u (%s%s%s): %s", device->number, device->name,
                  device->name[0] ? ", " : "", device->uuid,
                  counts ? "energy counter" : "no energy counter; its power, +-5 %");
    gpu_device_append_load(meter->devices, device, report);
    strbuf_append(report, "\n");
    meter->sources[meter->n++] = *source;
}

static enum meter_presence find_sources(const char *root, struct meter *meter,
                                        struct strbuf *report)
{
    enum meter_presence presence = gpu_devices_open(&meter->devices, root, report);
    if (presence != METER_PRESENT)
        return presence;
    for (size_t i = 0; i < meter->devices->n; i++) {
        struct source source = {.device = &meter->devices->list[i]};
        if (source.device->is_instance)
            continue;
        if (choose_channel(meter, &source))
            add_source(meter, &source, report);
        else
            strbuf_printf(report, "GPU %u (%s) tells neither energy nor power\n",
                          source.device->number, source.device->uuid);
    }
    return meter->n > 0 ? METER_PRESENT : METER_ABSENT;
}

static void release(struct meter *meter)
{
    gpu_devices_close(meter->devices);
}

static enum meter_presence examine(const char *root, struct meter *meter, struct strbuf *report)
{
    enum meter_presence presence = find_sources(root, meter, report);
    if (presence != METER_PRESENT)
        release(meter);
    return presence;
}

static unsigned scopes(const struct meter *meter)
{
    (void)meter;
    return 1u << SCOPE_GPU;
}

/* "nvml:1 GPU", "nvml:8 GPUs": which ones makes no difference to how a figure came about, and
 * ranks that see different ones would seem to have different meters. */
static void describe(const struct meter *meter, struct strbuf *text)
{
    strbuf_printf(text, "nvml:%zu GPU%s", meter->n, meter->n > 1 ? "s" : "");
}

static enum energy_quality actual_quality(const struct meter *meter)
{
    for (size_t i = 0; i < meter->n; i++)
        if (meter->sources[i].channel.kind == CHANNEL_POWER)
            return ENERGY_INTEGRATED;
    return ENERGY_MEASURED;
}

/* The device's row; METER_GPUS when it has none. */
static size_t find_row(const struct meter_reading *reading, uint64_t id)
{
    size_t row = 0;
    while (row < METER_GPUS && reading->counters[ID + row] != id)
        row++;
    return row;
}

static size_t make_row(struct meter_reading *reading, uint64_t id)
{
    size_t row = find_row(reading, id);
    if (row == METER_GPUS)
        row = find_row(reading, 0);
    if (row < METER_GPUS)
        reading->counters[ID + row] = id;
    return row;
}

static void read_counters(struct meter *meter, struct meter_reading *reading)
{
    reading_begin(reading);
    for (size_t i = 0; i < meter->n; i++) {
        const struct source *source = &meter->sources[i];
        size_t row = make_row(reading, source->device->id);
        if (row == METER_GPUS)
            continue;
        uint64_t value = 0;
        bool ok = read_source(meter, source, &value);
        reading_put(reading, VALUE + row, ok, value);
        reading->changed_ns[ID + row] = reading->time_ns;
        reading->counters[KIND + row] = source->channel.kind;
    }
}

static struct channel_value value_at(const struct meter_reading *reading, size_t row)
{
    return (struct channel_value){reading->valid[VALUE + row], reading->changed_ns[ID + row],
                                  reading->changed_ns[VALUE + row],
                                  reading->counters[VALUE + row]};
}

/* A device of this rank. One that was not in the table before begins here. */
static void step_own(const struct source *source, const struct meter_reading *from,
                     const struct meter_reading *to, struct meter_step *step)
{
    uint64_t id = source->device->id;
    size_t row = find_row(to, id);
    if (row == METER_GPUS) { /* the host has more GPUs than rows */
        step->gaps++;
        return;
    }
    if (from->counters[ID + row] != id)
        return;
    if (from->counters[KIND + row] != source->channel.kind) { /* another rank could read less */
        step->gaps++;
        return;
    }
    int64_t before_uj = step->energy_uj[SCOPE_GPU];
    uint32_t counted = step->counted;
    struct channel_value first = value_at(from, row), last = value_at(to, row);
    channel_step_values(&source->channel, &first, &last, step);
    if (step->counted > counted)
        step->gpus[step->n_gpus++] =
            (struct gpu_step){.id = id, .energy_uj = step->energy_uj[SCOPE_GPU] - before_uj};
}

/* A device of another rank, which brings its energy when it cuts. */
static void step_foreign(const struct meter_reading *to, size_t row, struct meter_step *step)
{
    double age_s = (double)(to->time_ns - to->changed_ns[ID + row]) * 1e-9;
    if (to->valid[VALUE + row] && age_s < LEFT_S)
        step->counted++;
    else
        step->gaps++;
}

static bool is_own(const struct meter *meter, uint64_t id)
{
    for (size_t i = 0; i < meter->n; i++)
        if (meter->sources[i].device->id == id)
            return true;
    return false;
}

static void compute_step(const struct meter *meter, const struct meter_reading *from,
                         const struct meter_reading *to, struct meter_step *step)
{
    *step = (struct meter_step){0};
    for (size_t i = 0; i < meter->n; i++)
        step_own(&meter->sources[i], from, to, step);
    for (size_t row = 0; row < METER_GPUS && to->counters[ID + row]; row++)
        if (!is_own(meter, to->counters[ID + row]))
            step_foreign(to, row, step);
}

const struct meter_type meter_nvml = {.name = "nvml",
                                      .summary = "NVIDIA GPUs, by the driver's library",
                                      .quality = ENERGY_MEASURED,
                                      .priority = 60,
                                      .size = sizeof(struct meter),
                                      .examine = examine,
                                      .release = release,
                                      .scopes = scopes,
                                      .describe = describe,
                                      .actual_quality = actual_quality,
                                      .read = read_counters,
                                      .step = compute_step};
