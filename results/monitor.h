/* monitor.h - what `wattune monitor` shows of the samples that trials have left. */
#ifndef RESULTS_MONITOR_H
#define RESULTS_MONITOR_H

#include "results/monitor_rows.h"
#include "results/table.h"

/* A row an attempt: mean and peak of power, processors, memory and GPUs. The text form also
 * draws them, every column by one scale. *out is the caller's to table_free(). Errors: those of
 * monitor_rows_load(). */
enum status monitor_table(struct table **out, const struct snapshot *snapshot,
                          struct store *store, const struct monitor_choice *choice,
                          struct error *err);

/* A row a sample. Errors: likewise. */
enum status monitor_samples_table(struct table **out, const struct snapshot *snapshot,
                                  struct store *store, const struct monitor_choice *choice,
                                  struct error *err);

/* Append every chosen attempt as a block of lines, one a figure, for people: the bars, and the
 * mean and the peak behind them. `colour` allows ANSI sequences. Errors: likewise. */
enum status monitor_chart(const struct snapshot *snapshot, struct store *store,
                          const struct monitor_choice *choice, bool colour, struct strbuf *out,
                          struct error *err);

#endif
