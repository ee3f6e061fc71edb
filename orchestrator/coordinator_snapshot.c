/* How far the study is, for whoever watches. */
#include "orchestrator/coordinator_state.h"

#include <math.h>
#include <stdio.h>

static void show_arm(const struct coordinator *c, size_t index, struct run_arm *shown)
{
    const struct arm *arm = &c->arms[index];
    *shown = arm->shown;
    if (c->quality != ENERGY_NONE || arm->energy_known)
        shown->energy_j = work_spent_j(arm);
}

static void show_worker(const struct coordinator *c, int number, struct run_trial *shown)
{
    const struct crew *worker = &c->workers[number];
    *shown =
        (struct run_trial){.running_s = c->now_s - worker->assigned_s, .step = worker->step};
    coordinator_trial_name(c, worker->id, shown->id, sizeof shown->id);
}

static void find_best(const struct coordinator *c, struct run_snapshot *snapshot)
{
    for (size_t a = 0; a < c->options.n_arms; a++) {
        const struct arm *arm = &c->arms[a];
        if (isnan(arm->shown.best) || !coordinator_better(c, arm->shown.best, snapshot->best))
            continue;
        snapshot->best = arm->shown.best;
        struct attempt_id id = {(uint32_t)a, 0, arm->best_trial};
        coordinator_trial_name(c, id, snapshot->best_id, sizeof snapshot->best_id);
    }
}

/* Trials that are still to end in the arms that have not ended; NaN when no budget says. */
static double trials_left(const struct coordinator *c)
{
    double left = 0;
    for (size_t i = c->arm; i < c->options.n_arms; i++) {
        const struct run_arm *arm = &c->arms[i].shown;
        size_t over = arm->complete + arm->pruned + arm->failed;
        double limit = space_size(c->options.space);
        if (arm->limit > 0 && (double)arm->limit < limit)
            limit = (double)arm->limit;
        if (!arm->ended && limit > (double)over)
            left += limit - (double)over;
    }
    return isfinite(left) ? left : (double)NAN;
}

/* At the pace so far, and no longer than the time budgets allow. */
static double time_left(const struct coordinator *c, const struct run_snapshot *snapshot)
{
    double elapsed_s = c->now_s - c->start_s;
    double left_s = NAN, budget_s = c->options.budget.time_s;
    if (c->n_ended > 0)
        left_s = trials_left(c) * elapsed_s / (double)c->n_ended;
    if (budget_s <= 0)
        return left_s;
    double most_s = fmax(0, budget_s - work_spent_s(c, &c->arms[c->arm])) +
                    budget_s * (double)(snapshot->n_arms - snapshot->arm - 1);
    return isnan(left_s) || left_s > most_s ? most_s : left_s;
}

static void add_up(struct run_snapshot *snapshot, const struct run_arm *arm)
{
    snapshot->asked += arm->asked;
    snapshot->complete += arm->complete;
    snapshot->pruned += arm->pruned;
    snapshot->failed += arm->failed;
    snapshot->feasible += arm->feasible;
    if (!isnan(arm->energy_j))
        snapshot->energy_j =
            isnan(snapshot->energy_j) ? arm->energy_j : snapshot->energy_j + arm->energy_j;
}

void coordinator_snapshot(struct coordinator *c, double now_s, struct run_snapshot *snapshot)
{
    c->now_s = now_s;
    *snapshot =
        (struct run_snapshot){.study = c->options.study,
                              .metric = c->options.objectives[0].metric,
                              .elapsed_s = now_s - c->start_s,
                              .arm = c->arm,
                              .arms = c->shown_arms,
                              .n_arms = c->options.n_arms,
                              .running = c->shown_running,
                              .n_workers = crew_count_alive(c),
                              .constrained = c->options.n_constraints > 0,
                              .best = NAN,
                              .energy_j = NAN,
                              .quality = c->quality,
                              .interrupted = c->winding != WINDING_NONE,
                              .quiet_s = c->phase == PHASE_MUSTER ? c->options.quiet_s : 0};
    for (size_t i = 0; i < c->options.n_arms; i++) {
        show_arm(c, i, &c->shown_arms[i]);
        add_up(snapshot, &c->shown_arms[i]);
    }
    for (int i = 0; i < c->options.n_ranks; i++)
        if (c->workers[i].alive && c->workers[i].busy)
            show_worker(c, i, &c->shown_running[snapshot->n_running++]);
    find_best(c, snapshot);
    snapshot->left_s = time_left(c, snapshot);
}
