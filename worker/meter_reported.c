/* The trial's own figure: for trials whose energy is known elsewhere (a replayed table, a job
 * that ran on another machine). It reads nothing. There is no figure between two cuts, so
 * nothing of the node is booked by it; the supervisor books what a result tells. */
#include "worker/meter_reported.h"

#include "worker/channel.h"

#include <math.h>
#include <stdio.h>

struct meter {
    int nothing;
};

static enum meter_presence examine(const char *root, struct meter *meter, struct strbuf *report)
{
    (void)root, (void)meter;
    strbuf_append(report,
                  "the \"energy_j\" of a trial's result, where a study names this meter\n");
    return METER_PRESENT;
}

/* The joules of a trial, wherever they were used: any other meter counts them too. */
static unsigned scopes(const struct meter *meter)
{
    (void)meter;
    return 1u << SCOPE_NODE;
}

static void describe(const struct meter *meter, struct strbuf *text)
{
    (void)meter;
    strbuf_append(text, "reported:trial");
}

static void read_counters(struct meter *meter, struct meter_reading *reading)
{
    (void)meter;
    reading_begin(reading);
}

static void compute_step(const struct meter *meter, const struct meter_reading *from,
                         const struct meter_reading *to, struct meter_step *step)
{
    (void)meter, (void)from, (void)to;
    *step = (struct meter_step){0};
}

static bool holds(const struct meter_set *set)
{
    return set->n > 0 && set->types[0] == &meter_reported;
}

unsigned meter_reported_as(const struct meter_choice *choice)
{
    if (holds(&choice->booked))
        return REPORTED_BOOKED;
    for (unsigned i = 0; i < choice->n_beside; i++)
        if (holds(&choice->beside[i]))
            return REPORTED_BESIDE + i;
    return REPORTED_REFUSED;
}

void meter_reported_book(struct energy *energy, double energy_j)
{
    int64_t energy_uj = llround(energy_j * 1e6);
    *energy = (struct energy){.quality = ENERGY_REPORTED,
                              .dynamic_uj = energy_uj,
                              .low_uj = energy_uj,
                              .high_uj = energy_uj};
    snprintf(energy->meters, sizeof energy->meters, "reported:trial");
    snprintf(energy->method, sizeof energy->method, "reported by the trial");
}

const struct meter_type meter_reported = {.name = "reported",
                                          .summary = "the trial's own figure",
                                          .quality = ENERGY_REPORTED,
                                          .priority = METER_NAMED_ONLY,
                                          .knows_idle = true,
                                          .size = sizeof(struct meter),
                                          .examine = examine,
                                          .scopes = scopes,
                                          .describe = describe,
                                          .read = read_counters,
                                          .step = compute_step};
