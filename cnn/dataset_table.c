#include "cnn/dataset_table.h"

#include <stddef.h>

/* X(name): the formats; each is a struct dataset_<name> that calls itself <name>. */
#define DATASET_LIST(X) X(synthetic) X(cifar10) X(cifar100) X(idx) X(medmnist) X(folder)

#define DATASET_NAME(name) #name,
const char *const dataset_names[] = {DATASET_LIST(DATASET_NAME) NULL};
#undef DATASET_NAME

#define DATASET_FORMAT(name) &dataset_##name,
static const struct dataset_format *const table[] = {DATASET_LIST(DATASET_FORMAT) NULL};
#undef DATASET_FORMAT

const struct dataset_format *const *dataset_formats(void)
{
    return table;
}
