#include "search/rungs.h"

#include <math.h>

/* The places of the levels, falling, none below `lowest`. Answers how many. */
static size_t descend(const struct rungs *rungs, size_t lowest, size_t *falling)
{
    const struct fidelity *fidelity = &rungs->fidelity;
    double least = fidelity_amount(fidelity, lowest) / sqrt(rungs->eta);
    double amount = fidelity_amount(fidelity, fidelity->count - 1);
    size_t n = 0;
    for (; n < RUNGS_MAX && amount >= least; amount /= rungs->eta) {
        size_t place = fidelity_nearest(fidelity, amount);
        place = place < lowest ? lowest : place;
        if (n == 0 || place < falling[n - 1])
            falling[n++] = place;
    }
    if (n == 1) /* eta is larger than the whole range */
        falling[n++] = lowest;
    return n;
}

/* How many rungs a budget has room for: to bring two trials to the top of n takes some
 * 2 (1 + eta + ... + eta^(n - 1)) trials. */
static size_t affordable(const struct rungs *rungs, size_t n, size_t budget)
{
    double trials = 2, level = 2;
    size_t fit = 1;
    while (fit < n && (trials += level *= rungs->eta) <= (double)budget)
        fit++;
    return fit > 2 || n < 2 ? fit : 2;
}

/* The place that "min" asks for. */
static size_t read_lowest(const struct rungs *rungs, struct json_reader *options, bool *given)
{
    const struct fidelity *fidelity = &rungs->fidelity;
    double least = fidelity_amount(fidelity, 0);
    double most = fidelity_amount(fidelity, fidelity->count - 2);
    double min = json_read_number(options, "min", least, least, most);
    *given = json_read_any(options, "min") != NULL;
    size_t place = fidelity_nearest(fidelity, min);
    return fidelity_amount(fidelity, place) < min ? place + 1 : place;
}

enum status rungs_read(struct rungs *rungs, const struct problem *problem,
                       struct json_reader *options)
{
    size_t falling[RUNGS_MAX] = {0};
    bool given;
    *rungs = (struct rungs){.eta = json_read_number(options, "eta", 3, 2, 100)};
    enum status status = fidelity_read(&rungs->fidelity, problem, options);
    if (status) {
        json_read_any(options, "min"); /* a known key all the same */
        return status;
    }
    size_t lowest = read_lowest(rungs, options, &given);
    rungs->n = descend(rungs, lowest, falling);
    if (!given && problem->budget_trials > 0)
        rungs->n = affordable(rungs, rungs->n, problem->budget_trials);
    for (size_t k = 0; k < rungs->n; k++)
        rungs->place[k] = falling[rungs->n - 1 - k];
    return ST_OK;
}

double rungs_value(const struct rungs *rungs, size_t rung)
{
    return fidelity_value(&rungs->fidelity, rungs->place[rung]);
}

size_t rungs_of(const struct rungs *rungs, const double *point)
{
    size_t place = fidelity_place(&rungs->fidelity, point), rung = rungs->n - 1;
    while (rung > 0 && place < rungs->place[rung])
        rung--;
    return rung;
}
