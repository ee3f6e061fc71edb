/* idle_power.h - what the meters of a host show while nobody works, and how that is known.
 * Threading: plain data. */
#ifndef WORKER_IDLE_POWER_H
#define WORKER_IDLE_POWER_H

#include "base/json.h"
#include "base/status.h"
#include "worker/energy.h"

#include <stddef.h>
#include <stdint.h>

/* X(name, text) */
#define IDLE_SOURCE_LIST(X)                                                                    \
    X(UNKNOWN, "unknown")   /* all energy is shared out as if it were dynamic */               \
    X(METER, "meter")       /* the meter itself tells it with every step */                    \
    X(MEASURED, "measured") /* in a quiet window before the first trial */                     \
    X(SITE, "site")         /* the site gave it */

enum idle_source {
#define IDLE_SOURCE_ENUM(name, text) IDLE_##name,
    IDLE_SOURCE_LIST(IDLE_SOURCE_ENUM)
#undef IDLE_SOURCE_ENUM
};

const char *idle_source_text(enum idle_source source);

/* No host draws more at rest. */
#define IDLE_POWER_MAX_W 1e6

struct idle_power {
    enum idle_source source;
    double power_w;     /* of package, dram and node; not of GPUs. NaN: unknown */
    double deviation_w; /* of the samples; NaN unless measured */
    double busy; /* share of the processors' time in the window, 0 to 1; NaN: no window, or not
                    known */
    uint32_t samples;
    double window_s;
};

/* The same for every set of meters that has an idle power, as it is told and stored. */
struct idle_figure {
    uint32_t set; /* 0: what is booked; from 1 on: what runs beside */
    char meters[sizeof((struct energy *)0)->meters];
    struct idle_power power;
};

#define IDLE_FIGURES_MAX (1 + ENERGY_BESIDE_MAX)

struct idle_figures {
    int64_t opened_at_us; /* when the books that it is for were opened; realtime */
    size_t n;
    struct idle_figure items[IDLE_FIGURES_MAX];
};

/* The idle power that the site gives for what is booked on this host: WATTUNE_IDLE_W, else
 * study_w (0: not given). *power_w is 0 when nobody gives it. Errors: ST_INVALID for a variable
 * that is no number of watts. */
enum status idle_power_given(double study_w, double *power_w, struct error *err);

/* For the wire. Reading: ST_FORMAT with the reason; the figures are undefined then. */
struct json *idle_figures_to_json(const struct idle_figures *figures);
enum status idle_figures_from_json(struct idle_figures *figures, const struct json *object,
                                   struct error *err);

#endif
