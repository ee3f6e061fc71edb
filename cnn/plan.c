#include "cnn/plan.h"

#include "cnn/arena.h"

#include <assert.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A call for later: an operation, a binding or a release. */
struct call {
    struct call *next;
    bool (*run)(void *);
    void (*notify)(void *);
    void *object;
    int layer; /* of an operation */
};

/* Calls in the order in which they were appended. */
struct calls {
    struct call *first, **end;
};

struct block {
    struct block *next;
    max_align_t data[];
};

enum { PASSES = 4 }; /* bits of enum pass */

struct plan {
    struct calls passes[PASSES];
    struct calls bindings;
    struct call *releases; /* the last one first */
    struct block *blocks;
    struct buffer **buffers;
    size_t n_buffers, capacity;
    int now;
    int layer; /* of what is appended */
    bool repeatable;
    void *library;
    void *arena;
    size_t arena_bytes;
    struct error failure; /* its status is ST_OK while there is none */
};

enum status plan_create(struct plan **out)
{
    *out = calloc(1, sizeof **out);
    if (!*out)
        return ST_NOMEM;
    for (int i = 0; i < PASSES; i++)
        (*out)->passes[i].end = &(*out)->passes[i].first;
    (*out)->bindings.end = &(*out)->bindings.first;
    (*out)->layer = PLAN_NO_LAYER;
    return ST_OK;
}

void plan_free(struct plan *plan)
{
    if (!plan)
        return;
    for (struct call *call = plan->releases; call; call = call->next)
        call->notify(call->object);
    while (plan->blocks) {
        struct block *next = plan->blocks->next;
        free(plan->blocks);
        plan->blocks = next;
    }
    free(plan->buffers);
    free(plan->arena);
    free(plan);
}

void plan_fail(struct plan *plan, enum status status, const char *format, ...)
{
    if (plan->failure.status)
        return;
    char what[sizeof plan->failure.what];
    va_list args;
    va_start(args, format);
    vsnprintf(what, sizeof what, format, args);
    va_end(args);
    error_set(&plan->failure, status, "%s", what);
}

bool plan_failed(const struct plan *plan)
{
    return plan->failure.status != ST_OK;
}

void *plan_alloc(struct plan *plan, size_t bytes)
{
    if (plan_failed(plan))
        return NULL;
    struct block *block = calloc(1, sizeof *block + bytes);
    if (!block) {
        plan_fail(plan, ST_NOMEM, "out of memory while the network was planned");
        return NULL;
    }
    block->next = plan->blocks;
    plan->blocks = block;
    return block->data;
}

static struct call *call_create(struct plan *plan, bool (*run)(void *), void (*notify)(void *),
                                void *object)
{
    struct call *call = plan_alloc(plan, sizeof *call);
    if (call)
        *call = (struct call){NULL, run, notify, object, plan->layer};
    return call;
}

static void append(struct calls *calls, struct call *call)
{
    if (!call)
        return;
    *calls->end = call;
    calls->end = &call->next;
}

void plan_release(struct plan *plan, void (*release)(void *), void *object)
{
    struct call *call = call_create(plan, NULL, release, object);
    if (!call) {
        release(object); /* nobody else would */
        return;
    }
    call->next = plan->releases;
    plan->releases = call;
}

void plan_bind(struct plan *plan, void (*bind)(void *), void *object)
{
    append(&plan->bindings, call_create(plan, NULL, bind, object));
}

void plan_set_layer(struct plan *plan, int layer)
{
    plan->layer = layer;
}

void plan_emit(struct plan *plan, unsigned passes, bool (*run)(void *), void *state)
{
    for (int i = 0; i < PASSES; i++)
        if (passes & 1u << i)
            append(&plan->passes[i], call_create(plan, run, NULL, state));
}

static bool remember_buffer(struct plan *plan, struct buffer *buffer)
{
    if (plan->n_buffers == plan->capacity) {
        size_t capacity = plan->capacity ? 2 * plan->capacity : 64;
        struct buffer **grown = realloc(plan->buffers, capacity * sizeof(struct buffer *));
        if (!grown)
            return false;
        plan->buffers = grown;
        plan->capacity = capacity;
    }
    plan->buffers[plan->n_buffers++] = buffer;
    return true;
}

