/* Attempts without a process: functions and recorded trials. */
#include "base/clock.h"
#include "worker/function_trial.h"
#include "worker/supervisor_state.h"

#include <math.h>

/* Its result, at once. Errors: those for which the attempt fails, with the reason in err. */
static enum status evaluate(struct supervisor *s, const struct attempt *attempt,
                            struct error *err)
{
    enum status status;
    if (attempt->spec->kind == TRIAL_FUNCTION) {
        status = function_trial_run(&s->outcome, attempt, err);
    } else {
        status = replay_begin(&s->attempt.replay, &s->outcome, attempt, err);
        s->attempt.simulated_s = s->attempt.replay.length_s;
        if (!status && s->attempt.replay.state != OUTCOME_COMPLETE)
            return ST_OK;
    }
    return status ? status : protocol_check_objectives(&s->outcome, attempt->objectives, err);
}

void supervisor_start_simulated(struct supervisor *s, const struct attempt *attempt)
{
    struct error err;
    double cpu_s = clock_thread_cpu_s();
    if (s->ledger)
        ledger_trial_begin(s->ledger, 0);
    s->stage = STAGE_SIMULATED;
    if (evaluate(s, attempt, &err))
        supervisor_decide(s, OUTCOME_FAILED, "%s", err.what);
    s->has_result = !s->decided;
    s->outcome.cpu_s = clock_thread_cpu_s() - cpu_s;
}

void supervisor_conclude_simulated(struct supervisor *s, double now)
{
    double length_s = s->attempt.simulated_s;
    const struct replay *replay = &s->attempt.replay;
    if (!s->decided && s->stop_asked)
        supervisor_decide(s, OUTCOME_PRUNED, "stopped early");
    if (!s->decided && replay->reason)
        supervisor_decide(s, replay->state, "%s", replay->reason);
    if (!s->decided)
        s->outcome.state = OUTCOME_COMPLETE;
    s->outcome.ended_at_us = clock_realtime_us();
    s->outcome.duration_s = now - s->started_s;
    supervisor_finish(s);
    double share = length_s > 0 ? fmin(1, s->outcome.duration_s / length_s) : 1;
    if (s->attempt.kind == TRIAL_TABLE)
        replay_book(replay, share, &s->outcome);
    else
        function_trial_book(&s->outcome, s->attempt.simulated_j, share);
}
