/* monitor_rows.h - the attempts of a study with what was seen of them, for the views of
 * `wattune monitor`. Threading: read-only once loaded. */
#ifndef RESULTS_MONITOR_ROWS_H
#define RESULTS_MONITOR_ROWS_H

#include "results/sample.h"
#include "results/snapshot.h"
#include "results/sparkline.h"

#include <stdbool.h>

/* Which attempts, and how they are drawn. */
struct monitor_choice {
    const char *trial; /* "bayes.0.17": strategy, repeat, number; NULL: all */
    size_t bars;       /* of a sparkline, at most */
    size_t width;      /* that the text form has, columns; 0: as many as it likes */
};

struct monitor_row {
    const struct snapshot_arm *arm;       /* the snapshot's */
    const struct attempt_record *attempt; /* likewise */
    size_t n_samples;
    double sampled_s; /* how long it was watched */
    /* Without samples: what follows from the totals of the attempt. */
    struct sample_summary figures[SAMPLE_FIGURES];
    struct sparkline lines[SAMPLE_FIGURES];
    double *bars; /* of the lines */
};

struct monitor_rows {
    struct monitor_row *rows;
    size_t n;
    bool known[SAMPLE_FIGURES]; /* some row has it */
    double top[SAMPLE_FIGURES]; /* the highest bar of all rows: their common scale */
};

/* By arm, trial and attempt. Errors: ST_INVALID for a choice that cannot be read, ST_NOTFOUND
 * for one that no attempt meets (the error says which there are); those of the store; ST_NOMEM.
 */
enum status monitor_rows_load(struct monitor_rows *rows, const struct snapshot *snapshot,
                              struct store *store, const struct monitor_choice *choice,
                              struct error *err);
void monitor_rows_free(struct monitor_rows *rows);

#endif
