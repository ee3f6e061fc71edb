/* export.h - a study as one file for other programs, and for replaying it.
 *
 * CSV: the table of trials with all its columns (trials.h), which the header line names. JSON:
 * one object, described in docs/results.md: the study, its arms with their overhead, the rows
 * of the table of trials, and every report. */
#ifndef RESULTS_EXPORT_H
#define RESULTS_EXPORT_H

#include "results/snapshot.h"
#include "results/table.h"

enum { EXPORT_VERSION = 1 };

/* Append the export. The reports are read from the store while the text is made, arm by arm.
 * Errors: ST_INVALID for TABLE_TEXT; those of the store; ST_NOMEM. */
enum status export_write(struct store *store, const struct snapshot *snapshot,
                         enum table_format format, struct strbuf *out, struct error *err);

#endif
