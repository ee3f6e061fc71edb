#include "worker/idle_window.h"

#include <math.h>

/* Welford's update: one pass, and no difference of large sums. */
static void add_sample(struct idle_window *window, double energy_j, double time_s)
{
    double power_w = energy_j / time_s;
    double distance_w = power_w - window->mean_w;
    window->samples++;
    window->mean_w += distance_w / window->samples;
    window->squares += distance_w * (power_w - window->mean_w);
    window->energy_j += energy_j;
    window->time_s += time_s;
}

void idle_window_add(struct idle_window *window, const struct idle_point *point)
{
    const struct idle_point last = window->last;
    bool first = last.time_ns == 0, failed = point->gaps != last.gaps;
    if (!first &&
        (point->time_ns <= last.time_ns || (!failed && point->energy_uj == last.energy_uj)))
        return;
    window->last = *point;
    if (window->aligned && !failed)
        add_sample(window, (double)(point->energy_uj - last.energy_uj) * 1e-6,
                   (double)(point->time_ns - last.time_ns) * 1e-9);
    window->missed += !first && failed;
    window->aligned = !first && !failed;
}

enum idle_verdict idle_window_judge(const struct idle_window *window, double busy,
                                    struct idle_power *power)
{
    *power = (struct idle_power){.source = IDLE_UNKNOWN,
                                 .power_w = NAN,
                                 .deviation_w = NAN,
                                 .busy = busy,
                                 .samples = window->samples,
                                 .window_s = window->time_s};
    if (!(busy <= IDLE_BUSY_MAX))
        return IDLE_BUSY;
    if (window->samples < IDLE_SAMPLES_MIN || window->missed > window->samples)
        return IDLE_NO_FIGURE;
    power->source = IDLE_MEASURED;
    /* All energy over all time: samples of unequal length count by their length. */
    power->power_w = window->energy_j / window->time_s;
    power->deviation_w = sqrt(window->squares / (window->samples - 1));
    return IDLE_ACCEPTED;
}
