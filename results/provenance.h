/* provenance.h - how well the joules of a study are known, in the words that go under its
 * tables. */
#ifndef RESULTS_PROVENANCE_H
#define RESULTS_PROVENANCE_H

#include "results/snapshot.h"
#include "results/table.h"

/* The worst and the best energy_quality_rank() of some joules; -1 when there are none. */
struct qualities {
    int worst, best;
};

struct provenance {
    struct qualities attempts; /* of those that ended */
    struct qualities overhead; /* of the joules outside of attempts */
    size_t ended;              /* attempts */
    size_t unmetered;          /* of them, without a figure */
    bool one_meter;            /* all attempts with a figure name the same meters */
    const char *meters;        /* of the first with a figure, NULL when there is none */
    bool one_method;           /* likewise of the methods that are known */
    const char *method;        /* of the first with a figure and a method; NULL: none */
    uint64_t wraps, gaps;
    uint64_t ambiguous, skews; /* where they are known */
    size_t brief; /* attempts whose figure is mostly noise: shorter than its meters resolve */
};

/* Of one arm, or of all arms when `arm` is NULL. Texts are borrowed from the snapshot. */
struct provenance provenance_of(const struct snapshot *snapshot,
                                const struct snapshot_arm *arm);

/* Of sums over attempts and overhead. */
struct qualities provenance_of_totals(const struct provenance *provenance);

/* Widen the first by the second. */
void qualities_merge(struct qualities *sum, struct qualities more);

/* Append "measured", or "estimated to measured" when they differ; nothing for no joules. */
void qualities_append(struct strbuf *out, struct qualities qualities);
/* Append the heading of joules: "energy (measured)". */
void qualities_append_heading(struct strbuf *out, const char *text, struct qualities of);

/* A column of figures that follow from the joules of attempts. Its heading names their quality
 * when they all have the same; else the rows and the notes tell. */
void provenance_add_column(const struct snapshot *snapshot, const char *name,
                           const char *heading, enum column_kind kind, struct table *table);

/* Notes under a table whose joules are those of the whole snapshot: the idle policy, the
 * quality, the meters and the method; that figures are estimates, that some are missing, that
 * arms were metered differently. */
void provenance_add_notes(const struct snapshot *snapshot, struct table *table);

#endif
