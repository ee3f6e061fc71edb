/* quiet_window.h - leave a host alone for a while before its first trial, and see what its
 * meters show.
 *
 * A state machine that never waits and reads no clock: quiet_window_step() is called again and
 * again. It begins when all ranks of the host are set up, and a window in which something ran
 * is repeated once, for as long as it can still be quiet. Threading: plain data. */
#ifndef ORCHESTRATOR_QUIET_WINDOW_H
#define ORCHESTRATOR_QUIET_WINDOW_H

#include "worker/energy.h"
#include "worker/idle_window.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The sets of meters of a host: the booked one, and those beside. */
#define QUIET_SETS (1 + ENERGY_BESIDE_MAX)

/* How long a window waits for ranks that do not come: they may have refused the study. */
#define QUIET_GATHER_S 5.0

/* How often it is tried. */
#define QUIET_TRIES 2

/* What a host shows at one moment. */
struct quiet_look {
    size_t joined; /* ranks that are set up */
    bool busy_known;
    uint64_t busy_ns; /* that its processors have used so far */
    struct idle_point points[QUIET_SETS];
};

struct quiet_plan {
    double window_s;
    size_t n_ranks;          /* of the host */
    unsigned processors;     /* of the host; 0: not known */
    bool wanted[QUIET_SETS]; /* sets that are to be measured */
    void *context;
    void (*look)(void *context, struct quiet_look *look);
};

enum quiet_stage { QUIET_GATHERS, QUIET_LOOKS, QUIET_OVER };

struct quiet_window {
    struct quiet_plan plan;
    enum quiet_stage stage;
    int tries; /* windows that have begun */
    double began_s, next_s;
    struct quiet_look first;
    struct idle_window windows[QUIET_SETS];
    /* What came of it; those that are not wanted stay unknown. */
    enum idle_verdict verdicts[QUIET_SETS];
    struct idle_power powers[QUIET_SETS];
};

void quiet_window_begin(struct quiet_window *window, const struct quiet_plan *plan,
                        double now_s);

/* Do what is due at this time (monotonic). True when it is over. */
bool quiet_window_step(struct quiet_window *window, double now_s);

#endif
