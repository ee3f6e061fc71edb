#include "cnn/onednn_window.h"

struct onednn_window onednn_window_of(const struct layer_spec *spec)
{
    return (struct onednn_window){{spec->kernel, spec->kernel},
                                  {spec->stride, spec->stride},
                                  {spec->padding, spec->padding}};
}

enum status onednn_window_shape(const struct layer_spec *spec, const struct shape *in,
                                struct shape *output, const char *layer, const char *what,
                                struct error *err)
{
    if (spec->kernel < 1 || spec->stride < 1 || spec->padding < 0)
        return error_set(err, ST_INVALID, "%s: a %s of %d, stride %d and padding %d", layer,
                         what, (int)spec->kernel, (int)spec->stride, (int)spec->padding);
    for (int i = 2; i < 4; i++) {
        int64_t room = in->dims[i] + 2 * spec->padding - spec->kernel;
        if (room < 0) {
            error_set(err, ST_INVALID, "%s: a %s of %d does not fit an image of %d x %d", layer,
                      what, (int)spec->kernel, (int)in->dims[2], (int)in->dims[3]);
            error_remedy(err, "take larger images, or a network that shrinks them less");
            return ST_INVALID;
        }
        output->dims[i] = room / spec->stride + 1;
    }
    return ST_OK;
}
