/* trial.h - a trial as the strategies see it: a point, and what came of it. */
#ifndef SEARCH_TRIAL_H
#define SEARCH_TRIAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* X(name, text): the states of a trial; the texts are those of the database and the exports. */
#define TRIAL_STATE_LIST(X)                                                                    \
    X(QUEUED, "queued")                                                                        \
    X(RUNNING, "running")                                                                      \
    X(COMPLETE, "complete")                                                                    \
    X(PRUNED, "pruned")                                                                        \
    X(FAILED, "failed")                                                                        \
    X(CANCELLED, "cancelled")

enum trial_state {
#define TRIAL_STATE_ENUM(name, text) TRIAL_##name,
    TRIAL_STATE_LIST(TRIAL_STATE_ENUM)
#undef TRIAL_STATE_ENUM
};

const char *trial_state_text(enum trial_state state);
/* The state of a text, or -1. */
int trial_state_from_text(const char *text);

enum goal { GOAL_MINIMIZE, GOAL_MAXIMIZE };

/* A value as one to be minimised. */
double goal_cost(enum goal goal, double value);
/* Is a better than b? False when one of them is NaN. */
bool goal_is_better(enum goal goal, double a, double b);

struct objective {
    char *metric;
    enum goal goal;
};

/* What a good trial must keep to: a bound of one of its metrics. */
struct constraint {
    char *metric;
    bool at_least; /* or else at most */
    double bound;  /* finite; the bound itself is feasible */
};

/* How far a metric is beyond the bound, in its unit: positive for an infeasible one, NaN for
 * NaN. */
double constraint_excess(const struct constraint *constraint, double value);

/* Does a trial keep all of its constraints? One that is broken decides, else one whose metric
 * is not known leaves it open. */
enum feasibility { INFEASIBLE, FEASIBILITY_UNKNOWN, FEASIBLE };

/* By the metrics of the n constraints; NULL: none is known. */
enum feasibility constraints_judge(const struct constraint *constraints, size_t n,
                                   const double *metrics);

/* A value of the first objective while the trial ran. */
struct intermediate {
    double step; /* epochs done, or how many reports there were */
    double value;
};

/* What came of a trial. The arrays are borrowed. */
struct trial_result {
    const double *values;      /* [objectives], finite; NULL unless complete */
    const double *constrained; /* [constraints], the metrics of the constraints; NaN where one
                                  is unknown; may be NULL */
    double energy_j;           /* of all its attempts; NaN when unknown */
};

/* No figures. */
extern const struct trial_result trial_result_none;

#define TRIAL_NONE (-1)

/* One trial of an arm. Arrays are owned by the history that holds the trial. */
struct trial {
    uint64_t number; /* within the arm, from 0, in the order of asking */
    enum trial_state state;
    double *point;       /* [space_count()] */
    int64_t continues;   /* the told trial from whose checkpoint it went on, or TRIAL_NONE */
    double *values;      /* [objectives], as reported; NaN where there is none */
    double *constrained; /* [constraints]: the metrics of the constraints; likewise */
    double energy_j;     /* of all its attempts, not of those that it continues; NaN: unknown */
    /* [n_reports] by rising step. A trial that is run again, from the beginning or from a
     * checkpoint, repeats steps: the later reports replace the earlier ones from there on. */
    struct intermediate *reports;
    size_t n_reports, reports_capacity;
};

#endif
