/* profile_time.h - how long the parts of a step take.
 *
 * Each part is timed where it stands in a step, so that the caches are what they are in
 * training. Steps that are watched take turns with steps that are not, whose time the parts'
 * must meet. All figures are medians, which a machine that is busy now and then does not move.
 * Threading: as the profile. */
#ifndef CNN_PROFILE_TIME_H
#define CNN_PROFILE_TIME_H

#include "base/status.h"
#include "cnn/profile.h"

#include <stdbool.h>
#include <stddef.h>

struct profile_times {
    size_t n_rounds;
    double step_s;  /* of a step that nobody watches */
    double gap;     /* by how much the parts of a step exceed, by share, the one beside it */
    double running; /* share of the time that this thread had a processor */
    double (*part_s)[PROFILE_DIRECTIONS]; /* [profile_count()]; NaN: it runs nothing */
};

/* Who is told how it goes on. */
struct profile_progress {
    void *context;
    /* This share of the time has passed, 0 to 1. False: stop here. */
    bool (*go_on)(void *context, double share);
};

/* Rounds of two steps for about budget_s, after one that does not count; at least one round.
 * Times that were stopped after a round are good; before that it is ST_INTERRUPTED. Free them
 * also after an error. Errors: those of profile_step(); ST_NOMEM. */
enum status profile_time(struct profile_times *times, struct profile *profile, double budget_s,
                         const struct profile_progress *progress, struct error *err);
void profile_times_free(struct profile_times *times);

#endif