struct buffer *plan_buffer(struct plan *plan, size_t bytes)
{
    struct buffer *buffer = plan_alloc(plan, sizeof *buffer);
    if (!buffer)
        return NULL;
    if (!remember_buffer(plan, buffer)) {
        plan_fail(plan, ST_NOMEM, "out of memory while the network was planned");
        return NULL;
    }
    buffer->bytes = bytes;
    buffer->first = buffer->last = plan->now;
    return buffer;
}

struct buffer *plan_lasting_buffer(struct plan *plan, size_t bytes)
{
    struct buffer *buffer = plan_buffer(plan, bytes);
    if (buffer) {
        buffer->first = 0;
        buffer->last = INT_MAX;
    }
    return buffer;
}

struct buffer *plan_external(struct plan *plan, size_t bytes)
{
    struct buffer *buffer = plan_alloc(plan, sizeof *buffer);
    if (buffer) {
        buffer->bytes = bytes;
        buffer->external = true;
    }
    return buffer;
}

size_t buffer_count(const struct buffer *buffer)
{
    return buffer ? buffer->bytes / precision_size(buffer->precision) : 0;
}

void plan_use(struct plan *plan, struct buffer *buffer)
{
    if (buffer && buffer->last < plan->now)
        buffer->last = plan->now;
}

void plan_tick(struct plan *plan)
{
    plan->now++;
}

void plan_set_repeatable(struct plan *plan)
{
    plan->repeatable = true;
}

bool plan_is_repeatable(const struct plan *plan)
{
    return plan->repeatable;
}

void plan_set_library(struct plan *plan, void *library)
{
    plan->library = library;
}

void *plan_library(const struct plan *plan)
{
    return plan->library;
}

static enum status lay_out(struct plan *plan)
{
    struct arena_item *items = calloc(plan->n_buffers + 1, sizeof *items);
    if (!items)
        return ST_NOMEM;
    for (size_t i = 0; i < plan->n_buffers; i++) {
        const struct buffer *buffer = plan->buffers[i];
        items[i] = (struct arena_item){buffer->bytes, buffer->first, buffer->last, 0};
    }
    enum status status = arena_layout(items, plan->n_buffers, &plan->arena_bytes);
    if (status == ST_OK) {
        plan->arena = arena_memory(plan->arena_bytes);
        status = plan->arena ? ST_OK : ST_NOMEM;
    }
    for (size_t i = 0; status == ST_OK && i < plan->n_buffers; i++)
        plan->buffers[i]->data = (char *)plan->arena + items[i].offset;
    free(items);
    return status;
}

enum status plan_finish(struct plan *plan, struct error *err)
{
    if (!plan_failed(plan) && lay_out(plan))
        plan_fail(plan, ST_NOMEM, "out of memory: the network needs %zu MB for a step",
                  plan->arena_bytes >> 20);
    if (plan_failed(plan)) {
        if (err)
            *err = plan->failure;
        return plan->failure.status;
    }
    for (struct call *call = plan->bindings.first; call; call = call->next)
        call->notify(call->object);
    return ST_OK;
}

static const struct call *first_of(const struct plan *plan, enum pass pass)
{
    int index = __builtin_ctz(pass);
    assert(index < PASSES && pass == 1u << index);
    return plan->passes[index].first;
}

static bool run_calls(const struct call *first, const struct call *end)
{
    for (const struct call *call = first; call != end; call = call->next)
        if (!call->run(call->object))
            return false;
    return true;
}

bool plan_run(const struct plan *plan, enum pass pass)
{
    return run_calls(first_of(plan, pass), NULL);
}

struct plan_walk plan_walk(const struct plan *plan, enum pass pass)
{
    return (struct plan_walk){PLAN_NO_LAYER, NULL, first_of(plan, pass)};
}

bool plan_walk_next(struct plan_walk *walk)
{
    walk->first = walk->end;
    if (!walk->first)
        return false;
    walk->layer = walk->first->layer;
    while (walk->end && walk->end->layer == walk->layer)
        walk->end = walk->end->next;
    return true;
}

bool plan_walk_run(const struct plan_walk *walk, size_t times)
{
    for (size_t i = 0; i < times; i++)
        if (!run_calls(walk->first, walk->end))
            return false;
    return true;
}

size_t plan_memory(const struct plan *plan)
{
    return plan->arena_bytes;
}
