/* The text of `wattune meters`. */
#include "worker/meter.h"

#include "base/clock.h"
#include "worker/machine.h"

#include <string.h>

/* Long enough for a few hundred updates of a hardware counter and some ticks of processor
 * time. Seconds. */
#define POWER_WINDOW_S 0.25

static void append_indented(struct strbuf *text, const char *lines)
{
    while (*lines) {
        size_t length = strcspn(lines, "\n");
        strbuf_printf(text, "    %.*s\n", (int)length, lines);
        lines += length + (lines[length] == '\n');
    }
}

static void report_type(const char *root, const struct meter_type *type, struct strbuf *text)
{
    static const char *const presence_texts[] = {"present", "forbidden", "absent"};
    struct strbuf found = STRBUF_INIT;
    enum meter_presence presence = type->probe(root, NULL, &found);
    strbuf_printf(text, "%-10s %-10s %s (%s)\n", type->name, presence_texts[presence],
                  type->summary, energy_quality_text(type->quality));
    append_indented(text, strbuf_text(&found));
    strbuf_free(&found);
}

/* The place in the set of the meter that covers a scope; set->n when none does. */
static size_t find_scope(const struct meter_set *set, unsigned scope)
{
    size_t i = 0;
    while (i < set->n && !(set->types[i]->scopes(set->meters[i]) & (1u << scope)))
        i++;
    return i;
}

static void report_choice(const struct meter_set *set, struct strbuf *text)
{
    for (unsigned scope = 0; scope < SCOPE_COUNT; scope++) {
        size_t i = find_scope(set, scope);
        strbuf_printf(text, "%-10s ", meter_scope_text((enum meter_scope)scope));
        if (i < set->n)
            strbuf_printf(text, "%s, %s: the best that is present here\n", set->types[i]->name,
                          energy_quality_text(meter_quality(set->types[i], set->meters[i])));
        else if (scope == SCOPE_NODE && set->n > 0)
            strbuf_append(text, "not booked: it would count the scopes above twice\n");
        else if (find_scope(set, SCOPE_NODE) < set->n)
            strbuf_append(text, "part of the node\n");
        else
            strbuf_append(text, "no meter here\n");
    }
}

static void report_step(const struct meter_type *type, const struct meter *meter,
                        const struct meter_step *step, double time_s, struct strbuf *text)
{
    if (step->gaps > 0) {
        strbuf_printf(text, "%-10s no figure: %u of its counters could not be read\n",
                      type->name, step->gaps);
        return;
    }
    for (unsigned scope = 0; scope < SCOPE_COUNT; scope++)
        if (type->scopes(meter) & (1u << scope))
            strbuf_printf(text, "%-10s %.2f W over %.2f s (%s)\n",
                          meter_scope_text((enum meter_scope)scope),
                          (double)step->energy_uj[scope] * 1e-6 / time_s, time_s,
                          energy_quality_text(meter_quality(type, meter)));
    if (step->low_uj < step->high_uj)
        strbuf_printf(text, "%-10s between %.2f and %.2f W\n", "",
                      (double)step->low_uj * 1e-6 / time_s,
                      (double)step->high_uj * 1e-6 / time_s);
}

static void report_power(const struct meter_set *set, struct strbuf *text)
{
    struct meter_reading from[METERS_MAX] = {0};
    for (size_t i = 0; i < set->n; i++)
        set->types[i]->read(set->meters[i], &from[i]);
    clock_sleep(POWER_WINDOW_S);
    for (size_t i = 0; i < set->n; i++) {
        const struct meter_type *type = set->types[i];
        struct meter_reading to = from[i];
        struct meter_step step;
        type->read(set->meters[i], &to);
        type->step(set->meters[i], &from[i], &to, &step);
        report_step(type, set->meters[i], &step, (double)(to.time_ns - from[i].time_ns) * 1e-9,
                    text);
    }
}

void meters_report(const char *root, struct strbuf *text)
{
    struct meter_set set;
    struct error err;
    strbuf_append(text, "Meters\n");
    for (size_t i = 0; meter_types[i]; i++)
        report_type(root, meter_types[i], text);
    if (meter_set_open(&set, root, NULL, 0, &err) != ST_OK) {
        strbuf_printf(text, "%s\n", err.what);
        return;
    }
    strbuf_append(text, "\nBooked for each scope\n");
    report_choice(&set, text);
    if (set.n > 0) {
        strbuf_append(text, "\nPower now\n");
        report_power(&set, text);
    } else {
        strbuf_append(text, "Nothing can be measured here: joules stay empty, never 0.\n");
    }
    strbuf_append(text, "\n");
    machine_report(root, text);
    meter_set_close(&set);
}
