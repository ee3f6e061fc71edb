/* machine_peak.h - how fast this machine multiplies and adds at best, as a scale for what
 * networks reach.
 *
 * The speed of oneDNN's product of two square matrices that stay in the caches: nearly all of
 * its instructions are fused multiply-adds, and the library is the one that the networks use.
 * Threading: uses OpenMP's threads. */
#ifndef CNN_MACHINE_PEAK_H
#define CNN_MACHINE_PEAK_H

#include "base/status.h"
#include "cnn/settings.h"

/* The best of the products that fit budget_s (at least two), in floating-point operations a
 * second, with the threads of the settings. Errors: ST_NOMEM; ST_FAILED from oneDNN. */
enum status machine_peak(double *flops_per_s, const struct train_settings *settings,
                         double budget_s, struct error *err);

#endif
