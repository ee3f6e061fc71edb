/* onednn_kernel.h - oneDNN's primitives as operations of a plan.
 *
 * All objects belong to the plan and go with it. A failed plan makes every call do nothing.
 * Threading: those of the plan. */
#ifndef CNN_ONEDNN_KERNEL_H
#define CNN_ONEDNN_KERNEL_H

#include "cnn/format.h"
#include "cnn/onednn_create.h"
#include "cnn/plan.h"

/* The engine and attributes of the plan. Valid unless the plan has failed: then zero. */
struct onednn_setup onednn_setup(struct plan *plan);
/* The same for a primitive that applies an elementwise function to its result;
 * dnnl_alg_kind_undef: it does not. */
struct onednn_setup onednn_setup_eltwise(struct plan *plan, dnnl_alg_kind_t kind, float alpha,
                                         float beta);
dnnl_stream_t onednn_stream(struct plan *plan);

/* Formats from oneDNN's tags and descriptors. */
struct format *format_tagged(struct plan *plan, const struct shape *shape,
                             enum precision precision, dnnl_format_tag_t tag);
struct format *format_any(struct plan *plan, const struct shape *shape,
                          enum precision precision);
struct format *format_from_md(struct plan *plan, onednn_md md);
onednn_md format_md(const struct format *format);

/* Take over a primitive descriptor that was just created with `status`; fails the plan, naming
 * `what`, and answers NULL when it was not. */
dnnl_primitive_desc_t onednn_keep(struct plan *plan, dnnl_status_t status,
                                  dnnl_primitive_desc_t pd, const char *what);

/* Does the primitive have a kernel of its own, not one of the general ones for what is left? */
bool onednn_is_tailored(const_dnnl_primitive_desc_t pd);

/* The format that a descriptor chose for an argument (DNNL_ARG_...); NULL when it has no such
 * argument. */
struct format *onednn_chosen(struct plan *plan, const_dnnl_primitive_desc_t pd, int argument);

/* Is there memory to create a primitive? oneDNN writes its code without a look at whether it
 * was given any room for it. */
bool onednn_has_room(void);

/* One argument of a primitive. */
struct onednn_argument {
    int argument; /* DNNL_ARG_... */
    const struct format *format;
    struct buffer *data; /* NULL: the primitive goes without this argument */
};

/* Append the primitive to the passes. All its buffers are used now. */
void onednn_emit(struct plan *plan, unsigned passes, const_dnnl_primitive_desc_t pd,
                 const struct onednn_argument *arguments, int n);

#endif
