/* The figures of an earlier study's trial, as if it had been an objective or a constraint
 * there.
 */
#include "orchestrator/objective.h"
#include "orchestrator/warm_start.h"

#include <math.h>
#include <string.h>

/* The last attempt of a trial that ended well, or NULL. */
static const struct attempt_record *find_attempt(const struct snapshot_arm *arm, uint64_t trial)
{
    const struct attempt_record *last = snapshot_last_attempt(arm, trial);
    for (; last && last >= arm->attempts && last->trial == trial; last--)
        if (last->state == TRIAL_COMPLETE || last->state == TRIAL_PRUNED)
            return last;
    return NULL;
}

/* What Wattune measured, over all trials of the chain that ends with this one. */
static double measured(const struct warm_figures *figures, const char *metric)
{
    const struct attempt_record *last = find_attempt(figures->arm, figures->trial->number);
    struct objective_sums sums = {0};
    const struct trial_record *chain[WARM_CHAIN_MAX];
    size_t n = 0;
    for (const struct trial_record *t = snapshot_continued(figures->arm, figures->trial);
         t && n < WARM_CHAIN_MAX; t = snapshot_continued(figures->arm, t))
        chain[n++] = t;
    while (n-- > 0) {
        const struct attempt_record *attempt = find_attempt(figures->arm, chain[n]->number);
        if (!attempt)
            return (double)NAN;
        struct outcome outcome = objective_stored(attempt);
        sums = objective_add_up(&outcome, &sums);
    }
    if (!last)
        return (double)NAN;
    struct outcome outcome = objective_stored(last);
    return objective_value(&outcome, metric, &sums);
}

double warm_figures_value(const struct warm_figures *figures, const char *metric)
{
    const struct study_record *study = figures->study;
    for (size_t i = 0; i < study->n_objectives; i++)
        if (strcmp(study->objectives[i].metric, metric) == 0)
            return figures->trial->values[i];
    if (objective_measured(metric))
        return measured(figures, metric);
    const struct attempt_record *attempt = find_attempt(figures->arm, figures->trial->number);
    for (size_t i = 0; attempt && i < attempt->n_metrics; i++)
        if (strcmp(attempt->metrics[i].name, metric) == 0)
            return attempt->metrics[i].value;
    return (double)NAN;
}

double warm_figures_energy_j(const struct warm_figures *figures)
{
    double energy_j = 0;
    for (const struct trial_record *t = figures->trial; t;
         t = snapshot_continued(figures->arm, t))
        energy_j += t->energy_j;
    return energy_j;
}
