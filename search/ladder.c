#include "search/ladder.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

void ladder_free(struct ladder *ladder)
{
    for (size_t k = 0; k < RUNGS_MAX; k++)
        free(ladder->at[k].ranked);
}

static enum status reserve(struct ladder_rung *rung)
{
    if (rung->n < rung->capacity)
        return ST_OK;
    size_t capacity = 2 * rung->capacity + 16;
    struct climber *ranked = realloc(rung->ranked, capacity * sizeof *ranked);
    if (!ranked)
        return ST_NOMEM;
    rung->ranked = ranked;
    rung->capacity = capacity;
    return ST_OK;
}

enum status ladder_add(struct ladder *ladder, const struct trial *trial, enum goal goal)
{
    struct ladder_rung *rung = &ladder->at[rungs_of(ladder->rungs, trial->point)];
    bool complete = trial->state == TRIAL_COMPLETE;
    double cost = complete ? goal_cost(goal, trial->values[0]) : HUGE_VAL;
    if (reserve(rung))
        return ST_NOMEM;
    size_t place = rung->n++;
    while (place > 0 && cost < rung->ranked[place - 1].cost)
        place--;
    struct climber *at = rung->ranked + place;
    memmove(at + 1, at, (rung->n - 1 - place) * sizeof *at);
    *at = (struct climber){.cost = cost, .trial = (size_t)trial->number};
    return ST_OK;
}

/* Propose the point of a trial on the rung above `rung`; false when it was asked for. */
static bool climb(const struct ladder *ladder, struct climber *climber, size_t rung,
                  const struct history *history, struct proposal *proposal)
{
    const struct trial *trial = &history->trials[climber->trial];
    memcpy(proposal->point, trial->point,
           space_count(history->space) * sizeof *proposal->point);
    proposal->point[ladder->rungs->fidelity.param] = rungs_value(ladder->rungs, rung + 1);
    proposal->continues = (int64_t)trial->number;
    climber->promoted = history_asked(history, proposal->point);
    return !climber->promoted;
}

/* The best of the first `share` of a rung that has not gone up. */
static bool climb_first(const struct ladder *ladder, struct ladder_rung *rung, size_t share,
                        const struct history *history, struct proposal *proposal)
{
    size_t k = (size_t)(rung - ladder->at);
    for (size_t i = 0; i < share && isfinite(rung->ranked[i].cost); i++)
        if (!rung->ranked[i].promoted && climb(ladder, &rung->ranked[i], k, history, proposal))
            return true;
    proposal->continues = TRIAL_NONE;
    return false;
}

bool ladder_promote(struct ladder *ladder, const struct history *history,
                    struct proposal *proposal)
{
    for (size_t k = ladder->rungs->n - 1; k-- > 0;) {
        struct ladder_rung *rung = &ladder->at[k];
        size_t share = (size_t)((double)rung->n / ladder->rungs->eta);
        if (climb_first(ladder, rung, share, history, proposal))
            return true;
    }
    return false;
}

/* Has one of the rung gone up? (The flags alone do not say: they are set when a trial is among
 * the best.) */
static bool any_promoted(const struct ladder *ladder, struct ladder_rung *rung,
                         const struct history *history, struct proposal *proposal)
{
    size_t k = (size_t)(rung - ladder->at);
    for (size_t i = 0; i < rung->n; i++)
        if (!climb(ladder, &rung->ranked[i], k, history, proposal))
            return true;
    return false;
}

bool ladder_finish(struct ladder *ladder, const struct history *history,
                   struct proposal *proposal)
{
    for (size_t k = 0; k + 1 < ladder->rungs->n; k++) {
        struct ladder_rung *rung = &ladder->at[k];
        if (!any_promoted(ladder, rung, history, proposal) &&
            climb_first(ladder, rung, rung->n, history, proposal))
            return true;
    }
    proposal->continues = TRIAL_NONE;
    return false;
}
