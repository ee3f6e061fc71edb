#include "cnn/arena.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

/* A block of many small pages costs a kernel that strides through it time for looking up
 * addresses. From this size on, rounding up to large pages wastes little. */
#define HUGE_PAGE ((size_t)2 << 20)
#define HUGE_FROM (2 * HUGE_PAGE)

static size_t round_up(size_t bytes)
{
    return (bytes + ARENA_ALIGNMENT - 1) / ARENA_ALIGNMENT * ARENA_ALIGNMENT;
}

/* Larger items first; of equal ones the earlier, so that the layout is always the same. */
static int by_size(const void *a, const void *b)
{
    const struct arena_item *x = *(struct arena_item *const *)a;
    const struct arena_item *y = *(struct arena_item *const *)b;
    if (x->bytes != y->bytes)
        return x->bytes < y->bytes ? 1 : -1;
    return x < y ? -1 : x > y;
}

static bool lives_meet(const struct arena_item *a, const struct arena_item *b)
{
    return a->first <= b->last && b->first <= a->last;
}

/* Insert item into placed[0 .. n), which is sorted by offset, and place it in the first gap
 * that is free for its whole life. */
static void place(struct arena_item *item, struct arena_item **placed, size_t n)
{
    size_t offset = 0;
    for (size_t i = 0; i < n; i++) {
        if (!lives_meet(item, placed[i]))
            continue;
        if (offset + item->bytes <= placed[i]->offset)
            break;
        size_t end = placed[i]->offset + round_up(placed[i]->bytes);
        if (end > offset)
            offset = end;
    }
    item->offset = offset;
    size_t at = n;
    for (; at > 0 && placed[at - 1]->offset > offset; at--)
        placed[at] = placed[at - 1];
    placed[at] = item;
}

enum status arena_layout(struct arena_item *items, size_t n, size_t *total)
{
    *total = 0;
    struct arena_item **order = calloc(2 * n + 1, sizeof *order);
    if (!order)
        return ST_NOMEM;
    struct arena_item **placed = order + n;
    for (size_t i = 0; i < n; i++)
        order[i] = &items[i];
    qsort(order, n, sizeof *order, by_size);
    for (size_t i = 0; i < n; i++) {
        place(order[i], placed, i);
        size_t end = order[i]->offset + round_up(order[i]->bytes);
        if (end > *total)
            *total = end;
    }
    free(order);
    return ST_OK;
}

void *arena_memory(size_t bytes)
{
    if (bytes < HUGE_FROM)
        return aligned_alloc(ARENA_ALIGNMENT, round_up(bytes + 1));
    bytes = (bytes + HUGE_PAGE - 1) / HUGE_PAGE * HUGE_PAGE;
    void *memory = aligned_alloc(HUGE_PAGE, bytes);
    if (memory)
        madvise(memory, bytes, MADV_HUGEPAGE); /* a hint: it works without */
    return memory;
}

float *arena_floats(size_t n)
{
    size_t bytes = n * sizeof(float);
    float *memory = arena_memory(bytes);
    if (memory)
        memset(memory, 0, bytes);
    return memory;
}
