/* meter_watch.h - the power of the meters that are booked on a machine, look by look.
 * Threading: one owner. */
#ifndef WORKER_METER_WATCH_H
#define WORKER_METER_WATCH_H

#include "worker/meter.h"

struct meter_watch {
    const struct meter_set *set;
    struct meter_reading last[METERS_MAX];
    int64_t energy_uj[METERS_MAX][SCOPE_COUNT]; /* since the start */
    int64_t start_ns;
    bool failed; /* a counter could not be read or made no sense, at some time */
};

/* Take the first readings. The set is borrowed. */
void meter_watch_begin(struct meter_watch *watch, const struct meter_set *set);

/* Read again, and append a line for each scope: its power since the last look, its energy since
 * the start and its quality; or for a meter that could not be read, that there is no figure. */
void meter_watch_look(struct meter_watch *watch, struct strbuf *text);

/* Read again: the joules of all of them since the start. NaN when there are no meters, or when
 * one has failed at any time. */
double meter_watch_energy_j(struct meter_watch *watch);

#endif
