#include "cnn/schedule.h"

#include <math.h>

/* Where a step is. */
struct moment {
    double step, steps; /* of the run */
    double epoch;
    double warmup_steps; /* 0: none */
};

static double linear_warmup(const struct moment *at)
{
    return at->step < at->warmup_steps ? fmin(1, (at->step + 1) / at->warmup_steps) : 1;
}

static double constant(const struct train_settings *settings, const struct moment *at)
{
    (void)settings;
    return linear_warmup(at);
}

static double drops(const struct train_settings *settings, const struct moment *at)
{
    if (at->step < at->warmup_steps)
        return linear_warmup(at);
    return pow(settings->step_gamma, floor(at->epoch / (double)settings->step_epochs));
}

/* Half a wave from one value to another, progress going from 0 to 1. */
static double half_wave(double from, double to, double progress)
{
    return to + (from - to) * 0.5 * (1 + cos(acos(-1.0) * progress));
}

static double cosine(const struct train_settings *settings, const struct moment *at)
{
    double warmup = settings->warmup_epochs;
    if (at->step < at->warmup_steps)
        return linear_warmup(at);
    return half_wave(1, 0, (at->epoch - warmup) / ((double)settings->epochs - warmup));
}

/* The rise ends with the last step before its share of the run is over. */
static double one_cycle(const struct train_settings *settings, const struct moment *at)
{
    (void)settings;
    const double first = 1 / 25.0, final = first / 1e4;
    double rise = at->warmup_steps > 0 ? at->warmup_steps : 0.3 * at->steps;
    double peak = rise - 1, last = at->steps - 1;
    if (at->step < peak)
        return half_wave(first, 1, at->step / peak);
    return last > peak ? half_wave(1, final, (at->step - peak) / (last - peak)) : 1;
}

const char *const schedule_names[] = {"constant", "step", "cosine", "one_cycle", NULL};
static double (*const schedules[])(const struct train_settings *, const struct moment *) = {
    constant, drops, cosine, one_cycle};

double schedule_rate(const struct train_settings *settings, int64_t step,
                     int64_t steps_per_epoch)
{
    double steps_of_epoch = (double)steps_per_epoch;
    struct moment at = {
        .step = (double)step,
        .steps = (double)settings->epochs * steps_of_epoch,
        .epoch = (double)step / steps_of_epoch,
        .warmup_steps = settings->warmup_epochs * steps_of_epoch,
    };
    return settings->learning_rate * schedules[settings->schedule](settings, &at);
}
