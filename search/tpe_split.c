#include "search/tpe_split.h"

#include "search/fronts.h"
#include "search/past.h"

#include <stdlib.h>

void tpe_split_init(struct tpe_split *split, const struct problem *problem)
{
    *split = (struct tpe_split){.problem = problem};
}

void tpe_split_free(struct tpe_split *split)
{
    free(split->ranked);
    free(split->values);
    free(split->bad);
}

/* Room for all trials of the history everywhere, so that what follows cannot fail. */
static enum status reserve(struct tpe_split *split, size_t n)
{
    if (n <= split->capacity)
        return ST_OK;
    size_t capacity = n + n / 2 + 32;
    struct tpe_ranked *ranked = realloc(split->ranked, capacity * sizeof *ranked);
    if (!ranked)
        return ST_NOMEM;
    split->ranked = ranked;
    double *values =
        realloc(split->values, capacity * split->problem->n_objectives * sizeof *values);
    if (!values)
        return ST_NOMEM;
    split->values = values;
    size_t *bad = realloc(split->bad, capacity * sizeof *bad);
    if (!bad)
        return ST_NOMEM;
    split->bad = bad;
    split->capacity = capacity;
    return ST_OK;
}

static void add_complete(struct tpe_split *split, const struct trial *trial, size_t number)
{
    size_t n = split->problem->n_objectives;
    double *values = split->values + split->n_complete * n;
    struct tpe_ranked added = {.order = split->n_complete, .trial = number};
    for (size_t k = 0; k < n; k++)
        values[k] = goal_cost(split->problem->objectives[k].goal, trial->values[k]);
    for (size_t i = 0; i < split->n_complete; i++) {
        struct tpe_ranked *other = &split->ranked[i];
        added.dominated += fronts_dominates(split->values + other->order * n, values, n);
        other->dominated += fronts_dominates(values, split->values + other->order * n, n);
    }
    split->ranked[split->n_complete++] = added;
}

static int best_first(const void *a, const void *b)
{
    const struct tpe_ranked *x = a, *y = b;
    if (x->dominated != y->dominated)
        return x->dominated < y->dominated ? -1 : 1;
    return x->order < y->order ? -1 : 1;
}

enum status tpe_split_update(struct tpe_split *split, const struct history *history)
{
    const struct problem *problem = split->problem;
    if (reserve(split, past_started(problem, history)))
        return ST_NOMEM;
    split->n_bad = split->n_failed;
    for (; split->seen < past_count(problem, history); split->seen++) {
        const struct trial *trial = past_trial(problem, history, split->seen);
        size_t number = past_number(problem, history, split->seen);
        if (trial->state == TRIAL_COMPLETE)
            add_complete(split, trial, number);
        else if (trial->state != TRIAL_CANCELLED)
            split->bad[split->n_bad++] = number;
    }
    split->n_failed = split->n_bad;
    for (size_t i = 0; i < history->n_pending; i++)
        split->bad[split->n_bad++] = problem->n_earlier + history->pending[i];
    if (split->n_complete > 1)
        qsort(split->ranked, split->n_complete, sizeof *split->ranked, best_first);
    return ST_OK;
}

size_t tpe_split_good(const struct tpe_split *split, size_t wanted)
{
    size_t good = wanted < split->n_complete ? wanted : split->n_complete;
    if (split->problem->n_objectives > 1)
        while (good < split->n_complete && split->ranked[good].dominated == 0)
            good++;
    return good;
}
