#include "orchestrator/resume.h"

#include <math.h>

/* An attempt that nobody saw end: its figures went with whoever measured them. */
static enum status close_attempt(struct store *store, const struct attempt_record *attempt,
                                 struct error *err)
{
    struct attempt_record end = *attempt;
    end.state = TRIAL_CANCELLED;
    end.reason = "the study was cut off while it ran";
    end.ended_at_us = end.started_at_us; /* not earlier than this, and it is all we know */
    end.duration_s = end.cpu_s = end.peak_memory_mb = NAN;
    end.epochs_done = -1;
    end.energy.quality = energy_quality_text(ENERGY_NONE);
    end.energy.meters = "";
    return store_finish_attempt(store, &end, err);
}

static enum energy_quality quality_of(const struct attempt_record *attempt)
{
    int quality = energy_quality_from_text(attempt->energy.quality);
    return quality < 0 ? ENERGY_NONE : (enum energy_quality)quality;
}

static enum status close_attempts(struct store *store, struct coordinator_past *past,
                                  struct error *err)
{
    enum status status = ST_OK;
    for (size_t i = 0; i < past->n_attempts && !status; i++) {
        const struct attempt_record *attempt = &past->attempts[i];
        if (attempt->state == TRIAL_RUNNING)
            status = close_attempt(store, attempt, err);
        else
            past->quality = energy_quality_worse(past->quality, quality_of(attempt));
    }
    return status;
}

static enum status restore_arm(struct coordinator *coordinator, struct store *store,
                               uint32_t arm, struct error *err)
{
    struct trial_record *trials = NULL;
    struct attempt_record *attempts = NULL;
    struct report_record *reports = NULL;
    struct coordinator_past past = {.quality = ENERGY_NONE};
    enum status status = store_load_attempts(store, arm, &attempts, &past.n_attempts, err);
    past.attempts = attempts;
    if (!status)
        status = close_attempts(store, &past, err);
    if (!status)
        status = store_load_spent(store, arm, &past.energy_j, &past.time_s, err);
    if (!status)
        status = store_load_trials(store, arm, &trials, &past.n_trials, err);
    if (!status)
        status = store_load_reports(store, arm, &reports, &past.n_reports, err);
    past.trials = trials;
    past.reports = reports;
    if (!status)
        status = coordinator_restore(coordinator, arm, &past, err);
    store_attempts_free(attempts, past.n_attempts);
    store_trials_free(trials, past.n_trials);
    store_reports_free(reports, past.n_reports);
    return status;
}

enum status resume_study(struct coordinator *coordinator, struct store *store, size_t n_arms,
                         struct error *err)
{
    enum status status = store_begin(store, err);
    for (size_t i = 0; i < n_arms && !status; i++)
        status = restore_arm(coordinator, store, (uint32_t)i, err);
    if (!status)
        status = store_set_state(store, STUDY_RUNNING, NULL, err);
    if (!status)
        return store_commit(store, err);
    store_rollback(store);
    return status;
}
