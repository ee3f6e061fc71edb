/* host_idle.h - find out the idle power of this host, and tell the books.
 *
 * One rank of a host does it, before the host's first trial: the meter knows it, or the site
 * gives it, or it is measured in a quiet window. Threading: one thread. */
#ifndef ORCHESTRATOR_HOST_IDLE_H
#define ORCHESTRATOR_HOST_IDLE_H

#include "orchestrator/quiet_window.h"
#include "orchestrator/station.h"

struct host_idle {
    const struct station *station; /* borrowed, as the study */
    const struct study *study;
    struct quiet_window window;
    bool over;
    struct idle_figures figures; /* filled when it is over; none for what has no idle power */
};

/* How long the quiet window of a study is with these meters, in seconds; 0: it needs none. */
double host_idle_window_s(const struct study *study, const struct meter_choice *meters);

/* What is known of a set (0: the booked one, 1 and on: those beside) without measuring: the
 * meter tells it, or the site gives it; else IDLE_UNKNOWN. */
void host_idle_known(const struct study *study, const struct meter_choice *meters, size_t set,
                     struct idle_power *power);

/* The most that measuring may take, with a window that is repeated and ranks that do not come.
 * Seconds. */
double host_idle_patience_s(const struct study *study);

void host_idle_begin(struct host_idle *idle, const struct station *station,
                     const struct study *study, double now_s);

/* Do what is due at this time (monotonic), without waiting. True when it is over; the books
 * know then, what could not be measured was said, and nothing that was spent before is any
 * arm's. */
bool host_idle_step(struct host_idle *idle, double now_s);

#endif
