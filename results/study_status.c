#include "results/study_status.h"

#include "base/json.h"
#include "results/curve.h"
#include "results/feasible.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static void count_trials(struct arm_status *arm, const struct snapshot_arm *of)
{
    for (size_t i = 0; i < of->n_trials; i++) {
        switch (of->trials[i].state) {
        case TRIAL_COMPLETE:
            arm->complete++;
            break;
        case TRIAL_PRUNED:
            arm->pruned++;
            break;
        case TRIAL_FAILED:
            arm->failed++;
            break;
        case TRIAL_QUEUED:
            arm->queued++;
            break;
        case TRIAL_RUNNING:
            arm->running++;
            break;
        case TRIAL_CANCELLED:
            break;
        }
    }
    arm->ended = arm->complete + arm->pruned + arm->failed;
}

static void find_best(struct arm_status *arm, const struct snapshot_arm *of,
                      const struct study_record *study)
{
    enum goal goal = study->objectives[0].goal;
    for (size_t i = 0; i < of->n_trials; i++) {
        const struct trial_record *trial = &of->trials[i];
        if (trial->state != TRIAL_COMPLETE || feasible_judge(study, trial) != FEASIBLE)
            continue;
        arm->feasible++;
        if (isnan(trial->values[0]))
            continue;
        if (isnan(arm->best) || goal_is_better(goal, trial->values[0], arm->best)) {
            arm->best = trial->values[0];
            arm->best_trial = trial->number;
        }
    }
}

static void find_time(struct arm_status *arm, const struct snapshot_arm *of, bool written,
                      int64_t now_us)
{
    int64_t first = INT64_MAX, last = INT64_MIN;
    for (size_t i = 0; i < of->n_attempts; i++) {
        const struct attempt_record *attempt = &of->attempts[i];
        int64_t end = attempt->ended_at_us;
        if (attempt->state == TRIAL_RUNNING)
            end = written ? now_us : attempt->started_at_us;
        first = attempt->started_at_us < first ? attempt->started_at_us : first;
        last = end > last ? end : last;
    }
    if (last > first)
        arm->active_s = (double)(last - first) / 1e6;
}

static enum status load_arm(struct study_status *status, size_t i, int64_t now_us,
                            struct error *err)
{
    const struct snapshot_arm *of = &status->snapshot->arms[i];
    const struct study_record *study = status->snapshot->study;
    struct arm_status *arm = &status->arms[i];
    struct curve curve;
    *arm = (struct arm_status){.energy_j = (double)NAN, .best = (double)NAN};
    count_trials(arm, of);
    find_time(arm, of, status->written, now_us);
    if (study->n_objectives == 0)
        return ST_OK;
    find_best(arm, of, study);
    if (curve_make(&curve, of, study))
        return error_set(err, ST_NOMEM, "out of memory");
    arm->energy_j = curve.total_j;
    curve_free(&curve);
    return ST_OK;
}

static void sum_arms(struct study_status *status)
{
    const struct snapshot *snapshot = status->snapshot;
    double best = (double)NAN;
    status->energy_j = (double)NAN;
    status->best_arm = snapshot->n_arms;
    for (size_t i = 0; i < snapshot->n_arms; i++) {
        const struct arm_status *arm = &status->arms[i];
        status->ended += arm->ended;
        status->complete += arm->complete;
        status->feasible += arm->feasible;
        status->running += arm->running;
        status->active_s += arm->active_s;
        if (!isnan(arm->energy_j))
            status->energy_j =
                isnan(status->energy_j) ? arm->energy_j : status->energy_j + arm->energy_j;
        if (isnan(arm->best)) /* as all are in a study without an objective */
            continue;
        if (isnan(best) ||
            goal_is_better(snapshot->study->objectives[0].goal, arm->best, best)) {
            best = arm->best;
            status->best_arm = i;
        }
    }
}

static bool has_begun(const struct study_status *status, size_t arm)
{
    return status->snapshot->arms[arm].n_attempts > 0;
}

/* Trials that are still to come. Arms run one after another, so all but the last that has begun
 * are over, whatever their budget says: a grid may be smaller. */
