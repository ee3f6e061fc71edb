/* The same counters as powercap's, through the kernel's power PMU: 64 bits that never wrap, for
 * whom the kernel allows it. */
#include "worker/channel.h"
#include "worker/perf_events.h"
#include "worker/relay.h"

struct meter {
    size_t n;
    struct perf_event events[METER_COUNTERS];
    struct relay relays[METER_COUNTERS]; /* counting starts when this process opens the event */
};

static void release(struct meter *meter)
{
    perf_events_close(meter->events, meter->n);
}

static enum meter_presence examine(const char *root, struct meter *meter, struct strbuf *report)
{
    enum meter_presence presence =
        perf_events_open(meter->events, METER_COUNTERS, &meter->n, root, report);
    for (size_t i = 0; i < meter->n; i++)
        meter->relays[i].exact = true;
    if (presence != METER_PRESENT)
        release(meter);
    return presence;
}

static unsigned scopes(const struct meter *meter)
{
    unsigned mask = 0;
    for (size_t i = 0; i < meter->n; i++)
        mask |= 1u << meter->events[i].scope;
    return mask;
}

/* "perf:2 packages,dram" */
static void describe(const struct meter *meter, struct strbuf *text)
{
    size_t packages = 0;
    for (size_t i = 0; i < meter->n; i++)
        packages += meter->events[i].scope == SCOPE_PACKAGE;
    strbuf_append(text, "perf:");
    if (packages > 0)
        strbuf_printf(text, "%zu package%s", packages, packages > 1 ? "s" : "");
    if (packages < meter->n)
        strbuf_append(text, packages > 0 ? ",dram" : "dram");
}

static void read_counters(struct meter *meter, struct meter_reading *reading)
{
    reading_begin(reading);
    for (size_t i = 0; i < meter->n; i++) {
        uint64_t energy_uj = 0;
        bool ok = perf_event_read(&meter->events[i], &energy_uj);
        relay_put(&meter->relays[i], reading, i, ok, energy_uj);
    }
}

/* What a newcomer missed comes with the value after (relay.h), so a short interval may hold the
 * energy of several. */
#define REFRESH_S 0.5

static void compute_step(const struct meter *meter, const struct meter_reading *from,
                         const struct meter_reading *to, struct meter_step *step)
{
    *step = (struct meter_step){0};
    for (size_t i = 0; i < meter->n; i++) {
        struct channel channel = {.kind = CHANNEL_ENERGY,
                                  .scope = meter->events[i].scope,
                                  .ceiling_w = 1000,
                                  .refresh_s = REFRESH_S};
        channel_step(&channel, i, from, to, step);
    }
}

const struct meter_type meter_perf = {.name = "perf",
                                      .summary =
                                          "the same counters, through the kernel's power PMU",
                                      .quality = ENERGY_MEASURED,
                                      .priority = 45,
                                      .size = sizeof(struct meter),
                                      .examine = examine,
                                      .release = release,
                                      .scopes = scopes,
                                      .describe = describe,
                                      .read = read_counters,
                                      .step = compute_step};
