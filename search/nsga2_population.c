#include "search/nsga2_population.h"

#include "search/fronts.h"
#include "search/past.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Larger costs count as this much, which leaves room for those of pruned and failed trials. */
#define LARGEST 1e100
#define COST_PRUNED DBL_MAX
#define COST_FAILED HUGE_VAL

enum status population_init(struct population *p, const struct problem *problem, size_t size)
{
    size_t room = size + 1;
    *p = (struct population){.problem = problem,
                             .size = size,
                             .trial = calloc(room, sizeof *p->trial),
                             .cost = calloc(room * problem->n_objectives, sizeof *p->cost),
                             .front = calloc(room, sizeof *p->front),
                             .crowding = calloc(room, sizeof *p->crowding),
                             .order = calloc(room, sizeof *p->order)};
    return p->trial && p->cost && p->front && p->crowding && p->order ? ST_OK : ST_NOMEM;
}

void population_free(struct population *p)
{
    free(p->trial);
    free(p->cost);
    free(p->front);
    free(p->crowding);
    free(p->order);
}

static double cost_of(const struct objective *objective, const struct trial *trial, size_t k)
{
    if (trial->state == TRIAL_PRUNED)
        return COST_PRUNED;
    if (trial->state == TRIAL_FAILED)
        return COST_FAILED;
    double cost = goal_cost(objective->goal, trial->values[k]);
    return fmin(fmax(cost, -LARGEST), LARGEST);
}

static void add(struct population *p, const struct history *history, size_t number)
{
    const struct trial *trial = past_numbered(p->problem, history, number);
    size_t m = p->problem->n_objectives;
    for (size_t k = 0; k < m; k++)
        p->cost[p->n * m + k] = cost_of(&p->problem->objectives[k], trial, k);
    p->n_complete += trial->state == TRIAL_COMPLETE;
    p->trial[p->n++] = number;
}

static void rank(struct population *p)
{
    size_t m = p->problem->n_objectives;
    fronts_sort(p->cost, p->n, m, p->front, p->order);
    fronts_crowding(p->cost, p->n, m, p->front, p->crowding, p->order);
}

static bool is_better(const struct population *p, size_t a, size_t b)
{
    if (p->front[a] != p->front[b])
        return p->front[a] < p->front[b];
    return p->crowding[a] > p->crowding[b];
}

static void remove_worst(struct population *p)
{
    size_t worst = 0, m = p->problem->n_objectives;
    for (size_t i = 1; i < p->n; i++)
        if (is_better(p, worst, i))
            worst = i;
    size_t after = p->n - worst - 1;
    p->n_complete -= p->cost[worst * m] <= LARGEST;
    memmove(p->trial + worst, p->trial + worst + 1, after * sizeof *p->trial);
    memmove(p->cost + worst * m, p->cost + (worst + 1) * m, after * m * sizeof *p->cost);
    p->n--;
}

void population_update(struct population *p, const struct history *history)
{
    size_t n = past_count(p->problem, history);
    if (p->seen == n)
        return;
    for (; p->seen < n; p->seen++) {
        if (past_trial(p->problem, history, p->seen)->state == TRIAL_CANCELLED)
            continue;
        add(p, history, past_number(p->problem, history, p->seen));
        if (p->n <= p->size)
            continue;
        rank(p);
        remove_worst(p);
    }
    rank(p);
}

/* One of the members but two, each as likely. */
static size_t draw(const struct population *p, struct rng *rng, size_t excluded, size_t second)
{
    size_t low = excluded < second ? excluded : second;
    size_t high = excluded < second ? second : excluded;
    size_t left = p->n - (low < p->n) - (high < p->n);
    size_t member = (size_t)rng_below(rng, left);
    member += member >= low;
    return member + (member >= high);
}

size_t population_tournament(const struct population *p, struct rng *rng, size_t excluded)
{
    size_t first = draw(p, rng, excluded, SIZE_MAX);
    if (p->n - (excluded < p->n) < 2)
        return first;
    size_t second = draw(p, rng, excluded, first);
    return is_better(p, second, first) ? second : first;
}
