/* format.h - memory layouts of tensors and the precision of their numbers, without naming the
 * library that knows them.
 *
 * Plain is row-major in the order of the shape's dimensions. Other layouts are oneDNN's, such
 * as channels in blocks of 16. Formats belong to their plan. Threading: those of the plan. */
#ifndef CNN_FORMAT_H
#define CNN_FORMAT_H

#include "cnn/plan.h"
#include "cnn/shape.h"

#include <stdbool.h>
#include <stddef.h>

struct format;

/* Fails the plan when the library refuses the shape; NULL then. */
struct format *format_plain(struct plan *plan, const struct shape *shape,
                            enum precision precision);

/* Of the numbers in this format; PRECISION_FP32 for NULL. */
enum precision format_precision(const struct format *format);

/* Bytes of a tensor in this format, padding included; 0 for NULL. */
size_t format_bytes(const struct format *format);

/* Does a tensor of this shape take more room than it has elements? The rest is zero. */
bool format_is_padded(const struct format *format, const struct shape *shape);

/* How many channels of images of this shape lie side by side: channel c of an image stands at
 * ((c / block) * height * width + pixel) * block + c % block. 1 in the plain format, and as
 * many as there are where channels come last; 0: the channels lie otherwise, or the plan
 * failed. */
int64_t format_block(struct plan *plan, const struct format *format, const struct shape *shape);

/* The format for images of `shape` in which channels lie as they do in `like` for images of
 * `like_shape`; the plain one where they lie in no way that format_block() knows. */
struct format *format_alike(struct plan *plan, const struct format *like,
                            const struct shape *like_shape, const struct shape *shape);

/* A buffer of the arena for a tensor in this format, which lives from now on; undefined
 * contents. NULL after a failure. */
struct buffer *format_buffer(struct plan *plan, const struct format *format);

bool format_equal(const struct format *a, const struct format *b);

/* The same elements in another format, rounded if need be: `data` itself when the formats are
 * equal, or else a new buffer that an operation appended to `passes` fills. */
struct buffer *format_convert(struct plan *plan, unsigned passes, const struct format *from,
                              struct buffer *data, const struct format *to);

/* The same into a given buffer; formats may be equal. */
void format_copy_into(struct plan *plan, unsigned passes, const struct format *from,
                      struct buffer *data, const struct format *to, struct buffer *target);

/* Convert once, outside of any pass, after the plan is finished; both formats have the same
 * logical shape, and `data` is only read. Errors: ST_NOMEM; ST_FAILED from the library. */
enum status format_copy_now(struct plan *plan, const struct format *from, void *data,
                            const struct format *to, void *target);

#endif
