/* model.h - networks by name.
 *
 * A model is a function that appends its layers to a graph, in the file of its family, and one
 * name in model_table.c. Threading: no shared state. */
#ifndef CNN_MODEL_H
#define CNN_MODEL_H

#include "base/status.h"
#include "cnn/graph.h"
#include "cnn/settings.h"

#include <stdbool.h>
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

/* What builders share (model_scale.c). */

/* `channels` of a network whose first convolution has `first`, when that one is to have
 * settings->width (0: as they are); at least 1. */
int64_t model_scale(const struct train_settings *settings, int64_t channels, int64_t first);
/* The nearest multiple of eight that is no less than nine tenths of `channels`, which are more
 * than 0: the rule of MobileNets and EfficientNets. */
int64_t model_round8(double channels);
/* model_scale(), with the result rounded like that. */
int64_t model_scale8(const struct train_settings *settings, int64_t channels, int64_t first);
/* settings->depth blocks, or, where that is 0, the stage's own. */
int64_t model_depth(const struct train_settings *settings, int64_t blocks);

/* settings->stem: is the stem that halves the image twice to be taken, or the small one, which
 * leaves the size alone? auto: from 64 pixels (the shorter side) on. */
enum model_stem { STEM_AUTO, STEM_SMALL, STEM_LARGE };
extern const char *const model_stem_names[]; /* ended by NULL; settings->stem is an index */
bool model_stem_is_large(const struct train_settings *settings,
                         const struct model_input *input);
/* For models whose stem is not layers of its own: how many layers that halve must not, 0 or 2;
 * and the stride of the next layer, which is 1 instead while *skip counts down. */
int model_stem_skips(const struct train_settings *settings, const struct model_input *input);
int64_t model_stride(int *skip, int64_t stride);
/* Errors: ST_INVALID for images so small that less than a pixel would be left of them after so
 * many halvings behind the stem. */
enum status model_check_pixels(const struct train_settings *settings,
                               const struct model_input *input, int halvings,
                               struct error *err);

/* The last layers of most: mean of each channel, dropout of settings->dropout, linear. */
void model_classify(struct graph *graph, int x, const struct train_settings *settings,
                    const struct model_input *input);

/* The builders. Errors other than the graph's own are answered. */
typedef enum status model_builder(struct graph *graph, const struct train_settings *settings,
                                  const struct model_input *input, struct error *err);
model_builder model_lenet5, model_vgg, model_resnet8, model_resnet20, model_resnet32,
    model_resnet56, model_resnet18, model_resnet34, model_resnet50, model_layers,
    model_mobilenet_v1, model_mobilenet_v2, model_shufflenet_v2, model_efficientnet_b0,
    model_efficientnet_b1, model_efficientnet_b2;

#endif
