/* table_coverage.h - how much of a study's space a table of recorded trials has. */
#ifndef ORCHESTRATOR_TABLE_COVERAGE_H
#define ORCHESTRATOR_TABLE_COVERAGE_H

#include "orchestrator/study.h"

/* Append a line or two to what `wattune check` says. Each point of a finite space is looked up,
 * unless there are too many. Errors: ST_NOMEM. */
enum status table_coverage_append(const struct study *study, struct strbuf *out,
                                  struct error *err);

#endif
