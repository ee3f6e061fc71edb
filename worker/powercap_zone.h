/* powercap_zone.h - one RAPL zone: which ones count, how they wrap, who may read them.
 * Source: Linux, Documentation/power/powercap/powercap.rst. Threading: no shared state. */
#ifndef WORKER_POWERCAP_ZONE_H
#define WORKER_POWERCAP_ZONE_H

#include "base/strbuf.h"
#include "worker/channel.h"
#include "worker/sysfile.h"

#include <stdbool.h>

struct dirent;

struct powercap_zone {
    char path[SYSFILE_PATH]; /* of energy_uj */
    char name[32];           /* "package-0", "package-1-die-0", "dram" */
    struct channel channel;
    size_t twin; /* the zone before it that showed the same counter; itself when none did */
};

/* True for intel-rapl:X and intel-rapl:X:Y, X and Y hexadecimal. For scandir(). */
int powercap_zone_is_entry(const struct dirent *entry);

/* Read the zone in that folder of /sys/class/powercap. 0; ENODEV when it is not one that
 * counts; or the errno of its name, which everybody may read where the folder is in sight. */
int powercap_zone_open(struct powercap_zone *zone, const char *root, const char *folder);

/* True when both are dies of one package. */
bool powercap_zone_same_package(const struct powercap_zone *a, const struct powercap_zone *b);

/* True when both show the same counter: twice in a row, b read between two reads of a lies
 * between them. Independent counters in microjoules never agree so. */
bool powercap_zone_mirrors(const struct powercap_zone *a, const struct powercap_zone *b);

/* Say the file, its zone, its mode and its owner. */
void powercap_zone_report_forbidden(const struct powercap_zone *zone, struct strbuf *report);

#endif
