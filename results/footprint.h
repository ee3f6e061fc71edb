/* footprint.h - the table of `wattune footprint`: what a study emits, had it run elsewhere. */
#ifndef RESULTS_FOOTPRINT_H
#define RESULTS_FOOTPRINT_H

#include "results/carbon_table.h"
#include "results/snapshot.h"
#include "results/table.h"

/* A row for each region of a list such as "NLD,FRA,USA" (NULL: every region that ships), the
 * lowest first. The joules are all that the study booked, idle energy included. Errors:
 * ST_INVALID for an unknown, empty or repeated region; ST_NOMEM. */
enum status footprint_table(struct table **out, const struct snapshot *snapshot,
                            const char *regions, double pue, struct error *err);

/* Is this a list that footprint_table() takes? Errors: the same. */
enum status footprint_check_regions(const char *regions, struct error *err);

#endif
