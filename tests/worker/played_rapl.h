/* played_rapl.h - RAPL counters of a made machine that draws a fixed power at rest and another
 * for each processor that is busy, by this machine's own /proc/stat. So what anybody's
 * processor time costs is known, however busy the machine is besides.
 *
 * The counters move when they are published. Threading: processes of one host may share it over
 * a fork. */
#ifndef TESTS_WORKER_PLAYED_RAPL_H
#define TESTS_WORKER_PLAYED_RAPL_H

#include "tests/worker/tree.h"

#include <stdint.h>

struct played_rapl;

/* Make the zones package-0, package-1 and dram below the tree, a link to /proc, and the
 * counters close to their ends, so that all of them go round. Free it where it was created. */
struct played_rapl *played_rapl_create(const struct tree *tree, double idle_w, double busy_w,
                                       uint64_t range_uj);
void played_rapl_free(struct played_rapl *rapl);

/* Bring the counters to this moment. Call it just before a cut. Answers what they have counted
 * since they were made, in microjoules. */
uint64_t played_rapl_publish(struct played_rapl *rapl);

/* What each counter has counted at the last publication. */
#define PLAYED_ZONES 3
void played_rapl_counts(const struct played_rapl *rapl, uint64_t counts_uj[PLAYED_ZONES]);

/* How often the counters went round. */
unsigned played_rapl_wraps(const struct played_rapl *rapl);

#endif
