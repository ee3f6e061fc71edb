/* profile.h - a training step taken apart, so that each part of it can be watched.
 *
 * The parts are run in the order of a step. A watcher is told when one begins and when it has
 * ended, and may have it repeated on the spot, for a meter that is slower than the part:
 * repeating changes no number that the parts behind it see, and the learning rate is nought, so
 * that nothing diverges however long it goes on. Threading: one profile a thread; the kernels
 * use OpenMP's threads. */
#ifndef CNN_PROFILE_H
#define CNN_PROFILE_H

#include "base/status.h"
#include "cnn/graph.h"
#include "cnn/profile_images.h"
#include "cnn/settings.h"
#include "cnn/shape.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum profile_kind {
    PROFILE_DATA, /* images read, augmented and normalised */
    PROFILE_LAYER,
    PROFILE_FORMATS, /* between the layers' memory formats and plain arrays at the ends */
    PROFILE_LOSS,
    PROFILE_OPTIMIZER
};

/* A part runs in one of the two or in both: data and loss run forward, the optimizer backward.
 */
enum profile_direction { PROFILE_FORWARD, PROFILE_BACKWARD, PROFILE_DIRECTIONS };

/* What a part runs in one direction, for the whole batch. All zero where it runs nothing. */
struct profile_work {
    bool runs;
    int64_t flops; /* of convolutions and linear layers; a multiply-add counts as two */
    int64_t bytes; /* of what it reads and writes, each array once */
};

struct profile_part {
    enum profile_kind kind;
    const char *name;    /* profile_layer_name(), or the kind */
    size_t layer;        /* the number of a layer */
    struct shape output; /* of a layer, with the batch */
    int64_t params;      /* trained numbers */
    size_t like;         /* the first part that does the same work: this one, if none before */
    struct profile_work work[PROFILE_DIRECTIONS];
};

/* What a layer is called here: its type, but "depthwise" for a convolution with a group for
 * each channel, which is another kind of work. input: the shape of its first input. */
const char *profile_layer_name(const struct layer_spec *spec, const struct shape *input);

struct profile;

/* Plan the graph for the settings' batch size, precision and number of threads (not 0), as for
 * training or for inference alone: then a step is no more than images and a forward pass, with
 * layers folded. The images must fit the graph, and are borrowed. Errors: ST_NOMEM, also when
 * the memory of the machine does not suffice; those of network_create(). */
enum status profile_create(struct profile **out, const struct graph *graph,
                           const struct train_settings *settings, struct profile_images *images,
                           bool inference, struct error *err);
void profile_free(struct profile *profile);

/* The parts: data, the layers in the order of the network, formats, loss, optimizer. */
size_t profile_count(const struct profile *profile);
const struct profile_part *profile_part(const struct profile *profile, size_t i);

/* The clock that parts are timed by, in seconds: of one thread its processor time, which other
 * work on the machine does not stretch; of several the time that passes. */
double profile_clock_s(int64_t threads);

/* Images of a step. */
size_t profile_batch(const struct profile *profile);
/* Threads that it runs with. */
int64_t profile_threads(const struct profile *profile);

/* Who watches a step. */
struct profile_watcher {
    void *context;
    /* The part begins now; answers how often it is to run, at least once. */
    size_t (*begin)(void *context, size_t part, enum profile_direction direction);
    /* It has run so often. False: leave the step here. */
    bool (*end)(void *context, size_t part, enum profile_direction direction, size_t times);
};

/* Run a step; NULL: unwatched, with nothing between its parts. A part may come in several
 * pieces. ST_INTERRUPTED when the watcher has left it. Errors: ST_FAILED from oneDNN;
 * ST_NUMERIC when the loss is not finite. */
enum status profile_step(struct profile *profile, const struct profile_watcher *watcher,
                         struct error *err);

#endif
