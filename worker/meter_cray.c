/* The counters that the node controller of a Cray publishes ten times a second below
 * /sys/cray/pm_counters, in lines such as "12345 J 1700000000 us".
 * Source: HPE Cray System Management, "User access to compute node power data". */
#include "worker/channel.h"
#include "worker/sysfile.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FOLDER "/sys/cray/pm_counters"

/* An update takes far less time than lies between two of them, so that a second try succeeds
 * unless something is wrong. */
#define TRIES 4

#define ACCELERATORS 16

struct source {
    char name[24];
    char path[SYSFILE_PATH];
    struct channel channel;
};

struct meter {
    size_t n;
    struct source sources[2 + ACCELERATORS];
    char freshness[SYSFILE_PATH];
    char startup[SYSFILE_PATH]; /* changes when the controller starts anew */
    bool is_fresh;              /* there is a freshness to compare */
};

/* The value of a line "12345 J 1700000000 us", in microjoules. 0 or an errno. */
static int read_joules(const char *path, uint64_t *energy_uj)
{
    char text[64], *end;
    int failure = sysfile_read(path, text, sizeof text);
    if (failure)
        return failure;
    errno = 0;
    unsigned long long joules = strtoull(text, &end, 10);
    if (!isdigit((unsigned char)text[0]) || errno || joules > UINT64_MAX / 1000000 ||
        strncmp(end, " J", 2) != 0 || (end[2] != ' ' && end[2] != '\0'))
        return EINVAL;
    *energy_uj = joules * 1000000;
    return 0;
}

static void add_source(struct meter *meter, const char *root, const char *name,
                       enum meter_scope scope, double ceiling_w)
{
    struct source *source = &meter->sources[meter->n];
    snprintf(source->name, sizeof source->name, "%s", name);
    source->channel = (struct channel){
        .kind = CHANNEL_ENERGY, .scope = scope, .ceiling_w = ceiling_w, .refresh_s = 0.2};
    char below_root[64];
    snprintf(below_root, sizeof below_root, FOLDER "/%s", name);
    if (sysfile_exists(root, below_root) && sysfile_path(source->path, root, "%s", below_root))
        meter->n++;
}

/* `energy` is the whole node, accelerators included. Where it is missing, the parts are what
 * there is. */
static void find_sources(struct meter *meter, const char *root)
{
    add_source(meter, root, "energy", SCOPE_NODE, 20000);
    if (meter->n > 0)
        return;
    add_source(meter, root, "cpu_energy", SCOPE_PACKAGE, 4000);
    add_source(meter, root, "memory_energy", SCOPE_DRAM, 2000);
    for (int i = 0; i < ACCELERATORS; i++) {
        char name[24];
        snprintf(name, sizeof name, "accel%d_energy", i);
        add_source(meter, root, name, SCOPE_GPU, 3000);
    }
    if (meter->n < 3) /* an XC has one at most, without a number */
        add_source(meter, root, "accel_energy", SCOPE_GPU, 3000);
}

/* The number that a line begins with: "1700000000", "1700000000 us". 0 or an errno. */
static int read_start(const char *path, uint64_t *value)
{
    char text[64];
    int failure = sysfile_read_line(path, text, sizeof text);
    text[strcspn(text, " \t")] = '\0';
    return failure ? failure : sysfile_parse_u64(text, value);
}

/* All lines of one update: the freshness before and after must be the same. */
static bool read_update(const struct meter *meter, uint64_t *energy_uj, int *failures)
{
    char before[64], after[64];
    if (meter->is_fresh && sysfile_read(meter->freshness, before, sizeof before))
        return false;
    for (size_t i = 0; i < meter->n; i++)
        failures[i] = read_joules(meter->sources[i].path, &energy_uj[i]);
    return !meter->is_fresh || (sysfile_read(meter->freshness, after, sizeof after) == 0 &&
                                before[0] && strcmp(before, after) == 0);
}

/* Values that may stem from two updates are no values. */
static void read_whole(const struct meter *meter, uint64_t *energy_uj, int *failures)
{
    for (int attempt = 0; attempt < TRIES; attempt++)
        if (read_update(meter, energy_uj, failures))
            return;
    for (size_t i = 0; i < meter->n; i++)
        failures[i] = EAGAIN;
}

