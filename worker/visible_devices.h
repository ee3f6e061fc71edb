/* visible_devices.h - which GPUs CUDA_VISIBLE_DEVICES leaves to a process.
 * Source: NVIDIA, CUDA C++ Programming Guide, "CUDA Environment Variables". Threading: no
 * shared state. */
#ifndef WORKER_VISIBLE_DEVICES_H
#define WORKER_VISIBLE_DEVICES_H

#include <stdbool.h>

/* Does `list` (NULL: no restriction) show the device with that number and UUID ("GPU-...") out
 * of n_devices? As CUDA does, the list ends where it names no device. A MIG instance
 * ("MIG-...") shows no whole device. */
bool visible_devices_has(const char *list, unsigned number, const char *uuid,
                         unsigned n_devices);

#endif
