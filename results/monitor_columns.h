/* monitor_columns.h - what the tables of `wattune monitor` and `wattune status` have in common.
 */
#ifndef RESULTS_MONITOR_COLUMNS_H
#define RESULTS_MONITOR_COLUMNS_H

#include "results/monitor_rows.h"
#include "results/table.h"

/* How figures of this kind are shown. */
enum column_kind monitor_figure_kind(enum sample_figure figure);

/* "power (measured)": the heading of figures that follow from the joules of a study; while no
 * attempt has ended, by the meters that were chosen at its start. */
void monitor_append_power_heading(const struct snapshot *snapshot, const char *text,
                                  struct strbuf *out);

/* A table with a title, and the columns that tell which attempt a row is of. Errors: ST_NOMEM.
 */
enum status monitor_create_table(struct table **out, const struct snapshot *snapshot,
                                 struct error *err);
void monitor_put_identity(const struct snapshot *snapshot, const struct monitor_row *row,
                          struct table *table);

/* Notes: how many attempts have no samples, and why; where the joules come from. */
void monitor_add_notes(const struct snapshot *snapshot, const struct monitor_rows *rows,
                       struct table *table);

#endif
