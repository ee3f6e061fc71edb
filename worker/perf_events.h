/* perf_events.h - the energy counters of the power PMU, through perf_event_open(2).
 * Source: Linux, arch/x86/events/rapl.c. Threading: one thread. */
#ifndef WORKER_PERF_EVENTS_H
#define WORKER_PERF_EVENTS_H

#include "worker/meter.h"

#include "base/strbuf.h"

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct perf_event_attr;

/* The system calls, in a table so that tests can stand in for a kernel. open_event() answers a
 * descriptor, or -1 with errno; the live one refuses below a root, because another machine's
 * files say nothing about this one's kernel: with EACCES when that machine forbids its users to
 * count. */
struct perf_calls {
    int (*open_event)(const char *root, const struct perf_event_attr *attr, int cpu);
    ssize_t (*read_event)(int fd, void *buffer, size_t size);
    void (*close_event)(int fd);
};
extern struct perf_calls perf_calls;

/* One open counter. */
struct perf_event {
    enum meter_scope scope;
    int cpu;
    long package; /* that the cpu is in; -1 when nothing tells */
    int fd;
    double unit_uj; /* of one count */
};

/* Open energy-pkg and energy-ram on every cpu of the PMU's cpumask, one a package: at most
 * `capacity`. Answers their number in *n. On failure nothing is open and the report says what
 * is missing or forbidden. */
enum meter_presence perf_events_open(struct perf_event *events, size_t capacity, size_t *n,
                                     const char *root, struct strbuf *report);
void perf_events_close(struct perf_event *events, size_t n);

/* Microjoules since it was opened. False when it cannot be read. */
bool perf_event_read(const struct perf_event *event, uint64_t *energy_uj);

#endif
