/* arena.h - one block of memory for buffers that live at different times.
 *
 * A buffer lives from its first to its last moment of use, both inclusive. Buffers whose lives
 * meet never overlap in memory; others may. Greedy by size: the largest first, each at the
 * lowest offset that is free for its whole life (Pisarchyk & Lee 2020, "greedy by size").
 * Threading: no shared state. */
#ifndef CNN_ARENA_H
#define CNN_ARENA_H

#include "base/status.h"

#include <stddef.h>

/* Cache lines and vector registers both fit this. Bytes. */
#define ARENA_ALIGNMENT 64

struct arena_item {
    size_t bytes;
    int first, last; /* moments of use */
    size_t offset;   /* answered by arena_layout(), a multiple of ARENA_ALIGNMENT */
};

/* Give every item its offset; *total is the size of the block. Errors: ST_NOMEM. */
enum status arena_layout(struct arena_item *items, size_t n, size_t *total);

/* A block of memory, aligned likewise, in large pages where it is large and the system has
 * them; NULL when out of memory. The caller frees it. */
void *arena_memory(size_t bytes);

/* n zeroed floats, aligned likewise; NULL when out of memory. The caller frees them. */
float *arena_floats(size_t n);

#endif
