/* The RAPL counters of Intel and AMD processors below /sys/class/powercap.
 *
 * Counted are the packages and their dram. core and uncore are inside the package, psys holds
 * all of it, and intel-rapl-mmio is a second door to the same counters. */
#include "worker/meter.h"
#include "worker/powercap_zones.h"
#include "worker/sysfile.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

struct meter {
    size_t n;
    struct powercap_zone zones[METER_COUNTERS];
    size_t n_again;
    size_t again[METER_COUNTERS]; /* the zones that have twins */
};

/* Zone j has a twin in zone i, which is read again from now on. False when that does not fit.
 */
static bool join_twins(struct meter *meter, size_t i, size_t j)
{
    bool is_new = meter->n_again == 0 || meter->again[meter->n_again - 1] != i;
    if (is_new && meter->n + meter->n_again == METER_COUNTERS)
        return false;
    if (is_new)
        meter->again[meter->n_again++] = i;
    meter->zones[j].twin = i;
    return true;
}

/* Two zones that show one counter are one zone, whatever their names are. Each is compared with
 * the first of its kind, and step() goes on comparing. */
static void find_twins(struct meter *meter, struct strbuf *report)
{
    for (size_t i = 0; i < meter->n; i++) {
        for (size_t j = i + 1; meter->zones[i].twin == i && j < meter->n; j++) {
            const struct powercap_zone *zone = &meter->zones[j];
            if (zone->twin == j && powercap_zone_mirrors(&meter->zones[i], zone) &&
                join_twins(meter, i, j))
                strbuf_printf(report,
                              "%s (%s) shows the counter of %s: counted once as long as they "
                              "move alike\n",
                              zone->path, zone->name, meter->zones[i].path);
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
        if (zone->twin != i)
            continue;
        strbuf_printf(report, "%s (%s)", zone->path, zone->name);
        if (zone->channel.range_uj > 0)
            strbuf_printf(report, " wraps at %.0f J\n", (double)zone->channel.range_uj * 1e-6);
        else
            strbuf_append(report, " does not say where it wraps: a wrap is a gap\n");
    }
}

/* The zones are there, but container runtimes hide the folder that they lie in. */
static enum meter_presence report_hidden(struct strbuf *report)
{
    strbuf_append(
        report, "the zones are there, but out of sight, as container runtimes make them; mount "
                "the folder into the container (-v "
                "/sys/devices/virtual/powercap:/sys/devices/virtual/powercap:ro)\n");
    return METER_FORBIDDEN;
}

static enum meter_presence examine(const char *root, struct meter *meter, struct strbuf *report)
{
    size_t hidden;
    meter->n = powercap_zones_find(meter->zones, METER_COUNTERS, root, &hidden, report);
    if (meter->n == 0 && hidden > 0)
        return report_hidden(report);
    if (meter->n == 0) {
        strbuf_printf(report,
                      "no package zone in %s/sys/class/powercap; on a physical machine try "
                      "modprobe intel_rapl_msr\n",
                      root);
        return METER_ABSENT;
    }
    enum meter_presence presence = check_access(meter, report);
    if (presence == METER_PRESENT) {
        find_twins(meter, report);
        report_zones(meter, report);
    }
    return presence;
}

static unsigned scopes(const struct meter *meter)
{
    unsigned mask = 0;
    for (size_t i = 0; i < meter->n; i++)
        mask |= 1u << meter->zones[i].channel.scope;
    return mask;
}

static void count_scopes(const struct meter *meter, size_t counts[SCOPE_COUNT])
{
    memset(counts, 0, SCOPE_COUNT * sizeof counts[0]);
    for (size_t i = 0; i < meter->n; i++)
        counts[meter->zones[i].channel.scope] += meter->zones[i].twin == i;
}

/* "powercap:package-0,package-1,dram", with a count in place of more than four packages. */
static void describe(const struct meter *meter, struct strbuf *text)
{
    size_t counts[SCOPE_COUNT], packages;
    count_scopes(meter, counts);
    packages = counts[SCOPE_PACKAGE];
    strbuf_append(text, "powercap:");
    if (packages > 4)
        strbuf_printf(text, "%zu packages", packages);
    const char *comma = "";
    for (size_t i = 0; i < meter->n && packages <= 4; i++) {
        const struct powercap_zone *zone = &meter->zones[i];
        if (zone->channel.scope == SCOPE_DRAM || zone->twin != i)
            continue;
        strbuf_printf(text, "%s%s", comma, zone->name);
        comma = ",";
    }
    if (counts[SCOPE_DRAM] > 0)
        strbuf_append(text, packages > 0 ? ",dram" : "dram");
}

/* The zones that have twins are read a second time, after all others: a twin lies between. The
 * place of that second value follows those of the zones. */
static void read_counters(struct meter *meter, struct meter_reading *reading)
{
    reading_begin(reading);
    for (size_t i = 0; i < meter->n; i++)
        reading_put_file(reading, i, meter->zones[i].path);
    for (size_t i = 0; i < meter->n_again; i++)
        reading_put_file(reading, meter->n + i, meter->zones[meter->again[i]].path);
}

static bool is_alike(const struct meter *meter, size_t zone,
                     const struct meter_reading *reading)
{
    size_t twin = meter->zones[zone].twin, i = 0;
    while (meter->again[i] != twin)
        i++;
    uint64_t before = reading->counters[twin], after = reading->counters[meter->n + i];
    uint64_t between = reading->counters[zone];
    if (!reading->valid[zone] || !reading->valid[meter->n + i])
        return false;
    /* The counter may have gone round in the middle. */
    return before <= after ? before <= between && between <= after
                           : before <= between || between <= after;
}

/* A twin is the same counter as long as its values agree. When its twin cannot be read, nothing
 * is known of it, and the gap is counted there. */
static bool is_counted(const struct meter *meter, size_t zone, const struct meter_reading *from,
                       const struct meter_reading *to)
{
    size_t twin = meter->zones[zone].twin;
    if (twin == zone)
        return true;
    return from->valid[twin] && to->valid[twin] &&
           !(is_alike(meter, zone, from) && is_alike(meter, zone, to));
}

static void compute_step(const struct meter *meter, const struct meter_reading *from,
                         const struct meter_reading *to, struct meter_step *step)
{
    *step = (struct meter_step){0};
    for (size_t i = 0; i < meter->n; i++)
        if (is_counted(meter, i, from, to))
            channel_step(&meter->zones[i].channel, i, from, to, step);
}

const struct meter_type meter_powercap = {
    .name = "powercap",
    .summary = "the package and dram counters of Intel and AMD processors",
    .quality = ENERGY_MEASURED,
    .priority = 50,
    .size = sizeof(struct meter),
    .examine = examine,
    .scopes = scopes,
    .describe = describe,
    .read = read_counters,
    .step = compute_step};
