#include "worker/powercap_zone.h"

#include <dirent.h>
#include <errno.h>
#include <string.h>

/* No package and no dram draws more than this, so a longer step is a broken counter, and an
 * interval in which it would fill the range may hide a wrap. Watts. */
#define CEILING_W 1000.0

/* Counters move every millisecond; a processor asleep may leave it at a few. */
#define REFRESH_S 0.01

#define HEX_DIGITS "0123456789abcdef"
#define DIGITS "0123456789"

int powercap_zone_is_entry(const struct dirent *entry)
{
    static const char prefix[] = "intel-rapl:";
    const char *id = entry->d_name;
    if (strncmp(id, prefix, sizeof prefix - 1) != 0)
        return 0;
    id += sizeof prefix - 1;
    size_t length = strspn(id, HEX_DIGITS);
    if (length == 0 || id[length] == '\0')
        return length > 0;
    id += length + 1;
    length = strspn(id, HEX_DIGITS);
    return id[-1] == ':' && length > 0 && id[length] == '\0';
}

/* package-N or package-N-die-M */
static bool is_package(const char *name)
{
    if (strncmp(name, "package-", 8) != 0)
        return false;
    name += 8;
    size_t length = strspn(name, DIGITS);
    if (length == 0 || name[length] == '\0')
        return length > 0;
    name += length;
    if (strncmp(name, "-die-", 5) != 0)
        return false;
    length = strspn(name + 5, DIGITS);
    return length > 0 && name[5 + length] == '\0';
}

/* 0 when it is not told, or makes no sense: wide counters may show the range of narrow ones. */
static uint64_t read_range(const char *root, const char *folder, const char *energy_path)
{
    char path[SYSFILE_PATH];
    uint64_t range_uj, energy_uj;
    if (!sysfile_path(path, root, "/sys/class/powercap/%s/max_energy_range_uj", folder) ||
        sysfile_read_u64(path, &range_uj))
        return 0;
    bool is_beyond = sysfile_read_u64(energy_path, &energy_uj) == 0 && energy_uj > range_uj;
    return is_beyond ? 0 : range_uj;
}

int powercap_zone_open(struct powercap_zone *zone, const char *root, const char *folder)
{
    char path[SYSFILE_PATH];
    *zone = (struct powercap_zone){
        .channel = {.kind = CHANNEL_ENERGY, .ceiling_w = CEILING_W, .refresh_s = REFRESH_S}};
    if (!sysfile_path(path, root, "/sys/class/powercap/%s/name", folder))
        return ENODEV;
    int failure = sysfile_read_line(path, zone->name, sizeof zone->name);
    if (failure)
        return failure;
    if (is_package(zone->name))
        zone->channel.scope = SCOPE_PACKAGE;
    else if (strcmp(zone->name, "dram") == 0)
        zone->channel.scope = SCOPE_DRAM;
    else
        return ENODEV;
    if (!sysfile_path(zone->path, root, "/sys/class/powercap/%s/energy_uj", folder))
        return ENODEV;
    zone->channel.range_uj = read_range(root, folder, zone->path);
    return 0;
}

bool powercap_zone_same_package(const struct powercap_zone *a, const struct powercap_zone *b)
{
    const char *die = strstr(a->name, "-die-");
    return die && strncmp(a->name, b->name, (size_t)(die - a->name) + 5) == 0;
}

static bool lies_between(const struct powercap_zone *a, const struct powercap_zone *b)
{
    uint64_t before, between, after;
    if (sysfile_read_u64(a->path, &before) || sysfile_read_u64(b->path, &between) ||
        sysfile_read_u64(a->path, &after))
        return false;
    /* Counters at 0 have not been started: they say nothing about each other. */
    return between > 0 && before <= between && between <= after;
}

bool powercap_zone_mirrors(const struct powercap_zone *a, const struct powercap_zone *b)
{
    return a->channel.scope == b->channel.scope && lies_between(a, b) && lies_between(a, b);
}

void powercap_zone_report_forbidden(const struct powercap_zone *zone, struct strbuf *report)
{
    strbuf_printf(report, "%s (%s): ", zone->path, zone->name);
    sysfile_append_mode(zone->path, report);
}
