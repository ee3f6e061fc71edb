/* param_store.h - the parameters of a network, in three arrays: what is trained, its gradients,
 * and running statistics. Each parameter has the format that its layer computes with; padding
 * is zero. Threading: one store a thread. */
#ifndef CNN_PARAM_STORE_H
#define CNN_PARAM_STORE_H

#include "base/status.h"
#include "cnn/layer.h"

#include <stddef.h>
#include <stdint.h>

struct param_store {
    struct plan *plan;    /* borrowed; the formats belong to it */
    struct param *params; /* [n] */
    size_t n;
    float *trained, *gradients; /* [size]; gradients are NULL where there are none */
    float *statistics;
    size_t size;
};

/* An empty store for at most `capacity` parameters. Errors: ST_NOMEM. */
enum status param_store_init(struct param_store *store, struct plan *plan, size_t capacity);
void param_store_free(struct param_store *store);

/* Append a parameter, in the plain format until its layer is planned. */
void param_store_add(struct param_store *store, const struct param_spec *spec);

/* Once all formats are chosen: allocate the arrays, those of gradients only if there shall be
 * any, and give the buffers their data.
 * Errors: ST_NOMEM. */
enum status param_store_allocate(struct param_store *store, bool gradients);

/* The remaining calls need a finished plan. */

/* Draw the initial values; every parameter has its own stream. Errors: ST_NOMEM; ST_FAILED from
 * oneDNN. */
enum status param_store_draw(struct param_store *store, uint64_t seed);

/* As network_read(), network_write(), network_read_like() and network_write_like(). */
enum status param_store_read(struct param_store *store, size_t i, float *plain);
enum status param_store_write(struct param_store *store, size_t i, const float *plain);
enum status param_store_read_like(struct param_store *store, size_t i, const float *array,
                                  float *plain);
enum status param_store_write_like(struct param_store *store, size_t i, float *array,
                                   const float *plain);

#endif
