#include "cnn/onednn_kernel.h"

#include <assert.h>

struct format {
    struct onednn_md_owner owner;
};

static void release_format(void *object)
{
    struct format *format = object;
    onednn_md_destroy(&format->owner);
}

static struct format *keep_format(struct plan *plan, struct format *format,
                                  dnnl_status_t status)
{
    if (status != dnnl_success) {
        plan_fail(plan, ST_FAILED, "oneDNN refused a memory format (its status %d)",
                  (int)status);
        return NULL;
    }
    plan_release(plan, release_format, format);
    return plan_failed(plan) ? NULL : format;
}

static const dnnl_data_type_t types[] = {
    [PRECISION_FP32] = dnnl_f32, [PRECISION_BF16] = dnnl_bf16};

struct format *format_tagged(struct plan *plan, const struct shape *shape,
                             enum precision precision, dnnl_format_tag_t tag)
{
    struct format *format = plan_alloc(plan, sizeof *format);
    if (!format)
        return NULL;
    dnnl_dims_t dims = {0};
    for (int i = 0; i < shape->n; i++)
        dims[i] = shape->dims[i];
    return keep_format(plan, format,
                       onednn_md_create(&format->owner, shape->n, dims, types[precision], tag));
}

struct format *format_plain(struct plan *plan, const struct shape *shape,
                            enum precision precision)
{
    static const dnnl_format_tag_t tags[] = {dnnl_a, dnnl_ab, dnnl_abc, dnnl_abcd, dnnl_abcde};
    assert(shape->n >= 1 && shape->n <= SHAPE_DIMS);
    return format_tagged(plan, shape, precision, tags[shape->n - 1]);
}

struct format *format_any(struct plan *plan, const struct shape *shape,
                          enum precision precision)
{
    return format_tagged(plan, shape, precision, dnnl_format_tag_any);
}

struct format *format_from_md(struct plan *plan, onednn_md md)
{
    struct format *format = plan_alloc(plan, sizeof *format);
    return format ? keep_format(plan, format, onednn_md_copy(&format->owner, md)) : NULL;
}

onednn_md format_md(const struct format *format)
{
    return format ? onednn_md_of(&format->owner) : NULL;
}

size_t format_bytes(const struct format *format)
{
    return format ? dnnl_memory_desc_get_size(format_md(format)) : 0;
}

bool format_is_padded(const struct format *format, const struct shape *shape)
{
    return format_bytes(format) >
           (size_t)shape_count(shape) * precision_size(format_precision(format));
}

/* The formats of images that cut the channels into blocks. */
static const struct {
    dnnl_format_tag_t tag;
    int64_t block; /* 0: all channels */
} blocked[] = {{dnnl_abcd, 1}, {dnnl_aBcd16b, 16}, {dnnl_aBcd8b, 8}, {dnnl_acdb, 0}};
#define BLOCKED (sizeof blocked / sizeof *blocked)

/* Which of them this is; BLOCKED: none. */
static size_t find_blocked(struct plan *plan, const struct format *format,
                           const struct shape *shape)
{
    for (size_t i = 0; i < BLOCKED && format; i++) {
        const struct format *candidate =
            format_tagged(plan, shape, format_precision(format), blocked[i].tag);
        if (plan_failed(plan))
            break;
        if (format_equal(candidate, format))
            return i;
    }
    return BLOCKED;
}

int64_t format_block(struct plan *plan, const struct format *format, const struct shape *shape)
{
    size_t i = find_blocked(plan, format, shape);
    if (i == BLOCKED)
        return 0;
    return blocked[i].block ? blocked[i].block : shape->dims[1];
}

struct format *format_alike(struct plan *plan, const struct format *like,
                            const struct shape *like_shape, const struct shape *shape)
{
    size_t i = find_blocked(plan, like, like_shape);
    return format_tagged(plan, shape, format_precision(like),
                         i == BLOCKED ? dnnl_abcd : blocked[i].tag);
}

enum precision format_precision(const struct format *format)
{
    bool bf16 = format && onednn_md_type(format_md(format)) == dnnl_bf16;
    return bf16 ? PRECISION_BF16 : PRECISION_FP32;
}

struct buffer *format_buffer(struct plan *plan, const struct format *format)
{
    struct buffer *buffer = plan_buffer(plan, format_bytes(format));
    if (buffer)
        buffer->precision = format_precision(format);
    return buffer;
}

bool format_equal(const struct format *a, const struct format *b)
{
    return dnnl_memory_desc_equal(format_md(a), format_md(b));
}

void format_copy_into(struct plan *plan, unsigned passes, const struct format *from,
                      struct buffer *data, const struct format *to, struct buffer *target)
{
    struct onednn_setup setup = onednn_setup(plan);
    if (plan_failed(plan))
        return;
    dnnl_primitive_desc_t pd = NULL;
    dnnl_status_t status = dnnl_reorder_primitive_desc_create(
        &pd, format_md(from), setup.engine, format_md(to), setup.engine, setup.attributes);
    if (!onednn_keep(plan, status, pd, "reorder"))
        return;
    const struct onednn_argument arguments[] = {{DNNL_ARG_FROM, from, data},
                                                {DNNL_ARG_TO, to, target}};
    onednn_emit(plan, passes, pd, arguments, 2);
}

struct buffer *format_convert(struct plan *plan, unsigned passes, const struct format *from,
                              struct buffer *data, const struct format *to)
{
    if (plan_failed(plan) || format_equal(from, to))
        return data;
    struct buffer *target = format_buffer(plan, to);
    format_copy_into(plan, passes, from, data, to, target);
    return target;
}

static dnnl_status_t reorder_now(const struct onednn_setup *setup, dnnl_stream_t stream,
                                 const dnnl_exec_arg_t arguments[2], onednn_md from,
                                 onednn_md to)
{
    dnnl_primitive_desc_t pd = NULL;
    dnnl_primitive_t primitive = NULL;
    dnnl_status_t status =
        dnnl_reorder_primitive_desc_create(&pd, from, setup->engine, to, setup->engine, NULL);
    if (status == dnnl_success)
        status = dnnl_primitive_create(&primitive, pd);
    if (status == dnnl_success)
        status = dnnl_primitive_execute(primitive, stream, 2, arguments);
    if (primitive)
        dnnl_primitive_destroy(primitive);
    if (pd)
        dnnl_primitive_desc_destroy(pd);
    return status;
}

enum status format_copy_now(struct plan *plan, const struct format *from, void *data,
                            const struct format *to, void *target)
{
    if (!onednn_has_room())
        return ST_NOMEM;
    struct onednn_setup setup = onednn_setup(plan);
    dnnl_exec_arg_t arguments[] = {{DNNL_ARG_FROM, NULL}, {DNNL_ARG_TO, NULL}};
    onednn_md from_md = format_md(from), to_md = format_md(to);
    dnnl_status_t status =
        dnnl_memory_create(&arguments[0].memory, from_md, setup.engine, data);
    if (status == dnnl_success)
        status = dnnl_memory_create(&arguments[1].memory, to_md, setup.engine, target);
    if (status == dnnl_success)
        status = reorder_now(&setup, onednn_stream(plan), arguments, from_md, to_md);
    for (int i = 0; i < 2; i++)
        if (arguments[i].memory)
            dnnl_memory_destroy(arguments[i].memory);
    return status == dnnl_success ? ST_OK : ST_FAILED;
}
