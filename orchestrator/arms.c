#include "orchestrator/arms.h"

#include <stdlib.h>

static enum status open_strategy(struct strategy **out, const struct study *study,
                                 const struct study_arm *arm, struct error *err)
{
    struct problem problem = study_problem(study);
    problem.seed = arm->seed;
    struct json_problems problems = {.source = study->path};
    enum status status = strategy_create(out, &problem, study->strategies[arm->strategy].entry,
                                         study->enqueue, "strategies", &problems);
    if (status)
        error_set(err, status, "%.400s",
                  problems.count ? strbuf_text(&problems.text) : "no memory for a strategy");
    json_problems_free(&problems);
    return status;
}

enum status arm_open(struct coordinator_arm *made, const struct study *study, size_t i,
                     struct error *err)
{
    const struct study_arm *arm = &study->arms[i];
    *made = (struct coordinator_arm){.label = study->strategies[arm->strategy].label,
                                     .repeat = arm->repeat,
                                     .seed = arm->seed};
    enum status status = open_strategy(&made->strategy, study, arm, err);
    made->continues = !status && strategy_continues(made->strategy);
    return status;
}

enum status arms_open(struct arms *arms, const struct study *study, struct error *err)
{
    *arms = (struct arms){0};
    arms->list = calloc(study->n_arms, sizeof *arms->list);
    if (!arms->list)
        return error_set(err, ST_NOMEM, "no memory for the arms");
    for (; arms->n < study->n_arms; arms->n++) {
        enum status status = arm_open(&arms->list[arms->n], study, arms->n, err);
        if (status) {
            arms_close(arms);
            return status;
        }
    }
    return ST_OK;
}

void arms_close(struct arms *arms)
{
    for (size_t i = 0; i < arms->n; i++)
        strategy_free(arms->list[i].strategy);
    free(arms->list);
    *arms = (struct arms){0};
}

struct arm_record *arms_to_records(const struct study *study)
{
    struct arm_record *records = calloc(study->n_arms, sizeof *records);
    for (size_t i = 0; records && i < study->n_arms; i++)
        records[i] =
            (struct arm_record){.number = (uint32_t)i,
                                .strategy = study->strategies[study->arms[i].strategy].label,
                                .repeat = study->arms[i].repeat,
                                .seed = study->arms[i].seed};
    return records;
}

struct coordinator_options arms_coordinator_options(const struct study *study)
{
    return (struct coordinator_options){.study = study->name,
                                        .space = study->space,
                                        .objectives = study->objectives,
                                        .n_objectives = study->n_objectives,
                                        .constraints = study->constraints,
                                        .n_constraints = study->n_constraints,
                                        .budget = study->budget,
                                        .retries = study->trial->retries,
                                        .grace_s = study->trial->grace_s};
}
