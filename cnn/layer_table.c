#include "cnn/layer.h"

const struct layer_type *const layer_types[] = {
    &layer_convolution, &layer_batch_norm, &layer_linear,
    &layer_relu,        &layer_relu6,      &layer_silu,
    &layer_sigmoid,     &layer_max_pool,   &layer_average_pool,
    &layer_global_pool, &layer_flatten,    &layer_add,
    &layer_dropout,     &layer_concat,     &layer_split,
    &layer_shuffle,     &layer_scale,      NULL};
