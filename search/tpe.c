/* Tree-structured Parzen estimator (Bergstra et al. 2011): one density of the good trials, one
 * of the bad, and the candidate drawn from the good one where their ratio is largest. */
#include "search/past.h"
#include "search/start.h"
#include "search/strategy.h"
#include "search/tpe_centres.h"
#include "search/tpe_density.h"
#include "search/tpe_split.h"
#include "search/unasked.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* More good trials would blur the good density in long studies. */
enum { GOOD_MAX = 25 };

/* Draws for each candidate that is wanted: many find points that were asked for when a finite
 * space is nearly used up. */
enum { DRAWS = 8 };

struct tpe {
    const struct problem *problem;
    size_t start; /* trials before the estimates are asked */
    double gamma; /* the share of the good ones */
    size_t n_candidates;
    struct unasked *unasked;
    struct start *first_points;
    struct tpe_centres centres;
    struct tpe_split split;
    struct tpe_density good, bad;
    double *u;         /* [dims] */
    double *row;       /* [dims] */
    double *candidate; /* [space_count()] */
};

/* Creating. */

static void read_options(struct tpe *tpe, struct json_reader *options)
{
    int64_t start = (int64_t)start_default(tpe->problem);
    tpe->start = (size_t)json_read_integer(options, "start", start, 2, 1000000);
    tpe->gamma = json_read_number(options, "gamma", 0.1, 0.001, 0.5);
    tpe->n_candidates = (size_t)json_read_integer(options, "candidates", 24, 1, 10000);
}

static void tpe_free(void *state)
{
    struct tpe *tpe = state;
    if (!tpe)
        return;
    start_free(tpe->first_points);
    unasked_free(tpe->unasked);
    tpe_density_free(&tpe->good);
    tpe_density_free(&tpe->bad);
    tpe_split_free(&tpe->split);
    tpe_centres_free(&tpe->centres);
    free(tpe->u);
    free(tpe->row);
    free(tpe->candidate);
    free(tpe);
}

static enum status create_parts(struct tpe *tpe)
{
    const struct problem *problem = tpe->problem;
    size_t dims = space_dims(problem->space);
    tpe_split_init(&tpe->split, problem);
    tpe->u = calloc(dims + 1, sizeof *tpe->u);
    tpe->row = calloc(dims + 1, sizeof *tpe->row);
    tpe->candidate = calloc(space_count(problem->space), sizeof *tpe->candidate);
    if (!tpe->u || !tpe->row || !tpe->candidate || unasked_create(&tpe->unasked, problem) ||
        start_create(&tpe->first_points, problem, tpe->unasked,
                     rng_derive(problem->seed, "tpe", 0, 0)) ||
        tpe_centres_init(&tpe->centres, problem->space) ||
        tpe_density_init(&tpe->good, &tpe->centres) ||
        tpe_density_init(&tpe->bad, &tpe->centres))
        return ST_NOMEM;
    return ST_OK;
}

static enum status tpe_create(void **state, const struct problem *problem,
                              struct json_reader *options, struct error *err)
{
    struct tpe *tpe = calloc(1, sizeof *tpe);
    if (!tpe)
        return error_set(err, ST_NOMEM, "out of memory");
    tpe->problem = problem;
    read_options(tpe, options);
    if (create_parts(tpe)) {
        tpe_free(tpe);
        return error_set(err, ST_NOMEM, "out of memory");
    }
    *state = tpe;
    return ST_OK;
}

/* Asking. */

static size_t wanted(const struct tpe *tpe)
{
    size_t n = (size_t)ceil(tpe->gamma * (double)tpe->split.n_complete);
    return n < GOOD_MAX ? n : GOOD_MAX;
}

/* Both densities from the history as it stands. */
static enum status estimate(struct tpe *tpe, const struct history *history)
{
    struct tpe_split *split = &tpe->split;
    if (tpe_centres_update(&tpe->centres, tpe->problem, history) ||
        tpe_split_update(split, history))
        return ST_NOMEM;
    size_t good = tpe_split_good(split, wanted(tpe)), bad = split->n_complete - good;
    if (tpe_density_reserve(&tpe->good, good) ||
        tpe_density_reserve(&tpe->bad, bad + split->n_bad))
        return ST_NOMEM;
    for (size_t i = 0; i < good; i++)
        tpe->good.members[i] = split->ranked[i].trial;
    for (size_t i = 0; i < bad; i++)
        tpe->bad.members[i] = split->ranked[good + i].trial;
    memcpy(tpe->bad.members + bad, split->bad, split->n_bad * sizeof *split->bad);
    tpe_density_fit(&tpe->good, good);
    tpe_density_fit(&tpe->bad, bad + split->n_bad);
    return ST_OK;
}

/* The best of the candidates into point. False when all that were drawn had been asked for. */
static bool choose(struct tpe *tpe, const struct history *history, uint64_t seed, double *point)
{
    const struct space *space = tpe->problem->space;
    double best = -INFINITY;
    size_t found = 0;
    struct rng rng;
    rng_seed(&rng, seed);
    for (size_t draw = 0; found < tpe->n_candidates && draw < DRAWS * tpe->n_candidates;
         draw++) {
        tpe_density_draw(&tpe->good, &rng, tpe->u);
        space_from_unit(space, tpe->u, tpe->candidate);
        if (!tpe->problem->allow_duplicates && history_contains(history, tpe->candidate))
            continue;
        tpe_centres_row(&tpe->centres, tpe->candidate, tpe->row);
        double ratio =
            tpe_density_log(&tpe->good, tpe->row) - tpe_density_log(&tpe->bad, tpe->row);
        if (found++ == 0 || ratio > best) {
            best = ratio;
            memcpy(point, tpe->candidate, space_count(space) * sizeof *point);
        }
    }
    return found > 0;
}

static enum ask tpe_ask(void *state, const struct history *history, struct proposal *proposal)
{
    struct tpe *tpe = state;
    if (unasked_none(tpe->unasked, history))
        return ASK_DONE;
    if (past_started(tpe->problem, history) < tpe->start)
        return start_propose(tpe->first_points, history, proposal->point) ? ASK_PROPOSED
                                                                          : ASK_DONE;
    if (estimate(tpe, history))
        return ASK_FAILED;
    uint64_t seed = rng_derive(tpe->problem->seed, "tpe draw", history->n, 0);
    if (choose(tpe, history, seed, proposal->point))
        return ASK_PROPOSED;
    return unasked_draw(tpe->unasked, history, seed, proposal->point) ? ASK_PROPOSED : ASK_DONE;
}

const struct strategy_type strategy_tpe = {
    .name = "tpe",
    .summary = "tree-structured Parzen estimator: densities of the good and the bad trials",
    .create = tpe_create,
    .free = tpe_free,
    .ask = tpe_ask,
};
