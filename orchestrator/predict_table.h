/* predict_table.h - what a network says of images, as tables. Threading: one owner. */
#ifndef ORCHESTRATOR_PREDICT_TABLE_H
#define ORCHESTRATOR_PREDICT_TABLE_H

#include "cnn/checkpoint_model.h"
#include "cnn/confusion.h"
#include "results/table.h"

/* A row an image: its name, its label where there is one, and the `top` classes with their
 * probabilities. Tables are the caller's to table_free(). Errors: ST_NOMEM. */
enum status predict_table_images(struct table **out, const struct checkpoint_model *model,
                                 size_t top, bool labelled);
/* label: NULL unless the table is labelled; probabilities is [n_classes]. */
void predict_table_add(struct table *table, const struct checkpoint_model *model, size_t top,
                       const char *name, const size_t *label, const float *probabilities);

/* A row a class, and one for all: how many images, and precision, recall and their mean. */
enum status predict_table_classes(struct table **out, const struct checkpoint_model *model,
                                  const struct confusion *confusion);

/* A row a class as labelled, a column a class as predicted. */
enum status predict_table_confusion(struct table **out, const struct checkpoint_model *model,
                                    const struct confusion *confusion);

#endif
