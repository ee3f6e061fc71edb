/* model_description.h - a network as people write it: a JSON list of layers.
 *
 *   [{"type": "convolution", "channels": 16, "kernel": 3, "padding": 1, "name": "start"},
 *    {"type": "batch_norm", "relu": true},
 *    {"type": "add", "inputs": ["previous", "start"]}, ...]
 *
 * The types are those of layer_types[], and the keys of a layer what its type takes.
 * docs/training.md explains them. Threading: no shared state. */
#ifndef CNN_MODEL_DESCRIPTION_H
#define CNN_MODEL_DESCRIPTION_H

#include "base/json.h"
#include "base/status.h"
#include "cnn/layer.h"

#include <stddef.h>

/* The layers as a graph takes them, in order; what layer k makes is value k + 1, and value 0 is
 * the images. `channels` is DESCRIPTION_CLASSES where there is to be one for each class. */
struct model_description {
    size_t n;
    struct layer_spec *specs; /* [n] */
    const char **names;       /* [n], NULL without one; borrowed from the JSON */
};
#define DESCRIPTION_CLASSES 0

/* A longer list is refused. */
enum { DESCRIPTION_LAYERS = 1024 };

/* Read a list; only sizes are left to be checked. `source` names it in messages. The result is
 * the caller's to free, and empty after an error.
 * Errors: ST_INVALID with the layer, its name and its key, of several mistakes the first and
 * their number; ST_NOMEM. */
enum status model_description_read(struct model_description *out, const struct json *list,
                                   const char *source, struct error *err);
void model_description_free(struct model_description *description);

/* Would it be read? The check of the setting `layers`. */
enum status model_description_check(const struct json *list, const char *source,
                                    struct error *err);

#endif
