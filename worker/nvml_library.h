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
    NVML_DRIVER_NOT_LOADED = 9
};

struct nvml_device; /* the library's own */

#define NVML_UUID_SIZE 96

struct nvml_library {
    void *handle; /* NULL: not loaded */
    int (*init)(void);
    int (*shutdown)(void);
    const char *(*error_text)(int code);
    int (*device_count)(unsigned *count);
    int (*device)(unsigned index, struct nvml_device **device);
    int (*uuid)(struct nvml_device *device, char *text, unsigned size);
    int (*power_mw)(struct nvml_device *device, unsigned *power_mw);
    /* NULL in old libraries: */
    int (*energy_mj)(struct nvml_device *device, unsigned long long *energy_mj);
    int (*mig_mode)(struct nvml_device *device, unsigned *current, unsigned *pending);
};

/* Load and start it: WATTUNE_NVML names the file; otherwise it is libnvidia-ml.so.1, found by
 * the loader, or in ROOT/usr/lib when there is a root. False when it is not there or does not
 * start, and then the report says why and `code` is its answer (0: there is none). */
bool nvml_library_open(struct nvml_library *library, const char *root, struct strbuf *report,
                       int *code);
void nvml_library_close(struct nvml_library *library);

#endif
