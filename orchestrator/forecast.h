/* forecast.h - what a study's trials would take here, from a few training steps and without a
 * trial. */
#ifndef ORCHESTRATOR_FORECAST_H
#define ORCHESTRATOR_FORECAST_H

#include "base/status.h"
#include "orchestrator/study.h"
#include "worker/energy.h"
#include "worker/meter.h"

#include <stddef.h>

/* A trial on this machine, alone, at points spread over the space. Joules are NaN without a
 * meter. */
struct forecast {
    size_t points;
    double time_s, time_low_s, time_high_s; /* the mean, the shortest and the longest */
    double energy_j, energy_low_j, energy_high_j;
    enum energy_quality quality;
};

/* Of a study of kind cnn: each point's network is built, its training step timed for a moment,
 * and the step's joules booked as a trial's are. Takes a second or two. Errors: those of the
 * data set (not there: ST_NOTFOUND); ST_INVALID for another kind of trial; ST_NOMEM. */
enum status forecast_study(const struct study *study, const struct meter_choice *meters,
                           struct forecast *forecast, struct error *err);

#endif
