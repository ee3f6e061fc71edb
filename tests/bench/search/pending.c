#include "tests/bench/search/pending.h"

#include <math.h>

/* Medians of both, in decades; false when one was not raced. */
static bool compare(const struct race *sequential, const struct race *parallel, size_t target,
                    size_t sampler, double *one, double *many)
{
    if (!race_complete(sequential, target, sampler) ||
        !race_complete(parallel, target, sampler))
        return false;
    *one = race_median(sequential, target, sampler, race_regret);
    *many = race_median(parallel, target, sampler, race_regret);
    return true;
}

double pending_ratio(const struct race *sequential, const struct race *parallel, size_t sampler)
{
    double decades = 0, one, many;
    size_t n = 0;
    for (size_t t = 0; t < sequential->n_targets; t++)
        if (race_counts_single(&sequential->targets[t]) &&
            compare(sequential, parallel, t, sampler, &one, &many)) {
            decades += many - one;
            n++;
        }
    return n == 0 ? (double)NAN : pow(10, decades / (double)n);
}

void pending_print(FILE *out, const struct race *sequential, const struct race *parallel)
{
    double one, many;
    fprintf(out, "\n%zu trials with %zu workers and with %zu: log10 regret, %zu seeds\n",
            sequential->trials, sequential->workers, parallel->workers, sequential->seeds);
    fprintf(out, "%-14s %-14s %8s %8s %10s\n", "problem", "sampler", "one", "many", "ratio");
    for (size_t t = 0; t < sequential->n_targets; t++)
        for (size_t k = 0; k < sequential->n_samplers; k++)
            if (compare(sequential, parallel, t, k, &one, &many))
                fprintf(out, "%-14s %-14s %8.2f %8.2f %10.3g\n", sequential->targets[t].name,
                        sequential->choices[k].label, one, many, pow(10, many - one));
}
