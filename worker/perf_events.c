#include "worker/perf_events.h"

#include "worker/machine.h"
#include "worker/sysfile.h"

#include <errno.h>
#include <linux/perf_event.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#define PMU "/sys/bus/event_source/devices/power"
/* Thousands of years of any package: more is a unit that makes no sense. */
#define ENERGY_MAX_UJ 1e18
#define PARANOID "/proc/sys/kernel/perf_event_paranoid"

/* Would the machine below the root let its users count? Its kernel cannot be asked. */
static bool is_paranoid(const char *root)
{
    char path[SYSFILE_PATH], level[32];
    return sysfile_path(path, root, PARANOID) &&
           sysfile_read_line(path, level, sizeof level) == 0 && strtol(level, NULL, 10) > 0;
}

static int open_event(const char *root, const struct perf_event_attr *attr, int cpu)
{
    if (*root) {
        errno = is_paranoid(root) ? EACCES : ENODEV;
        return -1;
    }
    return (int)syscall(SYS_perf_event_open, attr, -1, cpu, -1, PERF_FLAG_FD_CLOEXEC);
}

static void close_event(int fd)
{
    close(fd);
}

struct perf_calls perf_calls = {open_event, read, close_event};

/* energy-cores and energy-gpu are inside the package, energy-psys is around it. */
static const struct kind {
    const char *name;
    enum meter_scope scope;
} kinds[] = {{"energy-pkg", SCOPE_PACKAGE}, {"energy-ram", SCOPE_DRAM}};

struct pmu {
    const char *root;
    struct strbuf *report;
    uint64_t type;
    char cpumask[256];
    bool is_amd;
    struct perf_event *events;
    size_t n, capacity;
};

static bool read_text(const struct pmu *pmu, const char *file, char *text, size_t size)
{
    char path[SYSFILE_PATH];
    return sysfile_path(path, pmu->root, PMU "/%s", file) &&
           sysfile_read_line(path, text, size) == 0;
}

/* The next cpu of a list such as "0,28" or "0-1,56". False at its end or where it makes no
 * sense. */
static bool next_cpu(const char **list, long *cpu, long *last)
{
    char *end;
    if (*cpu < *last) {
        ++*cpu;
        return true;
    }
    *cpu = *last = strtol(*list, &end, 10);
    if (end == *list || *cpu < 0)
        return false;
    if (*end == '-')
        *last = strtol(end + 1, &end, 10);
    *list = *end == ',' ? end + 1 : end;
    return *last >= *cpu;
}

/* Its number in `config` ("event=0x02") and its unit; false when the PMU does not have it. */
static bool read_kind(const struct pmu *pmu, const char *name, uint64_t *config,
                      double *unit_uj)
{
    char file[64], text[64];
    unsigned event;
    snprintf(file, sizeof file, "events/%s", name);
    if (!read_text(pmu, file, text, sizeof text) || sscanf(text, "event=%x", &event) != 1)
        return false;
    *config = event;
    snprintf(file, sizeof file, "events/%s.unit", name);
    if (!read_text(pmu, file, text, sizeof text) || strcmp(text, "Joules") != 0)
        return false;
    snprintf(file, sizeof file, "events/%s.scale", name);
    if (!read_text(pmu, file, text, sizeof text))
        return false;
    *unit_uj = strtod(text, NULL) * 1e6;
    return isfinite(*unit_uj) && *unit_uj > 0;
}

/* The package that a cpu is in; -1 when nothing tells. */
static long find_package(const struct pmu *pmu, long cpu)
{
    char path[SYSFILE_PATH], text[32];
    return sysfile_path(path, pmu->root,
                        "/sys/devices/system/cpu/cpu%ld/topology/physical_package_id", cpu) &&
                   sysfile_read_line(path, text, sizeof text) == 0 && *text
               ? strtol(text, NULL, 10)
               : -1;
}

/* AMD counts a package, but Linux 6.9 to 6.11 have a cpu of each die in the cpumask. */
static bool is_counted(const struct pmu *pmu, const struct kind *kind, long cpu)
{
    long package = pmu->is_amd ? find_package(pmu, cpu) : -1;
    for (size_t i = 0; package >= 0 && i < pmu->n; i++)
        if (pmu->events[i].scope == kind->scope && pmu->events[i].package == package)
            return true;
    return false;
}

