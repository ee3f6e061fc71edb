#include "search/maximise.h"

#include "search/box_bfgs.h"
#include "search/cells.h"
#include "search/moves.h"
#include "search/sobol.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

struct maximiser {
    const struct problem *problem;
    struct cells *cells;
    size_t count, dims;
    struct pool pool; /* all candidates */
    struct pool step; /* neighbours, and ends of ascents */
    struct box_bfgs *ascents[MAXIMISE_STARTS];
    size_t starts[MAXIMISE_STARTS]; /* places in the pool */
    bool moving[MAXIMISE_STARTS];   /* the last turn found something better */
    size_t n_starts;
    double *u, *slopes; /* [MAXIMISE_STARTS x dims] */
    double *scratch;    /* [2 x dims] */
};

enum status maximiser_create(struct maximiser **out, const struct problem *problem)
{
    struct maximiser *m = calloc(1, sizeof *m);
    if (!m)
        return ST_NOMEM;
    m->problem = problem;
    m->pool.space = m->step.space = problem->space;
    m->count = space_count(problem->space);
    m->dims = space_dims(problem->space);
    m->u = calloc(MAXIMISE_STARTS * m->dims + 1, sizeof *m->u);
    m->slopes = calloc(MAXIMISE_STARTS * m->dims + 1, sizeof *m->slopes);
    m->scratch = calloc(2 * m->dims + 1, sizeof *m->scratch);
    enum status status = m->u && m->slopes && m->scratch ? ST_OK : ST_NOMEM;
    for (size_t s = 0; s < MAXIMISE_STARTS && !status; s++)
        status = box_bfgs_create(&m->ascents[s], m->dims);
    if (!status)
        status = cells_create(&m->cells, problem->space, CELLS_ALL, NULL);
    if (status)
        maximiser_free(m);
    else
        *out = m;
    return status;
}

void maximiser_free(struct maximiser *m)
{
    if (!m)
        return;
    for (size_t s = 0; s < MAXIMISE_STARTS; s++)
        box_bfgs_free(m->ascents[s]);
    cells_free(m->cells);
    pool_free(&m->pool);
    pool_free(&m->step);
    free(m->u);
    free(m->slopes);
    free(m->scratch);
    free(m);
}

static bool is_taken(const struct maximiser *m, const struct history *history,
                     const double *point)
{
    return history && !m->problem->allow_duplicates && history_contains(history, point);
}

/* Candidates. */

static enum status list_all(struct maximiser *m, const struct history *history)
{
    size_t n = (size_t)cells_count(m->cells);
    enum status status = pool_reset(&m->pool, n);
    for (size_t k = 0; k < n && !status; k++) {
        double *point = pool_point(&m->pool, m->pool.n);
        cells_point(m->cells, k, point);
        if (!is_taken(m, history, point))
            pool_push(&m->pool);
    }
    return status;
}

static enum status sweep(struct maximiser *m, uint64_t seed, size_t n)
{
    struct sobol *sobol = NULL;
    if (sobol_create(&sobol, m->dims, rng_derive(seed, "sweep", 0, 0)))
        return ST_NOMEM;
    for (size_t k = 0; k < n; k++) {
        sobol_point(sobol, k, m->scratch);
        space_sample(m->problem->space, m->scratch, pool_point(&m->pool, m->pool.n));
        pool_push(&m->pool);
    }
    sobol_free(sobol);
    return ST_OK;
}

/* The good points themselves and perturbed copies of them, the best first and most often, at
 * scales from a tenth of the range down. */
static void look_near(struct maximiser *m, uint64_t seed, const double *good, size_t n_good,
                      size_t n)
{
    static const double scales[] = {0.1, 0.03, 0.01, 0.003};
    struct rng rng;
    rng_seed(&rng, rng_derive(seed, "near", 0, 0));
    for (size_t k = 0; k < n_good; k++) {
        memcpy(pool_point(&m->pool, m->pool.n), good + k * m->count, m->count * sizeof(double));
        pool_push(&m->pool);
    }
    for (size_t k = 0; k < n && n_good > 0; k++) {
        size_t which = (size_t)rng_below(&rng, 1 + rng_below(&rng, n_good));
        move_randomly(m->problem->space, &rng, good + which * m->count, scales[k % 4],
                      m->scratch, pool_point(&m->pool, m->pool.n));
        pool_push(&m->pool);
    }
}

