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
#define MAINS 4
#define NAME 48
#define TEXT 32

/* More is no reading: what the meter takes for possible is less, and four such do not overflow.
 */
#define POWER_MAX_UW UINT64_C(1000000000000)

struct meter {
    char root[SYSFILE_PATH];
    size_t n, n_mains;
    char names[BATTERIES][NAME]; /* "BAT0" */
    char mains[MAINS][NAME];     /* "AC", "ADP1" */
};

/* Laptops that draw more have no battery. */
static const struct channel channel = {
    .kind = CHANNEL_POWER, .scope = SCOPE_NODE, .ceiling_w = 500};

static bool read_text(const struct meter *meter, const char *supply, const char *file,
                      char text[TEXT])
{
    char path[SYSFILE_PATH];
    return sysfile_path(path, meter->root, FOLDER "/%s/%s", supply, file) &&
           sysfile_read_line(path, text, TEXT) == 0;
}

static int is_supply(const struct dirent *entry)
{
    const char *name = entry->d_name;
    size_t length = strlen(name);
    return *name != '.' && length < NAME &&
           strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
                        "_-:.") == length;
}

/* The name is one that is_supply() has let through: it fits. */
static void take_supply(struct meter *meter, const char *name)
{
    char type[TEXT];
    if (strncmp(name, "BAT", 3) == 0) {
        if (meter->n < BATTERIES)
            memcpy(meter->names[meter->n++], name, strlen(name) + 1);
    } else if (meter->n_mains < MAINS && read_text(meter, name, "type", type) &&
               strcmp(type, "Mains") == 0) {
        memcpy(meter->mains[meter->n_mains++], name, strlen(name) + 1);
    }
}

static void find_supplies(struct meter *meter)
{
    char path[SYSFILE_PATH];
    struct dirent **entries;
    int n = -1;
    if (sysfile_path(path, meter->root, FOLDER))
        n = scandir(path, &entries, is_supply, alphasort);
    for (int i = 0; i < n; i++) {
        take_supply(meter, entries[i]->d_name);
        free(entries[i]);
    }
    if (n >= 0)
        free(entries);
}

/* Some drivers say by a minus sign that the battery gives. */
static bool read_number(const struct meter *meter, const char *battery, const char *file,
                        uint64_t *value)
{
    char text[TEXT];
    return read_text(meter, battery, file, text) &&
           sysfile_parse_u64(text + (*text == '-'), value) == 0;
}

/* In microwatts: power_now, or microamperes times microvolts. */
static bool read_power(const struct meter *meter, const char *battery, uint64_t *power_uw)
{
    uint64_t current_ua, voltage_uv;
    if (!read_number(meter, battery, "power_now", power_uw)) {
        if (!read_number(meter, battery, "current_now", &current_ua) ||
            !read_number(meter, battery, "voltage_now", &voltage_uv))
            return false;
        double product_uw = (double)current_ua * (double)voltage_uv * 1e-6;
        *power_uw = product_uw < POWER_MAX_UW ? (uint64_t)product_uw : POWER_MAX_UW;
    }
    return *power_uw < POWER_MAX_UW;
}

/* Then they give, too, even while a battery discharges: the charger may be too weak. */
static bool is_on_mains(const struct meter *meter)
{
    char online[TEXT];
    for (size_t i = 0; i < meter->n_mains; i++)
        if (read_text(meter, meter->mains[i], "online", online) && strcmp(online, "1") == 0)
            return true;
    return false;
}

/* What all batteries give together; a battery that rests gives nothing. NULL, or why that is
 * not what the machine uses. */
static const char *read_discharge(const struct meter *meter, uint64_t *sum_uw)
{
    static const char fed[] =
        "is not all that feeds the machine: unplug the mains, and it measures";
    bool gives = false;
    *sum_uw = 0;
    if (is_on_mains(meter))
        return fed;
    for (size_t i = 0; i < meter->n; i++) {
        char status[TEXT];
        uint64_t power_uw;
        if (!read_text(meter, meter->names[i], "status", status))
            return "does not tell its status";
        if (strcmp(status, "Charging") == 0)
            return fed;
        if (strcmp(status, "Discharging") != 0)
            continue;
        if (!read_power(meter, meter->names[i], &power_uw))
            return "tells no power: neither power_now nor current_now with voltage_now makes "
                   "sense";
        *sum_uw += power_uw;
        gives = true;
    }
    if (!gives)
        return fed;
    return *sum_uw > 0 ? NULL : "says that it discharges at 0 W";
}

static enum meter_presence examine(const char *root, struct meter *meter, struct strbuf *report)
{
    uint64_t power_uw;
    if (!sysfile_path(meter->root, "", "%s", root)) {
        strbuf_append(report, "the path of the root is too long\n");
        return METER_ABSENT;
    }
    find_supplies(meter);
    if (meter->n == 0) {
        strbuf_printf(report, "no battery in %s" FOLDER "\n", meter->root);
        return METER_ABSENT;
    }
    const char *trouble = read_discharge(meter, &power_uw);
    if (trouble) {
        strbuf_printf(report, "%s" FOLDER "/%s%s %s\n", meter->root, meter->names[0],
                      meter->n > 1 ? " (or another)" : "", trouble);
        return METER_ABSENT;
    }
    strbuf_printf(report, "%zu %s discharging at %.2f W; stay off the mains\n", meter->n,
                  meter->n > 1 ? "batteries," : "battery,", (double)power_uw * 1e-6);
    return METER_PRESENT;
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
    bool ok = !read_discharge(meter, &power_uw);
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
                                         .size = sizeof(struct meter),
                                         .examine = examine,
                                         .scopes = scopes,
                                         .describe = describe,
                                         .read = read_counters,
                                         .step = compute_step};
