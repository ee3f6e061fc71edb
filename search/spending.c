#include "search/spending.h"

#include <math.h>

double spending_joules(const struct history *history)
{
    double sum = 0;
    for (size_t i = 0; i < history->n_told; i++) {
        double energy_j = history->trials[history->told[i]].energy_j;
        sum += isfinite(energy_j) ? energy_j : 0;
    }
    return sum;
}

double spending_thrift(const struct problem *problem, const struct history *history,
                       size_t start)
{
    double share = 0;
    if (problem->budget_trials == 0 && !(problem->budget_energy_j > 0))
        return history->n > start ? (double)start / (double)history->n : 1;
    if (problem->budget_trials > 0)
        share = (double)history->n / (double)problem->budget_trials;
    if (problem->budget_energy_j > 0)
        share = fmax(share, spending_joules(history) / problem->budget_energy_j);
    return fmax(0, 1 - share);
}