/* Local search. */

/* True when a start that was chosen already lies in the same small box as place i. */
static bool crowded(const struct maximiser *m, size_t i)
{
    const double *u = pool_unit(&m->pool, i);
    for (size_t s = 0; s < m->n_starts; s++) {
        const double *other = pool_unit(&m->pool, m->starts[s]);
        double widest = 0;
        for (size_t d = 0; d < m->dims; d++)
            widest = fmax(widest, fabs(u[d] - other[d]));
        if (widest < 0.05)
            return true;
    }
    return false;
}

static void choose_starts(struct maximiser *m, size_t n)
{
    m->n_starts = 0;
    for (size_t k = 0; k < m->pool.n && m->n_starts < n; k++)
        if (!crowded(m, m->pool.order[k])) {
            m->moving[m->n_starts] = true;
            m->starts[m->n_starts++] = m->pool.order[k];
        }
}

/* Begin the ascent of start s. Only active continuous coordinates are free to move, and of them
 * only the real ones once integers have been rounded. */
static void begin_ascent(struct maximiser *m, size_t s, size_t evaluations, bool only_real)
{
    const struct box_bfgs_limits limits = {evaluations, 0.02, 0.25, 1e-5, 1e-6};
    const struct space *space = m->problem->space;
    const double *u = pool_unit(&m->pool, m->starts[s]);
    const double *point = pool_point(&m->pool, m->starts[s]);
    double *low = m->scratch, *high = m->scratch + m->dims;
    for (size_t d = 0; d < m->dims; d++) {
        size_t i = space_dim_param(space, d);
        const struct param *param = space_param(space, i);
        bool moves = only_real ? param->kind == PARAM_REAL : move_is_continuous(param);
        moves = moves && !isnan(point[i]);
        low[d] = moves ? 0 : u[d];
        high[d] = moves ? 1 : u[d];
    }
    box_bfgs_start(m->ascents[s], u, low, high, &limits);
}

/* Carry on all ascents side by side: one batch of gradients for one step of each. */
static void ascend(struct maximiser *m, const struct score *score)
{
    for (;;) {
        size_t batch[MAXIMISE_STARTS], n = 0;
        double values[MAXIMISE_STARTS];
        for (size_t s = 0; s < m->n_starts; s++) {
            const double *u = m->moving[s] ? box_bfgs_point(m->ascents[s]) : NULL;
            if (u) {
                memcpy(m->u + n * m->dims, u, m->dims * sizeof *u);
                batch[n++] = s;
            }
        }
        if (n == 0)
            return;
        score->evaluate(score->context, m->u, n, values, m->slopes);
        for (size_t k = 0; k < n; k++) {
            double *slope = m->slopes + k * m->dims;
            for (size_t d = 0; d < m->dims; d++)
                slope[d] = -slope[d];
            box_bfgs_tell(m->ascents[batch[k]], -values[k], slope);
        }
    }
}

/* Move start s to the best of the points in m->step when that is better, as a new entry of the
 * pool. */
static bool improve(struct maximiser *m, size_t s, size_t from, size_t to)
{
    size_t best = from;
    for (size_t i = from; i < to; i++)
        if (m->step.values[i] > m->step.values[best])
            best = i;
    if (from == to || !(m->step.values[best] > m->pool.values[m->starts[s]]) ||
        m->pool.n == m->pool.capacity)
        return false;
    pool_push_copy(&m->pool, &m->step, best);
    m->starts[s] = m->pool.n - 1;
    return true;
}

