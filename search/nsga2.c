/* NSGA-II (Deb, Pratap, Agarwal & Meyarivan 2002) in its steady-state form: every proposal is a
 * child of two good trials of those told so far, so that no worker waits for a generation to be
 * complete. For one objective it is a genetic algorithm with elitism. */
#include "search/nsga2_population.h"
#include "search/nsga2_vary.h"
#include "search/past.h"
#include "search/strategy.h"
#include "search/unasked.h"

#include <math.h>
#include <stdlib.h>

/* Children that may turn out to be old points before one is drawn at random. */
enum { ATTEMPTS = 32 };

/* Larger populations would make a resume slow: each result costs O(size^2) again. */
enum { POPULATION_MIN = 4, POPULATION_MAX = 200 };

struct nsga2 {
    const struct problem *problem;
    struct chances chances;
    struct population population;
    struct unasked *unasked;
    double *scratch; /* [3 x space_dims()] */
};

/* Some fifty generations' worth of trials. Of fewer generations little comes, and populations
 * under ten lose their variety. */
static size_t default_population(const struct problem *problem)
{
    size_t size = problem->budget_trials / 50;
    if (problem->budget_trials == 0)
        return 20;
    return size < 10 ? 10 : size > 50 ? 50 : size;
}

static size_t read_options(struct nsga2 *search, struct json_reader *options)
{
    size_t dims = space_dims(search->problem->space);
    search->chances.crossover = json_read_number(options, "crossover", 0.9, 0, 1);
    search->chances.mutation =
        json_read_number(options, "mutation", 1 / fmax(1, (double)dims), 0, 1);
    return (size_t)json_read_integer(options, "population",
                                     (int64_t)default_population(search->problem),
                                     POPULATION_MIN, POPULATION_MAX);
}

static void nsga2_free(void *state)
{
    struct nsga2 *search = state;
    if (!search)
        return;
    population_free(&search->population);
    unasked_free(search->unasked);
    free(search->scratch);
    free(search);
}

static enum status nsga2_create(void **state, const struct problem *problem,
                                struct json_reader *options, struct error *err)
{
    struct nsga2 *search = calloc(1, sizeof *search);
    if (!search)
        return error_set(err, ST_NOMEM, "out of memory");
    search->problem = problem;
    size_t size = read_options(search, options);
    search->scratch = calloc(3 * space_dims(problem->space) + 1, sizeof *search->scratch);
    if (!search->scratch || population_init(&search->population, problem, size) ||
        unasked_create(&search->unasked, problem)) {
        nsga2_free(search);
        return error_set(err, ST_NOMEM, "out of memory");
    }
    *state = search;
    return ST_OK;
}

/* A child of two tournaments' winners that was not asked for yet. The more children turn out to
 * be old, the more of them is mutated. */
static bool breed(struct nsga2 *search, const struct history *history, struct rng *rng,
                  double *point)
{
    const struct population *population = &search->population;
    struct chances chances = search->chances;
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
        size_t a = population_tournament(population, rng, SIZE_MAX);
        size_t b = population_tournament(population, rng, a);
        nsga2_vary(search->problem->space, &chances, rng,
                   past_numbered(search->problem, history, population->trial[a])->point,
                   past_numbered(search->problem, history, population->trial[b])->point,
                   search->scratch, point);
        if (search->problem->allow_duplicates || !history_contains(history, point))
            return true;
        chances.mutation = fmin(1, chances.mutation + 1.0 / ATTEMPTS);
    }
    return false;
}

static enum ask nsga2_ask(void *state, const struct history *history, struct proposal *proposal)
{
    struct nsga2 *search = state;
    uint64_t seed = rng_derive(search->problem->seed, "nsga2", history->n, 0);
    struct rng rng;
    rng_seed(&rng, rng_derive(seed, "breed", 0, 0));
    if (unasked_none(search->unasked, history))
        return ASK_DONE;
    population_update(&search->population, history);
    bool started = past_started(search->problem, history) >= search->population.size &&
                   search->population.n_complete >= 2;
    if (started && breed(search, history, &rng, proposal->point))
        return ASK_PROPOSED;
    return unasked_draw(search->unasked, history, seed, proposal->point) ? ASK_PROPOSED
                                                                         : ASK_DONE;
}

const struct strategy_type strategy_nsga2 = {
    .name = "nsga2",
    .summary = "NSGA-II: crossover and mutation of the best trials, for several objectives",
    .create = nsga2_create,
    .free = nsga2_free,
    .ask = nsga2_ask,
};
