/* onednn_window.h - where a window slides over an image: convolution and pooling. */
#ifndef CNN_ONEDNN_WINDOW_H
#define CNN_ONEDNN_WINDOW_H

#include "cnn/layer.h"
#include "cnn/onednn_create.h"

struct onednn_window onednn_window_of(const struct layer_spec *spec);

/* Height and width of `output` from those of the image `in`; both have four dimensions. `layer`
 * and `what` (a kernel, a window) are for the message of ST_INVALID: the image is too small, or
 * the window is none. */
enum status onednn_window_shape(const struct layer_spec *spec, const struct shape *in,
                                struct shape *output, const char *layer, const char *what,
                                struct error *err);

#endif
