/* provenance.h - how well the joules of a study are known, in the words that go under its
 * tables. */
#ifndef RESULTS_PROVENANCE_H
#define RESULTS_PROVENANCE_H

#include "results/snapshot.h"
#include "results/table.h"

struct provenance {
    int worst, best;  /* energy_quality_rank() over the attempts that ended; -1 when none did */
    size_t ended;     /* attempts */
    size_t unmetered; /* of them, without a figure */
    bool one_meter;   /* all attempts with a figure name the same meters */
    const char *meters; /* of the first with a figure, NULL when there is none */
    uint64_t wraps, gaps;
};

/* Of one arm, or of all arms when `arm` is NULL. Texts are borrowed from the snapshot. */
struct provenance provenance_of(const struct snapshot *snapshot,
                                const struct snapshot_arm *arm);

/* Notes under a table whose joules are those of the whole snapshot: the idle policy, the
 * quality and the meters; that figures are estimates, that some are missing, that arms were
 * metered differently. */
void provenance_add_notes(const struct snapshot *snapshot, struct table *table);

#endif
