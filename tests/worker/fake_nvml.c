/* A library with the symbols of libnvidia-ml that Wattune uses. What its devices say stands in
 * the file that FAKE_NVML names. Its first line is what nvmlInit_v2() answers; the others are
 * one device each:
 *     UUID energy_mj power_mw mig [key=number ...]
 * A negative number is a value that the device does not have. Keys: answer (of all calls on the
 * device), handle (of asking for the device), busy (percent), used and total (bytes),
 * processes, live (1: the counter grows by the power, from 0 at the clock's zero). A line
 * "MIG-..." is an instance of the device above it; "-" is a hole in their numbers. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define DEVICES 70
#define LINE 256

enum { OK = 0, INVALID = 2, NOT_SUPPORTED = 3, NOT_FOUND = 6, TOO_SMALL = 7, LOST = 15 };

struct device {
    char uuid[96];
    long long energy_mj, power_mw, busy, used, total;
    int mig, answer, handle, processes, live;
    int parent; /* of an instance: its device; -1 */
};

static struct device devices[DEVICES], instances[DEVICES];
static int answer;
static unsigned n_devices, n_instances;

static long long option(const char *line, const char *key, long long otherwise)
{
    char pattern[32];
    snprintf(pattern, sizeof pattern, " %s=", key);
    const char *at = strstr(line, pattern);
    return at ? atoll(at + strlen(pattern)) : otherwise;
}

static void add_instance(const char *line)
{
    struct device *d = &instances[n_instances++];
    *d = (struct device){.energy_mj = -1, .power_mw = -1, .busy = -1, .parent = -1};
    d->parent = (int)n_devices - 1;
    sscanf(line, "%95s", d->uuid);
    d->used = option(line, "used", -1);
    d->total = option(line, "total", -1);
}

static void add_device(const char *line)
{
    struct device *d = &devices[n_devices];
    *d = (struct device){.parent = -1};
    if (sscanf(line, "%95s %lld %lld %d", d->uuid, &d->energy_mj, &d->power_mw, &d->mig) != 4)
        return;
    d->answer = (int)option(line, "answer", OK);
    d->handle = (int)option(line, "handle", OK);
    d->busy = option(line, "busy", -1);
    d->used = option(line, "used", -1);
    d->total = option(line, "total", -1);
    d->processes = (int)option(line, "processes", 0);
    d->live = (int)option(line, "live", 0);
    n_devices++;
}

/* The file is read anew by each call, so that a test can change it. */
static void look(void)
{
    char line[LINE];
    n_devices = n_instances = 0;
    answer = LOST;
    const char *path = getenv("FAKE_NVML");
    FILE *file = path ? fopen(path, "r") : NULL;
    if (!file)
        return;
    if (fgets(line, sizeof line, file))
        answer = atoi(line);
    while (n_devices < DEVICES && n_instances < DEVICES && fgets(line, sizeof line, file)) {
        if (strncmp(line, "MIG-", 4) == 0 || line[0] == '-')
            add_instance(line);
        else
            add_device(line);
    }
    fclose(file);
}

int nvmlInit_v2(void);
int nvmlInit_v2(void)
{
    look();
    return answer;
}

int nvmlShutdown(void);
int nvmlShutdown(void)
{
    return OK;
}

const char *nvmlErrorString(int code);
const char *nvmlErrorString(int code)
{
    switch (code) {
    case 4:
        return "Insufficient Permissions";
    case 9:
        return "Driver Not Loaded";
    case LOST:
        return "GPU is lost";
    case 18:
        return "Driver/library version mismatch";
    default:
        return "Unknown Error";
    }
}

int nvmlDeviceGetCount_v2(unsigned *count);
int nvmlDeviceGetCount_v2(unsigned *count)
{
    look();
    *count = n_devices;
    return OK;
}

int nvmlDeviceGetHandleByIndex_v2(unsigned index, struct device **device);
int nvmlDeviceGetHandleByIndex_v2(unsigned index, struct device **device)
{
    if (index >= n_devices)
        return INVALID;
    *device = &devices[index];
    return devices[index].handle;
}

/* What the device answers to anything now. */
static int find(const struct device *device)
{
    look();
    if (device >= instances && device < instances + DEVICES)
        return device < instances + n_instances ? OK : LOST;
    return device < devices + n_devices ? device->answer : LOST;
}

