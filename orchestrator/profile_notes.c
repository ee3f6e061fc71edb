#include "orchestrator/profile_notes.h"

#include "results/units.h"
#include "worker/energy.h"

#include <math.h>

/* The processor was somebody else's for longer than this share of the time. */
#define AWAY_MAX 0.05

static void note_times(struct table *table, const struct profile_report *report)
{
    const struct profile_times *times = report->findings.times;
    bool alone = report->threads == 1;
    table_add_note(
        table,
        "Times are %smedians of %zu step%s, each part timed in its place. Their sum is "
        "%+.1f %% from that of a step that is not taken apart%s.",
        alone ? "processor time: " : "", times->n_rounds, times->n_rounds == 1 ? "" : "s",
        100 * times->gap,
        fabs(times->gap) > PROFILE_GAP_MAX ? ": more than it should be, so take them "
                                             "as rough; try a longer --time"
                                           : "");
    if (times->running < 1 - AWAY_MAX)
        table_add_note(table,
                       "Other work had the processor for %.0f %% of the time that passed%s.",
                       100 * (1 - times->running),
                       alone ? ", which these times leave out"
                             : ": it slows the whole step down, and short parts less");
    if (report->inference)
        table_add_note(table,
                       "Layers that are folded into the convolution before them run with "
                       "it, and have no time of their own.");
}

static void note_peak(struct table *table, const struct profile_report *report)
{
    struct strbuf speed = STRBUF_INIT;
    units_append_speed(&speed, report->peak);
    table_add_note(
        table,
        "The peak is %s: a product of square matrices by oneDNN with %d thread%s. Work "
        "counts convolutions and linear layers, a multiply-add as two, even where an algorithm "
        "needs fewer: that can exceed the peak.",
        strbuf_text(&speed), (int)report->threads, report->threads == 1 ? "" : "s");
    strbuf_free(&speed);
}

void profile_note_meters(struct table *table, const struct profile_meter *meter,
                         const struct profile_joules *joules)
{
    if (joules->quality == ENERGY_NONE) {
        table_add_note(table, meter->ledger
                                  ? "No joules: the meters did not answer in this time."
                                  : "No joules: nothing can be measured here; `wattune meters` "
                                    "says why.");
        return;
    }
    struct strbuf power = STRBUF_INIT;
    units_append_power(&power, profile_joules_power_w(joules));
    table_add_note(table,
                   "Joules are %s (%s; %s), between %.0f and %.0f %% of what is "
                   "shown; the mean power was %s.",
                   energy_quality_text(joules->quality), meter->choice.booked.text,
                   joules->method, 100 * joules->low_j / joules->energy_j,
                   100 * joules->high_j / joules->energy_j, strbuf_text(&power));
    strbuf_free(&power);
}

static void note_parts(struct table *table, const struct profile_power *power,
                       const struct profile_meter *meter)
{
    struct strbuf needed = STRBUF_INIT;
    if (isinf(meter->window_s)) {
        table_add_note(table,
                       "These meters follow the processor time alone: by part, joules are "
                       "the time at the power of the whole step.");
    } else if (power->n_told < power->n_parts) {
        units_append_time(&needed, power->needed_s);
        table_add_note(table,
                       "%zu of %zu passes were repeated for long enough to have a power of "
                       "their own; the others are taken to draw what the whole step does. All "
                       "of them need --time of about %s.",
                       power->n_told, power->n_parts, strbuf_text(&needed));
    } else {
        table_add_note(table, "Each pass was repeated until the meters resolved its power.");
    }
    strbuf_free(&needed);
}

static void note_energy(struct table *table, const struct profile_report *report,
                        const struct profile_rows *rows)
{
    const struct profile_power *power = report->findings.power;
    profile_note_meters(table, report->meter, &power->steps);
    if (power->steps.quality == ENERGY_NONE)
        return;
    note_parts(table, power, report->meter);
    double sum_j = rows->rows[rows->n - 2].total.energy_j;
    double step_j = rows->rows[rows->n - 1].total.energy_j;
    double gap = sum_j / step_j - 1;
    table_add_note(
        table, "The parts' joules sum to %+.1f %% of those counted for whole steps%s.",
        100 * gap,
        fabs(gap) > PROFILE_GAP_MAX ? ": more than it should be, as on a machine that "
                                      "is busy with other work"
                                    : "");
}

void profile_add_notes(struct table *table, const struct profile_report *report,
                       const struct profile_rows *rows)
{
    note_times(table, report);
    note_peak(table, report);
    note_energy(table, report, rows);
}
