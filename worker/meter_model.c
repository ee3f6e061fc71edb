/* The last resort where no counter exists: watts from the utilisation of the processors. The
 * figures are wall watts of whole servers, so the scope is the node. */
#include "worker/cpu_power.h"
#include "worker/cpu_times.h"
#include "worker/meter.h"
#include "worker/sysfile.h"

#include "base/clock.h"

#include <math.h>
#include <stdlib.h>

/* /proc/stat counts in ticks of 10 ms: over less than this its utilisation is noise. */
#define WINDOW_NS 100000000

/* Counters of a reading: only BUSY is marked valid, the others are 0 when there are none. */
enum { BUSY, WINDOW_BUSY, WINDOW_TIME };

/* The machine's busy time at a moment, both in nanoseconds. */
struct sample {
    uint64_t busy_ns;
    int64_t time_ns; /* 0: none */
};

struct meter {
    char root[SYSFILE_PATH];
    unsigned cpus;
    struct cpu_power power;
    struct sample recent; /* where the present window of this process began */
    struct sample window; /* and the one before, at least WINDOW_NS ago */
};

/* A variable in watts: 1 when set to a positive number, 0 when not set, -1 when it is wrong. */
static int read_watts(const char *name, double *watts, struct strbuf *report)
{
    const char *text = getenv(name);
    if (!text || !*text)
        return 0;
    char *end;
    *watts = strtod(text, &end);
    if (*end == '\0' && *watts > 0 && *watts <= CPU_POWER_MAX_W)
        return 1;
    strbuf_printf(report, "%s is \"%s\": expected watts per hardware thread, such as 0.283\n",
                  name, text);
    return -1;
}

/* The site's own watts, if any. False when they are wrong: better no figure than one that the
 * site did not mean. */
static bool read_site(struct cpu_power *power, struct strbuf *report)
{
    double idle_w = 0, max_w = 0;
    int idle = read_watts("WATTUNE_MODEL_IDLE_W", &idle_w, report);
    int max = read_watts("WATTUNE_MODEL_MAX_W", &max_w, report);
    if (idle < 0 || max < 0)
        return false;
    if (idle != max) {
        strbuf_append(report, "set both WATTUNE_MODEL_IDLE_W and WATTUNE_MODEL_MAX_W\n");
        return false;
    }
    if (idle && max_w < idle_w) {
        strbuf_printf(report,
                      "WATTUNE_MODEL_MAX_W (%g) is less than WATTUNE_MODEL_IDLE_W (%g)\n",
                      max_w, idle_w);
        return false;
    }
    if (idle)
        cpu_power_site(power, idle_w, max_w);
    return true;
}

static bool find_power(const char *root, struct cpu_power *power, struct strbuf *report)
{
    char path[SYSFILE_PATH], cpuinfo[8192];
    if (!sysfile_path(path, root, "/proc/cpuinfo") ||
        sysfile_read(path, cpuinfo, sizeof cpuinfo))
        cpuinfo[0] = '\0';
    cpu_power_identify(power, cpuinfo);
    return read_site(power, report);
}

static enum meter_presence examine(const char *root, struct meter *meter, struct strbuf *report)
{
    const struct cpu_power *power = &meter->power;
    uint64_t busy_ns;
    meter->cpus = cpu_times_online(root);
    if (!sysfile_path(meter->root, "", "%s", root) || meter->cpus == 0 ||
        !cpu_times_busy_ns(root, &busy_ns)) {
        strbuf_printf(report, "%s/proc/stat cannot be read\n", root);
        return METER_ABSENT;
    }
    if (!find_power(root, &meter->power, report))
        return METER_ABSENT;
    strbuf_printf(report,
                  "%u hardware threads, %.3f W idle and %.3f W busy each (%s: %s), wall watts "
                  "of a whole tuned server, +-%.0f %%\n",
                  meter->cpus, power->idle_w, power->max_w, power->name, power->origin,
                  100 * power->bound);
    return METER_PRESENT;
}

static unsigned scopes(const struct meter *meter)
{
    (void)meter;
    return 1u << SCOPE_NODE;
}

static void describe(const struct meter *meter, struct strbuf *text)
{
    strbuf_printf(text, "model:%s", meter->power.name);
}

static void read_counters(struct meter *meter, struct meter_reading *reading)
{
    *reading = (struct meter_reading){.time_ns = clock_monotonic_ns()};
    reading->valid[BUSY] = cpu_times_busy_ns(meter->root, &reading->counters[BUSY]);
    if (!reading->valid[BUSY])
        return;
    if (meter->recent.time_ns == 0 || reading->time_ns - meter->recent.time_ns >= WINDOW_NS) {
        meter->window = meter->recent;
        meter->recent = (struct sample){reading->counters[BUSY], reading->time_ns};
    }
    reading->counters[WINDOW_BUSY] = meter->window.busy_ns;
    reading->counters[WINDOW_TIME] = (uint64_t)meter->window.time_ns;
}

/* How busy the machine was between the readings. Many short intervals, each with its ticks
 * clamped to full load, would lose most of them; so a short one takes the utilisation of the
 * last window. */
static double utilisation(const struct meter *meter, const struct meter_reading *from,
                          const struct meter_reading *to)
{
    struct sample start = {from->counters[BUSY], from->time_ns};
    if (to->time_ns - from->time_ns < WINDOW_NS && to->counters[WINDOW_TIME] > 0)
        start = (struct sample){to->counters[WINDOW_BUSY], (int64_t)to->counters[WINDOW_TIME]};
    int64_t busy_ns = (int64_t)(to->counters[BUSY] - start.busy_ns);
    return (double)busy_ns / ((double)meter->cpus * (double)(to->time_ns - start.time_ns));
}

static void compute_step(const struct meter *meter, const struct meter_reading *from,
                         const struct meter_reading *to, struct meter_step *step)
{
    *step = (struct meter_step){0};
    if (!from->valid[BUSY] || !to->valid[BUSY]) {
        step->gaps = 1;
        return;
    }
    double time_s = (double)(to->time_ns - from->time_ns) * 1e-9;
    if (!(time_s > 0))
        return;
    const struct cpu_power *power = &meter->power;
    double idle_w = meter->cpus * power->idle_w;
    double dynamic_w = meter->cpus * (power->max_w - power->idle_w) *
                       cpu_power_curve(utilisation(meter, from, to));
    double energy_j = (idle_w + dynamic_w) * time_s;
    step->counted = 1;
    step->energy_uj[SCOPE_NODE] = llround(energy_j * 1e6);
    step->idle_uj = llround(idle_w * time_s * 1e6);
    step->low_uj = llround(energy_j * (1 - power->bound) * 1e6);
    step->high_uj = llround(energy_j * (1 + power->bound) * 1e6);
}

const struct meter_type meter_model = {.name = "model",
                                       .summary = "an estimate from processor time, for "
                                                  "machines without any counter",
                                       .quality = ENERGY_ESTIMATED,
                                       .priority = 0,
                                       .knows_idle = true,
                                       .size = sizeof(struct meter),
                                       .examine = examine,
                                       .scopes = scopes,
                                       .describe = describe,
                                       .read = read_counters,
                                       .step = compute_step};
