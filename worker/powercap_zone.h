/* powercap_zone.h - one RAPL zone: which ones count, how they wrap, who may read them.
 * Source: Linux, Documentation/power/powercap/powercap.rst. Threading: no shared state. */
#ifndef WORKER_POWERCAP_ZONE_H
#define WORKER_POWERCAP_ZONE_H

#include "base/strbuf.h"
#include "worker/meter.h"
#include "worker/sysfile.h"

#include <stdbool.h>
#include <stdint.h>

struct dirent;

struct powercap_zone {
    char path[SYSFILE_PATH]; /* of energy_uj */
    char name[32];           /* "package-0", "package-1-die-0", "dram" */
    enum meter_scope scope;
    uint64_t range_uj; /* the counter goes back to 0 beyond this; 0: not known */
};

/* No package and no dram draws more than this, so a longer step is a broken counter, and an
 * interval in which it would fill the range may hide a wrap. Watts. */
#define POWERCAP_CEILING_W 1000.0

/* True for intel-rapl:X and intel-rapl:X:Y, X and Y hexadecimal. For scandir(). */
int powercap_zone_is_entry(const struct dirent *entry);

/* Read the zone in that folder of /sys/class/powercap. False when it is not one that counts. */
bool powercap_zone_open(struct powercap_zone *zone, const char *root, const char *folder);

/* True when both show the same counter: twice in a row, b read between two reads of a lies
 * between them. Independent counters in microjoules never agree so. */
bool powercap_zone_mirrors(const struct powercap_zone *a, const struct powercap_zone *b);

/* Say the file, its zone, its mode and its owner. */
void powercap_zone_report_forbidden(const struct powercap_zone *zone, struct strbuf *report);

/* Add what the zone counted between two of its readings, time_s apart, to the step. */
void powercap_zone_step(const struct powercap_zone *zone, uint64_t from, uint64_t to,
                        double time_s, struct meter_step *step);

#endif
