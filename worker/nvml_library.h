/* nvml_library.h - the NVIDIA management library, loaded while the program runs: what is built
 * on a machine without it measures on one that has it.
 * Source: NVIDIA, NVML API Reference Guide. Threading: one thread. */
#ifndef WORKER_NVML_LIBRARY_H
#define WORKER_NVML_LIBRARY_H

#include "base/strbuf.h"

#include <stdbool.h>

/* What the functions answer; others exist. */
enum nvml_return {
    NVML_OK = 0,
    NVML_NOT_SUPPORTED = 3,
    NVML_NO_PERMISSION = 4,
    NVML_INSUFFICIENT_SIZE = 7,
    NVML_VERSION_MISMATCH = 18
};

struct nvml_device; /* the library's own */

/* Texts with their end: "GPU-" or "MIG-" and a UUID, or in old drivers "MIG-GPU-UUID/1/0";
 * names; versions. */
#define NVML_UUID_SIZE 96
#define NVML_NAME_SIZE 96
#define NVML_VERSION_SIZE 80

/* Of the last sample period, which is between a sixth of a second and a second: percent of the
 * time. */
struct nvml_utilization {
    unsigned gpu;    /* in which a kernel ran */
    unsigned memory; /* in which memory was read or written */
};

/* Bytes. `used` includes what the driver keeps for itself. */
struct nvml_memory {
    unsigned long long total, free, used;
};

struct nvml_library {
    void *handle; /* NULL: not loaded */
    int (*init)(void);
    int (*shutdown)(void);
    const char *(*error_text)(int code);
    int (*device_count)(unsigned *count);
    int (*device)(unsigned index, struct nvml_device **device);
    int (*uuid)(struct nvml_device *device, char *text, unsigned size);
    int (*power_mw)(struct nvml_device *device, unsigned *power_mw);
    /* NULL where the library has none: */
    int (*driver_version)(char *text, unsigned size);
    int (*name)(struct nvml_device *device, char *text, unsigned size);
    int (*energy_mj)(struct nvml_device *device, unsigned long long *energy_mj);
    int (*utilization)(struct nvml_device *device, struct nvml_utilization *utilization);
    int (*memory)(struct nvml_device *device, struct nvml_memory *memory);
    /* With n = 0 it wants no list, and answers NVML_INSUFFICIENT_SIZE when there are some. */
    int (*processes)(struct nvml_device *device, unsigned *n, void *list);
    int (*mig_mode)(struct nvml_device *device, unsigned *current, unsigned *pending);
    int (*mig_count_max)(struct nvml_device *device, unsigned *count);
    int (*mig_device)(struct nvml_device *device, unsigned index, struct nvml_device **mig);
};

/* Load and start it: WATTUNE_NVML names the file; otherwise it is libnvidia-ml.so.1, found by
 * the loader, or in ROOT/usr/lib when there is a root. False when it is not there or does not
 * start, and then the report says why and `code` is its answer (0: there is none). */
bool nvml_library_open(struct nvml_library *library, const char *root, struct strbuf *report,
                       int *code);
void nvml_library_close(struct nvml_library *library);

#endif
