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

/* The energy of one GPU. */
#define METER_GPUS 16
struct gpu_step {
    uint64_t id; /* the FNV-1a hash of its UUID */
    int64_t energy_uj;
};

/* What happened between two readings. */
struct meter_step {
    int64_t energy_uj[SCOPE_COUNT]; /* 0 for scopes that the meter does not cover */
    struct gpu_step
        gpus[METER_GPUS]; /* parts of energy_uj[SCOPE_GPU], where it is known whose */
    size_t n_gpus;
    int64_t idle_uj; /* of the sum, what the machine would have used doing nothing; 0 when
                        unknown */
    int64_t low_uj, high_uj; /* bounds on the sum */
    uint32_t counted; /* counters whose energy is in the figures; 0: there is no figure */
    uint32_t wraps;
    uint32_t gaps;      /* counters that could not be read at one end or the other */
    uint32_t negative;  /* of the gaps, counters that went back, jumped or stood still */
    uint32_t ambiguous; /* counters that may have wrapped more than once */
};

struct meter; /* each type's own */

/* The priority of a type that is taken only where a study names it. */
#define METER_NAMED_ONLY (-1)

struct meter_type {
    const char *name;
    const char *summary;
    enum energy_quality quality; /* at best */
    int priority;    /* the highest that is present wins a scope; METER_NAMED_ONLY: never */
    bool knows_idle; /* its steps tell the idle energy, or it has none: nothing to measure */

    /* Bytes of the type's struct meter; meter_open() makes it, all zero. */
    size_t size;
    /* Look below `root`, fill the meter and say what is there: presence, and into `report`
     * (lines of text) what was found, or which file is forbidden in which mode with the exact
     * remedies, or what is absent. Nothing stays open unless it is present. */
    enum meter_presence (*examine)(const char *root, struct meter *meter,
                                   struct strbuf *report);
    /* Close what a present one has opened. NULL: nothing. */
    void (*release)(struct meter *meter);

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

/* The type of that name; NULL when there is none. */
const struct meter_type *meter_type_find(const char *name);

/* Examine the machine below `root`. When the meter is present and out is not NULL, *out is
 * open, and the caller's to close. Running out of memory is told in the report: it counts as
 * absent. */
enum meter_presence meter_open(const struct meter_type *type, const char *root,
                               struct meter **out, struct strbuf *report);
void meter_close(const struct meter_type *type, struct meter *meter);

/* How well an open meter of this type measures. */
enum energy_quality meter_quality(const struct meter_type *type, const struct meter *meter);

/* The root that all reads go below: WATTUNE_SYSROOT, or "" for this machine. */
const char *meter_root(void);

/* Meters whose sum is a figure: none covers what another does. */
#define METERS_MAX 8
struct meter_set {
    size_t n;
    const struct meter_type *types[METERS_MAX];
    struct meter *meters[METERS_MAX];
    enum energy_quality quality; /* the worst of them; ENERGY_NONE for an empty set */
    char text[96];               /* for struct energy */
};

/* The meters of this machine: those that are booked, and those that are read at the same
 * moments and shared out by the same rule, to be compared with them. */
struct meter_choice {
    struct meter_set booked;
    struct meter_set beside[ENERGY_BESIDE_MAX]; /* one meter each */
    size_t n_beside;
};

/* Choose: `names` are the study's "meters" (NULL for "auto": the best for each scope; "auto"
 * may also stand first in a list). In their order a meter is booked unless it covers what a
 * booked one does; then it runs beside. One that "auto" has booked already is left at that.
 * Errors: ST_NOTFOUND for an unknown name; ST_FORBIDDEN and ST_UNAVAILABLE for one that cannot
 * be used here; ST_INVALID for a name given twice, "auto" in a later place, and more beside
 * than fit; ST_NOMEM; the choice is empty then. Finding nothing for "auto" is no error: nothing
 * is booked. Compare booked.quality with what the study requires. */
enum status meter_choice_open(struct meter_choice *choice, const char *root,
                              const char *const *names, size_t n_names, struct error *err);
void meter_choice_close(struct meter_choice *choice);

/* Is the set's meter i of GPUs and nothing else? Each rank of a host may see others, or none.
 */
bool meter_is_of_gpus(const struct meter_set *set, size_t i);

/* What tells this choice from another on the same machine: the meters with what they cover. Of
 * those of GPUs only the names of what runs beside. Cut to `size` bytes. Errors: ST_NOMEM. */
enum status meter_choice_text(const struct meter_choice *choice, char *text, size_t size);

/* The scopes of all meters of a set, a bit each. */
unsigned meter_set_scopes(const struct meter_set *set);

/* What `wattune meters` says of the machine below `root`: each type with what it found, what is
 * booked for each scope and why, the power now (takes a quarter of a second), and what a
 * virtual machine or a container means. */
void meters_report(const char *root, struct strbuf *text);

#endif
