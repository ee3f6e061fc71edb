#include "results/curve.h"

#include "results/feasible.h"

#include <math.h>
#include <stdlib.h>

/* An attempt in the order of the ends. */
struct end {
    int64_t ending;
    size_t attempt;
};

static int compare_ends(const void *a, const void *b)
{
    const struct end *p = a, *q = b;
    return (p->ending > q->ending) - (p->ending < q->ending);
}

static size_t list_ends(const struct snapshot_arm *arm, struct end *ends)
{
    size_t n = 0;
    for (size_t i = 0; i < arm->n_attempts; i++)
        if (arm->attempts[i].ending >= 0)
            ends[n++] = (struct end){arm->attempts[i].ending, i};
    qsort(ends, n, sizeof *ends, compare_ends);
    return n;
}

/* What has been booked so far. */
struct account {
    double joules;
    bool any;      /* something had a figure */
    size_t trials; /* that have ended */
};

static void add_joules(struct account *account, double energy_j)
{
    if (isnan(energy_j))
        return;
    account->joules += energy_j;
    account->any = true;
}

/* Add the overhead that was booked before the attempt with this ending ended. */
static void add_overhead(struct account *account, const struct snapshot_arm *arm, size_t *next,
                         int64_t ending)
{
    for (; *next < arm->n_overhead && arm->overhead[*next].after <= ending; ++*next)
        add_joules(account, overhead_joules(&arm->overhead[*next]));
}

/* The trial that is over with this attempt, or NULL. */
static const struct trial_record *ended_trial(const struct snapshot_arm *arm, size_t attempt)
{
    uint64_t number = arm->attempts[attempt].trial;
    if (attempt + 1 < arm->n_attempts && arm->attempts[attempt + 1].trial == number)
        return NULL; /* it was tried again */
    const struct trial_record *trial = snapshot_trial(arm, number);
    bool over = trial && trial->state != TRIAL_QUEUED && trial->state != TRIAL_RUNNING;
    return over ? trial : NULL;
}

static void add_step(struct curve *curve, const struct study_record *study,
                     const struct trial_record *trial, const struct account *account,
                     int64_t ending)
{
    enum goal goal = study->objectives[0].goal;
    if (trial->state != TRIAL_COMPLETE || isnan(trial->values[0]) ||
        feasible_judge(study, trial) != FEASIBLE)
        return;
    if (curve->n > 0 &&
        !goal_is_better(goal, trial->values[0], curve->steps[curve->n - 1].value))
        return;
    curve->steps[curve->n++] =
        (struct curve_step){.joules = account->any ? account->joules : (double)NAN,
                            .value = trial->values[0],
                            .trials = account->trials,
                            .ending = ending};
}

enum status curve_make(struct curve *curve, const struct snapshot_arm *arm,
                       const struct study_record *study)
{
    *curve = (struct curve){0};
    struct end *ends = calloc(arm->n_attempts + 1, sizeof *ends);
    curve->steps = calloc(arm->n_attempts + 1, sizeof *curve->steps);
    if (!ends || !curve->steps) {
        free(ends);
        curve_free(curve);
        return ST_NOMEM;
    }
    struct account account = {0};
    size_t n = list_ends(arm, ends), next = 0;
    for (size_t i = 0; i < n; i++) {
        add_overhead(&account, arm, &next, ends[i].ending);
        add_joules(&account, arm->attempt_j[ends[i].attempt]);
        const struct trial_record *trial = ended_trial(arm, ends[i].attempt);
        account.trials += trial != NULL;
        if (trial)
            add_step(curve, study, trial, &account, ends[i].ending);
    }
    add_overhead(&account, arm, &next, INT64_MAX);
    curve->total_j = account.any ? account.joules : (double)NAN;
    free(ends);
    return ST_OK;
}

void curve_free(struct curve *curve)
{
    free(curve->steps);
    *curve = (struct curve){0};
}

const struct curve_step *curve_reach(const struct curve *curve, enum goal goal, double target)
{
    for (size_t i = 0; i < curve->n; i++)
        if (!goal_is_better(goal, target, curve->steps[i].value) && !isnan(target))
            return &curve->steps[i];
    return NULL;
}

double curve_mean(const struct curve *curve, double from_j, double to_j)
{
    if (curve->n == 0 || !(curve->steps[0].joules <= from_j) || !(from_j < to_j))
        return (double)NAN;
    double area = 0;
    for (size_t i = 0; i < curve->n; i++) {
        double begins = fmax(curve->steps[i].joules, from_j);
        double ends = i + 1 < curve->n ? fmin(curve->steps[i + 1].joules, to_j) : to_j;
        if (begins < ends)
            area += (ends - begins) * curve->steps[i].value;
    }
    return area / (to_j - from_j);
}
