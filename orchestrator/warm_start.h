/* warm_start.h - the trials of earlier studies that a study's search starts from.
 *
 * They are read once, when the study file is, from the databases that its "warm_start" names,
 * and stored in the study's own database, from which a resumed study has them. Threading:
 * read-only once read. */
#ifndef ORCHESTRATOR_WARM_START_H
#define ORCHESTRATOR_WARM_START_H

#include "base/strbuf.h"
#include "orchestrator/study.h"
#include "results/snapshot.h"

#include <sys/types.h>

/* Why a complete trial is not taken. */
enum warm_reason {
    WARM_NO_POINT, /* its parameters are no point of this space */
    WARM_MORE,     /* it has a parameter that neither the space nor the trial's settings have */
    WARM_NO_FIGURE, /* it lacks the metric of an objective */
    WARM_REASONS
};

/* One database. */
struct warm_source {
    char *path;             /* as the study names it */
    char *study;            /* its name */
    char *differs;          /* members of "trial" that differ from this study's; "": none */
    dev_t device;           /* of the file, ... */
    ino_t inode;            /* ... which tell it under any spelling */
    size_t complete, taken; /* trials */
    size_t left_out[WARM_REASONS];
    char *examples[WARM_REASONS]; /* the first of each, and what is wrong; NULL: none */
};

struct warm_start {
    struct earlier_record *records; /* [n] as they are stored */
    struct trial *trials;           /* [n] as strategies take them; their points ... */
    double *points;                 /* ... are here */
    size_t n;
    struct warm_source *sources; /* empty when the trials came from the study's own database */
    size_t n_sources;
};

/* Read what the study names, if anything, into study->warm. A database that cannot be read is a
 * mistake of the study. Errors: ST_INVALID (see the problems); ST_NOMEM. */
enum status warm_start_read(struct study *study, struct json_problems *problems,
                            struct error *err);

/* The same from the study's own database, as it was stored there. Errors: those of the store;
 * ST_FORMAT for a trial that the study does not hold; ST_NOMEM. */
enum status warm_start_load(struct study *study, struct store *store, struct error *err);

void warm_start_free(struct warm_start *warm);

/* Tell the log how many trials there are, and of which database there are none. */
void warm_start_log(const struct warm_start *warm);

/* Append what was taken and what was not, and why, a line each and indented. */
void warm_start_append(const struct warm_start *warm, struct strbuf *out);

/* Make the trials from the records; for the two above. Errors: ST_FORMAT; ST_NOMEM. */
enum status warm_start_make_trials(struct warm_start *warm, const struct study *study,
                                   struct error *err);

/* warm_start_fit.c: what an old study's trial is in this one. */
struct warm_fit {
    const struct study *study;
    const struct json *old; /* the old study's text, parsed; borrowed */
    double *point;          /* [space_count()], scratch */
};

/* The point of a trial with these parameters (JSON), into fit->point. False when it is none of
 * this space; then *reason and `example` say why. */
bool warm_fit_point(const struct warm_fit *fit, const char *params, enum warm_reason *reason,
                    struct strbuf *example);

/* Append the members of "trial" that differ between the two studies and may change what comes
 * of a trial: "dataset, settings". */
void warm_fit_differences(const struct warm_fit *fit, struct strbuf *out);

/* warm_start_figures.c: the figures of a complete trial. */
struct warm_figures {
    const struct study_record *study; /* the old one */
    const struct snapshot_arm *arm;
    const struct trial_record *trial;
};

/* A chain of trials, each of which goes on from the one before, is looked back on so far. */
enum { WARM_CHAIN_MAX = 64 };

/* The figure of that name, whether it was an objective there or not: what the search was told,
 * what Wattune measured, what the trial reported; NaN when there is none. */
double warm_figures_value(const struct warm_figures *figures, const char *metric);

/* The joules of all attempts of the trial and of those that it continues: what its point costs
 * from the beginning. NaN when they are not known. */
double warm_figures_energy_j(const struct warm_figures *figures);

#endif
