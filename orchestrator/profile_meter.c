#include "orchestrator/profile_meter.h"

#include "base/clock.h"
#include "cnn/profile.h"
#include "worker/idle_power.h"

#include <math.h>
#include <stdio.h>

/* Below a tenth of a second joules are noise (docs/energy.md), and the value at either end of a
 * stretch is as old as the meter's refresh: a fiftieth of the stretch is what that may be. */
#define WINDOW_MIN_S 0.1
#define REFRESHES 50

/* A sum of power samples resolves nothing that is shorter than the pause between them. */
#define SAMPLES_S 0.1

/* How long, and for how many moves of the counters, the meters are watched. */
#define LOOK_S 2.0
#define LOOK_MOVES 8

/* The mean time between two moves of the booked counters; infinite when they do not move. */
static double find_refresh_s(struct ledger *ledger)
{
    struct idle_point first = {0}, last = {0}, now;
    int moves = -1; /* the first one begins the count */
    double begun_s = clock_monotonic_s();
    while (moves < LOOK_MOVES && clock_monotonic_s() - begun_s < LOOK_S) {
        ledger_cut(ledger);
        ledger_idle_point(ledger, 0, &now);
        if (last.time_ns != 0 && now.energy_uj != last.energy_uj && ++moves == 0)
            first = now;
        last = now;
        clock_sleep(0.0005);
    }
    return moves > 0 ? (double)(last.time_ns - first.time_ns) * 1e-9 / moves : (double)INFINITY;
}

static double find_window_s(const struct profile_meter *meter)
{
    const struct meter_set *set = &meter->choice.booked;
    if (set->quality <= ENERGY_ESTIMATED)
        return (double)INFINITY;
    double refresh_s = find_refresh_s(meter->ledger);
    if (set->quality <= ENERGY_INTEGRATED)
        refresh_s = fmax(refresh_s, SAMPLES_S);
    return fmax(WINDOW_MIN_S, REFRESHES * refresh_s);
}

/* Watts at rest that the site gives. */
static enum status take_idle(struct profile_meter *meter, struct error *err)
{
    struct idle_power idle = {
        .source = IDLE_SITE, .deviation_w = (double)NAN, .busy = (double)NAN};
    enum status status = idle_power_given(0, &idle.power_w, err);
    if (!status && idle.power_w > 0)
        ledger_set_idle(meter->ledger, 0, &idle);
    return status;
}

enum status profile_meter_open(struct profile_meter *meter, int64_t threads, struct error *err)
{
    *meter = (struct profile_meter){.threads = threads, .window_s = (double)INFINITY};
    enum status status = meter_choice_open(&meter->choice, meter_root(), NULL, 0, err);
    if (status || meter->choice.booked.n == 0)
        return status;
    status = ledger_open(&meter->ledger, NULL, 1, 0, LEDGER_BOTH, &meter->choice, err);
    if (!status)
        status = take_idle(meter, err);
    if (status)
        profile_meter_close(meter);
    else
        meter->window_s = find_window_s(meter);
    return status;
}

void profile_meter_close(struct profile_meter *meter)
{
    ledger_close(meter->ledger);
    meter->ledger = NULL;
    meter_choice_close(&meter->choice);
}

void profile_meter_begin(struct profile_meter *meter)
{
    if (meter->ledger)
        ledger_trial_begin(meter->ledger, 0);
    meter->begun_s = profile_clock_s(meter->threads);
}

void profile_meter_end(struct profile_meter *meter, struct profile_joules *joules)
{
    struct energy energy;
    double time_s = profile_clock_s(meter->threads) - meter->begun_s;
    if (!meter->ledger)
        return;
    ledger_trial_end(meter->ledger, (double)NAN, &energy);
    if (energy.quality == ENERGY_NONE)
        return;
    struct profile_joules stretch = {.time_s = time_s,
                                     .energy_j =
                                         (double)(energy.dynamic_uj + energy.idle_uj) * 1e-6,
                                     .low_j = (double)energy.low_uj * 1e-6,
                                     .high_j = (double)energy.high_uj * 1e-6,
                                     .quality = energy.quality};
    snprintf(stretch.method, sizeof stretch.method, "%s", energy.method);
    profile_joules_add(joules, &stretch);
}

void profile_joules_add(struct profile_joules *sum, const struct profile_joules *joules)
{
    if (joules->quality == ENERGY_NONE)
        return;
    sum->time_s += joules->time_s;
    sum->energy_j += joules->energy_j;
    sum->low_j += joules->low_j;
    sum->high_j += joules->high_j;
    sum->quality = energy_quality_worse(sum->quality, joules->quality);
    snprintf(sum->method, sizeof sum->method, "%s", joules->method);
}

double profile_joules_power_w(const struct profile_joules *joules)
{
    return joules->time_s > 0 ? joules->energy_j / joules->time_s : (double)NAN;
}
