/* Attempts without a process. */
#include "base/clock.h"
#include "worker/supervisor_state.h"

#include <math.h>

void supervisor_start_simulated(struct supervisor *s, const struct attempt *attempt)
{
    struct error err;
    double cpu_s = clock_thread_cpu_s();
    if (s->ledger)
        ledger_trial_begin(s->ledger, 0);
    s->stage = STAGE_SIMULATED;
    if (simulated_trial_begin(&s->attempt.simulated, &s->outcome, attempt, &err))
        supervisor_decide(s, OUTCOME_FAILED, "%s", err.what);
    s->attempt.simulated_s = s->attempt.simulated.length_s;
    if (attempt->spec->kind == TRIAL_TABLE)
        s->attempt.simulated_s *= attempt->spec->duration_scale;
    s->has_result = !s->decided;
    s->outcome.cpu_s = clock_thread_cpu_s() - cpu_s;
}

static bool reports_on(const struct supervisor *s)
{
    return !s->decided && !s->stop_asked &&
           s->attempt.reports_made < simulated_trial_reports(&s->attempt.simulated);
}

double supervisor_simulated_due(const struct supervisor *s)
{
    double share = reports_on(s) ? simulated_trial_report_at(&s->attempt.simulated,
                                                             s->attempt.reports_made)
                                 : 1;
    return s->started_s + share * s->attempt.simulated_s;
}

bool supervisor_report_simulated(struct supervisor *s, double now,
                                 struct supervisor_event *event)
{
    if (s->stage != STAGE_SIMULATED || !reports_on(s) || now < supervisor_simulated_due(s))
        return false;
    json_free(s->event);
    s->event = simulated_trial_report(&s->attempt.simulated, s->attempt.reports_made++);
    if (!s->event)
        return false; /* out of memory: one report less */
    event->kind = SUPERVISOR_REPORT;
    event->report = s->event;
    return true;
}

/* How much of the trial's time has passed: as much as its last report says, at least, and no
 * more when it takes no time at all and was ended by somebody. */
static double share_run(const struct supervisor *s)
{
    const struct simulated_trial *trial = &s->attempt.simulated;
    size_t made = s->attempt.reports_made;
    double length_s = s->attempt.simulated_s;
    bool ended = s->stop_asked || s->decided;
    double share = length_s > 0 ? fmin(1, s->outcome.duration_s / length_s) : !ended || !made;
    return made > 0 ? fmax(share, simulated_trial_report_at(trial, made - 1)) : share;
}

/* What was decided when it was asked to stop. */
static void prune(struct supervisor *s, double share)
{
    supervisor_decide(s, OUTCOME_PRUNED, "stopped early");
    if (simulated_trial_stop(&s->attempt.simulated, share, &s->outcome))
        outcome_clear_metrics(&s->outcome); /* out of memory: it has none */
}

void supervisor_conclude_simulated(struct supervisor *s, double now)
{
    const struct simulated_trial *trial = &s->attempt.simulated;
    const char *reason = simulated_trial_reason(trial);
    s->outcome.ended_at_us = clock_realtime_us();
    s->outcome.duration_s = now - s->started_s;
    double share = share_run(s);
    if (!s->decided && s->stop_asked)
        prune(s, share);
    if (!s->decided && reason)
        supervisor_decide(s, simulated_trial_state(trial), "%s", reason);
    if (!s->decided)
        s->outcome.state = OUTCOME_COMPLETE;
    supervisor_finish(s);
    simulated_trial_book(trial, share, &s->outcome);
}
