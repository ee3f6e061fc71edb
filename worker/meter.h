/* meter.h - power and energy meters: what a machine can tell about the joules that it uses.
 *
 * A meter type is one const struct in a file of its own and one line in meter_table.c. Every
 * read of sysfs and procfs goes below a root, so that the captured tree of any machine can be a
 * test. Threading: a meter belongs to one process; readings may be shared between the processes
 * of a host. */
#ifndef WORKER_METER_H
#define WORKER_METER_H

#include "base/status.h"
#include "base/strbuf.h"
#include "worker/energy.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What a scope covers. A set of meters never books two scopes that overlap: NODE covers all the
 * others. */
enum meter_scope { SCOPE_PACKAGE, SCOPE_DRAM, SCOPE_GPU, SCOPE_NODE, SCOPE_COUNT };
const char *meter_scope_text(enum meter_scope scope);

enum meter_presence { METER_PRESENT, METER_FORBIDDEN, METER_ABSENT };

/* The raw counters of a meter at one moment, in the meter's own units; what they mean is the
 * meter's business. Plain data, so that it can live in shared memory. */
#define METER_COUNTERS 64
struct meter_reading {
    int64_t time_ns; /* monotonic */
    uint64_t counters[METER_COUNTERS];
    bool valid[METER_COUNTERS];         /* false: this read failed */
    int64_t changed_ns[METER_COUNTERS]; /* when the counter last moved (see channel.h) */
};

/* What happened between two readings. */
struct meter_step {
    int64_t energy_uj[SCOPE_COUNT]; /* 0 for scopes that the meter does not cover */
    int64_t idle_uj; /* of the sum, what the machine would have used doing nothing; 0 when
                        unknown */
    int64_t low_uj, high_uj; /* bounds on the sum */
    uint32_t counted; /* counters whose energy is in the figures; 0: there is no figure */
    uint32_t wraps;
    uint32_t gaps;      /* counters that could not be read at one end or the other */
    uint32_t ambiguous; /* counters that may have wrapped more than once */
};

struct meter; /* each type's own */

struct meter_type {
    const char *name;
    const char *summary;
    enum energy_quality quality; /* at best */
    int priority;                /* the highest that is present wins a scope */

    /* Look below `root` and say what is there: presence, and into `report` (lines of text) what
     * was found, or which file is forbidden in which mode with the exact remedies, or what is
     * absent. When present and out is not NULL, *out is opened. */
    enum meter_presence (*probe)(const char *root, struct meter **out, struct strbuf *report);
    void (*close)(struct meter *meter);

    /* The scopes covered (a bit a scope: 1u << SCOPE_...), and the text for struct energy's
     * `meters`. */
    unsigned (*scopes)(const struct meter *meter);
    void (*describe)(const struct meter *meter, struct strbuf *text);
    /* The quality of what was found; NULL when it is always `quality`. */
    enum energy_quality (*actual_quality)(const struct meter *meter);

    /* Read all counters, back to back. A counter that cannot be read is marked, never 0. On
     * entry `reading` holds the one before, by this process or another of the host; all zero
     * when there is none. */
    void (*read)(struct meter *meter, struct meter_reading *reading);
    /* The energy between two readings of this meter. A pure function. */
    void (*step)(const struct meter *meter, const struct meter_reading *from,
                 const struct meter_reading *to, struct meter_step *step);
};

/* The table of all types (meter_table.c), ended by NULL. */
extern const struct meter_type *const meter_types[];

/* How well an open meter of this type measures. */
enum energy_quality meter_quality(const struct meter_type *type, const struct meter *meter);

/* The root that all reads go below: WATTUNE_SYSROOT, or "" for this machine. */
const char *meter_root(void);

/* The meters that are booked on this machine. */
#define METERS_MAX 8
struct meter_set {
    size_t n;
    const struct meter_type *types[METERS_MAX];
    struct meter *meters[METERS_MAX];
    enum energy_quality quality; /* the worst of them; ENERGY_NONE for an empty set */
    char text[96];               /* for struct energy */
};

/* Choose: `names` are the study's "meters" (NULL for "auto": the best for each scope).
 * Errors: ST_NOTFOUND for an unknown name; ST_FORBIDDEN and ST_UNAVAILABLE for one that cannot
 * be used here; ST_INVALID for two that cover the same; ST_NOMEM. Finding nothing for "auto" is
 * no error: the set is empty. Compare `quality` with what the study requires. */
enum status meter_set_open(struct meter_set *set, const char *root, const char *const *names,
                           size_t n_names, struct error *err);
void meter_set_close(struct meter_set *set);

/* What `wattune meters` says of the machine below `root`: each type with what it found, what is
 * booked for each scope and why, the power now (takes a quarter of a second), and what a
 * virtual machine or a container means. */
void meters_report(const char *root, struct strbuf *text);

#endif
