/* dataset_build.h - what a data format uses to fill a struct dataset.
 *
 * Everything that is taken from here belongs to the data set and goes with dataset_close(),
 * also after a failure half-way. Threading: as the data set. */
#ifndef CNN_DATASET_BUILD_H
#define CNN_DATASET_BUILD_H

#include "cnn/dataset.h"
#include "cnn/file_bytes.h"

/* file_map() for as long as the data set is open. */
enum status dataset_map(struct dataset *dataset, const char *path, struct file_bytes *file,
                        struct error *err);

/* Memory for size > 0 bytes, not initialised; NULL when out of memory. */
uint8_t *dataset_allocate(struct dataset *dataset, size_t size);

/* Add n images to a split: image i starts at first + i * stride. Their labels are set to 0, for
 * the caller to fill in from index split->n - n on.
 * Errors: ST_NOMEM. */
enum status dataset_append(struct dataset_split *split, const uint8_t *first, size_t stride,
                           size_t n, struct error *err);

/* The same before it is known where the images lie: their addresses are NULL, for the caller to
 * fill in too. */
enum status dataset_reserve(struct dataset_split *split, size_t n, struct error *err);

/* As if nothing had been filled in or taken from here yet. */
void dataset_reset(struct dataset *dataset);

/* The text's lines become the class names; empty lines at the end do not count. `source` is for
 * messages.
 * Errors: ST_FORMAT unless there are n_classes of them, none empty; ST_NOMEM. */
enum status dataset_name_classes(struct dataset *dataset, const struct file_bytes *text,
                                 const char *source, struct error *err);

/* folder/name in new memory, which the caller frees; NULL when out of memory. */
char *dataset_path_join(const char *folder, const char *name);

#endif
