/* description_layer.h - one layer of a list of layers: its type, and the keys that the type
 * takes (model_description.h has the whole). Threading: no shared state. */
#ifndef CNN_DESCRIPTION_LAYER_H
#define CNN_DESCRIPTION_LAYER_H

#include "base/json.h"
#include "cnn/layer.h"

#include <stdbool.h>

/* Read everything but names and inputs into *spec, which begins zeroed. Mistakes become
 * problems of the reader; false when the type is unknown, and nothing else was looked at. */
bool description_read_layer(struct json_reader *reader, struct layer_spec *spec);

#endif
