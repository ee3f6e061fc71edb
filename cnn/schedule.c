#include "cnn/schedule.h"

#include <math.h>

static double constant(const struct train_settings *settings, double epoch)
{
    (void)settings, (void)epoch;
    return 1;
}

static double drops(const struct train_settings *settings, double epoch)
{
    return pow(settings->step_gamma, floor(epoch / (double)settings->step_epochs));
}

static double cosine(const struct train_settings *settings, double epoch)
{
    double warmup = settings->warmup_epochs;
    double progress = (epoch - warmup) / ((double)settings->epochs - warmup);
    return 0.5 * (1 + cos(acos(-1.0) * progress));
}

const char *const schedule_names[] = {"constant", "step", "cosine", NULL};
static double (*const schedules[])(const struct train_settings *, double) = {constant, drops,
                                                                             cosine};

double schedule_rate(const struct train_settings *settings, int64_t step,
                     int64_t steps_per_epoch)
{
    double epoch = (double)step / (double)steps_per_epoch;
    if (epoch < settings->warmup_epochs) {
        double warmup_steps = settings->warmup_epochs * (double)steps_per_epoch;
        return settings->learning_rate * fmin(1, (double)(step + 1) / warmup_steps);
    }
    return settings->learning_rate * schedules[settings->schedule](settings, epoch);
}
