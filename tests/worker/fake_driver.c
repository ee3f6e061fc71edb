#include "tests/worker/fake_driver.h"

#include <stdio.h>
#include <stdlib.h>

void fake_driver_load(const struct tree *tree)
{
    char path[sizeof tree->root + 8];
    snprintf(path, sizeof path, "%s/gpus", tree->root);
    setenv("FAKE_NVML", path, 1);
    setenv("WATTUNE_NVML", FAKE_NVML_LIBRARY, 1);
    unsetenv("CUDA_VISIBLE_DEVICES");
}

void fake_driver_unload(void)
{
    unsetenv("FAKE_NVML");
    unsetenv("WATTUNE_NVML");
    unsetenv("CUDA_VISIBLE_DEVICES");
}

int fake_driver_setup(void **state)
{
    if (tree_setup(state))
        return -1;
    fake_driver_load(*state);
    return 0;
}

int fake_driver_teardown(void **state)
{
    fake_driver_unload();
    return tree_teardown(state);
}
