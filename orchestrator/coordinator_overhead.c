/* Energy outside of trials: summed per worker, and stored now and then and at an arm's end. */
#include "orchestrator/coordinator_state.h"

#include <stdlib.h>
#include <string.h>

static double sum_j(const struct ledger_overhead *sum)
{
    return (double)(sum->waiting_uj + sum->search_uj + sum->orchestrator_uj) * 1e-6;
}

static struct crew *spender(struct coordinator *c, int worker)
{
    return &c->workers[worker == WORKER_NONE ? c->options.n_ranks : worker];
}

void overhead_add(struct coordinator *c, const struct event *event)
{
    struct crew *worker = spender(c, event->worker);
    struct overhead_sum *overhead = &worker->overhead;
    const struct ledger_overhead *more = &event->overhead;
    if (event->answer)
        worker->collected = true;
    if (event->host.quality != ENERGY_NONE) {
        worker->books = event->host;
        worker->books_new = true;
    }
    overhead->any = true;
    overhead->search_cpu_s += event->search_cpu_s;
    if (more->quality == ENERGY_NONE)
        return;
    struct ledger_overhead *sum = &overhead->sum;
    sum->quality = energy_quality_worse(sum->quality, more->quality);
    sum->waiting_uj += more->waiting_uj;
    sum->search_uj += more->search_uj;
    sum->orchestrator_uj += more->orchestrator_uj;
    c->arms[c->arm].overhead_j += sum_j(more);
    coordinator_note_quality(c, more->quality);
}

/* When rank 0 is a worker too, its joules come with that worker's, and what the search used
 * belongs to them. */
static void join_own(struct coordinator *c)
{
    struct overhead_sum *own = &c->workers[c->options.n_ranks].overhead;
    if (!c->workers[0].joined || own->sum.quality != ENERGY_NONE)
        return;
    c->workers[0].overhead.search_cpu_s += own->search_cpu_s;
    *own = (struct overhead_sum){0};
}

enum status overhead_flush(struct coordinator *c)
{
    join_own(c);
    for (int i = 0; i <= c->options.n_ranks; i++) {
        struct crew *worker = &c->workers[i];
        if (!worker->overhead.any)
            continue;
        struct action *action = action_append(c->actions, ACTION_ADD_OVERHEAD);
        if (!action)
            return ST_NOMEM;
        action->worker = i == c->options.n_ranks ? WORKER_NONE : i;
        action->id.arm = (uint32_t)c->arm;
        action->host = worker->host;
        action->overhead = worker->overhead.sum;
        action->search_cpu_s = worker->overhead.search_cpu_s;
        worker->overhead = (struct overhead_sum){0};
    }
    c->flushed_s = c->now_s;
    c->attempt_ended = false;
    return ST_OK;
}

/* Every rank of a host tells the same books at its own time: has none told them later? */
static bool latest_books(const struct coordinator *c, int number)
{
    const struct crew *told = &c->workers[number];
    for (int i = 0; i <= c->options.n_ranks; i++) {
        const struct crew *other = &c->workers[i];
        bool same = i != number && other->books_new &&
                    other->books.opened_at_us == told->books.opened_at_us &&
                    strcmp(other->host, told->host) == 0;
        if (same && (other->books.intervals > told->books.intervals ||
                     (other->books.intervals == told->books.intervals && i < number)))
            return false;
    }
    return true;
}

static enum status store_books(struct coordinator *c, const struct crew *worker)
{
    struct action *action = action_append(c->actions, ACTION_ADD_HOST);
    if (!action)
        return ST_NOMEM;
    action->host = worker->host;
    action->books = malloc(sizeof *action->books);
    if (!action->books)
        return ST_NOMEM;
    *action->books = worker->books;
    return ST_OK;
}

enum status overhead_store_books(struct coordinator *c)
{
    enum status status = ST_OK;
    for (int i = 0; i <= c->options.n_ranks && !status; i++)
        if (c->workers[i].books_new && latest_books(c, i))
            status = store_books(c, &c->workers[i]);
    for (int i = 0; i <= c->options.n_ranks; i++)
        c->workers[i].books_new = false;
    c->books_s = c->now_s;
    return status;
}

enum status overhead_collect(struct coordinator *c)
{
    for (int i = 0; i <= c->options.n_ranks; i++)
        c->workers[i].collected = false;
    struct action *action = action_append(c->actions, ACTION_COLLECT);
    if (!action)
        return ST_NOMEM;
    action->worker = WORKER_NONE;
    return ST_OK;
}

bool overhead_collected(const struct coordinator *c)
{
    for (int i = 0; i < c->options.n_ranks; i++)
        if (c->workers[i].alive && !c->workers[i].collected)
            return false;
    return c->workers[c->options.n_ranks].collected;
}
