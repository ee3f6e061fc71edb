/* any_model.h - settings for tests that go through all of model_names[]. */
#ifndef TESTS_CNN_ANY_MODEL_H
#define TESTS_CNN_ANY_MODEL_H

#include "cnn/model.h"

#include <string.h>

/* A network that a user might write: a residual block, groups, and both kinds of pooling. */
#define ANY_LAYERS                                                                             \
    "[{\"type\":\"convolution\",\"channels\":8,\"kernel\":3,\"padding\":1,\"bias\":false},"    \
    "{\"type\":\"batch_norm\",\"relu\":true,\"name\":\"start\"},"                              \
    "{\"type\":\"convolution\",\"channels\":8,\"kernel\":3,\"padding\":1,\"groups\":2},"       \
    "{\"type\":\"batch_norm\"},"                                                               \
    "{\"type\":\"add\",\"inputs\":[\"previous\",\"start\"],\"relu\":true},"                    \
    "{\"type\":\"max_pool\",\"kernel\":2},{\"type\":\"global_pool\"},{\"type\":\"flatten\"},"  \
    "{\"type\":\"dropout\",\"rate\":0.1},{\"type\":\"linear\"}]"

/* Take the model with that index. */
static inline void choose_model(struct train_settings *settings, int model)
{
    settings->model = model;
    if (strcmp(model_names[model], "layers") == 0)
        strcpy(settings->layers, ANY_LAYERS);
}

#endif
