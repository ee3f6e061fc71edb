#include "search/halving.h"

#include "search/configs.h"
#include "search/ladder.h"

#include <stdlib.h>

struct halving {
    const struct problem *problem;
    struct rungs rungs;
    halving_bracket *bracket;
    struct configs *configs;
    struct ladder *ladders; /* [rungs.n]: by the lowest rung of a bracket; without brackets only
                               the first is in use */
    size_t seen;            /* told trials on their ladders */
};

void halving_free(void *state)
{
    struct halving *halving = state;
    if (!halving)
        return;
    for (size_t b = 0; halving->ladders && b < halving->rungs.n; b++)
        ladder_free(&halving->ladders[b]);
    configs_free(halving->configs);
    free(halving->ladders);
    free(halving);
}

static enum status create_parts(struct halving *halving)
{
    halving->ladders = calloc(halving->rungs.n, sizeof *halving->ladders);
    if (!halving->ladders)
        return ST_NOMEM;
    for (size_t b = 0; b < halving->rungs.n; b++)
        halving->ladders[b].rungs = &halving->rungs;
    return configs_create(&halving->configs, halving->problem, &halving->rungs.fidelity);
}

enum status halving_create(struct halving **out, const struct problem *problem,
                           struct json_reader *options, halving_bracket *bracket,
                           struct error *err)
{
    *out = NULL;
    struct halving *halving = calloc(1, sizeof *halving);
    if (!halving)
        return error_set(err, ST_NOMEM, "out of memory");
    halving->problem = problem;
    halving->bracket = bracket;
    enum status status = rungs_read(&halving->rungs, problem, options);
    if (!status)
        status = create_parts(halving);
    if (status)
        halving_free(halving);
    else
        *out = halving;
    return status;
}

double halving_count(const void *state)
{
    const struct halving *halving = state;
    return configs_count(halving->configs) * (double)halving->rungs.n;
}

bool halving_continues(const void *state)
{
    (void)state;
    return true;
}

/* The ladder of a trial: that of the rung on which its configuration began. */
static struct ladder *ladder_of(const struct halving *halving, const struct history *history,
                                const struct trial *trial)
{
    if (!halving->bracket)
        return &halving->ladders[0];
    while (trial->continues != TRIAL_NONE)
        trial = &history->trials[trial->continues];
    return &halving->ladders[rungs_of(&halving->rungs, trial->point)];
}

static enum status update(struct halving *halving, const struct history *history)
{
    for (; halving->seen < history->n_told; halving->seen++) {
        const struct trial *trial = &history->trials[history->told[halving->seen]];
        if (trial->state != TRIAL_CANCELLED &&
            ladder_add(ladder_of(halving, history, trial), trial,
                       halving->problem->objectives[0].goal))
            return ST_NOMEM;
    }
    return configs_update(halving->configs, history);
}

typedef bool promotion(struct ladder *ladder, const struct history *history,
                       struct proposal *proposal);

static bool promote_any(struct halving *halving, promotion *promote,
                        const struct history *history, struct proposal *proposal)
{
    for (size_t b = 0; b < halving->rungs.n; b++)
        if (promote(&halving->ladders[b], history, proposal))
            return true;
    return false;
}

static bool start_new(struct halving *halving, const struct history *history, double *point)
{
    size_t started = configs_started(halving->configs);
    size_t rung = halving->bracket ? halving->bracket(&halving->rungs, started) : 0;
    uint64_t seed = rng_derive(halving->problem->seed, "halving", history->n, 0);
    return configs_draw(halving->configs, seed, rungs_value(&halving->rungs, rung), point);
}

enum ask halving_ask(void *state, const struct history *history, struct proposal *proposal)
{
    struct halving *halving = state;
    if (update(halving, history))
        return ASK_FAILED;
    if (promote_any(halving, ladder_promote, history, proposal) ||
        start_new(halving, history, proposal->point))
        return ASK_PROPOSED;
    if (history->n_pending > 0) /* its result may allow a promotion */
        return ASK_WAIT;
    return promote_any(halving, ladder_finish, history, proposal) ? ASK_PROPOSED : ASK_DONE;
}
