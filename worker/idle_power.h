/* idle_power.h - what the booked meters of a host show while nobody works, and how that is
 * known. Threading: plain data. */
#ifndef WORKER_IDLE_POWER_H
#define WORKER_IDLE_POWER_H

#include <stdint.h>

enum idle_source {
    IDLE_UNKNOWN,  /* all energy is shared out as if it were dynamic */
    IDLE_METER,    /* the meter itself tells it with every step */
    IDLE_MEASURED, /* in a quiet window before the first trial */
    IDLE_SITE      /* the site gave it */
};

struct idle_power {
    enum idle_source source;
    double power_w;     /* of package, dram and node; not of GPUs */
    double deviation_w; /* of the samples; 0 unless measured */
    double busy;        /* share of the processors' time in the window, 0 to 1 */
    uint32_t samples;
    double window_s;
};

#endif
