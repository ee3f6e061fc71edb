/* meter_reported.h - the trial's own figure of joules, where a study asks for it. */
#ifndef WORKER_METER_REPORTED_H
#define WORKER_METER_REPORTED_H

#include "worker/energy.h"
#include "worker/meter.h"

extern const struct meter_type meter_reported;

/* What a result's "energy_j" is: refused, the booked figure, or (REPORTED_BESIDE + i) that of
 * the i-th meter beside. */
enum { REPORTED_REFUSED, REPORTED_BOOKED, REPORTED_BESIDE };
unsigned meter_reported_as(const struct meter_choice *choice);

/* The energy of a trial that used energy_j by its own account: all of it dynamic. */
void meter_reported_book(struct energy *energy, double energy_j);

#endif
