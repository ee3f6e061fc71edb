/* layer_family.h - networks that differ in how many layers of three types they have, to find
 * out what a layer of each type costs.
 *
 * All have convolutions of 3 x 3 on maps of one size, then ReLUs on those maps, then max
 * pooling to about 4 x 4, then linear layers of one width. So a further layer of a type always
 * does the same work; only the first convolution, which takes the images, and the last linear
 * layer, which makes the classes, are smaller. Source of the question: Yarally et al. 2023,
 * section on layer types. Threading: no shared state. */
#ifndef CNN_LAYER_FAMILY_H
#define CNN_LAYER_FAMILY_H

#include "base/status.h"
#include "cnn/graph.h"
#include "cnn/model.h"

#include <stddef.h>
#include <stdint.h>

struct family_member {
    int convolutions, linears; /* at least 1 */
    int relus;
};

/* One type at a time from one layer to six, two networks in which all three are more, and one
 * without a ReLU: [*n]. */
const struct family_member *family_members(size_t *n);

/* `graph` is uninitialised and the caller's to graph_free(), also after an error; channels are
 * those of the convolutions. Errors: those of the graph. */
enum status family_build(struct graph *graph, const struct family_member *member,
                         const struct model_input *input, int64_t channels, struct error *err);

#endif
