/* plan.h - everything that a network does in a step, decided beforehand.
 *
 * While a network is built, its layers ask the plan for buffers and append operations to the
 * passes. plan_finish() then lays the buffers out in one arena. After that a pass is a walk
 * over its operations: nothing is allocated, looked up or decided.
 *
 * A plan keeps a clock that the network advances from layer to layer, forward and then
 * backward: a buffer lives from the moment that it is made to the last moment that it is used.
 *
 * The first failure is kept and makes every later call do nothing (pointers answered are then
 * NULL or useless, but safe to pass on); plan_finish() answers it. Threading: one plan a
 * thread. */
#ifndef CNN_PLAN_H
#define CNN_PLAN_H

#include "base/status.h"
#include "cnn/precision.h"

#include <stdbool.h>
#include <stddef.h>

/* Bits of the passes that an operation belongs to. */
enum pass {
    PASS_TRAIN = 1, /* forward, with the batch's own statistics */
    PASS_INFER = 2, /* forward, with the running statistics and without dropout */
    PASS_BACKWARD = 4,
    PASS_FOLD = 8, /* makes what PASS_INFER needs of parameters and running statistics */
    PASS_FORWARD = PASS_TRAIN | PASS_INFER
};

/* Memory that operations use. `data` is valid after plan_finish(). */
struct buffer {
    size_t bytes;
    enum precision precision; /* of its numbers; means nothing where it holds none */
    void *data;
    bool external;   /* the data belong to somebody else, who sets them before plan_finish() */
    int first, last; /* moments of use */
    int receivers;   /* values that it is a gradient of */
};

/* Numbers in a buffer, padding included; 0 for NULL. */
size_t buffer_count(const struct buffer *buffer);

struct plan;
struct call; /* an operation */

enum status plan_create(struct plan **out);
void plan_free(struct plan *plan);

/* A buffer of the arena that lives from now on; undefined contents. format_buffer() makes one
 * for a tensor. */
struct buffer *plan_buffer(struct plan *plan, size_t bytes);
/* A buffer of the arena that keeps its contents from pass to pass. */
struct buffer *plan_lasting_buffer(struct plan *plan, size_t bytes);
/* A buffer that lives for ever, whose data the caller provides before plan_finish(). */
struct buffer *plan_external(struct plan *plan, size_t bytes);
/* The buffer is used now. */
void plan_use(struct plan *plan, struct buffer *buffer);

/* Zeroed memory that lives as long as the plan. NULL after a failure. */
void *plan_alloc(struct plan *plan, size_t bytes);
/* Call release(object) when the plan is freed, the last one first. */
void plan_release(struct plan *plan, void (*release)(void *object), void *object);
/* Call bind(object) when all buffers have their data. */
void plan_bind(struct plan *plan, void (*bind)(void *object), void *object);

/* Operations that are appended from now on belong to this layer; at first to none. */
#define PLAN_NO_LAYER (-1)
void plan_set_layer(struct plan *plan, int layer);

/* Append run(state) to the passes. run answers false when it failed. */
void plan_emit(struct plan *plan, unsigned passes, bool (*run)(void *state), void *state);

/* Advance the clock. */
void plan_tick(struct plan *plan);

/* No operation may write over what it reads, so that it can run several times in a row. */
void plan_set_repeatable(struct plan *plan);
bool plan_is_repeatable(const struct plan *plan);

/* What the library of the kernels keeps for this plan; NULL until it is set. */
void plan_set_library(struct plan *plan, void *library);
void *plan_library(const struct plan *plan);

/* Keep the failure, unless there is one already. */
void plan_fail(struct plan *plan, enum status status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
bool plan_failed(const struct plan *plan);

/* Lay out the arena and bind. Errors: the first failure; ST_NOMEM. */
enum status plan_finish(struct plan *plan, struct error *err);

/* Run the operations of one pass in order. False when one of them failed. */
bool plan_run(const struct plan *plan, enum pass pass);

/* A walk through a pass, one stretch of operations of the same layer after another. */
struct plan_walk {
    int layer; /* whose operations they are, or PLAN_NO_LAYER */
    const struct call *first, *end;
};

/* Stand before the first stretch. */
struct plan_walk plan_walk(const struct plan *plan, enum pass pass);
/* Go to the next stretch. False when there is none. */
bool plan_walk_next(struct plan_walk *walk);
/* Run the stretch so many times over. It leaves behind what one time does, but for running
 * statistics and random draws, if what comes before it in the pass was run. False when an
 * operation failed. */
bool plan_walk_run(const struct plan_walk *walk, size_t times);

/* The size of the arena. Bytes. */
size_t plan_memory(const struct plan *plan);

#endif