/* One turn along gradients; the ends are rounded to lattice points. */
static void turn_continuous(struct maximiser *m, const struct score *score, size_t evaluations,
                            bool only_real)
{
    for (size_t s = 0; s < m->n_starts; s++)
        if (m->moving[s])
            begin_ascent(m, s, evaluations, only_real);
    ascend(m, score);
    m->step.n = 0;
    for (size_t s = 0; s < m->n_starts; s++)
        if (m->moving[s]) {
            space_from_unit(m->problem->space, box_bfgs_best(m->ascents[s]),
                            pool_point(&m->step, m->step.n));
            pool_push(&m->step);
        }
    pool_score(&m->step, score);
    for (size_t s = 0, k = 0; s < m->n_starts; s++)
        if (m->moving[s]) {
            improve(m, s, k, k + 1);
            k++;
        }
}

/* One turn of discrete steps: each start moves to its best neighbour. Those that do not move
 * are at their end, unless they are to be kept. Answers whether any goes on. */
static bool turn_discrete(struct maximiser *m, const struct score *score, bool keep)
{
    const struct space *space = m->problem->space;
    bool any = false;
    for (size_t s = 0; s < m->n_starts; s++) {
        if (!m->moving[s])
            continue;
        size_t n = moves_from(space, pool_point(&m->pool, m->starts[s]), m->step.points);
        m->step.n = 0;
        while (m->step.n < n)
            pool_push(&m->step);
        pool_score(&m->step, score);
        m->moving[s] = improve(m, s, 0, n) || keep;
        any = any || m->moving[s];
    }
    return any;
}

static bool has_kind(const struct space *space, bool (*is_kind)(const struct param *))
{
    for (size_t d = 0; d < space_dims(space); d++)
        if (is_kind(space_param(space, space_dim_param(space, d))))
            return true;
    return false;
}

static bool is_rounded(const struct param *param)
{
    return move_is_continuous(param) && param->kind != PARAM_REAL;
}

static void search_locally(struct maximiser *m, const struct score *score,
                           const struct effort *effort)
{
    const struct space *space = m->problem->space;
    bool continuous = has_kind(space, move_is_continuous);
    bool rounded = has_kind(space, is_rounded), discrete = moves_most(space) > 0;
    for (size_t turn = 0; turn < effort->turns; turn++) {
        if (continuous)
            turn_continuous(m, score, effort->evaluations, turn > 0);
        if (!discrete || !turn_discrete(m, score, turn == 0 && rounded))
            break;
    }
}

/* The best point of the pool that is not taken. */
static enum status pick(struct maximiser *m, const struct history *history, double *point)
{
    pool_sort(&m->pool);
    for (size_t k = 0; k < m->pool.n; k++) {
        const double *candidate = pool_point(&m->pool, m->pool.order[k]);
        if (isnan(m->pool.values[m->pool.order[k]]) || is_taken(m, history, candidate))
            continue;
        memcpy(point, candidate, m->count * sizeof *point);
        return ST_OK;
    }
    return ST_NOTFOUND;
}

enum status maximise(struct maximiser *m, const struct score *score,
                     const struct history *history, const double *good, size_t n_good,
                     uint64_t seed, const struct effort *effort, double *point)
{
    if (cells_count(m->cells) <= (double)effort->exhaustive) {
        if (list_all(m, history))
            return ST_NOMEM;
        pool_score(&m->pool, score);
        return pick(m, history, point);
    }
    size_t starts = effort->starts < MAXIMISE_STARTS ? effort->starts : MAXIMISE_STARTS;
    size_t neighbours = moves_most(m->problem->space);
    size_t most = effort->sweep + effort->near + n_good + 2 * starts * effort->turns;
    if (pool_reset(&m->pool, most) || pool_reset(&m->step, neighbours + MAXIMISE_STARTS) ||
        sweep(m, seed, effort->sweep))
        return ST_NOMEM;
    look_near(m, seed, good, n_good, effort->near);
    pool_score(&m->pool, score);
    pool_sort(&m->pool);
    choose_starts(m, starts);
    search_locally(m, score, effort);
    return pick(m, history, point);
}
