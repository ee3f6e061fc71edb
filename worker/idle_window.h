/* idle_window.h - the idle power of a host, from a stretch of time in which nothing ran.
 *
 * Pure functions over points that the caller reads: they know no clock and no meter.
 * Threading: plain data. */
#ifndef WORKER_IDLE_WINDOW_H
#define WORKER_IDLE_WINDOW_H

#include "worker/idle_power.h"

#include <stdbool.h>
#include <stdint.h>

/* The largest share of the processors' time that may be used in a window. A server of the
 * model's table (cpu_power.h) draws 15 % more then than at rest: worse than that would be no
 * idle power any more, and less would turn most machines away, since something always runs. */
#define IDLE_BUSY_MAX 0.02

/* With fewer samples than this, nothing can be said of how far they lie apart. */
#define IDLE_SAMPLES_MIN 5

/* What the meters had counted at one moment. All but the time only grow. */
struct idle_point {
    int64_t time_ns;   /* monotonic */
    int64_t energy_uj; /* of package, dram and node */
    uint64_t gaps;     /* reads that failed */
};

/* Zero at the start. */
struct idle_window {
    struct idle_point last; /* where the next sample begins; time_ns 0: none yet */
    bool aligned;           /* the counters moved there */
    uint32_t samples, missed;
    double energy_j, time_s; /* of the samples */
    double mean_w, squares;  /* of their powers: the mean, and the squared distances to it */
};

/* Take the next point. A sample lasts from one move of the counters to the next, however often
 * they are read in between: a slow meter has fewer samples, but no wrong ones. One in which a
 * read failed is missed. */
void idle_window_add(struct idle_window *window, const struct idle_point *point);

enum idle_verdict {
    IDLE_ACCEPTED,
    IDLE_BUSY,     /* something ran: the window is to be repeated */
    IDLE_NO_FIGURE /* the meters failed too often, or moved too seldom */
};

/* Judge a window in which the processors were busy for this share of their time (NaN: not
 * known, which is as bad as busy). Fills *power: the source is IDLE_MEASURED when it is
 * accepted, else IDLE_UNKNOWN without watts (NaN). */
enum idle_verdict idle_window_judge(const struct idle_window *window, double busy,
                                    struct idle_power *power);

#endif
