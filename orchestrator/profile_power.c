#include "orchestrator/profile_power.h"

#include "base/clock.h"

#include <math.h>
#include <stdlib.h>

/* A stretch is no shorter than this many windows' parts: a fiftieth of a window is a refresh of
 * the meters. */
#define STRETCH_MIN (1.0 / 5)

/* Whole steps are counted for at least this part of a window, twice. */
#define STEPS_MIN (1.0 / 5)

/* What is repeated, and what it drew. */
struct repeats {
    struct profile_meter *meter;
    const struct profile *profile;
    const struct profile_progress *progress;
    double begun_s, budget_s;
    size_t (*times)[PROFILE_DIRECTIONS];                 /* [n_parts] */
    struct profile_joules (*joules)[PROFILE_DIRECTIONS]; /* [n_parts], by the first alike */
};

static bool goes_on(const struct repeats *repeats)
{
    double share = (clock_monotonic_s() - repeats->begun_s) / repeats->budget_s;
    return !repeats->progress ||
           repeats->progress->go_on(repeats->progress->context, fmin(share, 1));
}

static size_t begin(void *context, size_t part, enum profile_direction direction)
{
    struct repeats *repeats = context;
    profile_meter_begin(repeats->meter);
    return repeats->times[part][direction];
}

static bool end(void *context, size_t part, enum profile_direction direction, size_t times)
{
    struct repeats *repeats = context;
    (void)times;
    size_t first = profile_part(repeats->profile, part)->like;
    profile_meter_end(repeats->meter, &repeats->joules[first][direction]);
    return goes_on(repeats);
}

/* How long the stretch of a part is to be: its share of the window of those alike. */
static double stretch_s(const struct profile *profile, size_t part, double window_s)
{
    size_t alike = 0, first = profile_part(profile, part)->like;
    for (size_t i = 0; i < profile_count(profile); i++)
        alike += profile_part(profile, i)->like == first;
    return fmax(window_s / (double)alike, window_s * STRETCH_MIN);
}

/* Plan the repeats for stretches of this share of what they should be; answers what the
 * stretched step will take. */
static double plan_repeats(struct repeats *repeats, const struct profile_times *times,
                           double share)
{
    double total_s = 0;
    for (size_t i = 0; i < profile_count(repeats->profile); i++)
        for (int d = 0; d < PROFILE_DIRECTIONS; d++) {
            double once_s = times->part_s[i][d];
            if (isnan(once_s))
                continue;
            double wanted_s = share * stretch_s(repeats->profile, i, repeats->meter->window_s);
            /* A part may be too quick for the clock. */
            double n = ceil(wanted_s / fmax(once_s, 1e-7));
            repeats->times[i][d] = n > 1 ? (size_t)n : 1;
            total_s += (double)repeats->times[i][d] * once_s;
        }
    return total_s;
}

/* Whole steps for about so long, at least one. */
static enum status count_steps(struct profile_power *power, struct repeats *repeats,
                               struct profile *profile, double time_s, struct error *err)
{
    double begun_s = clock_monotonic_s();
    size_t n = 0;
    enum status status;
    struct profile_joules joules = power->steps;
    profile_meter_begin(repeats->meter);
    do {
        status = profile_step(profile, NULL, err);
        n++;
        if (!status && !goes_on(repeats))
            status = ST_INTERRUPTED;
    } while (!status && clock_monotonic_s() - begun_s < time_s);
    profile_meter_end(repeats->meter, &joules);
    if (status && status != ST_INTERRUPTED)
        return status;
    /* Steps without a figure are not counted either. */
    power->n_steps += joules.time_s > power->steps.time_s ? n : 0;
    power->steps = joules;
    return status;
}

/* A part is told apart when its stretches are half of what they should be. */
static void conclude(struct profile_power *power, const struct repeats *repeats,
                     const struct profile_times *times)
{
    for (size_t i = 0; i < profile_count(repeats->profile); i++)
        for (int d = 0; d < PROFILE_DIRECTIONS; d++) {
            size_t first = profile_part(repeats->profile, i)->like;
            const struct profile_joules *joules = &repeats->joules[first][d];
            bool runs = !isnan(times->part_s[i][d]);
            bool told = runs && joules->time_s >= 0.5 * repeats->meter->window_s;
            power->part_w[i][d] = told ? profile_joules_power_w(joules) : (double)NAN;
            power->n_parts += runs;
            power->n_told += told;
        }
}

/* Steps, the step with its parts stretched, and steps again. */
static enum status run(struct profile_power *power, struct repeats *repeats,
                       struct profile *profile, const struct profile_times *times,
                       struct error *err)
{
    double steps_s = 0.15 * repeats->budget_s, rest_s = 0.7 * repeats->budget_s;
    struct profile_watcher watcher = {repeats, begin, end};
    bool tells = isfinite(repeats->meter->window_s);
    double stretched_s = tells ? plan_repeats(repeats, times, 1) : 0;
    if (tells)
        steps_s = fmax(steps_s, STEPS_MIN * repeats->meter->window_s);
    power->needed_s = tells ? stretched_s / 0.7 : (double)INFINITY;
    if (stretched_s > rest_s)
        plan_repeats(repeats, times, rest_s / stretched_s);
    enum status status = count_steps(power, repeats, profile, steps_s, err);
    if (!status && tells)
        status = profile_step(profile, &watcher, err);
    if (!status)
        status = count_steps(power, repeats, profile, steps_s, err);
    return status == ST_INTERRUPTED ? ST_OK : status;
}

enum status profile_power_measure(struct profile_power *power, struct profile_meter *meter,
                                  struct profile *profile, const struct profile_times *times,
                                  double budget_s, const struct profile_progress *progress,
                                  struct error *err)
{
    size_t n = profile_count(profile);
    *power = (struct profile_power){.needed_s = (double)INFINITY};
    struct repeats repeats = {.meter = meter,
                              .profile = profile,
                              .progress = progress,
                              .begun_s = clock_monotonic_s(),
                              .budget_s = budget_s,
                              .times = calloc(n, sizeof *repeats.times),
                              .joules = calloc(n, sizeof *repeats.joules)};
    power->part_w = calloc(n, sizeof *power->part_w);
    enum status status = ST_OK;
    if (!repeats.times || !repeats.joules || !power->part_w)
        status = error_set(err, ST_NOMEM, "out of memory for the joules of a profile");
    if (!status && meter->ledger)
        status = run(power, &repeats, profile, times, err);
    if (!status)
        conclude(power, &repeats, times);
    free(repeats.times);
    free(repeats.joules);
    return status;
}

void profile_power_free(struct profile_power *power)
{
    free(power->part_w);
    power->part_w = NULL;
}