int nvmlDeviceGetUUID(struct device *device, char *text, unsigned size);
int nvmlDeviceGetUUID(struct device *device, char *text, unsigned size)
{
    int code = find(device);
    if (code != OK)
        return code;
    if (strlen(device->uuid) >= size)
        return TOO_SMALL;
    strcpy(text, device->uuid);
    return OK;
}

/* Answer a number that the device may not have. */
static int give(const struct device *device, long long number, unsigned *out)
{
    int code = find(device);
    if (code != OK)
        return code;
    if (number < 0)
        return NOT_SUPPORTED;
    *out = (unsigned)number;
    return OK;
}

int nvmlDeviceGetPowerUsage(struct device *device, unsigned *power_mw);
int nvmlDeviceGetPowerUsage(struct device *device, unsigned *power_mw)
{
    look();
    return give(device, device->power_mw, power_mw);
}

#ifndef OLD_DRIVER
int nvmlSystemGetDriverVersion(char *text, unsigned size);
int nvmlSystemGetDriverVersion(char *text, unsigned size)
{
    snprintf(text, size, "535.104.05");
    return OK;
}

int nvmlDeviceGetName(struct device *device, char *text, unsigned size);
int nvmlDeviceGetName(struct device *device, char *text, unsigned size)
{
    int code = find(device);
    if (code == OK)
        snprintf(text, size, "Fake A100");
    return code;
}

int nvmlDeviceGetTotalEnergyConsumption(struct device *device, unsigned long long *energy_mj);
int nvmlDeviceGetTotalEnergyConsumption(struct device *device, unsigned long long *energy_mj)
{
    int code = find(device);
    if (code != OK)
        return code;
    if (device->energy_mj < 0)
        return NOT_SUPPORTED;
    *energy_mj = (unsigned long long)device->energy_mj;
    if (device->live) {
        struct timespec now;
        clock_gettime(CLOCK_MONOTONIC, &now);
        double time_s = (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
        *energy_mj = (unsigned long long)((double)device->power_mw * time_s);
    }
    return OK;
}

int nvmlDeviceGetUtilizationRates(struct device *device, unsigned rates[2]);
int nvmlDeviceGetUtilizationRates(struct device *device, unsigned rates[2])
{
    look();
    rates[1] = 0;
    return give(device, device->busy, &rates[0]);
}

int nvmlDeviceGetMemoryInfo(struct device *device, unsigned long long sizes[3]);
int nvmlDeviceGetMemoryInfo(struct device *device, unsigned long long sizes[3])
{
    int code = find(device);
    if (code != OK)
        return code;
    if (device->used < 0 || device->total < 0)
        return NOT_SUPPORTED;
    sizes[0] = (unsigned long long)device->total;
    sizes[1] = (unsigned long long)(device->total - device->used);
    sizes[2] = (unsigned long long)device->used;
    return OK;
}

int nvmlDeviceGetComputeRunningProcesses(struct device *device, unsigned *n, void *list);
int nvmlDeviceGetComputeRunningProcesses(struct device *device, unsigned *n, void *list)
{
    int code = find(device);
    if (code != OK)
        return code;
    if (list || *n != 0)
        return INVALID; /* nobody here asks for a list */
    *n = (unsigned)device->processes;
    return device->processes > 0 ? TOO_SMALL : OK;
}

int nvmlDeviceGetMigMode(struct device *device, unsigned *current, unsigned *pending);
int nvmlDeviceGetMigMode(struct device *device, unsigned *current, unsigned *pending)
{
    look();
    *pending = device->mig > 0;
    return give(device, device->mig, current);
}

int nvmlDeviceGetMaxMigDeviceCount(struct device *device, unsigned *count);
int nvmlDeviceGetMaxMigDeviceCount(struct device *device, unsigned *count)
{
    *count = 7;
    return find(device);
}

int nvmlDeviceGetMigDeviceHandleByIndex(struct device *device, unsigned index,
                                        struct device **mig);
int nvmlDeviceGetMigDeviceHandleByIndex(struct device *device, unsigned index,
                                        struct device **mig)
{
    int code = find(device);
    if (code != OK)
        return code;
    unsigned n = 0;
    for (unsigned i = 0; i < n_instances; i++)
        if (instances[i].parent == device - devices && n++ == index) {
            *mig = &instances[i];
            return instances[i].uuid[0] == '-' ? NOT_FOUND : OK;
        }
    return NOT_FOUND;
}
#endif
