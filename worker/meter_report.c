/* The text of `wattune meters`. */
#include "worker/meter.h"

#include "base/clock.h"
#include "worker/idle_power.h"
#include "worker/machine.h"
#include "worker/meter_watch.h"

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
    struct meter *meter;
    enum energy_quality quality = type->quality;
    enum meter_presence presence = meter_open(type, root, &meter, &found);
    if (presence == METER_PRESENT) {
        quality = meter_quality(type, meter);
        meter_close(type, meter);
    }
    strbuf_printf(text, "%-10s %-10s %s (%s)\n", type->name,
                  type->priority == METER_NAMED_ONLY ? "by name" : presence_texts[presence],
                  type->summary, energy_quality_text(quality));
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

static void report_power(const struct meter_set *set, struct strbuf *text)
{
    struct meter_watch watch;
    meter_watch_begin(&watch, set);
    clock_sleep(POWER_WINDOW_S);
    meter_watch_look(&watch, text);
}

/* What the site gives, or why it cannot be used. */
static void report_idle(struct strbuf *text)
{
    struct error err = {0};
    double power_w;
    if (idle_power_given(0, &power_w, &err))
        strbuf_printf(text, "%s; %s\n", err.what, err.remedy);
    else if (power_w > 0)
        strbuf_printf(text, "Idle power of what is booked: %g W (WATTUNE_IDLE_W)\n", power_w);
}

void meters_report(const char *root, struct strbuf *text)
{
    struct meter_choice choice;
    struct error err;
    strbuf_append(text, "Meters\n");
    for (size_t i = 0; meter_types[i]; i++)
        report_type(root, meter_types[i], text);
    if (meter_choice_open(&choice, root, NULL, 0, &err) != ST_OK) {
        strbuf_printf(text, "%s\n", err.what);
        return;
    }
    strbuf_append(text, "\nBooked for each scope\n");
    report_choice(&choice.booked, text);
    if (choice.booked.n > 0) {
        strbuf_append(text, "\nPower now\n");
        report_power(&choice.booked, text);
        report_idle(text);
    } else {
        strbuf_append(text, "Nothing can be measured here: joules stay empty, never 0.\n");
    }
    strbuf_append(text, "\n");
    machine_report(root, text);
    meter_choice_close(&choice);
}
