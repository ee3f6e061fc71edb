/* tail.h - the last bytes of a stream that may be endless. Threading: one owner at a time. */
#ifndef WORKER_TAIL_H
#define WORKER_TAIL_H

#include <stdbool.h>
#include <stddef.h>

struct tail {
    char *bytes; /* a ring of `capacity` */
    size_t capacity, start, length;
    bool cut; /* something went before what is kept */
};

/* False when out of memory. */
bool tail_create(struct tail *tail, size_t capacity);
void tail_free(struct tail *tail);
/* Forget what is kept. */
void tail_clear(struct tail *tail);

void tail_push(struct tail *tail, const char *bytes, size_t n);

/* What is kept as a text: from the start of a line when the beginning is lost, without white
 * space at the end, and with '?' for everything but printable ASCII, tabs, newlines and UTF-8's
 * upper bytes in a valid sequence. NULL when that is empty, or out of memory. The caller's. */
char *tail_text(const struct tail *tail);

/* The last line that is not blank, byte for byte but with a NUL at its end; NULL when there is
 * none or out of memory. *whole is false when the line began before what is kept. The caller's.
 */
char *tail_last_line(const struct tail *tail, size_t *length, bool *whole);

#endif
