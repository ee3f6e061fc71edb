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

void supervisor_conclude_simulated(struct supervisor *s, double now)
{
    double length_s = s->attempt.simulated_s;
    const struct simulated_trial *trial = &s->attempt.simulated;
    const char *reason = simulated_trial_reason(trial);
    if (!s->decided && s->stop_asked)
        supervisor_decide(s, OUTCOME_PRUNED, "stopped early");
    if (!s->decided && reason)
        supervisor_decide(s, simulated_trial_state(trial), "%s", reason);
    if (!s->decided)
        s->outcome.state = OUTCOME_COMPLETE;
    s->outcome.ended_at_us = clock_realtime_us();
    s->outcome.duration_s = now - s->started_s;
    supervisor_finish(s);
    double share = length_s > 0 ? fmin(1, s->outcome.duration_s / length_s) : 1;
    simulated_trial_book(trial, share, &s->outcome);
}
