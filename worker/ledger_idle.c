/* The host's idle power, and what it is measured from: see ledger.h. */
#include "worker/ledger_cut.h"

#include <math.h>

void ledger_set_idle(struct ledger *ledger, size_t set, const struct idle_power *idle)
{
    struct ledger_books *books =
        set < ledger->n_sets ? ledger_begin_cut(ledger, false, NAN) : NULL;
    if (!books)
        return;
    books->sets[set].idle = *idle;
    ledger_end_cut(ledger);
}

void ledger_get_idle(struct ledger *ledger, size_t set, struct idle_power *idle)
{
    *idle = (struct idle_power){.source = IDLE_UNKNOWN};
    if (set >= ledger->n_sets || !ledger_block_lock(ledger->block, true))
        return;
    *idle = ledger_block_books(ledger->block)->sets[set].idle;
    ledger_block_unlock(ledger->block);
}

void ledger_idle_point(struct ledger *ledger, size_t set, struct idle_point *point)
{
    *point = (struct idle_point){0};
    if (set >= ledger->n_sets || !ledger_block_lock(ledger->block, true))
        return;
    const struct ledger_set_books *books = &ledger_block_books(ledger->block)->sets[set];
    *point = (struct idle_point){
        .time_ns = books->read_ns, .energy_uj = books->host_uj, .gaps = books->record.gaps};
    ledger_block_unlock(ledger->block);
}

void ledger_begin_overhead(struct ledger *ledger)
{
    struct ledger_books *books = ledger_begin_cut(ledger, false, NAN);
    if (!books)
        return;
    for (size_t rank = 0; rank < ledger->n_ranks; rank++) {
        struct ledger_slot *slot = &books->slots[rank];
        slot->at_collect = slot->stakes[0].account;
        slot->answers_at_collect = books->sets[0].record.answers;
    }
    ledger_end_cut(ledger);
}

size_t ledger_joined(struct ledger *ledger)
{
    size_t n = 0;
    if (!ledger_block_lock(ledger->block, true))
        return 0;
    for (size_t rank = 0; rank < ledger->n_ranks; rank++)
        n += ledger_block_books(ledger->block)->slots[rank].pid != 0;
    ledger_block_unlock(ledger->block);
    return n;
}
