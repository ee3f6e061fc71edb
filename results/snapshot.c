#include "results/snapshot.h"

#include "results/idle_policy.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

static enum status load_arm(struct snapshot_arm *arm, struct store *store, const char *policy,
                            struct error *err)
{
    uint32_t number = arm->arm->number;
    enum status status = store_load_trials(store, number, &arm->trials, &arm->n_trials, err);
    if (!status)
        status = store_load_attempts(store, number, &arm->attempts, &arm->n_attempts, err);
    if (!status)
        status = store_load_overhead(store, number, &arm->overhead, &arm->n_overhead, err);
    if (status)
        return status;
    arm->attempt_j = calloc(arm->n_attempts + 1, sizeof *arm->attempt_j);
    if (!arm->attempt_j)
        return error_set(err, ST_NOMEM, "out of memory");
    idle_policy_apply(policy, arm->attempts, arm->n_attempts, arm->attempt_j);
    return ST_OK;
}

static enum status load(struct snapshot *snapshot, struct store *store, struct error *err)
{
    enum status status = store_load_study(store, &snapshot->study, &snapshot->state, err);
    size_t n = 0;
    if (!status)
        status = store_load_arms(store, &snapshot->arm_records, &n, err);
    if (status)
        return status;
    snapshot->arms = calloc(n + 1, sizeof *snapshot->arms);
    snapshot->n_arms = n;
    if (!snapshot->arms)
        return error_set(err, ST_NOMEM, "out of memory");
    for (size_t i = 0; i < n && !status; i++) {
        snapshot->arms[i].arm = &snapshot->arm_records[i];
        status = load_arm(&snapshot->arms[i], store, snapshot->study->idle_policy, err);
    }
    return status;
}

enum status snapshot_load(struct snapshot **out, struct store *store, struct error *err)
{
    struct snapshot *snapshot = calloc(1, sizeof *snapshot);
    if (!snapshot)
        return error_set(err, ST_NOMEM, "out of memory");
    enum status status = store_begin_read(store, err);
    if (!status) {
        status = load(snapshot, store, err);
        store_end_read(store);
    }
    if (status)
        snapshot_free(snapshot);
    else
        *out = snapshot;
    return status;
}

void snapshot_free(struct snapshot *snapshot)
{
    if (!snapshot)
        return;
    for (size_t i = 0; snapshot->arms && i < snapshot->n_arms; i++) {
        struct snapshot_arm *arm = &snapshot->arms[i];
        store_trials_free(arm->trials, arm->n_trials);
        store_attempts_free(arm->attempts, arm->n_attempts);
        store_overhead_free(arm->overhead, arm->n_overhead);
        free(arm->attempt_j);
    }
    free(snapshot->arms);
    store_arms_free(snapshot->arm_records, snapshot->n_arms);
    store_study_free(snapshot->study);
    free(snapshot);
}

const struct attempt_record *snapshot_last_attempt(const struct snapshot_arm *arm,
                                                   uint64_t trial)
{
    /* The first attempt of a later trial: the one before it is the last of this one. */
    size_t low = 0, high = arm->n_attempts;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (arm->attempts[middle].trial <= trial)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == 0 || arm->attempts[low - 1].trial != trial)
        return NULL;
    return &arm->attempts[low - 1];
}

const struct trial_record *snapshot_trial(const struct snapshot_arm *arm, uint64_t trial)
{
    size_t low = 0, high = arm->n_trials;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (arm->trials[middle].number < trial)
            low = middle + 1;
        else
            high = middle;
    }
    return low < arm->n_trials && arm->trials[low].number == trial ? &arm->trials[low] : NULL;
}

const struct trial_record *snapshot_continued(const struct snapshot_arm *arm,
                                              const struct trial_record *trial)
{
    /* An earlier one, or a file that was edited could hold a circle. */
    bool earlier = trial->continues >= 0 && (uint64_t)trial->continues < trial->number;
    return earlier ? snapshot_trial(arm, (uint64_t)trial->continues) : NULL;
}

/* Of all attempts of one trial. */
static double own_j(const struct snapshot_arm *arm, uint64_t trial)
{
    double sum_j = (double)NAN;
    const struct attempt_record *last = snapshot_last_attempt(arm, trial);
    for (size_t i = last ? (size_t)(last - arm->attempts) + 1 : 0;
         i > 0 && arm->attempts[i - 1].trial == trial; i--) {
        double part_j = arm->attempt_j[i - 1];
        if (!isnan(part_j))
            sum_j = isnan(sum_j) ? part_j : sum_j + part_j;
    }
    return sum_j;
}

double snapshot_trial_j(const struct snapshot_arm *arm, const struct trial_record *trial)
{
    double sum_j = 0;
    for (; trial; trial = snapshot_continued(arm, trial))
        sum_j += own_j(arm, trial->number);
    return sum_j;
}

void snapshot_append_continued(const struct snapshot_arm *arm, uint64_t trial,
                               struct strbuf *out)
{
    const struct trial_record *record = snapshot_trial(arm, trial);
    if (record && record->continues != TRIAL_NONE)
        strbuf_printf(out, ", continues %s.%" PRIu32 ".%" PRId64, arm->arm->strategy,
                      arm->arm->repeat, record->continues);
}

uint32_t snapshot_repeats(const struct snapshot *snapshot)
{
    uint32_t repeats = 0;
    for (size_t i = 0; i < snapshot->n_arms; i++)
        if (snapshot->arms[i].arm->repeat >= repeats)
            repeats = snapshot->arms[i].arm->repeat + 1;
    return repeats;
}
