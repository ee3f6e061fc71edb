/* arms.h - the arms of a study with their strategies. Threading: one thread. */
#ifndef ORCHESTRATOR_ARMS_H
#define ORCHESTRATOR_ARMS_H

#include "base/status.h"
#include "orchestrator/coordinator.h"
#include "orchestrator/study.h"

#include <stddef.h>

struct arms {
    struct coordinator_arm *list; /* [n], in the order of the study's */
    size_t n;
};

/* Make the strategy of every arm. The study is borrowed and outlives them. Errors: ST_INVALID
 * (a strategy cannot work on this study, said in err); ST_NOMEM. */
enum status arms_open(struct arms *arms, const struct study *study, struct error *err);
void arms_close(struct arms *arms);

/* The one arm i of them; its strategy is the caller's to free. Errors: the same. */
enum status arm_open(struct coordinator_arm *made, const struct study *study, size_t i,
                     struct error *err);

/* The same as records for a new database: an array [study->n_arms] to free(), whose texts are
 * the study's; NULL when out of memory. */
struct arm_record *arms_to_records(const struct study *study);

/* What a coordinator is told of the study itself; the rest is the caller's to fill in. */
struct coordinator_options arms_coordinator_options(const struct study *study);

#endif
