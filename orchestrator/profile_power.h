/* profile_power.h - what the parts of a step draw.
 *
 * A part is repeated within its step until the meters resolve it; parts that do the same work
 * are taken together. Its joules are that power over the time that it takes in a step. The
 * joules of the whole step are counted apart. Threading: as the profile. */
#ifndef ORCHESTRATOR_PROFILE_POWER_H
#define ORCHESTRATOR_PROFILE_POWER_H

#include "base/status.h"
#include "cnn/profile_time.h"
#include "orchestrator/profile_meter.h"

#include <stddef.h>

struct profile_power {
    struct profile_joules steps; /* of whole steps */
    size_t n_steps;
    double (*part_w)[PROFILE_DIRECTIONS]; /* [profile_count()]; NaN: not told apart */
    size_t n_parts, n_told; /* that run something, a direction each; of them, told apart */
    double needed_s;        /* to tell all of them apart; infinite: these meters cannot */
};

/* Measure for about budget_s; the times say how often a part must be repeated. What was stopped
 * has the figures that it came to. Free it also after an error. Errors: those of
 * profile_step(); ST_NOMEM. */
enum status profile_power_measure(struct profile_power *power, struct profile_meter *meter,
                                  struct profile *profile, const struct profile_times *times,
                                  double budget_s, const struct profile_progress *progress,
                                  struct error *err);
void profile_power_free(struct profile_power *power);

#endif
