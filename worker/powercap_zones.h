/* powercap_zones.h - all RAPL zones of a machine that count, below /sys/class/powercap.
 * Sources: Linux, Documentation/power/powercap/powercap.rst; commit 26096aed255f for AMD's
 * dies. Threading: no shared state. */
#ifndef WORKER_POWERCAP_ZONES_H
#define WORKER_POWERCAP_ZONES_H

#include "worker/powercap_zone.h"

#include <stddef.h>

/* Find at most `capacity` zones, in the order of their folders. `hidden` are those that the
 * class lists but nobody here can look into. The report says what was left out. Answers their
 * number. */
size_t powercap_zones_find(struct powercap_zone *zones, size_t capacity, const char *root,
                           size_t *hidden, struct strbuf *report);

#endif
