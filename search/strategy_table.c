/* The strategies that there are: a new one is one line of declaration and one of the table. */
#include "search/strategy.h"

#include <string.h>

extern const struct strategy_type strategy_asha;
extern const struct strategy_type strategy_bayes;
extern const struct strategy_type strategy_grid;
extern const struct strategy_type strategy_hyperband;
extern const struct strategy_type strategy_nsga2;
extern const struct strategy_type strategy_random;
extern const struct strategy_type strategy_sobol;
extern const struct strategy_type strategy_tpe;

const struct strategy_type *const strategy_types[] = {
    &strategy_grid,  &strategy_random,    &strategy_sobol,
    &strategy_bayes, &strategy_tpe,       &strategy_nsga2,
    &strategy_asha,  &strategy_hyperband, NULL,
};

const struct strategy_type *strategy_type_find(const char *name)
{
    size_t i = 0;
    while (strategy_types[i] && strcmp(strategy_types[i]->name, name) != 0)
        i++;
    return strategy_types[i];
}
