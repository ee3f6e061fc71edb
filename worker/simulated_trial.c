#include "worker/simulated_trial.h"

#include "worker/function_trial.h"
#include "worker/protocol.h"

bool trial_kind_simulated(enum trial_kind kind)
{
    return kind == TRIAL_FUNCTION || kind == TRIAL_TABLE;
}

enum status simulated_trial_begin(struct simulated_trial *trial, struct outcome *outcome,
                                  const struct attempt *attempt, struct error *err)
{
    const struct trial_spec *spec = attempt->spec;
    enum status status;
    *trial = (struct simulated_trial){
        .kind = spec->kind, .length_s = spec->duration_s, .energy_j = spec->energy_j};
    if (spec->kind == TRIAL_FUNCTION) {
        status = function_trial_run(outcome, attempt, err);
    } else {
        status = replay_begin(&trial->replay, outcome, attempt, err);
        trial->length_s = trial->replay.length_s;
    }
    if (status || simulated_trial_state(trial) != OUTCOME_COMPLETE)
        return status;
    return protocol_check_objectives(outcome, attempt->objectives, err);
}

void simulated_trial_free(struct simulated_trial *trial)
{
    if (trial->kind == TRIAL_TABLE)
        replay_end(&trial->replay);
    *trial = (struct simulated_trial){0};
}

enum outcome_state simulated_trial_state(const struct simulated_trial *trial)
{
    return trial->kind == TRIAL_TABLE ? trial->replay.state : OUTCOME_COMPLETE;
}

const char *simulated_trial_reason(const struct simulated_trial *trial)
{
    return trial->kind == TRIAL_TABLE ? trial->replay.reason : NULL;
}

size_t simulated_trial_reports(const struct simulated_trial *trial)
{
    return trial->kind == TRIAL_TABLE ? replay_reports(&trial->replay) : 0;
}

double simulated_trial_report_at(const struct simulated_trial *trial, size_t i)
{
    return trial->replay.run.steps[i].at;
}

struct json *simulated_trial_report(const struct simulated_trial *trial, size_t i)
{
    return replay_report(&trial->replay, i);
}

enum status simulated_trial_stop(const struct simulated_trial *trial, double share,
                                 struct outcome *outcome)
{
    return trial->kind == TRIAL_TABLE ? replay_stop(&trial->replay, share, outcome) : ST_OK;
}

void simulated_trial_book(const struct simulated_trial *trial, double share,
                          struct outcome *outcome)
{
    if (trial->kind == TRIAL_TABLE)
        replay_book(&trial->replay, share, outcome);
    else
        function_trial_book(outcome, trial->energy_j, share);
}
