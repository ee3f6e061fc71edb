/* checkpoints.h - the folder beside a database in which its trials keep what they resume from:
 * DB-checkpoints/TRIAL. Threading: no shared state. */
#ifndef ORCHESTRATOR_CHECKPOINTS_H
#define ORCHESTRATOR_CHECKPOINTS_H

#include "base/status.h"

#include <stdbool.h>

/* Its absolute path, since workers may run elsewhere, for a database that exists. The caller's
 * to free; NULL when there is none. */
char *checkpoints_folder(const char *store_path);

/* Before a new study: its trials must not go on from the checkpoints of another one. What an
 * earlier study left is deleted if `replace`, and refused otherwise.
 * Errors: ST_EXISTS; ST_IO and others of the system; ST_NOMEM. */
enum status checkpoints_make_way(const char *store_path, bool replace, struct error *err);

/* Delete the folder of a trial, given its name, or of all trials of an arm, given what their
 * names begin with ("asha.0."), with all that is in there. */
void checkpoints_drop_trial(const char *folder, const char *name);
void checkpoints_drop_arm(const char *folder, const char *prefix);

/* After a study that is done: delete what the trainer has left in its trials' folders, those of
 * failed trials for instance, and folders that are empty then. */
void checkpoints_clear(const char *folder);

#endif
