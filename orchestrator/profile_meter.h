/* profile_meter.h - the joules of what this process does between two moments.
 *
 * The booked meters of the machine and a ledger of its own: joules are shared as they are with
 * a trial that has the node's only worker, so they are what it used above idle and the node's
 * idle energy meanwhile. Threading: one owner. */
#ifndef ORCHESTRATOR_PROFILE_METER_H
#define ORCHESTRATOR_PROFILE_METER_H

#include "base/status.h"
#include "worker/energy.h"
#include "worker/ledger.h"
#include "worker/meter.h"

#include <stdbool.h>
#include <stddef.h>

struct profile_meter {
    struct meter_choice choice;
    struct ledger *ledger; /* NULL: nothing can be measured */
    /* The shortest stretch whose joules can be told from those of another. Infinite when the
     * meters only follow the processor time. */
    double window_s;
    double begun_s;
    int64_t threads; /* of what is measured: they decide on the clock (cnn/profile.h) */
};

/* Adds up over stretches. Zero at the start. */
struct profile_joules {
    double time_s, energy_j, low_j, high_j; /* of stretches that have a figure */
    enum energy_quality quality;            /* the worst; NONE: there is no figure yet */
    char method[sizeof((struct energy *)0)->method];
};

/* Choose the meters and find out how fast they are, which takes up to two seconds. A machine
 * without any is no error. Errors: those of meter_choice_open(), idle_power_given() and
 * ledger_open(); nothing is left open then. */
enum status profile_meter_open(struct profile_meter *meter, int64_t threads, struct error *err);
void profile_meter_close(struct profile_meter *meter);

/* A stretch begins; it ends, and its time and joules are added. */
void profile_meter_begin(struct profile_meter *meter);
void profile_meter_end(struct profile_meter *meter, struct profile_joules *joules);

/* Add those of other stretches. */
void profile_joules_add(struct profile_joules *sum, const struct profile_joules *joules);

/* The power of all stretches; NaN when there is no figure. */
double profile_joules_power_w(const struct profile_joules *joules);

#endif
