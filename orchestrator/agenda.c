#include "orchestrator/agenda.h"

#include <stdlib.h>

void agenda_free(struct agenda *agenda)
{
    free(agenda->heap);
    *agenda = (struct agenda){0};
}

static bool before(const struct agenda_entry *a, const struct agenda_entry *b)
{
    return a->time_s < b->time_s || (a->time_s == b->time_s && a->order < b->order);
}

static void swap(struct agenda_entry *a, struct agenda_entry *b)
{
    struct agenda_entry kept = *a;
    *a = *b;
    *b = kept;
}

static void sift_up(struct agenda_entry *heap, size_t i)
{
    for (; i > 0 && before(&heap[i], &heap[(i - 1) / 2]); i = (i - 1) / 2)
        swap(&heap[i], &heap[(i - 1) / 2]);
}

static void sift_down(struct agenda_entry *heap, size_t n, size_t i)
{
    for (;;) {
        size_t first = i;
        for (size_t child = 2 * i + 1; child <= 2 * i + 2 && child < n; child++)
            if (before(&heap[child], &heap[first]))
                first = child;
        if (first == i)
            return;
        swap(&heap[i], &heap[first]);
        i = first;
    }
}

enum status agenda_add(struct agenda *agenda, double time_s, int worker, uint64_t ticket)
{
    if (agenda->n == agenda->capacity) {
        size_t capacity = agenda->capacity ? 2 * agenda->capacity : 16;
        struct agenda_entry *heap = realloc(agenda->heap, capacity * sizeof *heap);
        if (!heap)
            return ST_NOMEM;
        agenda->heap = heap;
        agenda->capacity = capacity;
    }
    agenda->heap[agenda->n] = (struct agenda_entry){time_s, agenda->made++, worker, ticket};
    sift_up(agenda->heap, agenda->n++);
    return ST_OK;
}

bool agenda_peek(const struct agenda *agenda, struct agenda_entry *next)
{
    if (agenda->n == 0)
        return false;
    *next = agenda->heap[0];
    return true;
}

bool agenda_take(struct agenda *agenda, struct agenda_entry *next)
{
    if (!agenda_peek(agenda, next))
        return false;
    agenda->heap[0] = agenda->heap[--agenda->n];
    sift_down(agenda->heap, agenda->n, 0);
    return true;
}
