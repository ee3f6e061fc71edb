/* trial_table.h - recorded trials, read from a CSV file such as `wattune export` writes, and
 * the one that was recorded at a point.
 *
 * A column is a parameter of the space, one of Wattune's own (state, reason, energy_j, ...), or
 * a metric. Threading: read-only once read. */
#ifndef WORKER_TRIAL_TABLE_H
#define WORKER_TRIAL_TABLE_H

#include "base/json.h"
#include "base/status.h"
#include "worker/outcome.h"

#include <stddef.h>
#include <stdint.h>

struct trial_params;
struct trial_table;

/* What was measured of a recorded trial; NaN where the table does not say. */
struct table_figures {
    double energy_j, energy_low_j, energy_high_j;
    double duration_s, cpu_s, peak_memory_mb, epochs_done;
};

struct table_row {
    size_t line; /* of the file */
    enum outcome_state state;
    const char *reason; /* "": none */
    struct table_figures figures;
};

/* Where the study names the table: what mistakes are noted at. */
struct table_source {
    const char *file;
    const struct json *at;
    const char *path;
    struct json_problems *problems;
};

/* Read the file. Rows that are neither complete, pruned nor failed are passed over. Mistakes
 * are noted with the file, the line and the column; *out is made only when there is none.
 * Errors: ST_INVALID (see the problems); ST_NOMEM. */
enum status trial_table_read(struct trial_table **out, const struct table_source *source,
                             const struct trial_params *params);
void trial_table_free(struct trial_table *table);

/* The row recorded at a point (an object of parameters). Texts must be the same; numbers agree
 * to six significant digits, whole ones exactly. Of several rows, `seed` chooses: among the
 * complete ones, without any among the pruned, else among the failed. Errors: ST_NOTFOUND, with
 * the nearest row in err; ST_NOMEM. */
enum status trial_table_find(const struct table_row **row, const struct trial_table *table,
                             const struct json *point, uint64_t seed, struct error *err);

/* How many rows it holds, and whether there is a column energy_j. */
size_t trial_table_count(const struct trial_table *table);
bool trial_table_has_energy(const struct trial_table *table);

/* The metrics: how many, their names (NULL for a column that holds more than numbers), and one
 * of a row; NaN where the table does not say. */
size_t trial_table_metrics(const struct trial_table *table);
const char *trial_table_metric_name(const struct trial_table *table, size_t i);
double trial_table_metric(const struct trial_table *table, const struct table_row *row,
                          size_t i);

#endif
