#include "worker/ledger_cut.h"

#include "base/clock.h"
#include "worker/ledger_interval.h"
#include "worker/ledger_share.h"
#include "worker/ledger_weigh.h"

#undef NDEBUG /* that the books balance is asserted in every build */
#include <assert.h>

void ledger_cut_first(struct ledger *ledger, struct ledger_books *books)
{
    for (size_t set = 0; set < ledger->n_sets; set++) {
        const struct meter_set *meters = ledger->sets[set];
        for (size_t i = 0; i < meters->n; i++)
            meters->types[i]->read(meters->meters[i], &books->readings[ledger->places[set][i]]);
    }
    if (!busy_clock_read(&ledger->busy, &books->busy_ns))
        books->busy_ns = 0;
    books->opened_ns = books->cut_ns = clock_monotonic_ns();
    books->opened_at_us = clock_realtime_us();
}

static void close_dead(struct ledger *ledger, struct ledger_books *books)
{
    for (size_t rank = 0; rank < ledger->n_ranks; rank++) {
        struct ledger_slot *slot = &books->slots[rank];
        if (slot->pid && ledger->watches[rank].dead) {
            ledger_slot_leave(slot);
            books->deaths++;
        }
    }
}

void ledger_cut_books(struct ledger *ledger, struct ledger_books *books, bool new_processes,
                      double cpu_s)
{
    struct ledger_interval intervals[LEDGER_SETS];
    bool thorough = ledger_weigh_prepare(ledger, books, new_processes);
    for (size_t set = 0; set < ledger->n_sets; set++)
        ledger_interval_read(ledger->sets[set], books->readings, ledger->places[set],
                             &books->sets[set], &intervals[set]);
    ledger_weigh(ledger, books, thorough, cpu_s);
    for (size_t set = 0; set < ledger->n_sets; set++)
        ledger_share(ledger, books, set, &intervals[set]);
    close_dead(ledger, books);
    books->cut_ns = clock_monotonic_ns();
    for (size_t set = 0; set < ledger->n_sets; set++) {
        struct ledger_host host;
        ledger_sum(books, ledger->n_ranks, set, &host);
        assert(ledger_booked_uj(&host) == host.metered_uj);
    }
}

struct ledger_books *ledger_begin_cut(struct ledger *ledger, bool new_processes, double cpu_s)
{
    if (!ledger_block_lock(ledger->block, true))
        return NULL;
    struct ledger_books *books = ledger_block_copy(ledger->block);
    ledger_cut_books(ledger, books, new_processes, cpu_s);
    return books;
}

void ledger_end_cut(struct ledger *ledger)
{
    ledger_block_commit(ledger->block);
    ledger_block_unlock(ledger->block);
}

void ledger_slot_end_trial(struct ledger_slot *slot)
{
    slot->in_trial = false;
    for (size_t set = 0; set < LEDGER_SETS; set++)
        slot->stakes[set].pending_ns[TRIAL] = 0;
}

void ledger_slot_leave(struct ledger_slot *slot)
{
    ledger_slot_end_trial(slot);
    slot->pid = 0;
    slot->n_gpus = 0;
}

static void add_account(struct ledger_host *host, const struct ledger_account *account)
{
    host->trials_uj += account->dynamic_uj;
    host->trials_idle_uj += account->idle_uj;
    host->waiting_uj += account->waiting_uj;
    host->search_uj += account->search_uj;
    host->orchestrator_uj += account->orchestrator_uj;
}

void ledger_sum(const struct ledger_books *books, size_t n_ranks, size_t set,
                struct ledger_host *host)
{
    const struct ledger_set_books *own = &books->sets[set];
    *host = (struct ledger_host){.opened_at_us = books->opened_at_us,
                                 .cut_at_us = books->opened_at_us +
                                              (books->cut_ns - books->opened_ns) / 1000,
                                 .metered_uj = own->metered_uj,
                                 .low_uj = own->low_uj,
                                 .high_uj = own->high_uj,
                                 .other_uj = own->other_uj,
                                 .unattributed_uj = own->unattributed_uj,
                                 .intervals = own->record.bookings,
                                 .longest_interval_ms = (uint32_t)(own->longest_ns / 1000000),
                                 .wraps = own->record.wraps,
                                 .gaps = own->record.gaps,
                                 .ambiguous = own->record.ambiguous,
                                 .negative = own->record.negative,
                                 .skews = books->skews,
                                 .deaths = books->deaths};
    for (size_t rank = 0; rank < n_ranks; rank++)
        add_account(host, &books->slots[rank].stakes[set].account);
}

int64_t ledger_booked_uj(const struct ledger_host *host)
{
    return host->trials_uj + host->trials_idle_uj + host->waiting_uj + host->search_uj +
           host->orchestrator_uj + host->other_uj + host->unattributed_uj;
}
