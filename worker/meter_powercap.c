/* The RAPL counters of Intel and AMD processors below /sys/class/powercap.
 *
 * Counted are the packages and their dram. core and uncore are inside the package, psys holds
 * all of it, and intel-rapl-mmio is a second door to the same counters. */
#include "worker/meter.h"
#include "worker/powercap_zone.h"
#include "worker/sysfile.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct meter {
    size_t n;
    struct powercap_zone zones[METER_COUNTERS];
};

/* Open what is below the root: all zones that count, in the order of their folders. */
static void find_zones(const char *root, struct meter *meter, struct strbuf *report)
{
    char path[SYSFILE_PATH];
    struct dirent **entries;
    int n = -1;
    if (sysfile_path(path, root, "/sys/class/powercap"))
        n = scandir(path, &entries, powercap_zone_is_entry, alphasort);
    if (n < 0)
        return;
    for (int i = 0; i < n; i++) {
        if (meter->n < METER_COUNTERS &&
            powercap_zone_open(&meter->zones[meter->n], root, entries[i]->d_name))
            meter->n++;
        else if (meter->n == METER_COUNTERS)
            strbuf_printf(report, "%s: more zones than the %d that fit are left out\n",
                          entries[i]->d_name, METER_COUNTERS);
        free(entries[i]);
    }
    free(entries);
}

/* Two zones that show one counter are one zone, whatever their names are. */
static void drop_mirrors(struct meter *meter, struct strbuf *report)
{
    for (size_t i = 0; i < meter->n; i++) {
        for (size_t j = i + 1; j < meter->n;) {
            if (!powercap_zone_mirrors(&meter->zones[i], &meter->zones[j])) {
                j++;
                continue;
            }
            strbuf_printf(report, "%s (%s) shows the counter of %s: counted once\n",
                          meter->zones[j].path, meter->zones[j].name, meter->zones[i].path);
            memmove(&meter->zones[j], &meter->zones[j + 1],
                    (meter->n - j - 1) * sizeof meter->zones[0]);
            meter->n--;
        }
    }
}

static void suggest_access(struct strbuf *report)
{
    strbuf_append(
        report,
        "the counters are there, but only root may read them (since CVE-2020-8694); one of:\n"
        "  for good, to the group \"power\": a line in /etc/udev/rules.d/60-powercap.rules\n"
        "    SUBSYSTEM==\"powercap\", ACTION==\"add\", RUN+=\"/bin/sh -c 'chgrp power "
        "/sys%p/energy_uj; chmod g+r /sys%p/energy_uj'\"\n"
        "  until the next boot: sudo chgrp power FILE; sudo chmod g+r FILE (each file above)\n"
        "  to this program: sudo setcap cap_dac_read_search+ep \"$(command -v wattune)\"\n"
        "  or run as root\n");
}

/* METER_FORBIDDEN when any zone may not be read: a part of the packages is not the machine. */
static enum meter_presence check_access(const struct meter *meter, struct strbuf *report)
{
    size_t forbidden = 0, readable = 0;
    for (size_t i = 0; i < meter->n; i++) {
        uint64_t value;
        int failure = sysfile_read_u64(meter->zones[i].path, &value);
        if (failure == EACCES || failure == EPERM) {
            powercap_zone_report_forbidden(&meter->zones[i], report);
            forbidden++;
        } else if (failure) {
            strbuf_printf(report, "%s (%s) cannot be read now: %s\n", meter->zones[i].path,
                          meter->zones[i].name, strerror(failure));
        } else {
            readable++;
        }
    }
    if (forbidden > 0) {
        suggest_access(report);
        return METER_FORBIDDEN;
    }
    return readable > 0 ? METER_PRESENT : METER_ABSENT;
}

static void report_zones(const struct meter *meter, struct strbuf *report)
{
    for (size_t i = 0; i < meter->n; i++) {
        const struct powercap_zone *zone = &meter->zones[i];
        strbuf_printf(report, "%s (%s)", zone->path, zone->name);
        if (zone->channel.range_uj > 0)
            strbuf_printf(report, " wraps at %.0f J\n", (double)zone->channel.range_uj * 1e-6);
        else
            strbuf_append(report, " does not say where it wraps: a wrap is a gap\n");
    }
}

static enum meter_presence examine(const char *root, struct meter *meter, struct strbuf *report)
{
    find_zones(root, meter, report);
    if (meter->n == 0) {
        strbuf_printf(report,
                      "no package zone in %s/sys/class/powercap; on a physical machine try "
                      "modprobe intel_rapl_msr\n",
                      root);
        return METER_ABSENT;
    }
    enum meter_presence presence = check_access(meter, report);
    if (presence == METER_PRESENT) {
        drop_mirrors(meter, report);
        report_zones(meter, report);
    }
    return presence;
}

static enum meter_presence probe(const char *root, struct meter **out, struct strbuf *report)
{
    struct meter *meter = calloc(1, sizeof *meter);
    if (!meter) {
        strbuf_append(report, "out of memory\n");
        return METER_ABSENT;
    }
    enum meter_presence presence = examine(root, meter, report);
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
    unsigned mask = 0;
    for (size_t i = 0; i < meter->n; i++)
        mask |= 1u << meter->zones[i].channel.scope;
    return mask;
}

/* "powercap:package-0,package-1,dram", with a count in place of more than four packages. */
static void describe(const struct meter *meter, struct strbuf *text)
{
    size_t packages = 0, drams = 0;
    for (size_t i = 0; i < meter->n; i++)
        *(meter->zones[i].channel.scope == SCOPE_DRAM ? &drams : &packages) += 1;
    strbuf_append(text, "powercap:");
    if (packages > 4)
        strbuf_printf(text, "%zu packages", packages);
    const char *comma = "";
    for (size_t i = 0; i < meter->n && packages <= 4; i++) {
        if (meter->zones[i].channel.scope == SCOPE_DRAM)
            continue;
        strbuf_printf(text, "%s%s", comma, meter->zones[i].name);
        comma = ",";
    }
    if (drams > 0)
        strbuf_append(text, packages > 0 ? ",dram" : "dram");
}

static void read_counters(struct meter *meter, struct meter_reading *reading)
{
    reading_begin(reading);
    for (size_t i = 0; i < meter->n; i++)
        reading_put_file(reading, i, meter->zones[i].path);
}

static void compute_step(const struct meter *meter, const struct meter_reading *from,
                         const struct meter_reading *to, struct meter_step *step)
{
    *step = (struct meter_step){0};
    for (size_t i = 0; i < meter->n; i++)
        channel_step(&meter->zones[i].channel, i, from, to, step);
}

const struct meter_type meter_powercap = {
    .name = "powercap",
    .summary = "the package and dram counters of Intel and AMD processors",
    .quality = ENERGY_MEASURED,
    .priority = 50,
    .probe = probe,
    .close = close_meter,
    .scopes = scopes,
    .describe = describe,
    .read = read_counters,
    .step = compute_step};
