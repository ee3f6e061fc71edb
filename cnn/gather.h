/* gather.h - images made of the channels of others, whatever the formats of both.
 *
 * Concatenation, slices and shuffles of channels and all their gradients are this one
 * operation. It copies runs of channels that lie side by side in both formats, in tiles of
 * pixels that fit the first-level cache. Threading: those of the plan. */
#ifndef CNN_GATHER_H
#define CNN_GATHER_H

#include "cnn/format.h"

/* Images that channels are taken from; their batch, height and width are the result's, and so
 * is their precision. */
struct gather_input {
    const struct shape *shape;
    const struct format *format;
    struct buffer *data;
};
#define GATHER_INPUTS 8

/* Where a channel comes from. */
#define GATHER_ZEROS (-1)
struct gather_source {
    int input; /* GATHER_ZEROS: from nowhere, all zeros */
    int64_t channel;
};

/* Append to the passes: images of this shape and format, whose channel c is sources[c]
 * ([shape->dims[1]], read now). All inputs are used now. NULL after a failure. */
struct buffer *gather_channels(struct plan *plan, unsigned passes, const struct shape *shape,
                               const struct format *format, const struct gather_input *inputs,
                               int n_inputs, const struct gather_source *sources);

#endif
