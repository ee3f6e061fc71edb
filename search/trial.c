#include "search/trial.h"

#include <math.h>
#include <string.h>

static const char *const texts[] = {
#define TRIAL_STATE_TEXT(name, text) text,
    TRIAL_STATE_LIST(TRIAL_STATE_TEXT)
#undef TRIAL_STATE_TEXT
};
enum { STATES = sizeof texts / sizeof texts[0] };

const char *trial_state_text(enum trial_state state)
{
    return (unsigned)state < STATES ? texts[state] : "unknown";
}

double goal_cost(enum goal goal, double value)
{
    return goal == GOAL_MAXIMIZE ? -value : value;
}

int trial_state_from_text(const char *text)
{
    for (int i = 0; i < STATES; i++)
        if (strcmp(text, texts[i]) == 0)
            return i;
    return -1;
}

bool goal_is_better(enum goal goal, double a, double b)
{
    return goal_cost(goal, a) < goal_cost(goal, b);
}

const struct trial_result trial_result_none = {.energy_j = NAN};

double constraint_excess(const struct constraint *constraint, double value)
{
    return constraint->at_least ? constraint->bound - value : value - constraint->bound;
}

enum feasibility constraints_judge(const struct constraint *constraints, size_t n,
                                   const double *metrics)
{
    enum feasibility found = FEASIBLE;
    for (size_t i = 0; i < n; i++) {
        double excess = metrics ? constraint_excess(&constraints[i], metrics[i]) : (double)NAN;
        if (excess > 0)
            return INFEASIBLE;
        if (isnan(excess))
            found = FEASIBILITY_UNKNOWN;
    }
    return found;
}