/* 0 or an errno. */
static int open_on(struct pmu *pmu, const struct kind *kind, uint64_t config, double unit_uj,
                   long cpu)
{
    struct perf_event_attr attr = {
        .type = (uint32_t)pmu->type, .size = sizeof attr, .config = config};
    if (pmu->n == pmu->capacity)
        return E2BIG;
    int fd = perf_calls.open_event(pmu->root, &attr, (int)cpu);
    if (fd < 0)
        return errno;
    pmu->events[pmu->n++] = (struct perf_event){.scope = kind->scope,
                                                .cpu = (int)cpu,
                                                .package = find_package(pmu, cpu),
                                                .fd = fd,
                                                .unit_uj = unit_uj};
    return 0;
}

/* The event on every package. 0 or an errno; also 0 when the PMU does not have it. */
static int open_kind(struct pmu *pmu, const struct kind *kind)
{
    uint64_t config;
    double unit_uj;
    int failure = 0;
    const char *list = pmu->cpumask;
    if (!read_kind(pmu, kind->name, &config, &unit_uj))
        return 0;
    for (long cpu = -1, last = -1; !failure && next_cpu(&list, &cpu, &last);) {
        if (is_counted(pmu, kind, cpu))
            continue;
        failure = open_on(pmu, kind, config, unit_uj, cpu);
        strbuf_printf(pmu->report, "%s on cpu %ld: %s\n", kind->name, cpu,
                      failure ? strerror(failure) : "energy counter");
    }
    return failure;
}

static void report_forbidden(const char *root, struct strbuf *report)
{
    char path[SYSFILE_PATH], level[32] = "not known";
    if (sysfile_path(path, root, PARANOID) && sysfile_read(path, level, sizeof level))
        strcpy(level, "not known");
    strbuf_printf(report, "%s" PARANOID " is %s: ", root, level);
    sysfile_append_mode(path, report);
    strbuf_append(
        report,
        "the counters are there, but a whole package may be counted only with one of:\n"
        "  until the next boot: sudo sysctl kernel.perf_event_paranoid=0\n"
        "  for good: kernel.perf_event_paranoid = 0 in /etc/sysctl.d/60-perf.conf\n"
        "  to this program: sudo setcap cap_perfmon+ep \"$(command -v wattune)\"\n"
        "  in a container besides: --cap-add PERFMON, and a seccomp profile that allows "
        "perf_event_open\n");
}

static int open_all(struct pmu *pmu)
{
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        int failure = open_kind(pmu, &kinds[i]);
        if (failure)
            return failure;
    }
    return 0;
}

static bool find_pmu(struct pmu *pmu)
{
    char path[SYSFILE_PATH];
    return sysfile_path(path, pmu->root, PMU "/type") &&
           sysfile_read_u64(path, &pmu->type) == 0 &&
           read_text(pmu, "cpumask", pmu->cpumask, sizeof pmu->cpumask);
}

enum meter_presence perf_events_open(struct perf_event *events, size_t capacity, size_t *n,
                                     const char *root, struct strbuf *report)
{
    struct strbuf found = STRBUF_INIT;
    struct pmu pmu = {.root = root,
                      .report = &found,
                      .is_amd = machine_is_amd(root),
                      .events = events,
                      .capacity = capacity};
    enum meter_presence presence = METER_ABSENT;
    *n = 0;
    if (!find_pmu(&pmu)) {
        strbuf_printf(report, "no power PMU in %s" PMU "\n", root);
        return METER_ABSENT;
    }
    int failure = open_all(&pmu);
    if (failure == EACCES || failure == EPERM) {
        presence = METER_FORBIDDEN;
        report_forbidden(root, report);
    } else if (!failure && pmu.n > 0) {
        presence = METER_PRESENT;
    } else if (!failure) {
        strbuf_printf(report, "%s" PMU " has no energy-pkg in joules\n", root);
    } else if (*root) {
        strbuf_append(report, "files of another machine, whose kernel cannot be asked\n");
    }
    strbuf_append(report, strbuf_text(&found));
    strbuf_free(&found);
    if (presence != METER_PRESENT)
        perf_events_close(events, pmu.n);
    else
        *n = pmu.n;
    return presence;
}

void perf_events_close(struct perf_event *events, size_t n)
{
    for (size_t i = 0; i < n; i++)
        perf_calls.close_event(events[i].fd);
}

bool perf_event_read(const struct perf_event *event, uint64_t *energy_uj)
{
    uint64_t count;
    if (perf_calls.read_event(event->fd, &count, sizeof count) != sizeof count)
        return false;
    double value_uj = (double)count * event->unit_uj;
    *energy_uj = value_uj < ENERGY_MAX_UJ ? (uint64_t)value_uj : 0;
    return value_uj < ENERGY_MAX_UJ;
}
