/* channel.h - one counter of energy or one sensor of power: what two of its values say.
 *
 * All meters that read hardware keep their values in microjoules or microwatts and have them
 * judged here, so that a wrap, a jump, a counter that stands still and a failed read mean the
 * same everywhere. Threading: no shared state. */
#ifndef WORKER_CHANNEL_H
#define WORKER_CHANNEL_H

#include "worker/meter.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum channel_kind {
    CHANNEL_ENERGY, /* counts microjoules */
    CHANNEL_POWER   /* shows microwatts */
};

struct channel {
    enum channel_kind kind;
    enum meter_scope scope;
    double ceiling_w;  /* nothing draws more, so what says so is broken */
    double refresh_s;  /* a sound channel takes no longer to change */
    uint64_t range_uj; /* a counter goes back to 0 beyond this; 0: never, or not known */
    double accuracy;   /* of a sensor, relative: 0.05 for +-5 %; 0: not known */
};

/* Begin a reading now. `reading` holds the one before, as meter_type.read() gets it. */
void reading_begin(struct meter_reading *reading);

/* Put value i; ok = false when it could not be read. Call it for every value of the meter. */
void reading_put(struct meter_reading *reading, size_t i, bool ok, uint64_t value);
/* The same with the number that a file holds. */
void reading_put_file(struct meter_reading *reading, size_t i, const char *path);

/* One value of a channel. */
struct channel_value {
    bool valid; /* false: the read failed */
    int64_t time_ns, changed_ns;
    uint64_t counter;
};

/* Add to the step what a channel used between two values. A counter that went back wrapped (or
 * was reset, and then it is a gap); power is integrated by the trapezoid rule. */
void channel_step_values(const struct channel *channel, const struct channel_value *from,
                         const struct channel_value *to, struct meter_step *step);

/* Add to the step what channel i used between two readings. */
void channel_step(const struct channel *channel, size_t i, const struct meter_reading *from,
                  const struct meter_reading *to, struct meter_step *step);

#endif
