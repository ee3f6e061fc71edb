#include "search/configs.h"

#include "search/history.h"
#include "search/unasked.h"

#include <stdlib.h>
#include <string.h>

struct configs {
    struct fidelity fidelity;
    struct problem problem; /* over the space in which the fidelity is a constant */
    struct space *space;    /* that space */
    struct history asked;   /* a pending trial for each configuration */
    struct unasked *unasked;
    size_t seen, started;
    double *point;
};

enum status configs_create(struct configs **out, const struct problem *problem,
                           const struct fidelity *fidelity)
{
    *out = NULL;
    struct configs *configs = calloc(1, sizeof *configs);
    if (!configs)
        return ST_NOMEM;
    configs->fidelity = *fidelity;
    configs->problem = *problem;
    configs->point = calloc(space_count(problem->space), sizeof *configs->point);
    enum status status = configs->point
                             ? space_hold(&configs->space, problem->space, fidelity->param)
                             : ST_NOMEM;
    configs->problem.space = configs->space;
    configs->problem.earlier =
        NULL; /* points of the whole space, and no training to go on from */
    configs->problem.n_earlier = 0;
    if (!status) {
        history_init(&configs->asked, &configs->problem);
        status = unasked_create(&configs->unasked, &configs->problem);
    }
    if (status)
        configs_free(configs);
    else
        *out = configs;
    return status;
}

void configs_free(struct configs *configs)
{
    if (!configs)
        return;
    unasked_free(configs->unasked);
    history_free(&configs->asked);
    space_free(configs->space);
    free(configs->point);
    free(configs);
}

double configs_count(const struct configs *configs)
{
    return space_size(configs->space);
}

enum status configs_update(struct configs *configs, const struct history *history)
{
    size_t size = space_count(history->space) * sizeof *configs->point;
    for (; configs->seen < history->n; configs->seen++) {
        const struct trial *trial = &history->trials[configs->seen];
        memcpy(configs->point, trial->point, size);
        configs->point[configs->fidelity.param] = 0;
        if (!history_contains(&configs->asked, configs->point) &&
            history_append(&configs->asked, &(struct proposal){configs->point, TRIAL_NONE}))
            return ST_NOMEM;
        configs->started += trial->continues == TRIAL_NONE;
    }
    return ST_OK;
}

const struct problem *configs_problem(const struct configs *configs)
{
    return &configs->problem;
}

const struct history *configs_history(const struct configs *configs)
{
    return &configs->asked;
}

size_t configs_started(const struct configs *configs)
{
    return configs->started;
}

bool configs_draw(struct configs *configs, uint64_t seed, double value, double *point)
{
    if (!unasked_draw(configs->unasked, &configs->asked, seed, point))
        return false;
    point[configs->fidelity.param] = value;
    return true;
}
