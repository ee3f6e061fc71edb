/* model.h - networks by name.
 *
 * A model is a function that appends its layers to a graph, in a file of its own, and one line
 * in model_table.c. Threading: no shared state. */
#ifndef CNN_MODEL_H
#define CNN_MODEL_H

#include "base/status.h"
#include "cnn/graph.h"
#include "cnn/settings.h"

#include <stdint.h>

/* What images the network takes, and how many classes it tells apart. */
struct model_input {
    int64_t channels, height, width, classes;
};

/* The names, ended by NULL; settings->model is an index. */
extern const char *const model_names[];

/* Build the model that the settings name. `graph` is uninitialised and the caller's to
 * graph_free(), also after an error. Errors: ST_INVALID for settings or images that do not fit
 * the model; ST_NOMEM. */
enum status model_build(struct graph *graph, const struct train_settings *settings,
                        const struct model_input *input, struct error *err);

/* `channels` of a network whose first convolution has `first`, when that one is to have
 * settings->width (0: as they are); at least 1. */
int64_t model_scale(const struct train_settings *settings, int64_t channels, int64_t first);

/* The builders. Errors other than the graph's own are answered. */
enum status model_lenet5(struct graph *graph, const struct train_settings *settings,
                         const struct model_input *input, struct error *err);
enum status model_vgg(struct graph *graph, const struct train_settings *settings,
                      const struct model_input *input, struct error *err);
enum status model_resnet8(struct graph *graph, const struct train_settings *settings,
                          const struct model_input *input, struct error *err);
enum status model_resnet20(struct graph *graph, const struct train_settings *settings,
                           const struct model_input *input, struct error *err);

#endif
