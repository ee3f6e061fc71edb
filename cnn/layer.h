/* layer.h - what a layer type is: one const table of functions, and the data they work on.
 *
 * A type lives in a file of its own and has one line in layer_table.c. It says what comes out
 * of a layer and which parameters it has (shape, params: pure functions of sizes), and appends
 * the operations of its passes to a plan (plan_forward, plan_backward). Which memory format a
 * value has is decided by the layer that makes it. Threading: tables are read-only. */
#ifndef CNN_LAYER_H
#define CNN_LAYER_H

#include "base/status.h"
#include "cnn/plan.h"
#include "cnn/shape.h"

#include <stdbool.h>
#include <stdint.h>

struct fold;   /* layers that run as one (fold.h) */
struct format; /* a memory layout (format.h) */
struct rng;

/* A layer of a graph, before any memory. Members that a type does not use are zero. */
#define LAYER_INPUTS 2
struct layer_spec {
    const struct layer_type *type;
    int inputs[LAYER_INPUTS]; /* values of the graph */
    int64_t channels;         /* convolution, linear, split: of the output */
    int64_t from;             /* split: the first channel of the input that it takes */
    int64_t kernel, stride, padding;
    int64_t groups; /* convolution: that see their own channels alone, 0 as 1; shuffle */
    bool bias;      /* convolution, linear */
    bool relu;      /* batch_norm, add: apply it to the result */
    double rate;    /* dropout: share of the elements that become zero */
};

enum param_start { START_ZERO, START_ONE, START_UNIFORM };

/* A parameter before any memory. */
struct param_spec {
    const char *name;
    struct shape shape;
    enum param_start start;
    double bound; /* START_UNIFORM: drawn from [-bound, bound) */
    bool trained; /* false: running statistics, which no gradient changes */
};

/* A parameter of a planned network. */
struct param {
    struct param_spec spec;
    struct format
        *plain; /* row-major, what users see; a layer may count dimensions otherwise */
    struct format *format; /* chosen by its layer while planning; plain unless told */
    struct buffer *data;
    struct buffer *gradient; /* NULL unless trained */
    /* What convolution and linear compute with: the data, or a copy that is rounded to bf16. */
    struct format *used_format;
    struct buffer *used;
};

/* A value that is some of another one's channels. */
struct value_slice {
    const struct value *part;
    int64_t from; /* its first channel in the other one */
};

/* What flows between layers. Its gradients have the same format; every consumer gives one, or
 * adds to the slices. */
#define VALUE_CONSUMERS 8
struct value {
    struct shape shape;
    struct format *format;
    struct buffer *data;
    int n_consumers; /* layers that take it; one more for the network's output */
    bool is_spare;   /* the backward pass of the layer that makes it does not read the data */
    bool needs_gradient;
    struct buffer *gradients[VALUE_CONSUMERS];
    int n_gradients;
    bool activated; /* its maker applied the activation of its only user, too */
    struct value_slice slices[VALUE_CONSUMERS]; /* whose gradients are still to be joined */
    int n_slices;
};

/* A layer of a planned network. */
#define LAYER_PARAMS 4
struct layer {
    const struct layer_spec *spec;
    struct value *inputs[LAYER_INPUTS];
    struct value *output;
    struct param *params; /* [n_params], in the order of the type's params() */
    int n_params;
    const struct layer *only_user; /* of the output; NULL: none, or several */
    unsigned passes;               /* the forward passes in which it runs by itself */
    struct fold *fold;             /* that ends with this layer; NULL: none */
    uint64_t seed;                 /* of what the layer draws at random */
    void *state;                   /* what plan_forward() leaves for plan_backward() */
};

/* Bits of the members of a struct layer_spec that a type takes. */
enum layer_takes {
    LAYER_CHANNELS = 1,
    LAYER_WINDOW = 2, /* kernel, stride, padding */
    LAYER_GROUPS = 4,
    LAYER_BIAS = 8,
    LAYER_RELU = 16,
    LAYER_RATE = 32,
    LAYER_FROM = 64
};

struct layer_type {
    const char *name; /* in messages, tables and lists of layers */
    int n_inputs;
    unsigned takes; /* so that a list of layers may say them (model_description.h) */

    /* The output's shape from those of the inputs. Errors: ST_INVALID with the sizes that do
     * not fit. */
    enum status (*shape)(const struct layer_spec *spec, const struct shape *inputs,
                         struct shape *output, struct error *err);

    /* The parameters; answers how many. NULL: none. */
    int (*params)(const struct layer_spec *spec, const struct shape *inputs,
                  struct param_spec params[LAYER_PARAMS]);

    /* Floating-point operations of the forward pass of the whole batch; a multiply-add counts
     * as two. NULL: not counted. */
    int64_t (*flops)(const struct layer_spec *spec, const struct shape *inputs,
                     const struct shape *output);

    /* Choose formats, set the output's format and data, append to PASS_TRAIN and PASS_INFER. A
     * layer that a fold may take (fold.h) appends to layer->passes alone, and makes no data
     * where these are none; one that trains otherwise than it infers looks at them, too. */
    void (*plan_forward)(struct plan *plan, struct layer *layer);

    /* From output->gradients (exactly one, unless sums_gradients) append to PASS_BACKWARD:
     * write every trained parameter's gradient, and hand a gradient to every input that needs
     * one (value_add_gradient()). */
    void (*plan_backward)(struct plan *plan, struct layer *layer);

    /* The random stream that the layer draws from while it trains. NULL: it draws nothing. */
    struct rng *(*stream)(const struct layer *layer);

    /* plan_backward() takes any number of output gradients and adds them up itself. */
    bool sums_gradients;

    /* plan_backward() does not read the output's data: whoever is alone in taking the output
     * may write over it (value_take_data()). */
    bool forgets_output;
};

/* All types (layer_table.c), ended by NULL. */
extern const struct layer_type *const layer_types[];

extern const struct layer_type layer_convolution, layer_batch_norm, layer_linear, layer_relu,
    layer_relu6, layer_silu, layer_sigmoid, layer_max_pool, layer_average_pool,
    layer_global_pool, layer_flatten, layer_add, layer_dropout, layer_concat, layer_split,
    layer_shuffle, layer_scale;

/* Hand a gradient in the value's own format to the value. */
void value_add_gradient(struct value *value, struct buffer *gradient);

/* Where an operation may write what it makes of the value element by element, in the value's
 * format: over its data where nobody else reads them, or else a new buffer. */
struct buffer *value_take_data(struct plan *plan, struct value *value);

/* The same for what is made of the value's gradients, of which the one that is written over
 * becomes the first. */
struct buffer *value_take_gradient(struct plan *plan, struct value *value);

/* Make one gradient of all that the value was handed. */
void value_sum_gradients(struct plan *plan, struct value *value);

/* Before the gradients of the value are read: make one of those of its slices. */
void value_join_slices(struct plan *plan, struct value *value);

#endif
