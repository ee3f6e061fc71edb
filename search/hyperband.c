/* Hyperband (Li, Jamieson, DeSalvo, Rostamizadeh & Talwalkar 2018), asynchronous: successive
 * halving from every rung in turn, because nobody knows how few epochs tell the good
 * configurations from the bad. */
#include "search/halving.h"

#include <math.h>

/* How many configurations start on that rung in a round: about as much training for each
 * bracket. */
static size_t share(const struct rungs *rungs, size_t rung)
{
    double steps = (double)(rungs->n - 1 - rung);
    return (size_t)ceil((double)rungs->n / (steps + 1) * pow(rungs->eta, steps));
}

/* Round after round, and in each from the lowest rung to the highest. */
static size_t bracket(const struct rungs *rungs, size_t started)
{
    size_t round = share(rungs, 0), rung = 0;
    for (size_t k = 1; k < rungs->n; k++)
        round += share(rungs, k);
    for (started %= round; started >= share(rungs, rung); rung++)
        started -= share(rungs, rung);
    return rung;
}

static enum status hyperband_create(void **state, const struct problem *problem,
                                    struct json_reader *options, struct error *err)
{
    struct halving *halving;
    enum status status = halving_create(&halving, problem, options, bracket, err);
    *state = halving;
    return status;
}

const struct strategy_type strategy_hyperband = {
    .name = "hyperband",
    .summary = "successive halving from several numbers of epochs in turn",
    .create = hyperband_create,
    .free = halving_free,
    .count = halving_count,
    .continues = halving_continues,
    .ask = halving_ask,
};
