/* strbuf.h - a string that grows.
 *
 * A failed allocation is remembered instead of returned by every append: build the whole text,
 * then ask strbuf_ok() once. Threading: one owner at a time. */
#ifndef BASE_STRBUF_H
#define BASE_STRBUF_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

/* text is NUL-terminated once something was appended, and NULL before; use strbuf_text() to
 * read. */
struct strbuf {
    char *text;
    size_t length;   /* without the NUL */
    size_t capacity; /* bytes allocated */
    bool failed;     /* an allocation failed: the text is incomplete */
};

#define STRBUF_INIT                                                                            \
    {                                                                                          \
        NULL, 0, 0, false                                                                      \
    }

void strbuf_free(struct strbuf *buf);

/* Empty the text and the failure; the memory is kept for the next text. */
void strbuf_clear(struct strbuf *buf);

void strbuf_append(struct strbuf *buf, const char *text);
void strbuf_append_bytes(struct strbuf *buf, const char *bytes, size_t length);
void strbuf_append_char(struct strbuf *buf, char c);
void strbuf_printf(struct strbuf *buf, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void strbuf_vprintf(struct strbuf *buf, const char *format, va_list args)
    __attribute__((format(printf, 2, 0)));

/* Drop the first count bytes (all of them when there are fewer). */
void strbuf_consume(struct strbuf *buf, size_t count);

/* The text, never NULL. Valid until the next change. */
const char *strbuf_text(const struct strbuf *buf);

/* Hand the text to the caller, who frees it; the buffer is empty afterwards. NULL after a
 * failure. */
char *strbuf_take(struct strbuf *buf);

/* False when an allocation failed since the last clear. */
bool strbuf_ok(const struct strbuf *buf);

#endif
