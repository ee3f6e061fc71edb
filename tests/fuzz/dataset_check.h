/* dataset_check.h - what an opened data set promises, for fuzz targets: whatever it was read
 * from, it must hold. */
#ifndef TESTS_FUZZ_DATASET_CHECK_H
#define TESTS_FUZZ_DATASET_CHECK_H

#include "cnn/dataset.h"

/* Read every image and label of a split; aborts where a label is no class. */
void dataset_check_split(const struct dataset *dataset, const struct dataset_split *split);

#endif
