/* A strategy of search/ as a sampler. */
#include "base/clock.h"
#include "tests/bench/search/sampler.h"

#include <stdlib.h>
#include <string.h>

struct strategy_sampler {
    struct json *entry;
    const char *label;
    struct strategy *strategy; /* of the present run, */
    const struct target *target;
};

static void strategy_sampler_close(void *state)
{
    struct strategy_sampler *sampler = state;
    if (!sampler)
        return;
    json_free(sampler->entry);
    free(sampler);
}

static enum status strategy_sampler_open(void **state, const struct sampler_choice *choice,
                                         struct error *err)
{
    struct strategy_sampler *sampler = calloc(1, sizeof *sampler);
    if (!sampler)
        return error_set(err, ST_NOMEM, "out of memory");
    sampler->label = choice->label;
    enum status status =
        json_parse(&sampler->entry, choice->entry, strlen(choice->entry), choice->label, err);
    if (status)
        strategy_sampler_close(sampler);
    else
        *state = sampler;
    return status;
}

static enum status strategy_sampler_begin(void *state, const struct target *target,
                                          const struct run_plan *plan, struct error *err)
{
    struct strategy_sampler *sampler = state;
    struct json_problems problems = {.source = target->name};
    struct problem problem = {.space = target->space,
                              .objectives = target->objectives,
                              .n_objectives = target->n_values,
                              .seed = rng_derive(plan->seed, "arm", 0, 0)};
    if (plan->by_joules)
        problem.budget_energy_j = target->random_j * (double)plan->trials;
    else
        problem.budget_trials = plan->trials;
    sampler->target = target;
    enum status status = strategy_create(&sampler->strategy, &problem, sampler->entry, NULL,
                                         sampler->label, &problems);
    if (status)
        error_set(err, status, "%s",
                  problems.count > 0 ? strbuf_text(&problems.text) : status_text(status));
    json_problems_free(&problems);
    return status;
}

static void strategy_sampler_end(void *state)
{
    struct strategy_sampler *sampler = state;
    strategy_free(sampler->strategy);
    sampler->strategy = NULL;
}

/* The epochs of the checkpoint that a trial goes on from: of what was reported last when the
 * other one was stopped on its way. */
static double checkpoint_of(const struct strategy_sampler *sampler, const struct trial *trial)
{
    if (trial->continues == TRIAL_NONE)
        return 0;
    const struct trial *before = &strategy_history(sampler->strategy)->trials[trial->continues];
    if (before->state == TRIAL_PRUNED && before->n_reports > 0)
        return before->reports[before->n_reports - 1].step;
    return target_epochs(sampler->target, before->point);
}

static enum ask strategy_sampler_ask(void *state, struct asked *asked, struct error *err)
{
    struct strategy_sampler *sampler = state;
    const struct space *space = sampler->target->space;
    const struct trial *trial;
    double from_s = clock_thread_cpu_s();
    enum ask ask = strategy_ask(sampler->strategy, &trial);
    asked->cpu_s += clock_thread_cpu_s() - from_s;
    if (ask == ASK_PROPOSED) {
        memcpy(asked->point, trial->point, space_count(space) * sizeof *asked->point);
        asked->from_epoch = checkpoint_of(sampler, trial);
    }
    if (ask == ASK_FAILED)
        error_set(err, ST_NOMEM, "out of memory");
    return ask;
}

static enum verdict strategy_sampler_report(void *state, uint64_t number,
                                            struct intermediate value, double *cpu_s)
{
    struct strategy_sampler *sampler = state;
    double from_s = clock_thread_cpu_s();
    enum verdict verdict = strategy_report(sampler->strategy, number, value);
    *cpu_s += clock_thread_cpu_s() - from_s;
    return verdict;
}

static enum trial_state state_of(const struct measurement *measurement)
{
    return measurement->failed   ? TRIAL_FAILED
           : measurement->pruned ? TRIAL_PRUNED
                                 : TRIAL_COMPLETE;
}

static enum status strategy_sampler_tell(void *state, uint64_t number,
                                         const struct measurement *measurement, double *cpu_s,
                                         struct error *err)
{
    struct strategy_sampler *sampler = state;
    enum trial_state told = state_of(measurement);
    struct trial_result result = {.values = told == TRIAL_COMPLETE ? measurement->told : NULL,
                                  .energy_j = measurement->energy_j};
    double from_s = clock_thread_cpu_s();
    enum status status = strategy_tell(sampler->strategy, number, told, &result);
    *cpu_s += clock_thread_cpu_s() - from_s;
    return status ? error_set(err, status, "trial %lu was refused", (unsigned long)number)
                  : ST_OK;
}

const struct sampler_type sampler_strategy = {
    .open = strategy_sampler_open,
    .close = strategy_sampler_close,
    .begin = strategy_sampler_begin,
    .end = strategy_sampler_end,
    .ask = strategy_sampler_ask,
    .report = strategy_sampler_report,
    .tell = strategy_sampler_tell,
};
