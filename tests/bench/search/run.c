#include "tests/bench/search/run.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A run that is counted in joules ends here at the latest, in multiples of plan->trials. */
enum { SHORT_TRIALS_MAX = 30 };

struct runner {
    const struct sampler *sampler;
    const struct target *target;
    const struct run_plan *plan;
    struct asked *asked; /* [workers], trial k at k modulo workers */
    size_t n_asked, n_told;
    double spent_j;
    double *scratch; /* a point */
    struct trace *trace;
    struct error *err;
};

static struct asked *trial_of(struct runner *runner, size_t number)
{
    return &runner->asked[number % runner->plan->workers];
}

/* The value of a point after fewer epochs. */
static void measure_at(struct measurement *measured, struct runner *runner,
                       const struct asked *asked, double epochs)
{
    const struct target *target = runner->target;
    size_t n = space_count(target->space);
    memcpy(runner->scratch, asked->point, n * sizeof *runner->scratch);
    runner->scratch[n - 1] = epochs;
    target_measure(measured, target, runner->scratch, runner->plan->seed, runner->n_told);
}

/* Report epoch after epoch, until the trial is stopped. What it had before costs nothing. */
static void train(struct measurement *measured, struct runner *runner, struct asked *asked)
{
    const struct sampler *sampler = runner->sampler;
    double last = target_epochs(runner->target, asked->point);
    struct measurement before = {.energy_j = 0};
    enum verdict verdict = VERDICT_GO_ON;
    if (asked->from_epoch > 0)
        measure_at(&before, runner, asked, asked->from_epoch);
    for (double epoch = asked->from_epoch + 1; epoch <= last && verdict != VERDICT_STOP;
         epoch++) {
        measure_at(measured, runner, asked, epoch);
        measured->pruned = epoch < last;
        struct intermediate value = {epoch, measured->told[0]};
        if (sampler->type->report)
            verdict =
                sampler->type->report(sampler->state, runner->n_told, value, &asked->cpu_s);
    }
    measured->energy_j -= before.energy_j;
}

static enum status tell_oldest(struct runner *runner)
{
    const struct sampler *sampler = runner->sampler;
    struct asked *asked = trial_of(runner, runner->n_told);
    struct measurement measured;
    target_measure(&measured, runner->target, asked->point, runner->plan->seed, runner->n_told);
    if (runner->target->kind == KIND_EPOCHS)
        train(&measured, runner, asked);
    if (isfinite(measured.energy_j))
        runner->spent_j += measured.energy_j;
    enum status status = sampler->type->tell(sampler->state, runner->n_told, &measured,
                                             &asked->cpu_s, runner->err);
    runner->n_told++;
    return status ? status : trace_add(runner->trace, &measured, asked->cpu_s);
}

/* Ask until one is proposed, for which results may be needed first. */
static enum ask ask_next(struct runner *runner, enum status *status)
{
    const struct sampler *sampler = runner->sampler;
    struct asked *asked = trial_of(runner, runner->n_asked);
    enum ask ask = ASK_WAIT;
    asked->cpu_s = asked->from_epoch = 0;
    while (ask == ASK_WAIT && !*status) {
        ask = sampler->type->ask(sampler->state, asked, runner->err);
        if (ask == ASK_WAIT && runner->n_told == runner->n_asked)
            *status = error_set(runner->err, ST_FAILED, "%s waits for nothing", sampler->label);
        else if (ask == ASK_WAIT)
            *status = tell_oldest(runner);
    }
    if (ask == ASK_FAILED && !*status)
        *status = ST_FAILED;
    return ask;
}

static bool is_over(const struct runner *runner)
{
    size_t trials = runner->plan->trials;
    if (!runner->plan->by_joules)
        return runner->n_asked == trials;
    return runner->spent_j >= runner->target->random_j * (double)trials ||
           runner->n_asked == SHORT_TRIALS_MAX * trials;
}

static enum status make_trials(struct runner *runner)
{
    enum status status = ST_OK;
    while (!is_over(runner) && !status) {
        if (ask_next(runner, &status) != ASK_PROPOSED)
            break;
        runner->n_asked++;
        if (runner->n_asked - runner->n_told == runner->plan->workers)
            status = tell_oldest(runner);
    }
    while (runner->n_told < runner->n_asked && !status)
        status = tell_oldest(runner);
    return status;
}

/* One block for the points of all workers and the scratch. */
static enum status run_trials(struct runner *runner)
{
    size_t n = space_count(runner->target->space), workers = runner->plan->workers;
    double *points = calloc((workers + 1) * n, sizeof *points);
    enum status status = ST_NOMEM;
    runner->asked = calloc(workers, sizeof *runner->asked);
    if (points && runner->asked) {
        for (size_t w = 0; w < workers; w++)
            runner->asked[w].point = points + w * n;
        runner->scratch = points + workers * n;
        status = make_trials(runner);
    }
    free(points);
    free(runner->asked);
    return status;
}

enum status run(struct trace *trace, const struct sampler *sampler, const struct target *target,
                const struct run_plan *plan, struct error *err)
{
    struct runner runner = {
        .sampler = sampler, .target = target, .plan = plan, .trace = trace, .err = err};
    enum status status = sampler->type->begin(sampler->state, target, plan, err);
    if (status)
        return status;
    status = run_trials(&runner);
    sampler->type->end(sampler->state);
    if (!status)
        status = trace_judge(trace, target);
    if (status)
        trace_free(trace);
    return status;
}
