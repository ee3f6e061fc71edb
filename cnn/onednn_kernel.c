#include "cnn/onednn_kernel.h"

#include "cnn/memory.h"

#include <assert.h>
#include <string.h>

/* Arguments of a primitive, the scratchpad included. */
#define ARGUMENTS 12

/* What the library keeps for a plan. */
struct library {
    dnnl_engine_t engine;
    dnnl_stream_t stream;
    dnnl_primitive_attr_t attributes;
    struct buffer *scratchpad; /* one for all primitives: they run one after another */
};

struct kernel {
    dnnl_primitive_t primitive;
    dnnl_stream_t stream;
    int n;
    dnnl_exec_arg_t arguments[ARGUMENTS];
    struct buffer *buffers[ARGUMENTS];
};

static bool check(struct plan *plan, dnnl_status_t status, const char *what)
{
    if (status != dnnl_success)
        plan_fail(plan, status == dnnl_out_of_memory ? ST_NOMEM : ST_FAILED,
                  "oneDNN refused the %s (its status %d)", what, (int)status);
    return status == dnnl_success;
}

static void release_library(void *object)
{
    struct library *library = object;
    dnnl_primitive_attr_destroy(library->attributes);
    dnnl_stream_destroy(library->stream);
    dnnl_engine_destroy(library->engine);
}

static struct library *library_create(struct plan *plan)
{
    struct library *library = plan_alloc(plan, sizeof *library);
    if (!library)
        return NULL;
    if (check(plan, dnnl_engine_create(&library->engine, dnnl_cpu, 0), "engine") &&
        check(plan,
              dnnl_stream_create(&library->stream, library->engine, dnnl_stream_default_flags),
              "stream") &&
        check(plan, dnnl_primitive_attr_create(&library->attributes), "attributes"))
        check(plan,
              dnnl_primitive_attr_set_scratchpad_mode(library->attributes,
                                                      dnnl_scratchpad_mode_user),
              "scratchpad mode");
    plan_release(plan, release_library, library);
    return library;
}

static struct library *library_of(struct plan *plan)
{
    if (!plan_library(plan))
        plan_set_library(plan, library_create(plan));
    return plan_failed(plan) ? NULL : plan_library(plan);
}

struct onednn_setup onednn_setup(struct plan *plan)
{
    struct library *library = library_of(plan);
    if (!library)
        return (struct onednn_setup){0};
    return (struct onednn_setup){library->engine, library->attributes, false};
}

static void release_attributes(void *object)
{
    dnnl_primitive_attr_destroy(object);
}

/* The attributes take a copy of the post-operations. */
static dnnl_status_t set_eltwise(dnnl_primitive_attr_t attributes, dnnl_alg_kind_t kind,
                                 float alpha, float beta)
{
    dnnl_post_ops_t post_ops;
    dnnl_status_t status = dnnl_post_ops_create(&post_ops);
    if (status != dnnl_success)
        return status;
    status = onednn_append_eltwise(post_ops, kind, alpha, beta);
    if (status == dnnl_success)
        status = dnnl_primitive_attr_set_post_ops(attributes, post_ops);
    dnnl_post_ops_destroy(post_ops);
    return status;
}

struct onednn_setup onednn_setup_eltwise(struct plan *plan, dnnl_alg_kind_t kind, float alpha,
                                         float beta)
{
    struct onednn_setup setup = onednn_setup(plan);
    dnnl_primitive_attr_t attributes;
    if (plan_failed(plan) || kind == dnnl_alg_kind_undef ||
        !check(plan, dnnl_primitive_attr_clone(&attributes, setup.attributes), "attributes"))
        return setup;
    check(plan, set_eltwise(attributes, kind, alpha, beta), "activation behind a convolution");
    plan_release(plan, release_attributes, attributes); /* at once, should memory run out */
    setup.attributes = attributes;
    return setup;
}

dnnl_stream_t onednn_stream(struct plan *plan)
{
    struct library *library = library_of(plan);
    return library ? library->stream : NULL;
}

static void release_pd(void *object)
{
    dnnl_primitive_desc_destroy(object);
}

dnnl_primitive_desc_t onednn_keep(struct plan *plan, dnnl_status_t status,
                                  dnnl_primitive_desc_t pd, const char *what)
{
    if (!check(plan, status, what))
        return NULL;
    plan_release(plan, release_pd, pd);
    return plan_failed(plan) ? NULL : pd;
}

