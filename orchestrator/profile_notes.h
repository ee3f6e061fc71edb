/* profile_notes.h - the lines under the table of a profile: what its figures are worth. */
#ifndef ORCHESTRATOR_PROFILE_NOTES_H
#define ORCHESTRATOR_PROFILE_NOTES_H

#include "orchestrator/profile_table.h"

/* By what share the sum of the parts and the whole step may differ. */
#define PROFILE_GAP_MAX 0.1

/* `rows` are those that the table shows. */
void profile_add_notes(struct table *table, const struct profile_report *report,
                       const struct profile_rows *rows);

/* How good the joules of some steps are, and by which meters. */
void profile_note_meters(struct table *table, const struct profile_meter *meter,
                         const struct profile_joules *joules);

#endif
