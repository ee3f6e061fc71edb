/* schedule.h - the learning rate over a run. Threading: no shared state. */
#ifndef CNN_SCHEDULE_H
#define CNN_SCHEDULE_H

#include "cnn/settings.h"

#include <stdint.h>

/* The names, ended by NULL; settings->schedule is an index. */
extern const char *const schedule_names[];

/* The learning rate of a step, counted from 0 over the whole run of settings->epochs times
 * steps_per_epoch. While the run warms up it rises linearly to learning_rate; then constant
 * keeps it, step multiplies it by step_gamma every step_epochs epochs (of the run), and cosine
 * brings it to zero at the end along half a wave.
 * one_cycle rises along half a wave from a 25th of learning_rate to the whole of it, for
 * warmup_epochs or else three tenths of the run, and falls along another to a 250,000th.
 * Source: Smith & Topin 2019, "Super-Convergence", with the waves and figures that PyTorch's
 * OneCycleLR has; momentum stays as it is. */
double schedule_rate(const struct train_settings *settings, int64_t step,
                     int64_t steps_per_epoch);

#endif
