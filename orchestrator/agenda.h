/* agenda.h - what is to happen on a simulated clock, and when: a binary heap.
 *
 * Entries of the same time come out in the order in which they were made, so that a simulation
 * is deterministic. Threading: one owner at a time. */
#ifndef ORCHESTRATOR_AGENDA_H
#define ORCHESTRATOR_AGENDA_H

#include "base/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct agenda_entry {
    double time_s;
    uint64_t order;  /* its place among all that were made */
    int worker;      /* whose it is */
    uint64_t ticket; /* the owner's, to tell an entry that has become void */
};

struct agenda {
    struct agenda_entry *heap; /* [n]; all zero: an empty agenda */
    size_t n, capacity;
    uint64_t made;
};

void agenda_free(struct agenda *agenda);

/* Errors: ST_NOMEM. */
enum status agenda_add(struct agenda *agenda, double time_s, int worker, uint64_t ticket);

/* The entry that comes next; false when there is none. The second takes it off. */
bool agenda_peek(const struct agenda *agenda, struct agenda_entry *next);
bool agenda_take(struct agenda *agenda, struct agenda_entry *next);

#endif
