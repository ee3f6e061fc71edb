#include "search/local.h"

#include "search/fronts.h"
#include "search/past.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Shares of the chosen ones. */
#define BEST (LOCAL_CHOSEN / 3)
#define NEAR (LOCAL_CHOSEN / 3)

/* Trials that the near ones are near to. */
#define CENTRES 5

struct candidates {
    const struct problem *problem;
    const struct history *history;
    size_t n, objectives;
    double *cost;     /* [n x objectives]; INFINITY for a trial that counts as bad */
    double *u;        /* [n x dims] */
    double *distance; /* [n]: to the nearest centre */
    size_t *order;    /* [n] */
    bool *chosen;     /* [n], the caller's */
};

static void describe(struct candidates *c, size_t i)
{
    const struct trial *trial = past_trial(c->problem, c->history, i);
    bool good = trial->state == TRIAL_COMPLETE &&
                constraints_judge(c->problem->constraints, c->problem->n_constraints,
                                  trial->constrained) != INFEASIBLE;
    for (size_t k = 0; k < c->objectives; k++)
        c->cost[i * c->objectives + k] =
            good ? goal_cost(c->problem->objectives[k].goal, trial->values[k]) : HUGE_VAL;
    space_to_unit(c->problem->space, trial->point, c->u + i * space_dims(c->problem->space));
}

static const double *cost_of(const struct candidates *c, size_t i)
{
    return c->cost + i * c->objectives;
}

/* Put i into front[n] when none of it dominates i, in place of those that i dominates. Answers
 * the new n; more than are wanted there never are, however many are equal. */
static size_t enter(const struct candidates *c, size_t *front, size_t n, size_t i)
{
    size_t kept = 0;
    if (n == LOCAL_CHOSEN || !isfinite(cost_of(c, i)[0]))
        return n;
    for (size_t k = 0; k < n; k++)
        if (fronts_dominates(cost_of(c, front[k]), cost_of(c, i), c->objectives))
            return n;
    for (size_t k = 0; k < n; k++)
        if (!fronts_dominates(cost_of(c, i), cost_of(c, front[k]), c->objectives))
            front[kept++] = front[k];
    front[kept++] = i;
    return kept;
}

/* Choose front after front until there are enough; the last one in part, evenly. The first few
 * chosen ones stay in order[]. Answers how many. */
static size_t choose_best(struct candidates *c)
{
    size_t n = 0;
    while (n < BEST) {
        size_t *front = c->order + n, n_front = 0;
        for (size_t i = 0; i < c->n; i++)
            if (!c->chosen[i])
                n_front = enter(c, front, n_front, i);
        if (n_front == 0)
            break;
        size_t take = n_front < BEST - n ? n_front : BEST - n;
        for (size_t k = 0; k < take; k++) {
            front[k] = front[k * n_front / take];
            c->chosen[front[k]] = true;
        }
        n += take;
    }
    return n;
}

static double distance(const struct candidates *c, size_t i, size_t j)
{
    size_t dims = space_dims(c->problem->space);
    double sum = 0;
    for (size_t d = 0; d < dims; d++) {
        double step = c->u[i * dims + d] - c->u[j * dims + d];
        sum += step * step;
    }
    return sum;
}

static int nearest_first(const void *a, const void *b, void *of)
{
    size_t i = *(const size_t *)a, j = *(const size_t *)b;
    const double *distances = of;
    if (distances[i] != distances[j])
        return distances[i] < distances[j] ? -1 : 1;
    return (i > j) - (i < j);
}

/* List those not chosen yet into order[]. Answers how many. */
static size_t list_rest(struct candidates *c)
{
    size_t n = 0;
    for (size_t i = 0; i < c->n; i++)
        if (!c->chosen[i])
            c->order[n++] = i;
    return n;
}

/* The best n are in order[]. */
static void choose_near(struct candidates *c, size_t n)
{
    size_t centres[CENTRES], n_centres = n < CENTRES ? n : CENTRES;
    memcpy(centres, c->order, n_centres * sizeof *centres);
    for (size_t i = 0; i < c->n; i++) {
        c->distance[i] = HUGE_VAL;
        for (size_t k = 0; k < n_centres; k++)
            c->distance[i] = fmin(c->distance[i], distance(c, i, centres[k]));
    }
    size_t rest = list_rest(c);
    qsort_r(c->order, rest, sizeof *c->order, nearest_first, c->distance);
    for (size_t k = 0; k < rest && k < NEAR; k++)
        c->chosen[c->order[k]] = true;
}

/* Evenly over the order of telling: the early ones are spread over the space. */
static void choose_even(struct candidates *c, size_t most)
{
    size_t rest = list_rest(c), take = most < rest ? most : rest;
    for (size_t k = 0; k < take; k++)
        c->chosen[c->order[k * rest / take]] = true;
}

enum status local_choose(const struct problem *problem, const struct history *history, size_t n,
                         size_t n_objectives, bool *chosen)
{
    size_t dims = space_dims(problem->space);
    double *memory = malloc((n * (n_objectives + dims + 1) + 1) * sizeof *memory);
    size_t *order = malloc((n + 1) * sizeof *order);
    if (!memory || !order) {
        free(memory);
        free(order);
        return ST_NOMEM;
    }
    struct candidates c = {problem,
                           history,
                           n,
                           n_objectives,
                           memory,
                           memory + n * n_objectives,
                           memory + n * (n_objectives + dims),
                           order,
                           chosen};
    memset(chosen, 0, n * sizeof *chosen);
    for (size_t i = 0; i < n; i++)
        describe(&c, i);
    choose_near(&c, choose_best(&c));
    choose_even(&c, LOCAL_CHOSEN - BEST - NEAR);
    free(memory);
    free(order);
    return ST_OK;
}