bool onednn_is_tailored(const_dnnl_primitive_desc_t pd)
{
    const char *name = NULL;
    dnnl_primitive_desc_query(pd, dnnl_query_impl_info_str, 0, &name);
    return name && (strncmp(name, "jit", 3) == 0 || strncmp(name, "brg", 3) == 0);
}

struct format *onednn_chosen(struct plan *plan, const_dnnl_primitive_desc_t pd, int argument)
{
    if (plan_failed(plan))
        return NULL;
    onednn_md md = dnnl_primitive_desc_query_md(pd, dnnl_query_exec_arg_md, argument);
    if (!md || dnnl_memory_desc_get_size(md) == 0)
        return NULL;
    return format_from_md(plan, md);
}

static void release_kernel(void *object)
{
    struct kernel *kernel = object;
    for (int i = 0; i < kernel->n; i++)
        dnnl_memory_destroy(kernel->arguments[i].memory);
    dnnl_primitive_destroy(kernel->primitive);
}

static void bind_kernel(void *object)
{
    struct kernel *kernel = object;
    for (int i = 0; i < kernel->n; i++)
        dnnl_memory_set_data_handle(kernel->arguments[i].memory, kernel->buffers[i]->data);
}

static bool run_kernel(void *state)
{
    const struct kernel *kernel = state;
    return dnnl_primitive_execute(kernel->primitive, kernel->stream, kernel->n,
                                  kernel->arguments) == dnnl_success;
}

static void add_argument(struct plan *plan, struct kernel *kernel,
                         const struct onednn_argument *argument)
{
    if (!argument->data || plan_failed(plan))
        return;
    assert(kernel->n < ARGUMENTS);
    struct library *library = plan_library(plan);
    dnnl_exec_arg_t *at = &kernel->arguments[kernel->n];
    if (!check(plan,
               dnnl_memory_create(&at->memory, format_md(argument->format), library->engine,
                                  DNNL_MEMORY_NONE),
               "memory"))
        return;
    at->arg = argument->argument;
    kernel->buffers[kernel->n++] = argument->data;
    plan_use(plan, argument->data);
}

/* The primitives run one after another, so one scratchpad of the largest size serves all. */
static void add_scratchpad(struct plan *plan, struct kernel *kernel,
                           const_dnnl_primitive_desc_t pd)
{
    struct library *library = plan_library(plan);
    struct format *format = onednn_chosen(plan, pd, DNNL_ARG_SCRATCHPAD);
    if (!format)
        return;
    if (!library->scratchpad)
        library->scratchpad = plan_buffer(plan, 0);
    if (!library->scratchpad)
        return;
    if (library->scratchpad->bytes < format_bytes(format))
        library->scratchpad->bytes = format_bytes(format);
    add_argument(plan, kernel,
                 &(struct onednn_argument){DNNL_ARG_SCRATCHPAD, format, library->scratchpad});
}

/* More than a primitive takes: the code of each of its kernels is a quarter of a megabyte at
 * most. */
#define PRIMITIVE_BYTES ((size_t)16 << 20)

bool onednn_has_room(void)
{
    return memory_has_room(PRIMITIVE_BYTES);
}

void onednn_emit(struct plan *plan, unsigned passes, const_dnnl_primitive_desc_t pd,
                 const struct onednn_argument *arguments, int n)
{
    struct library *library = library_of(plan);
    struct kernel *kernel = library ? plan_alloc(plan, sizeof *kernel) : NULL;
    if (!kernel)
        return;
    kernel->stream = library->stream;
    if (!onednn_has_room())
        plan_fail(plan, ST_NOMEM, "out of memory while the network's kernels were made");
    if (plan_failed(plan) ||
        !check(plan, dnnl_primitive_create(&kernel->primitive, pd), "primitive"))
        return;
    plan_release(plan, release_kernel, kernel);
    for (int i = 0; i < n; i++)
        add_argument(plan, kernel, &arguments[i]);
    add_scratchpad(plan, kernel, pd);
    plan_bind(plan, bind_kernel, kernel);
    plan_emit(plan, passes, run_kernel, kernel);
}
