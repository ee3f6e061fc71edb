#include "results/feasible.h"

enum feasibility feasible_judge(const struct study_record *study,
                                const struct trial_record *trial)
{
    return constraints_judge(study->constraints, study->n_constraints, trial->constrained);
}

static void count_arm(const struct study_record *study, const struct snapshot_arm *arm,
                      struct feasible_counts *counts)
{
    for (size_t i = 0; i < arm->n_trials; i++) {
        if (arm->trials[i].state != TRIAL_COMPLETE)
            continue;
        enum feasibility found = feasible_judge(study, &arm->trials[i]);
        counts->complete++;
        counts->feasible += found == FEASIBLE;
        counts->infeasible += found == INFEASIBLE;
        counts->unknown += found == FEASIBILITY_UNKNOWN;
    }
}

struct feasible_counts feasible_count(const struct snapshot *snapshot,
                                      const struct snapshot_arm *arm)
{
    struct feasible_counts counts = {0};
    for (size_t i = 0; i < snapshot->n_arms; i++)
        if (!arm || arm == &snapshot->arms[i])
            count_arm(snapshot->study, &snapshot->arms[i], &counts);
    return counts;
}

void feasible_add_note(const struct snapshot *snapshot, struct table *table)
{
    const struct study_record *study = snapshot->study;
    struct feasible_counts counts = feasible_count(snapshot, NULL);
    struct strbuf text = STRBUF_INIT;
    if (study->n_constraints == 0)
        return;
    for (size_t i = 0; i < study->n_constraints; i++)
        strbuf_printf(&text, "%s%s at %s %.6g", i ? ", " : "", study->constraints[i].metric,
                      study->constraints[i].at_least ? "least" : "most",
                      study->constraints[i].bound);
    strbuf_printf(&text, ": %zu of %zu complete trials are feasible", counts.feasible,
                  counts.complete);
    if (counts.unknown > 0)
        strbuf_printf(&text, "; of %zu it is not known", counts.unknown);
    table_add_note(table, "Constraints: %s.", strbuf_text(&text));
    strbuf_free(&text);
}
