/* study_read.h - the sections of a study file, each read into its members of struct study. */
#ifndef ORCHESTRATOR_STUDY_READ_H
#define ORCHESTRATOR_STUDY_READ_H

#include "base/json.h"
#include "base/status.h"
#include "orchestrator/study.h"

/* Read all sections of study->document; path and base_dir are set. `overrides` (may be NULL)
 * replace parts of the budget before anything is judged by it. Mistakes are noted, and the
 * members that they concern stay empty. Errors: ST_NOMEM. */
enum status study_read(struct study *study, const struct study_overrides *overrides,
                       struct json_problems *problems);

/* A text that stands in file names, tables and messages: note control characters. */
void study_check_line(const char *text, struct json_reader *reader, const char *key);

/* study_constraints.c: read the section "constraints". Errors: ST_NOMEM. */
enum status study_read_constraints(struct study *study, struct json_reader *reader);

/* study_energy.c: read the section "energy". Errors: ST_NOMEM. */
enum status study_read_energy(struct study *study, struct json_reader *reader);

/* Check what concerns several sections: that the trainer has the settings and the space's
 * values, that the trial fits the space, that the objectives' metrics can exist. Mistakes are
 * noted. Needs the space and the trial. */
enum status study_check_trial(const struct study *study, struct json_problems *problems);

/* study_metrics.c: check that the metrics of objectives and constraints can exist. Errors:
 * ST_NOMEM. */
enum status study_check_metrics(const struct study *study, struct json_problems *problems);

#endif
