/* backoff.h - how long to wait when nothing has happened: from 50 us, growing by a quarter, up
 * to 20 ms. A wait is then a fifth of the silence before it at most, and fifty looks a second
 * cost a rank that waits under a hundredth of a core. */
#ifndef ORCHESTRATOR_BACKOFF_H
#define ORCHESTRATOR_BACKOFF_H

#include <stdbool.h>

struct backoff {
    double wait_s; /* 0 at the start */
};

/* The time to wait now, after a round in which something happened or not. */
double backoff_next(struct backoff *backoff, bool active);

#endif
