/* hwmon_sensors.h - the sensors below /sys/class/hwmon that tell a machine's energy, and which
 * of them hold each other.
 * Sources: Linux, Documentation/hwmon/{amd_energy,acpi_power_meter}.rst; NVIDIA Grace
 * Performance Tuning Guide, "Power and Thermals". Threading: no shared state. */
#ifndef WORKER_HWMON_SENSORS_H
#define WORKER_HWMON_SENSORS_H

#include "worker/channel.h"
#include "worker/sysfile.h"

#include "base/strbuf.h"

#include <stddef.h>

/* Sensors of different groups overlap, those of one do not. In the order of preference: a
 * counter before a sensor, and before the whole module its Grace part, to which the GPU's own
 * meter can be added. */
enum hwmon_group {
    HWMON_AMD_SOCKETS,  /* energy counters of the packages */
    HWMON_GRACE,        /* a socket with its memory and its regulators */
    HWMON_SOCKETS,      /* the same, as makers other than NVIDIA call it */
    HWMON_GRACE_PARTS,  /* the rails of CPU and SysIO */
    HWMON_GRACE_MODULE, /* Grace, Hopper and all memory */
    HWMON_ACPI,         /* the power meter of the platform */
    HWMON_GROUPS
};

struct hwmon_sensor {
    enum hwmon_group group;
    char label[48]; /* "Esocket0", "Grace Power Socket 0", or "" */
    char path[SYSFILE_PATH];
    double interval_s; /* a sensor of power shows the mean over this; 0: not known */
    struct channel channel;
};

/* Find at most `capacity` sensors below the root; the report says what was left out. Answers
 * their number. */
size_t hwmon_sensors_find(struct hwmon_sensor *sensors, size_t capacity, const char *root,
                          struct strbuf *report);

#endif
