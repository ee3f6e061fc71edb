#include "worker/meter_watch.h"

#include "base/clock.h"

#include <math.h>

void meter_watch_begin(struct meter_watch *watch, const struct meter_set *set)
{
    *watch = (struct meter_watch){.set = set, .start_ns = clock_monotonic_ns()};
    for (size_t i = 0; i < set->n; i++)
        set->types[i]->read(set->meters[i], &watch->last[i]);
}

static void append_bounds(const struct meter_step *step, double time_s, struct strbuf *text)
{
    if (step->low_uj < step->high_uj)
        strbuf_printf(text, "%-10s between %.2f and %.2f W\n", "",
                      (double)step->low_uj * 1e-6 / time_s,
                      (double)step->high_uj * 1e-6 / time_s);
}

static void append_scopes(const struct meter_watch *watch, size_t i,
                          const struct meter_step *step, double time_s, struct strbuf *text)
{
    const struct meter_type *type = watch->set->types[i];
    const struct meter *meter = watch->set->meters[i];
    for (unsigned scope = 0; scope < SCOPE_COUNT; scope++)
        if (type->scopes(meter) & (1u << scope))
            strbuf_printf(text, "%-10s %.2f W over %.2f s, %.2f J in %.1f s (%s)\n",
                          meter_scope_text((enum meter_scope)scope),
                          (double)step->energy_uj[scope] * 1e-6 / time_s, time_s,
                          (double)watch->energy_uj[i][scope] * 1e-6,
                          (double)(watch->last[i].time_ns - watch->start_ns) * 1e-9,
                          energy_quality_text(meter_quality(type, meter)));
}

/* What meter i has measured since it was read last. Answers the seconds. */
static double advance(struct meter_watch *watch, size_t i, struct meter_step *step)
{
    const struct meter_type *type = watch->set->types[i];
    struct meter_reading now = watch->last[i];
    type->read(watch->set->meters[i], &now);
    type->step(watch->set->meters[i], &watch->last[i], &now, step);
    double time_s = (double)(now.time_ns - watch->last[i].time_ns) * 1e-9;
    watch->last[i] = now;
    watch->failed = watch->failed || step->gaps > 0;
    for (unsigned scope = 0; scope < SCOPE_COUNT; scope++)
        watch->energy_uj[i][scope] += step->energy_uj[scope];
    return time_s;
}

void meter_watch_look(struct meter_watch *watch, struct strbuf *text)
{
    for (size_t i = 0; i < watch->set->n; i++) {
        struct meter_step step;
        double time_s = advance(watch, i, &step);
        if (step.gaps > 0) {
            strbuf_printf(
                text,
                "%-10s no figure: %u of its counters could not be read or made no sense\n",
                watch->set->types[i]->name, step.gaps);
            continue;
        }
        append_scopes(watch, i, &step, time_s, text);
        append_bounds(&step, time_s, text);
    }
}

double meter_watch_energy_j(struct meter_watch *watch)
{
    int64_t sum_uj = 0;
    for (size_t i = 0; i < watch->set->n; i++) {
        struct meter_step step;
        advance(watch, i, &step);
        for (unsigned scope = 0; scope < SCOPE_COUNT; scope++)
            sum_uj += watch->energy_uj[i][scope];
    }
    return watch->set->n == 0 || watch->failed ? (double)NAN : (double)sum_uj * 1e-6;
}
