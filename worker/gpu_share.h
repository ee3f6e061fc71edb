/* gpu_share.h - which GPUs of a host each of its workers gets.
 *
 * A batch system may have given each rank GPUs of its own (they keep them), or all of them the
 * same (they divide them). Threading: no shared state. */
#ifndef WORKER_GPU_SHARE_H
#define WORKER_GPU_SHARE_H

#include "base/strbuf.h"
#include "worker/gpu_devices.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What one rank sees: plain data, to be sent to the others of its host. */
struct gpu_list {
    uint64_t n;
    uint64_t ids[GPU_DEVICES_MAX];
};

/* A stretch of a rank's list. */
struct gpu_part {
    size_t first, n;
    size_t n_workers, place; /* those that divide the list, and which of them this is */
    bool shared;             /* there are more of them than devices: others have the same one */
    size_t n_unused; /* devices at the end of the list that nobody has, so that all workers have
                        equally many */
};

/* The ids of the devices, in their order. */
struct gpu_list gpu_list_of(const struct gpu_devices *devices);

/* The part of worker `self`. lists[n] are those of all workers of the host; workers with equal
 * lists divide it among themselves: equally many devices for each while there are enough, else
 * in turn one for each. */
struct gpu_part gpu_share(const struct gpu_list *lists, size_t n, size_t self);

/* CUDA_VISIBLE_DEVICES for the part: UUIDs, separated by commas. */
void gpu_part_text(const struct gpu_devices *devices, const struct gpu_part *part,
                   struct strbuf *text);

#endif
