#include "worker/monitor.h"

#include "worker/meter.h"
#include "worker/trial_memory.h"

#include <math.h>
#include <stdlib.h>
#include <unistd.h>

/* A sample is kept no longer than this for others to be sent with it: so much a killed worker
 * loses of what it saw, and so late a watcher sees it. */
#define BATCH_S 2.0

/* One place is for the last sample, which cannot wait. */
enum { FULL = MONITOR_BATCH - 1 };

struct monitor {
    struct ledger *ledger;
    struct monitor_options options;
    bool running;
    struct process_table *processes;
    struct trial_memory *memory; /* NULL: not followed */
    struct ledger_view begin, last;
    double due_s, first_s; /* of the next sample, and of the first that is kept */
    struct monitor_sample samples[MONITOR_BATCH];
    size_t n, taken;
};

enum status monitor_create(struct monitor **out, struct ledger *ledger,
                           const struct monitor_options *options)
{
    struct monitor *monitor = calloc(1, sizeof *monitor);
    if (!monitor || process_table_create(&monitor->processes, meter_root())) {
        free(monitor);
        return ST_NOMEM;
    }
    monitor->ledger = ledger;
    monitor->options = *options;
    monitor->options.interval_s = fmax(options->interval_s, MONITOR_INTERVAL_MIN_S);
    *out = monitor;
    return ST_OK;
}

static void forget(struct monitor *monitor)
{
    trial_memory_free(monitor->memory);
    monitor->memory = NULL;
    monitor->running = false;
}

void monitor_free(struct monitor *monitor)
{
    if (!monitor)
        return;
    forget(monitor);
    process_table_free(monitor->processes);
    free(monitor);
}

void monitor_begin(struct monitor *monitor, pid_t leader, pid_t guard, double now_s)
{
    if (!monitor)
        return;
    forget(monitor);
    monitor->n = monitor->taken = 0;
    if (!ledger_look(monitor->ledger, &monitor->begin))
        return;
    monitor->last = monitor->begin;
    monitor->due_s = now_s + monitor->options.interval_s;
    monitor->running = true;
    if (trial_memory_create(&monitor->memory, monitor->processes, leader, getpid(), guard))
        monitor->memory = NULL;
}

/* Make room for samples by dropping those that were handed on. */
static void drop_taken(struct monitor *monitor)
{
    monitor->n -= monitor->taken;
    for (size_t i = 0; i < monitor->n; i++)
        monitor->samples[i] = monitor->samples[monitor->taken + i];
    monitor->taken = 0;
}

/* Append what the ledger tells of the time since the last look. */
static struct monitor_sample *add_sample(struct monitor *monitor,
                                         const struct ledger_view *view)
{
    const struct ledger_view *last = &monitor->last;
    bool metered = view->intervals > last->intervals;
    struct monitor_sample *sample = &monitor->samples[monitor->n++];
    *sample = (struct monitor_sample){
        .end_us = (view->cut_ns - monitor->begin.cut_ns) / 1000,
        .cpu_us = (int64_t)(view->trial_cpu_ns / 1000 - last->trial_cpu_ns / 1000),
        .energy_uj = metered ? view->trial_uj - last->trial_uj : MONITOR_UNKNOWN,
        .node_uj = metered ? view->node_uj - last->node_uj : MONITOR_UNKNOWN,
        .memory_kb = MONITOR_UNKNOWN,
        .gpu_permille = MONITOR_UNKNOWN,
        .gpu_memory_kb = MONITOR_UNKNOWN,
        .gpu_power_mw = MONITOR_UNKNOWN};
    monitor->last = *view;
    return sample;
}

static int64_t whole(double value)
{
    return isnan(value) ? MONITOR_UNKNOWN : llround(value);
}

/* What is there now, as long as the trial runs. */
static void read_present(const struct monitor *monitor, struct monitor_sample *sample)
{
    const struct monitor_options *options = &monitor->options;
    if (monitor->memory)
        sample->memory_kb = trial_memory_kb(monitor->memory);
    if (!options->gpus || options->n_gpus == 0)
        return;
    struct gpu_load load;
    gpu_devices_load(options->gpus, options->gpu_ids, options->n_gpus, &load);
    sample->gpu_permille = whole(load.utilization * 1000);
    sample->gpu_memory_kb = whole(load.memory_used_mb * 1024);
    sample->gpu_power_mw = whole(load.power_w * 1000);
}

/* The next sample is due in step with the first, unless this one came too late for that. */
static void set_due(struct monitor *monitor, double now_s)
{
    monitor->due_s += monitor->options.interval_s;
    if (monitor->due_s <= now_s)
        monitor->due_s = now_s + monitor->options.interval_s;
}

/* While there is no room, and while nobody has cut, the sample waits, and covers more time. */
#define RETRY_S 0.05

void monitor_tick(struct monitor *monitor, double now_s)
{
    struct ledger_view view;
    if (!monitor || !monitor->running || now_s < monitor->due_s)
        return;
    drop_taken(monitor);
    if (monitor->n == FULL || !ledger_look(monitor->ledger, &view) ||
        view.cut_ns == monitor->last.cut_ns) {
        monitor->due_s = now_s + RETRY_S;
        return;
    }
    if (monitor->n == 0)
        monitor->first_s = now_s;
    read_present(monitor, add_sample(monitor, &view));
    set_due(monitor, now_s);
}

void monitor_end(struct monitor *monitor)
{
    struct ledger_view view;
    if (!monitor || !monitor->running)
        return;
    drop_taken(monitor);
    if (ledger_look(monitor->ledger, &view) && view.cut_ns > monitor->last.cut_ns)
        add_sample(monitor, &view);
    forget(monitor);
}

double monitor_due_s(const struct monitor *monitor)
{
    return monitor && monitor->running ? monitor->due_s : (double)INFINITY;
}

size_t monitor_take(struct monitor *monitor, double now_s,
                    const struct monitor_sample **samples)
{
    if (!monitor)
        return 0;
    drop_taken(monitor);
    bool full = monitor->n >= FULL;
    if (monitor->running && !full && now_s - monitor->first_s < BATCH_S)
        return 0;
    *samples = monitor->samples;
    monitor->taken = monitor->n;
    return monitor->n;
}
