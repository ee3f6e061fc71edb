#include "worker/powercap_zones.h"

#include "worker/machine.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct search {
    struct powercap_zone *zones;
    size_t n, capacity;
    const char *root;
    struct strbuf *report;
    size_t hidden;
    bool is_amd;
};

/* The counter of an AMD processor is that of the whole package, however many dies Linux lists
 * (6.9 to 6.11 list a zone a die). */
static const struct powercap_zone *find_die(const struct search *search,
                                            const struct powercap_zone *zone)
{
    for (size_t i = 0; search->is_amd && i < search->n; i++)
        if (powercap_zone_same_package(zone, &search->zones[i]))
            return &search->zones[i];
    return NULL;
}

static void take_zone(struct search *search, const char *folder)
{
    struct powercap_zone zone;
    int failure = powercap_zone_open(&zone, search->root, folder);
    if (failure == ENODEV)
        return;
    if (failure) {
        strbuf_printf(search->report, "%s/sys/class/powercap/%s/name: %s\n", search->root,
                      folder, strerror(failure));
        search->hidden++;
        return;
    }
    const struct powercap_zone *die = find_die(search, &zone);
    if (die) {
        strbuf_printf(search->report, "%s (%s) shows the counter of %s: counted once\n",
                      zone.path, zone.name, die->path);
    } else if (search->n == search->capacity) {
        strbuf_printf(search->report, "%s: more zones than the %zu that fit are left out\n",
                      folder, search->capacity);
    } else {
        zone.twin = search->n;
        search->zones[search->n++] = zone;
    }
}

size_t powercap_zones_find(struct powercap_zone *zones, size_t capacity, const char *root,
                           size_t *hidden, struct strbuf *report)
{
    struct search search = {.zones = zones,
                            .capacity = capacity,
                            .root = root,
                            .report = report,
                            .is_amd = machine_is_amd(root)};
    char path[SYSFILE_PATH];
    struct dirent **entries;
    int n = -1;
    if (sysfile_path(path, root, "/sys/class/powercap"))
        n = scandir(path, &entries, powercap_zone_is_entry, alphasort);
    for (int i = 0; i < n; i++) {
        take_zone(&search, entries[i]->d_name);
        free(entries[i]);
    }
    if (n >= 0)
        free(entries);
    *hidden = search.hidden;
    return search.n;
}
