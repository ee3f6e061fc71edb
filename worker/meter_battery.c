/* A laptop on its battery: what the battery gives is what the whole machine uses. On mains it
 * says nothing. */
#include "worker/channel.h"
#include "worker/sysfile.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FOLDER "/sys/class/power_supply"
#define BATTERIES 4

struct meter {
    char root[SYSFILE_PATH];
    size_t n;
    char names[BATTERIES][32]; /* "BAT0" */
};

/* Laptops that draw more have no battery. */
static const struct channel channel = {
    .kind = CHANNEL_POWER, .scope = SCOPE_NODE, .ceiling_w = 500};

static int is_battery(const struct dirent *entry)
{
    return strncmp(entry->d_name, "BAT", 3) == 0 && strlen(entry->d_name) < 32;
}

static void find_batteries(struct meter *meter)
{
    char path[SYSFILE_PATH];
    struct dirent **entries;
    int n = -1;
    if (sysfile_path(path, meter->root, FOLDER))
        n = scandir(path, &entries, is_battery, alphasort);
    if (n < 0)
        return;
    for (int i = 0; i < n; i++) {
        if (meter->n < BATTERIES)
            snprintf(meter->names[meter->n++], sizeof meter->names[0], "%.31s",
                     entries[i]->d_name);
        free(entries[i]);
    }
    free(entries);
}

static bool read_number(const struct meter *meter, const char *battery, const char *file,
                        uint64_t *value)
{
    char path[SYSFILE_PATH];
    return sysfile_path(path, meter->root, FOLDER "/%s/%s", battery, file) &&
           sysfile_read_u64(path, value) == 0;
}

/* In microwatts: power_now, or microamperes times microvolts. */
static bool read_power(const struct meter *meter, const char *battery, uint64_t *power_uw)
{
    uint64_t current_ua, voltage_uv;
    if (read_number(meter, battery, "power_now", power_uw))
        return true;
    if (!read_number(meter, battery, "current_now", &current_ua) ||
        !read_number(meter, battery, "voltage_now", &voltage_uv))
        return false;
    *power_uw = (uint64_t)((double)current_ua * (double)voltage_uv * 1e-6);
    return true;
}

/* What all batteries give together. False while none discharges, or one is charged: then the
 * mains give, too. A battery that rests gives nothing. */
static bool read_discharge(const struct meter *meter, uint64_t *sum_uw)
{
    bool discharging = false;
    *sum_uw = 0;
    for (size_t i = 0; i < meter->n; i++) {
        char path[SYSFILE_PATH], status[32];
        uint64_t power_uw;
        if (!sysfile_path(path, meter->root, FOLDER "/%s/status", meter->names[i]) ||
            sysfile_read(path, status, sizeof status) || strcmp(status, "Charging") == 0)
            return false;
        if (strcmp(status, "Discharging") != 0)
            continue;
        if (!read_power(meter, meter->names[i], &power_uw))
            return false;
        *sum_uw += power_uw;
        discharging = true;
    }
    return discharging && *sum_uw > 0;
}

static enum meter_presence examine(struct meter *meter, struct strbuf *report)
{
    uint64_t power_uw;
    find_batteries(meter);
    if (meter->n == 0) {
        strbuf_printf(report, "no battery in %s" FOLDER "\n", meter->root);
        return METER_ABSENT;
    }
    if (!read_discharge(meter, &power_uw)) {
        strbuf_printf(report,
                      "%s" FOLDER "/%s tells no power: unplug the mains, and it measures\n",
                      meter->root, meter->names[0]);
        return METER_ABSENT;
    }
    strbuf_printf(report, "%zu %s discharging at %.2f W; stay off the mains\n", meter->n,
                  meter->n > 1 ? "batteries," : "battery,", (double)power_uw * 1e-6);
    return METER_PRESENT;
}

static enum meter_presence probe(const char *root, struct meter **out, struct strbuf *report)
{
    struct meter *meter = calloc(1, sizeof *meter);
    enum meter_presence presence = METER_ABSENT;
    if (!meter)
        strbuf_append(report, "out of memory\n");
    else if (!sysfile_path(meter->root, "", "%s", root))
        strbuf_append(report, "the path of the root is too long\n");
    else
        presence = examine(meter, report);
    if (out && presence == METER_PRESENT)
        *out = meter;
    else
        free(meter);
    return presence;
}

static void close_meter(struct meter *meter)
{
    free(meter);
}

static unsigned scopes(const struct meter *meter)
{
    (void)meter;
    return 1u << channel.scope;
}

/* "battery:BAT0,BAT1" */
static void describe(const struct meter *meter, struct strbuf *text)
{
    strbuf_append(text, "battery:");
    for (size_t i = 0; i < meter->n; i++)
        strbuf_printf(text, "%s%s", i ? "," : "", meter->names[i]);
}

static void read_counters(struct meter *meter, struct meter_reading *reading)
{
    uint64_t power_uw = 0;
    reading_begin(reading);
    bool ok = read_discharge(meter, &power_uw);
    reading_put(reading, 0, ok, power_uw);
}

static void compute_step(const struct meter *meter, const struct meter_reading *from,
                         const struct meter_reading *to, struct meter_step *step)
{
    (void)meter;
    *step = (struct meter_step){0};
    channel_step(&channel, 0, from, to, step);
}

const struct meter_type meter_battery = {.name = "battery",
                                         .summary = "the battery's power while discharging",
                                         .quality = ENERGY_INTEGRATED,
                                         .priority = 20,
                                         .probe = probe,
                                         .close = close_meter,
                                         .scopes = scopes,
                                         .describe = describe,
                                         .read = read_counters,
                                         .step = compute_step};
