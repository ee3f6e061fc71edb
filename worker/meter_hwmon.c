/* Counters and power sensors of hwmon drivers: AMD sockets, NVIDIA Grace, ACPI power meters. */
#include "worker/channel.h"
#include "worker/hwmon_sensors.h"
#include "worker/sysfile.h"

#include <errno.h>
#include <string.h>

struct meter {
    size_t n;
    struct hwmon_sensor sensors[METER_COUNTERS];
};

static const char *const group_texts[HWMON_GROUPS] = {
    [HWMON_AMD_SOCKETS] = "AMD sockets",   [HWMON_GRACE] = "Grace",
    [HWMON_SOCKETS] = "sockets",           [HWMON_GRACE_PARTS] = "Grace CPU+SysIO",
    [HWMON_GRACE_MODULE] = "Grace module", [HWMON_ACPI] = "ACPI power meter"};

static void report_sensor(const struct hwmon_sensor *sensor, struct strbuf *report)
{
    strbuf_append(report, sensor->path);
    if (sensor->label[0])
        strbuf_printf(report, " (%s)", sensor->label);
    if (sensor->interval_s > 0)
        strbuf_printf(report, ", the mean over %g s", sensor->interval_s);
    strbuf_append_char(report, '\n');
}

static void report_forbidden(const struct hwmon_sensor *sensor, struct strbuf *report)
{
    strbuf_printf(report, "%s (%s): ", sensor->path, sensor->label);
    sysfile_append_mode(sensor->path, report);
    strbuf_append(report,
                  "it is there, but only root may read it; one of:\n"
                  "  until the next boot: sudo chgrp power FILE; sudo chmod g+r FILE\n"
                  "  to this program: sudo setcap cap_dac_read_search+ep \"$(command -v "
                  "wattune)\"\n"
                  "  or run as root\n");
}

/* Can all sensors of the group be read? METER_ABSENT when there is none. */
static enum meter_presence check_group(const struct meter *meter, enum hwmon_group group,
                                       struct strbuf *report)
{
    enum meter_presence presence = METER_ABSENT;
    for (size_t i = 0; i < meter->n; i++) {
        const struct hwmon_sensor *sensor = &meter->sensors[i];
        uint64_t value;
        if (sensor->group != group)
            continue;
        int failure = sysfile_read_u64(sensor->path, &value);
        if (failure == EACCES || failure == EPERM) {
            report_forbidden(sensor, report);
            return METER_FORBIDDEN;
        }
        if (failure)
            strbuf_printf(report, "%s cannot be read now: %s\n", sensor->path,
                          strerror(failure));
        else
            presence = METER_PRESENT;
    }
    return presence;
}

static void keep_group(struct meter *meter, enum hwmon_group group, struct strbuf *report)
{
    size_t kept = 0;
    for (size_t i = 0; i < meter->n; i++) {
        report_sensor(&meter->sensors[i], report);
        if (meter->sensors[i].group == group)
            meter->sensors[kept++] = meter->sensors[i];
        else
            strbuf_printf(report, "  left out: it overlaps with %s\n", group_texts[group]);
    }
    meter->n = kept;
}

/* The first group that can be read; what is better but forbidden is said. */
static enum meter_presence choose_group(struct meter *meter, struct strbuf *report)
{
    enum meter_presence found = METER_ABSENT;
    for (enum hwmon_group group = 0; group < HWMON_GROUPS; group++) {
        enum meter_presence presence = check_group(meter, group, report);
        if (presence == METER_PRESENT) {
            keep_group(meter, group, report);
            return METER_PRESENT;
        }
        if (presence == METER_FORBIDDEN)
            found = METER_FORBIDDEN;
    }
    return found;
}

static enum meter_presence examine(const char *root, struct meter *meter, struct strbuf *report)
{
    meter->n = hwmon_sensors_find(meter->sensors, METER_COUNTERS, root, report);
    if (meter->n == 0)
        strbuf_printf(report, "no amd_energy and no power_meter in %s/sys/class/hwmon\n", root);
    return choose_group(meter, report);
}

static unsigned scopes(const struct meter *meter)
{
    return 1u << meter->sensors[0].channel.scope; /* a group has one */
}

/* "hwmon:Grace x2" */
static void describe(const struct meter *meter, struct strbuf *text)
{
    strbuf_printf(text, "hwmon:%s", group_texts[meter->sensors[0].group]);
    if (meter->n > 1)
        strbuf_printf(text, " x%zu", meter->n);
}

static enum energy_quality actual_quality(const struct meter *meter)
{
    return meter->sensors[0].channel.kind == CHANNEL_ENERGY ? ENERGY_MEASURED
                                                            : ENERGY_INTEGRATED;
}

static void read_counters(struct meter *meter, struct meter_reading *reading)
{
    reading_begin(reading);
    for (size_t i = 0; i < meter->n; i++)
        reading_put_file(reading, i, meter->sensors[i].path);
}

static void compute_step(const struct meter *meter, const struct meter_reading *from,
                         const struct meter_reading *to, struct meter_step *step)
{
    *step = (struct meter_step){0};
    for (size_t i = 0; i < meter->n; i++)
        channel_step(&meter->sensors[i].channel, i, from, to, step);
}

const struct meter_type meter_hwmon = {
    .name = "hwmon",
    .summary = "AMD socket counters, NVIDIA Grace sensors and ACPI power meters",
    .quality = ENERGY_MEASURED,
    .priority = 40,
    .size = sizeof(struct meter),
    .examine = examine,
    .scopes = scopes,
    .describe = describe,
    .actual_quality = actual_quality,
    .read = read_counters,
    .step = compute_step};
