/* trial.h - a trial as the strategies see it: a point, and what came of it. */
#ifndef SEARCH_TRIAL_H
#define SEARCH_TRIAL_H

#include <stdbool.h>
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

/* One trial of an arm. Arrays are owned by the history that holds the trial. */
struct trial {
    uint64_t number; /* within the arm, from 0, in the order of asking */
    enum trial_state state;
    double *point;   /* [space_count()] */
    double *values;  /* [objectives], as reported; NaN where there is none */
    double energy_j; /* of all its attempts; NaN when unknown */
};

#endif
