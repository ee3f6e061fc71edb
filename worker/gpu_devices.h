/* gpu_devices.h - the NVIDIA GPUs that this process may use, and what they are doing.
 *
 * A GPU in MIG mode is divided into instances, each of which is a device for the programs that
 * run on it; the driver tells the energy of whole GPUs only. Source: NVIDIA, NVML API Reference
 * Guide and MIG User Guide. Threading: one thread. */
#ifndef WORKER_GPU_DEVICES_H
#define WORKER_GPU_DEVICES_H

#include "base/strbuf.h"
#include "worker/meter.h"
#include "worker/nvml_library.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Eight GPUs of seven instances each. */
#define GPU_DEVICES_MAX 56

struct gpu_device {
    unsigned number; /* the driver's, of the GPU: in the order of the PCI bus */
    unsigned place;  /* CUDA's: among the GPUs that this process may open */
    bool is_instance;
    char gpu_uuid[NVML_UUID_SIZE]; /* of the GPU that it is, or is an instance of */
    char uuid[NVML_UUID_SIZE];     /* "GPU-...", or the instance's "MIG-..." */
    char name[NVML_NAME_SIZE];     /* "NVIDIA A100-SXM4-40GB"; "" when the driver has none */
    uint64_t id;                   /* gpu_id() of the uuid: that of struct gpu_step */
    struct nvml_device *handle;
};

struct gpu_devices {
    struct nvml_library library;
    size_t n; /* that CUDA_VISIBLE_DEVICES shows, in its order */
    struct gpu_device list[GPU_DEVICES_MAX];
};

/* What some devices were doing. NAN for what not all of them tell: instances tell their memory
 * only. */
struct gpu_load {
    size_t n;           /* devices */
    double utilization; /* 0 to 1, their mean: the share of the last sample period, which is
                           between a sixth of a second and a second, in which a kernel ran */
    double
        memory_used_mb; /* 2^20 bytes, their sum, what the driver keeps for itself included */
    double memory_total_mb;
    double power_w; /* their sum; the mean of the last second on most GPUs since Ampere */
};

/* The FNV-1a hash of a UUID. */
uint64_t gpu_id(const char *uuid);

/* Find the devices; `root` is that of the meters. What is there but cannot be used goes into
 * the report, and when there is nothing, why. *out is the caller's unless it is METER_ABSENT or
 * METER_FORBIDDEN (the driver is there and refuses). */
enum meter_presence gpu_devices_open(struct gpu_devices **out, const char *root,
                                     struct strbuf *report);
/* NULL is safe. */
void gpu_devices_close(struct gpu_devices *devices);

/* What the n devices of these ids are doing, together; ids that are none of these devices tell
 * nothing. A few calls of the driver for each, some of a millisecond. */
void gpu_devices_load(const struct gpu_devices *devices, const uint64_t *ids, size_t n,
                      struct gpu_load *load);

/* How many processes compute on a device. False when the driver does not tell; it does not know
 * those of other containers. */
bool gpu_device_processes(const struct gpu_devices *devices, const struct gpu_device *device,
                          unsigned *n);

/* Append what is known of a device now: "; 70 W; 34 % busy; 1200 of 40960 MB used; 2 processes
 * compute on it". */
void gpu_device_append_load(const struct gpu_devices *devices, const struct gpu_device *device,
                            struct strbuf *text);

#endif
