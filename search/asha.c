/* Asynchronous successive halving (Li et al. 2020): all configurations start with few epochs,
 * and the best third of those on a rung trains on to the next, from its checkpoint. */
#include "search/halving.h"

static enum status asha_create(void **state, const struct problem *problem,
                               struct json_reader *options, struct error *err)
{
    struct halving *halving;
    enum status status = halving_create(&halving, problem, options, NULL, err);
    *state = halving;
    return status;
}

const struct strategy_type strategy_asha = {
    .name = "asha",
    .summary = "asynchronous successive halving over epochs",
    .create = asha_create,
    .free = halving_free,
    .count = halving_count,
    .continues = halving_continues,
    .ask = halving_ask,
};
