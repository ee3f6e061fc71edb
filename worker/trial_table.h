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

/* Name the parameter that says how long a trial trains. False when the space has no numeric one
 * of that name: then no trial has steps on the way. */
bool trial_table_set_fidelity(struct trial_table *table, const struct trial_params *params,
                              const char *name);

/* A trial of the study. */
struct table_point {
    const struct json *params;
    uint64_t seed;
    double stopped_at; /* the fidelity where it was stopped early; 0: it came to its end */
};

/* Where a trial is after part of its time. */
struct table_step {
    double fidelity; /* epochs; NaN without such a parameter */
    double at;       /* the part of its time, above 0 to 1 */
    const struct table_row *row;
    struct table_figures figures; /* of this trial alone until here */
};

/* A recorded trial as it passes: steps by rising fidelity, the last of which is the trial
 * itself. */
struct table_run {
    struct table_step *steps;
    size_t n; /* at least 1 */
};

/* The row at a point, as trial_table_find() answers it, and what the complete rows of the same
 * configuration with fewer epochs say about the way there. Recorded trials were trained from
 * the beginning: of one that goes on from where `earlier` (may be NULL) ended, steps up to
 * there are left out, and its energy and times are those recorded less what the earlier one
 * had used, by the last step that it reached, never negative. Errors: as trial_table_find(),
 * for the point. */
enum status trial_table_run(struct table_run *out, const struct trial_table *table,
                            const struct table_point *point, const struct table_point *earlier,
                            struct error *err);
void table_run_free(struct table_run *run);

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
