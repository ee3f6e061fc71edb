/* frozen.h - trials that were ended before their curve was, and that nobody goes on from: they
 * may be continued. Threading: one owner at a time. */
#ifndef SEARCH_FROZEN_H
#define SEARCH_FROZEN_H

#include "search/curves.h"

struct frozen {
    bool *continued; /* [n]: another trial goes on from this one */
    size_t n, capacity;
};

/* A zeroed one may be freed. */
void frozen_free(struct frozen *frozen);

/* Take in the trials that have been asked for since the last time. Errors: ST_NOMEM: the next
 * call goes on. */
enum status frozen_update(struct frozen *frozen, const struct history *history);

/* Is a told trial frozen? It is complete or stopped, and has epochs left. After
 * frozen_update(). */
bool frozen_has(const struct frozen *frozen, const struct curves *curves,
                const struct history *history, const struct trial *trial);

/* The frozen trial whose last cost is the lowest; TRIAL_NONE when there is none. */
int64_t frozen_lowest(const struct frozen *frozen, const struct curves *curves,
                      const struct history *history);

#endif
