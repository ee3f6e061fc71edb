/* onednn_convolution.h - how oneDNN counts a convolution. */
#ifndef CNN_ONEDNN_CONVOLUTION_H
#define CNN_ONEDNN_CONVOLUTION_H

#include "cnn/layer.h"

/* The weights: the groups are a dimension of their own, unless there is only one. */
struct shape onednn_convolution_weights(const struct layer *layer);

#endif
