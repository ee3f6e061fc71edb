#include "results/provenance.h"

#include <inttypes.h>
#include <string.h>

static void add_attempt(struct provenance *sum, const struct attempt_record *attempt)
{
    if (attempt->state == TRIAL_RUNNING)
        return;
    sum->ended++;
    if (!attempt_has_energy(attempt)) {
        sum->unmetered++;
        return;
    }
    int rank = energy_quality_rank(attempt->energy_quality);
    const char *meters = attempt->energy_meters ? attempt->energy_meters : "";
    if (!sum->meters) {
        sum->worst = sum->best = rank;
        sum->meters = meters;
    }
    sum->worst = rank < sum->worst ? rank : sum->worst;
    sum->best = rank > sum->best ? rank : sum->best;
    sum->one_meter = sum->one_meter && strcmp(sum->meters, meters) == 0;
    sum->wraps += attempt->wraps;
    sum->gaps += attempt->gaps;
}

struct provenance provenance_of(const struct snapshot *snapshot, const struct snapshot_arm *arm)
{
    struct provenance sum = {.worst = -1, .best = -1, .one_meter = true};
    for (size_t i = 0; i < snapshot->n_arms; i++) {
        const struct snapshot_arm *each = &snapshot->arms[i];
        for (size_t j = 0; (!arm || arm == each) && j < each->n_attempts; j++)
            add_attempt(&sum, &each->attempts[j]);
    }
    return sum;
}

static void note_meters(const struct provenance *all, const char *policy, struct table *table)
{
    const char *worst = energy_quality_name(all->worst), *best = energy_quality_name(all->best);
    bool mixed = all->worst != all->best;
    table_add_note(table, "Energy is %s%s%s by %s%s, idle energy shared by the policy \"%s\".",
                   worst, mixed ? " to " : "", mixed ? best : "",
                   all->meters[0] ? all->meters : "an unnamed meter",
                   all->one_meter ? "" : " and others", policy ? policy : "equal");
    if (strcmp(worst, "estimated") == 0)
        table_add_note(table, "Estimated joules come from a model, not from a meter: they "
                              "compare runs on the same machine, within their bounds.");
}

void provenance_add_notes(const struct snapshot *snapshot, struct table *table)
{
    struct provenance all = provenance_of(snapshot, NULL);
    if (all.meters)
        note_meters(&all, snapshot->study->idle_policy, table);
    if (all.ended > 0 && !all.meters)
        table_add_note(table, "No meter worked: there are no joules (see `wattune meters`).");
    else if (all.unmetered > 0)
        table_add_note(table, "%zu of %zu attempts have no energy figure: totals lack them.",
                       all.unmetered, all.ended);
    if (all.gaps > 0)
        table_add_note(table,
                       "%" PRIu64 " reads of the meters failed: their time is not in "
                       "the joules.",
                       all.gaps);
    if (all.worst != all.best || !all.one_meter)
        table_add_note(table, "Joules of different meters or qualities are not comparable: see "
                              "energy_quality and energy_meters of `wattune trials`.");
}