static double trials_left(const struct study_status *status)
{
    size_t last = 0, n = status->snapshot->n_arms;
    double left = 0;
    for (size_t i = 0; i < n; i++)
        if (has_begun(status, i))
            last = i;
    for (size_t i = last; i < n; i++)
        if (status->budget > status->arms[i].ended)
            left += (double)(status->budget - status->arms[i].ended);
    return left;
}

static enum status read_budget(struct study_status *status, struct error *err)
{
    const char *text = status->snapshot->study->json;
    struct json *root;
    enum status parsed = json_parse(&root, text, strlen(text), "the study", err);
    if (parsed)
        return parsed;
    double trials = json_number(json_member(json_member(root, "budget"), "trials"));
    status->budget = trials >= 1 && trials < 1e15 ? (size_t)trials : 0;
    json_free(root);
    status->left_s = (double)NAN;
    if (status->snapshot->state == STUDY_RUNNING && status->budget > 0 && status->ended > 0)
        status->left_s = trials_left(status) * status->active_s / (double)status->ended;
    return ST_OK;
}

static enum status load_one(struct study_status *status, struct store *store,
                            const struct attempt_record *attempt, struct error *err)
{
    size_t i = status->n_running++;
    status->attempts[i] = attempt;
    enum status failed = store_load_last_report(store, attempt->arm, attempt->trial,
                                                attempt->attempt, &status->reports[i], err);
    return failed ? failed
                  : store_load_samples(store, attempt->arm, attempt->trial, attempt->attempt,
                                       STUDY_STATUS_SAMPLES, &status->samples[i], err);
}

static enum status load_running(struct study_status *status, struct store *store,
                                struct error *err)
{
    const struct snapshot *snapshot = status->snapshot;
    size_t room = 1;
    for (size_t i = 0; i < snapshot->n_arms; i++)
        for (size_t j = 0; j < snapshot->arms[i].n_attempts; j++)
            room += snapshot->arms[i].attempts[j].state == TRIAL_RUNNING;
    status->attempts = calloc(room, sizeof *status->attempts);
    status->reports = calloc(room, sizeof *status->reports);
    status->samples = calloc(room, sizeof *status->samples);
    if (!status->attempts || !status->reports || !status->samples)
        return error_set(err, ST_NOMEM, "out of memory");
    enum status failed = ST_OK;
    for (size_t i = 0; i < snapshot->n_arms; i++) {
        for (size_t j = 0; j < snapshot->arms[i].n_attempts && !failed; j++) {
            const struct attempt_record *attempt = &snapshot->arms[i].attempts[j];
            if (attempt->state == TRIAL_RUNNING)
                failed = load_one(status, store, attempt, err);
        }
    }
    return failed;
}

enum status study_status_load(struct study_status **out, struct store *store,
                              const struct snapshot *snapshot, int64_t now_us,
                              struct error *err)
{
    struct study_status *status = calloc(1, sizeof *status);
    if (!status)
        return error_set(err, ST_NOMEM, "out of memory");
    status->snapshot = snapshot;
    status->written = store_has_writer(store);
    status->arms = calloc(snapshot->n_arms + 1, sizeof *status->arms);
    enum status failed = status->arms ? ST_OK : error_set(err, ST_NOMEM, "out of memory");
    for (size_t i = 0; i < snapshot->n_arms && !failed; i++)
        failed = load_arm(status, i, now_us, err);
    if (!failed) {
        sum_arms(status);
        failed = read_budget(status, err);
    }
    if (!failed)
        failed = load_running(status, store, err);
    if (failed)
        study_status_free(status);
    else
        *out = status;
    return failed;
}

void study_status_free(struct study_status *status)
{
    if (!status)
        return;
    for (size_t i = 0; i < status->n_running; i++) {
        store_reports_free(status->reports[i], status->reports[i] ? 1 : 0);
        sample_series_free(&status->samples[i]);
    }
    free(status->samples);
    free(status->attempts);
    free(status->reports);
    free(status->arms);
    free(status);
}
