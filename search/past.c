#include "search/past.h"

size_t past_count(const struct problem *problem, const struct history *history)
{
    return problem->n_earlier + history->n_told;
}

const struct trial *past_trial(const struct problem *problem, const struct history *history,
                               size_t i)
{
    if (i < problem->n_earlier)
        return &problem->earlier[i];
    return &history->trials[history->told[i - problem->n_earlier]];
}

size_t past_number(const struct problem *problem, const struct history *history, size_t i)
{
    return i < problem->n_earlier ? i
                                  : problem->n_earlier + history->told[i - problem->n_earlier];
}

const struct trial *past_numbered(const struct problem *problem, const struct history *history,
                                  size_t number)
{
    if (number < problem->n_earlier)
        return &problem->earlier[number];
    return &history->trials[number - problem->n_earlier];
}

size_t past_started(const struct problem *problem, const struct history *history)
{
    return problem->n_earlier + history->n;
}
