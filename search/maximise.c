#include "search/maximise.h"

#include "search/box_bfgs.h"
#include "search/cells.h"
#include "search/moves.h"
#include "search/sobol.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* Lattice points with their coordinates and scores. */
struct pool {
    double *points; /* [capacity x space_count()] */
    double *u;      /* [capacity x dims] */
    double *values; /* [capacity] */
    size_t n, capacity;
};

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
    size_t *order;      /* [pool.capacity] */
};

static void pool_free(struct pool *pool)
{
    free(pool->points);
    free(pool->u);
    free(pool->values);
}

/* An empty pool with room for so many. */
static enum status pool_reset(struct pool *pool, size_t capacity, size_t count, size_t dims)
{
    pool->n = 0;
    if (capacity <= pool->capacity)
        return ST_OK;
    pool_free(pool);
    *pool = (struct pool){.points = malloc(capacity * count * sizeof(double)),
                          .u = malloc((capacity * dims + 1) * sizeof(double)),
                          .values = malloc(capacity * sizeof(double)),
                          .capacity = capacity};
    if (pool->points && pool->u && pool->values)
        return ST_OK;
    pool->capacity = 0;
    return ST_NOMEM;
}

enum status maximiser_create(struct maximiser **out, const struct problem *problem)
{
    struct maximiser *m = calloc(1, sizeof *m);
    if (!m)
        return ST_NOMEM;
    m->problem = problem;
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
    free(m->order);
    free(m);
}

static double *point_of(const struct maximiser *m, const struct pool *pool, size_t i)
{
    return pool->points + i * m->count;
}

/* Take in the point that was written at the end of the pool. */
static void pool_push(const struct maximiser *m, struct pool *pool)
{
    space_to_unit(m->problem->space, point_of(m, pool, pool->n), pool->u + pool->n * m->dims);
    pool->n++;
}

static void pool_score(struct pool *pool, const struct score *score)
{
    score->evaluate(score->context, pool->u, pool->n, pool->values, NULL);
}

static void pool_copy(const struct maximiser *m, struct pool *to, size_t i,
                      const struct pool *from, size_t j)
{
    memcpy(point_of(m, to, i), point_of(m, from, j), m->count * sizeof(double));
    memcpy(to->u + i * m->dims, from->u + j * m->dims, m->dims * sizeof(double));
    to->values[i] = from->values[j];
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
    enum status status = pool_reset(&m->pool, n, m->count, m->dims);
    for (size_t k = 0; k < n && !status; k++) {
        double *point = point_of(m, &m->pool, m->pool.n);
        cells_point(m->cells, k, point);
        if (!is_taken(m, history, point))
            pool_push(m, &m->pool);
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
        space_sample(m->problem->space, m->scratch, point_of(m, &m->pool, m->pool.n));
        pool_push(m, &m->pool);
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
        memcpy(point_of(m, &m->pool, m->pool.n), good + k * m->count,
               m->count * sizeof(double));
        pool_push(m, &m->pool);
    }
    for (size_t k = 0; k < n && n_good > 0; k++) {
        size_t which = (size_t)rng_below(&rng, 1 + rng_below(&rng, n_good));
        move_randomly(m->problem->space, &rng, good + which * m->count, scales[k % 4],
                      m->scratch, point_of(m, &m->pool, m->pool.n));
        pool_push(m, &m->pool);
    }
}

/* Local search. */

/* order[n]: the pool's places, from the largest value down. */
static void sort_pool(struct maximiser *m)
{
    const double *values = m->pool.values;
    size_t n = m->pool.n;
    for (size_t i = 0; i < n; i++)
        m->order[i] = i;
    for (size_t gap = n / 2; gap > 0; gap /= 2)
        for (size_t i = gap; i < n; i++)
            for (size_t j = i; j >= gap; j -= gap) {
                size_t a = m->order[j - gap], b = m->order[j];
                if (values[a] > values[b] || (values[a] == values[b] && a < b))
                    break;
                m->order[j - gap] = b;
                m->order[j] = a;
            }
}

/* True when a start that was chosen already lies in the same small box as place i. */
static bool crowded(const struct maximiser *m, size_t i)
{
    const double *u = m->pool.u + i * m->dims;
    for (size_t s = 0; s < m->n_starts; s++) {
        const double *other = m->pool.u + m->starts[s] * m->dims;
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
        if (!crowded(m, m->order[k])) {
            m->moving[m->n_starts] = true;
            m->starts[m->n_starts++] = m->order[k];
        }
}

/* Begin the ascent of start s. Only active continuous coordinates are free to move, and of them
 * only the real ones once integers have been rounded. */
static void begin_ascent(struct maximiser *m, size_t s, size_t evaluations, bool only_real)
{
    const struct box_bfgs_limits limits = {evaluations, 0.02, 0.25, 1e-5, 1e-6};
    const struct space *space = m->problem->space;
    const double *u = m->pool.u + m->starts[s] * m->dims;
    const double *point = point_of(m, &m->pool, m->starts[s]);
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
    pool_copy(m, &m->pool, m->pool.n, &m->step, best);
    m->starts[s] = m->pool.n++;
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
                            point_of(m, &m->step, m->step.n));
            pool_push(m, &m->step);
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
        size_t n = moves_from(space, point_of(m, &m->pool, m->starts[s]), m->step.points);
        m->step.n = 0;
        while (m->step.n < n)
            pool_push(m, &m->step);
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
    sort_pool(m);
    for (size_t k = 0; k < m->pool.n; k++) {
        const double *candidate = point_of(m, &m->pool, m->order[k]);
        if (isnan(m->pool.values[m->order[k]]) || is_taken(m, history, candidate))
            continue;
        memcpy(point, candidate, m->count * sizeof *point);
        return ST_OK;
    }
    return ST_NOTFOUND;
}

static enum status reserve_order(struct maximiser *m)
{
    size_t *more = realloc(m->order, (m->pool.capacity + 1) * sizeof *more);
    if (!more)
        return ST_NOMEM;
    m->order = more;
    return ST_OK;
}

enum status maximise(struct maximiser *m, const struct score *score,
                     const struct history *history, const double *good, size_t n_good,
                     uint64_t seed, const struct effort *effort, double *point)
{
    if (cells_count(m->cells) <= (double)effort->exhaustive) {
        if (list_all(m, history) || reserve_order(m))
            return ST_NOMEM;
        pool_score(&m->pool, score);
        return pick(m, history, point);
    }
    size_t starts = effort->starts < MAXIMISE_STARTS ? effort->starts : MAXIMISE_STARTS;
    size_t neighbours = moves_most(m->problem->space);
    size_t most = effort->sweep + effort->near + n_good + 2 * starts * effort->turns;
    if (pool_reset(&m->pool, most, m->count, m->dims) ||
        pool_reset(&m->step, neighbours + MAXIMISE_STARTS, m->count, m->dims) ||
        reserve_order(m) || sweep(m, seed, effort->sweep))
        return ST_NOMEM;
    look_near(m, seed, good, n_good, effort->near);
    pool_score(&m->pool, score);
    sort_pool(m);
    choose_starts(m, starts);
    search_locally(m, score, effort);
    return pick(m, history, point);
}