static enum meter_presence report_forbidden(const char *path, struct strbuf *report)
{
    strbuf_printf(report, "%s: ", path);
    sysfile_append_mode(path, report);
    strbuf_append(report, "ask the site to let users read it: chmod a+r FILE\n");
    return METER_FORBIDDEN;
}

static enum meter_presence check_access(const struct meter *meter, struct strbuf *report)
{
    uint64_t energy_uj[2 + ACCELERATORS];
    int failures[2 + ACCELERATORS];
    size_t readable = 0;
    read_whole(meter, energy_uj, failures);
    for (size_t i = 0; i < meter->n; i++) {
        const char *path = meter->sources[i].path;
        if (failures[i] == EACCES || failures[i] == EPERM)
            return report_forbidden(path, report);
        readable += !failures[i];
        if (failures[i] == EAGAIN)
            strbuf_printf(report, "%s changes with every read: no value is whole\n",
                          meter->freshness);
        else if (failures[i])
            strbuf_printf(report, "%s cannot be read now: %s\n", path, strerror(failures[i]));
        else
            strbuf_printf(report, "%s, in joules, ten times a second\n", path);
    }
    return readable > 0 ? METER_PRESENT : METER_ABSENT;
}

/* Without a freshness no update can be told from the next: what is read is taken. */
static enum meter_presence examine(const char *root, struct meter *meter, struct strbuf *report)
{
    char before[64];
    if (sysfile_path(meter->freshness, root, FOLDER "/freshness") &&
        sysfile_path(meter->startup, root, FOLDER "/startup"))
        find_sources(meter, root);
    if (meter->n == 0) {
        strbuf_printf(report, "no energy in %s%s: not a Cray\n", root, FOLDER);
        return METER_ABSENT;
    }
    int failure = sysfile_read(meter->freshness, before, sizeof before);
    meter->is_fresh = failure != ENOENT;
    if (failure == EACCES || failure == EPERM)
        return report_forbidden(meter->freshness, report);
    return check_access(meter, report);
}

static unsigned scopes(const struct meter *meter)
{
    unsigned mask = 0;
    for (size_t i = 0; i < meter->n; i++)
        mask |= 1u << meter->sources[i].channel.scope;
    return mask;
}

/* "cray:energy", or "cray:cpu_energy,memory_energy,4 accelerators". */
static void describe(const struct meter *meter, struct strbuf *text)
{
    size_t accelerators = 0;
    strbuf_append(text, "cray:");
    for (size_t i = 0; i < meter->n; i++) {
        if (meter->sources[i].channel.scope == SCOPE_GPU)
            accelerators++;
        else
            strbuf_printf(text, "%s%s", i ? "," : "", meter->sources[i].name);
    }
    if (accelerators > 0)
        strbuf_printf(text, "%s%zu accelerators", accelerators < meter->n ? "," : "",
                      accelerators);
}

/* After the sources comes the controller's start, so that step() sees when it changed. */
static void read_counters(struct meter *meter, struct meter_reading *reading)
{
    uint64_t energy_uj[2 + ACCELERATORS] = {0}, startup = 0;
    int failures[2 + ACCELERATORS];
    reading_begin(reading);
    read_whole(meter, energy_uj, failures);
    for (size_t i = 0; i < meter->n; i++)
        reading_put(reading, i, !failures[i], energy_uj[i]);
    bool known = read_start(meter->startup, &startup) == 0;
    reading_put(reading, meter->n, known, startup);
}

static void compute_step(const struct meter *meter, const struct meter_reading *from,
                         const struct meter_reading *to, struct meter_step *step)
{
    *step = (struct meter_step){0};
    size_t n = meter->n;
    if (from->valid[n] && to->valid[n] && from->counters[n] != to->counters[n]) {
        step->gaps = (uint32_t)n; /* its counters began anew in between */
        return;
    }
    for (size_t i = 0; i < n; i++)
        channel_step(&meter->sources[i].channel, i, from, to, step);
}

const struct meter_type meter_cray = {.name = "cray",
                                      .summary = "the counters of a Cray's node controller",
                                      .quality = ENERGY_MEASURED,
                                      .priority = 80,
                                      .size = sizeof(struct meter),
                                      .examine = examine,
                                      .scopes = scopes,
                                      .describe = describe,
                                      .read = read_counters,
                                      .step = compute_step};
