/* study_status.h - what `wattune status` shows: how far a study is, what it has spent, what
 * runs, and how long it will take. */
#ifndef RESULTS_STUDY_STATUS_H
#define RESULTS_STUDY_STATUS_H

#include "results/snapshot.h"
#include "results/table.h"

/* One arm so far. */
struct arm_status {
    size_t ended, complete, pruned, failed, running, queued; /* trials */
    double energy_j;                                         /* NaN: no figure */
    size_t feasible; /* of those complete; all in a study without constraints */
    double best;     /* of the first objective, among the feasible; NaN: none yet */
    uint64_t best_trial;
    double active_s; /* from its first start to its last end, or to now while it runs */
};

/* What bars are drawn of: so many of the last samples of an attempt that runs. */
enum { STUDY_STATUS_SAMPLES = 60 };

struct study_status {
    const struct snapshot *snapshot; /* borrowed */
    bool written;                    /* a process writes to the database now */
    struct arm_status *arms;         /* [snapshot->n_arms] */
    size_t ended, complete, feasible, running;
    double energy_j; /* of all arms; NaN: no figure */
    double active_s; /* of all arms */
    size_t budget;   /* trials of an arm; 0: the study sets none */
    double left_s; /* an estimate from the trials so far; NaN when there is no ground for one */
    size_t best_arm;                /* n_arms when there is no feasible trial */
    struct report_record **reports; /* [n_running] the last of each running attempt, or NULL */
    const struct attempt_record **attempts; /* [n_running] they, borrowed from the snapshot */
    /* [n_running] the last STUDY_STATUS_SAMPLES of each, or more; fewer when it has fewer */
    struct sample_series *samples;
    size_t n_running;
};

/* Gather it. The budget is read from the study's JSON. Errors: those of the store; ST_NOMEM. */
enum status study_status_load(struct study_status **out, struct store *store,
                              const struct snapshot *snapshot, int64_t now_us,
                              struct error *err);
void study_status_free(struct study_status *status);

/* Append it as text: a few lines, then a table of the arms and one of what runs. `path` is the
 * database's, for the line that tells how to resume. Errors: ST_NOMEM. */
enum status study_status_write(const struct study_status *status, const char *path,
                               int64_t now_us, size_t width, bool colour, struct strbuf *out);

/* The table of what runs: how long, what it uses now and used before, what it reported last;
 * fewer columns on a narrow terminal (width 0: none). Errors: ST_NOMEM. */
enum status study_status_running_table(struct table **out, const struct study_status *status,
                                       int64_t now_us, size_t width);

#endif
