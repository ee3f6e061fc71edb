#include "search/frozen.h"

#include <math.h>
#include <stdlib.h>

void frozen_free(struct frozen *frozen)
{
    free(frozen->continued);
}

enum status frozen_update(struct frozen *frozen, const struct history *history)
{
    if (history->n > frozen->capacity) {
        size_t capacity = 2 * history->n;
        bool *continued = realloc(frozen->continued, capacity * sizeof *continued);
        if (!continued)
            return ST_NOMEM;
        frozen->continued = continued;
        frozen->capacity = capacity;
    }
    for (; frozen->n < history->n; frozen->n++) {
        int64_t continues = history->trials[frozen->n].continues;
        frozen->continued[frozen->n] = false;
        if (continues != TRIAL_NONE)
            frozen->continued[continues] = true;
    }
    return ST_OK;
}

bool frozen_has(const struct frozen *frozen, const struct curves *curves,
                const struct history *history, const struct trial *trial)
{
    if (trial->state != TRIAL_COMPLETE && trial->state != TRIAL_PRUNED)
        return false;
    double done = curves_epochs(curves, history, trial);
    return done > 0 && done < curves_most(curves) && !frozen->continued[trial->number];
}

int64_t frozen_lowest(const struct frozen *frozen, const struct curves *curves,
                      const struct history *history)
{
    int64_t lowest = TRIAL_NONE;
    double least = HUGE_VAL;
    for (size_t i = 0; i < history->n_told; i++) {
        const struct trial *trial = &history->trials[history->told[i]];
        if (!frozen_has(frozen, curves, history, trial))
            continue;
        double cost = curves_last_cost(curves, history, trial);
        if (lowest == TRIAL_NONE || cost < least) {
            lowest = (int64_t)trial->number;
            least = cost;
        }
    }
    return lowest;
}
