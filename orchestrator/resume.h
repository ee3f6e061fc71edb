/* resume.h - put a study back as its database has it. Threading: one thread. */
#ifndef ORCHESTRATOR_RESUME_H
#define ORCHESTRATOR_RESUME_H

#include "base/status.h"
#include "orchestrator/coordinator.h"
#include "results/store.h"

#include <stddef.h>

/* Restore all arms into a coordinator that has taken no event yet; of a new study there is
 * nothing to restore. Attempts that were running when the study was cut off are stored as
 * cancelled. Errors: those of the store and of coordinator_restore(). */
enum status resume_study(struct coordinator *coordinator, struct store *store, size_t n_arms,
                         struct error *err);

#endif
