/* visible_devices.h - which GPUs CUDA_VISIBLE_DEVICES leaves to a process, and in which order.
 * Source: NVIDIA, CUDA C++ Programming Guide, "CUDA Environment Variables"; for what it does
 * not say (numbers with letters behind them, devices named twice), what PyTorch found that CUDA
 * does (torch/cuda/__init__.py). Threading: no shared state. */
#ifndef WORKER_VISIBLE_DEVICES_H
#define WORKER_VISIBLE_DEVICES_H

#include <stddef.h>

/* What a program can run on: a GPU, or an instance of one in MIG mode. */
struct visible_unit {
    unsigned gpu;         /* CUDA's number of the GPU: among those that this process may open */
    const char *gpu_uuid; /* "GPU-..." */
    const char *uuid;     /* the same, or the instance's: "MIG-..." */
};

/* Put into picked[] the places in units[n] of what `list` (NULL: no restriction) shows, in its
 * order; picked[] has room for n. Answers how many. As CUDA does, the list ends where it names
 * nothing or more than one GPU, shows nothing at all when it names one twice, and stands for a
 * GPU's first instance where it names a GPU in MIG mode. */
size_t visible_devices_pick(const char *list, const struct visible_unit *units, size_t n,
                            size_t *picked);

#endif
