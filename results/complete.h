/* complete.h - the complete trials of all arms as points of the study's space, and any figure
 * of them. */
#ifndef RESULTS_COMPLETE_H
#define RESULTS_COMPLETE_H

#include "results/snapshot.h"
#include "search/space.h"

struct complete {
    const struct snapshot *snapshot; /* borrowed */
    struct space *space;             /* read from the study in the database */
    size_t n;
    size_t *arms, *trials; /* [n] where each comes from in the snapshot */
    double *points;        /* [n x space_count()] */
};

/* Errors: ST_FORMAT when the study has no space that can be read, or a trial is no point of it;
 * ST_NOMEM. complete_close() is safe then. */
enum status complete_open(struct complete *complete, const struct snapshot *snapshot,
                          struct error *err);
void complete_close(struct complete *complete);

/* values[n]: an objective as the search was told, "energy_j" by the study's idle policy unless
 * it is an objective, else what the last attempt reported, or its "duration_s", "cpu_s" or
 * "peak_memory_mb"; joules and seconds with those of the trials that it continues. NaN where
 * there is none. Answers how many there are. */
size_t complete_values(const struct complete *complete, const char *metric, double *values);

#endif
