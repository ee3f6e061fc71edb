/* monitor.h - what a running trial uses, seen again and again at a steady rate.
 *
 * Processor time and joules are those of the last cut of the node's ledger (ledger.h), which is
 * at most a tenth of a second old, so that watching makes no cuts of its own; memory and GPUs
 * are read then and there. A sample counts from the one before, so all samples of a trial add
 * up to what the ledger booked to it. They are handed on in batches. Threading: one owner. */
#ifndef WORKER_MONITOR_H
#define WORKER_MONITOR_H

#include "base/json.h"
#include "base/status.h"
#include "worker/gpu_devices.h"
#include "worker/ledger.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* X(member): the numbers of a sample; all but the time may be MONITOR_UNKNOWN. */
#define MONITOR_LIST(X)                                                                        \
    X(end_us)        /* since the trial began */                                               \
    X(cpu_us)        /* processor time of its processes since the sample before */             \
    X(energy_uj)     /* booked to it since then, its part of the idle energy included */       \
    X(node_uj)       /* counted by the node's meters since then */                             \
    X(memory_kb)     /* resident, of all its processes, now */                                 \
    X(gpu_permille)  /* how busy its GPUs are, the mean of them */                             \
    X(gpu_memory_kb) /* used on them, by whomever */                                           \
    X(gpu_power_mw)  /* of them together */

struct monitor_sample {
#define MONITOR_MEMBER(name) int64_t name;
    MONITOR_LIST(MONITOR_MEMBER)
#undef MONITOR_MEMBER
};

enum {
    MONITOR_UNKNOWN = -1,
    MONITOR_COLUMNS = sizeof(struct monitor_sample) / sizeof(int64_t)
};

/* Samples in a batch, at most. */
enum { MONITOR_BATCH = 64 };

/* The shortest interval: RAPL is noise below it, and the ledger is not cut more often. */
#define MONITOR_INTERVAL_MIN_S 0.1

/* For the wire: a list of lists of the numbers (json_print() reports a failed allocation), and
 * back into at most MONITOR_BATCH samples, which are the caller's to free. Errors: ST_FORMAT;
 * ST_NOMEM. */
struct json *monitor_to_json(const struct monitor_sample *samples, size_t n);
enum status monitor_from_json(struct monitor_sample **out, size_t *n, const struct json *list,
                              struct error *err);

struct monitor;

struct monitor_options {
    double interval_s; /* between samples; MONITOR_INTERVAL_MIN_S or more */
    /* The GPUs that trials run on: those of `gpus` with these ids. All borrowed as long as the
     * monitor lives. */
    const struct gpu_devices *gpus; /* NULL: none */
    const uint64_t *gpu_ids;
    size_t n_gpus;
};

/* The ledger is borrowed. Errors: ST_NOMEM. */
enum status monitor_create(struct monitor **out, struct ledger *ledger,
                           const struct monitor_options *options);
void monitor_free(struct monitor *monitor);

/* These calls do nothing for a NULL monitor. The trial of the process `leader` began in the
 * books just now; `guard` (0: none) is a child of this process and no part of it. Memory is
 * left out when there is none left to follow it with. */
void monitor_begin(struct monitor *monitor, pid_t leader, pid_t guard, double now_s);
/* Take a sample if one is due. */
void monitor_tick(struct monitor *monitor, double now_s);
/* The trial has ended, in the books too: take the last sample, however short its time was. */
void monitor_end(struct monitor *monitor);

/* When monitor_tick() has something to do: monotonic seconds, INFINITY while no trial runs. */
double monitor_due_s(const struct monitor *monitor);

/* Hand a batch on if it is full or old enough, or the trial has ended: answers its number of
 * samples, valid until the next call; 0 when there is none to hand on. */
size_t monitor_take(struct monitor *monitor, double now_s,
                    const struct monitor_sample **samples);

#endif
