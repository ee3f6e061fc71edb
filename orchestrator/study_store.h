/* study_store.h - the database of a new study. Threading: no shared state. */
#ifndef ORCHESTRATOR_STUDY_STORE_H
#define ORCHESTRATOR_STUDY_STORE_H

#include "base/status.h"
#include "orchestrator/study.h"
#include "results/store.h"

#include <stdbool.h>

/* Where it is unless the user says: NAME.db beside the study file, with `suffix` behind the
 * name; a slash in the name does not lead elsewhere. To free(); NULL when out of memory. */
char *study_store_path(const struct study *study, const char *suffix);

/* What stands in it from the beginning; borrowed. */
struct study_store {
    const struct study *study;
    const struct arm_record *arms;
    size_t n_arms;
    const char *energy_meters, *energy_quality; /* as in struct study_record */
    bool replace; /* a study that is there already is deleted first, but nothing that is none */
};

/* Make the file, open for writing. Checkpoints of an earlier study are no part of this one:
 * they are deleted with it, and refused otherwise. Errors: those of store_open() and
 * store_create(); ST_NOMEM. */
enum status study_store_create(struct store **out, const char *path,
                               const struct study_store *wanted, struct error *err);

#endif
