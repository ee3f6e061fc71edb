#include "tests/bench/search/run.h"

#include <stdlib.h>

/* Trials that are under way: asked, and not yet told. */
struct under_way {
    double *points; /* [workers x n], of trial k at k modulo workers */
    double *time_s; /* [workers], of asking */
    size_t asked, told;
};

struct runner {
    const struct sampler *sampler;
    const struct target *target;
    const struct run_plan *plan;
    struct under_way trials;
    struct trace *trace;
    struct error *err;
};

static double *point_of(struct runner *runner, size_t number)
{
    return runner->trials.points +
           number % runner->plan->workers * space_count(runner->target->space);
}

static enum status tell_oldest(struct runner *runner)
{
    const struct sampler *sampler = runner->sampler;
    struct under_way *trials = &runner->trials;
    struct measurement measured;
    double *time_s = &trials->time_s[trials->told % runner->plan->workers];
    target_measure(&measured, runner->target, point_of(runner, trials->told),
                   runner->plan->seed, trials->told);
    enum status status =
        sampler->type->tell(sampler->state, trials->told, &measured, time_s, runner->err);
    trials->told++;
    return status ? status : trace_add(runner->trace, &measured, *time_s);
}

/* Ask until one is proposed, for which results may be needed first. */
static enum ask ask_next(struct runner *runner, enum status *status)
{
    const struct sampler *sampler = runner->sampler;
    struct under_way *trials = &runner->trials;
    double *point = point_of(runner, trials->asked);
    double *time_s = &trials->time_s[trials->asked % runner->plan->workers];
    enum ask ask = ASK_WAIT;
    *time_s = 0;
    while (ask == ASK_WAIT && !*status) {
        ask = sampler->type->ask(sampler->state, point, time_s, runner->err);
        if (ask == ASK_WAIT && trials->told == trials->asked)
            *status = error_set(runner->err, ST_FAILED, "%s waits for nothing", sampler->label);
        else if (ask == ASK_WAIT)
            *status = tell_oldest(runner);
    }
    if (ask == ASK_FAILED && !*status)
        *status = ST_FAILED;
    return ask;
}

static enum status make_trials(struct runner *runner)
{
    enum status status = ST_OK;
    struct under_way *trials = &runner->trials;
    while (trials->asked < runner->plan->trials && !status) {
        if (ask_next(runner, &status) != ASK_PROPOSED)
            break;
        trials->asked++;
        if (trials->asked - trials->told == runner->plan->workers)
            status = tell_oldest(runner);
    }
    while (trials->told < trials->asked && !status)
        status = tell_oldest(runner);
    return status;
}

enum status run(struct trace *trace, const struct sampler *sampler, const struct target *target,
                const struct run_plan *plan, struct error *err)
{
    struct runner runner = {sampler, target, plan, {0}, trace, err};
    enum status status = sampler->type->begin(sampler->state, target, plan, err);
    if (status)
        return status;
    runner.trials.points =
        calloc(plan->workers * space_count(target->space), sizeof *runner.trials.points);
    runner.trials.time_s = calloc(plan->workers, sizeof *runner.trials.time_s);
    status = runner.trials.points && runner.trials.time_s ? make_trials(&runner) : ST_NOMEM;
    sampler->type->end(sampler->state);
    free(runner.trials.points);
    free(runner.trials.time_s);
    if (!status)
        status = trace_judge(trace, target);
    if (status)
        trace_free(trace);
    return status;
}
