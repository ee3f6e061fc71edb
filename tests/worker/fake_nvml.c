/* A library with the symbols of libnvidia-ml that the meter uses. What its devices say stands
 * in the file that FAKE_NVML names, one line a device:
 *     UUID energy_mj power_mw mig
 * where a negative number is a value that the device does not have. The first line of the file
 * is what nvmlInit_v2() answers. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DEVICES 40

enum { OK = 0, NOT_SUPPORTED = 3, LOST = 15 };

struct device {
    char uuid[64];
    long long energy_mj, power_mw;
    int mig;
};

static struct device devices[DEVICES];
static int answer;
static unsigned n_devices;

/* The file is read anew by each call, so that a test can change it. */
static void look(void)
{
    n_devices = 0;
    const char *path = getenv("FAKE_NVML");
    FILE *file = path ? fopen(path, "r") : NULL;
    answer = LOST;
    if (!file)
        return;
    if (fscanf(file, "%d", &answer) == 1)
        while (n_devices < DEVICES) {
            struct device *d = &devices[n_devices];
            if (fscanf(file, "%63s %lld %lld %d", d->uuid, &d->energy_mj, &d->power_mw,
                       &d->mig) != 4)
                break;
            n_devices++;
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
    return code == LOST ? "GPU is lost" : code == 4 ? "Insufficient Permissions" : "Trouble";
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
    *device = &devices[index];
    return OK;
}

/* True while the device is still listed. */
static int find(const struct device *device)
{
    look();
    return device < devices + n_devices;
}

int nvmlDeviceGetUUID(struct device *device, char *text, unsigned size);
int nvmlDeviceGetUUID(struct device *device, char *text, unsigned size)
{
    if (!find(device))
        return LOST;
    snprintf(text, size, "%s", device->uuid);
    return OK;
}

int nvmlDeviceGetPowerUsage(struct device *device, unsigned *power_mw);
int nvmlDeviceGetPowerUsage(struct device *device, unsigned *power_mw)
{
    if (!find(device))
        return LOST;
    if (device->power_mw < 0)
        return NOT_SUPPORTED;
    *power_mw = (unsigned)device->power_mw;
    return OK;
}

#ifndef OLD_DRIVER
int nvmlDeviceGetTotalEnergyConsumption(struct device *device, unsigned long long *energy_mj);
int nvmlDeviceGetTotalEnergyConsumption(struct device *device, unsigned long long *energy_mj)
{
    if (!find(device))
        return LOST;
    if (device->energy_mj < 0)
        return NOT_SUPPORTED;
    *energy_mj = (unsigned long long)device->energy_mj;
    return OK;
}

int nvmlDeviceGetMigMode(struct device *device, unsigned *current, unsigned *pending);
int nvmlDeviceGetMigMode(struct device *device, unsigned *current, unsigned *pending)
{
    if (!find(device))
        return LOST;
    if (device->mig < 0)
        return NOT_SUPPORTED;
    *current = *pending = (unsigned)device->mig;
    return OK;
}
#endif
