/* fake_driver.h - a machine whose NVIDIA driver is fake_nvml.c. */
#ifndef TESTS_WORKER_FAKE_DRIVER_H
#define TESTS_WORKER_FAKE_DRIVER_H

#include "tests/worker/tree.h"

/* What the driver's devices say: see fake_nvml.c. */
#define write_gpus(tree, ...) tree_write(tree, "/gpus", __VA_ARGS__)

/* From here on the tree's file is asked; and no more. All GPUs are visible. */
void fake_driver_load(const struct tree *tree);
void fake_driver_unload(void);

/* cmocka set-up and tear-down: a tree with the driver. *state is a struct tree. */
int fake_driver_setup(void **state);
int fake_driver_teardown(void **state);

#endif
