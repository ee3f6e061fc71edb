#include "tests/fuzz/dataset_check.h"

#include <stdlib.h>

void dataset_check_split(const struct dataset *dataset, const struct dataset_split *split)
{
    unsigned sum = 0;
    for (size_t i = 0; i < split->n; i++) {
        if (split->labels[i] >= dataset->n_classes)
            abort();
        for (size_t k = 0; k < image_bytes(&dataset->shape); k++)
            sum += split->images[i][k];
    }
    if (sum > 255 * split->n * image_bytes(&dataset->shape))
        abort();
}
