#include "cnn/dataset_table.h"

#include <stddef.h>

static const struct dataset_format *const table[] = {
    &dataset_synthetic,
    &dataset_cifar10,
    &dataset_idx,
    NULL,
};

const struct dataset_format *const *dataset_formats(void)
{
    return table;
}
