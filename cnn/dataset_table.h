/* dataset_table.h - the data formats that there are; for dataset_table.c and their own files.
 */
#ifndef CNN_DATASET_TABLE_H
#define CNN_DATASET_TABLE_H

#include "cnn/dataset.h"

extern const struct dataset_format dataset_synthetic; /* dataset_synthetic.c */
extern const struct dataset_format dataset_cifar10;   /* dataset_cifar.c */
extern const struct dataset_format dataset_cifar100;  /* dataset_cifar.c */
extern const struct dataset_format dataset_folder;    /* dataset_folder.c */
extern const struct dataset_format dataset_idx;       /* dataset_idx.c */
extern const struct dataset_format dataset_medmnist;  /* dataset_medmnist.c */

#endif
