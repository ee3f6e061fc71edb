#include "worker/ledger_share.h"

#include "worker/ledger_split.h"

#include <math.h>

static void add_bounds(struct ledger_account *account, int64_t part_uj,
                       const struct ledger_interval *interval)
{
    double part = (double)part_uj, whole = (double)interval->energy_uj;
    /* Ratios first: a meter without bounds gives the part itself. */
    account->low_uj += (int64_t)floor(part * ((double)interval->low_uj / whole));
    account->high_uj += (int64_t)ceil(part * ((double)interval->high_uj / whole));
}

void ledger_add_dynamic(struct ledger_account *account, int64_t part_uj,
                        const struct ledger_interval *interval)
{
    account->dynamic_uj += part_uj;
    if (part_uj > 0)
        add_bounds(account, part_uj, interval);
}

void ledger_add_idle(struct ledger_account *account, int64_t part_uj,
                     const struct ledger_interval *interval)
{
    account->idle_uj += part_uj;
    if (part_uj > 0)
        add_bounds(account, part_uj, interval);
}

/* What is new waits with what a slow meter has not answered for yet. */
static void add_pending(const struct ledger *ledger, struct ledger_books *books, size_t set,
                        int64_t time_ns)
{
    for (size_t rank = 0; rank < ledger->n_ranks; rank++)
        for (size_t i = 0; i < SLOT_WEIGHTS; i++)
            books->slots[rank].stakes[set].pending_ns[i] +=
                ledger->weights[rank * SLOT_WEIGHTS + i];
    books->sets[set].pending_other_ns += ledger->weights[ledger->n_ranks * SLOT_WEIGHTS];
    books->sets[set].pending_time_ns += time_ns;
}

static void drop_pending(const struct ledger *ledger, struct ledger_books *books, size_t set)
{
    for (size_t rank = 0; rank < ledger->n_ranks; rank++)
        for (size_t i = 0; i < SLOT_WEIGHTS; i++)
            books->slots[rank].stakes[set].pending_ns[i] = 0;
    books->sets[set].pending_other_ns = 0;
    books->sets[set].pending_time_ns = 0;
}

/* GPUs have no part in it: theirs goes to their holders. */
static int64_t idle_energy(const struct ledger_set_books *books,
                           const struct ledger_interval *interval)
{
    int64_t host_uj = interval->energy_uj - interval->gpu_uj, idle_uj = 0;
    if (books->meter_tells_idle)
        idle_uj = interval->idle_uj;
    else if (books->idle.source == IDLE_MEASURED || books->idle.source == IDLE_SITE)
        idle_uj = llround(books->idle.power_w * (double)books->pending_time_ns * 1e-3);
    return idle_uj < host_uj ? idle_uj : host_uj;
}

static void share_dynamic(struct ledger *ledger, struct ledger_books *books, size_t set,
                          int64_t total_uj, const struct ledger_interval *interval)
{
    size_t n = ledger->n_ranks * SLOT_WEIGHTS;
    for (size_t i = 0; i < n; i++)
        ledger->shares[i] =
            books->slots[i / SLOT_WEIGHTS].stakes[set].pending_ns[i % SLOT_WEIGHTS];
    ledger->shares[n] = books->sets[set].pending_other_ns;
    if (!ledger_split(total_uj, ledger->shares, ledger->parts, n + 1)) {
        books->sets[set].unattributed_uj += total_uj;
        return;
    }
    books->sets[set].other_uj += ledger->parts[n];
    for (size_t rank = 0; rank < ledger->n_ranks; rank++) {
        const int64_t *parts = &ledger->parts[rank * SLOT_WEIGHTS];
        struct ledger_account *account = &books->slots[rank].stakes[set].account;
        account->search_uj += parts[SEARCH];
        account->orchestrator_uj += parts[ORCHESTRATOR];
        ledger_add_dynamic(account, parts[TRIAL], interval);
    }
}

/* In equal parts to the workers; a coordinator that does nothing else has no part of it. */
static void share_idle(struct ledger *ledger, struct ledger_books *books, size_t set,
                       int64_t idle_uj, const struct ledger_interval *interval)
{
    for (size_t rank = 0; rank < ledger->n_ranks; rank++)
        ledger->shares[rank] =
            books->slots[rank].pid && books->slots[rank].role != LEDGER_COORDINATOR;
    if (!ledger_split(idle_uj, ledger->shares, ledger->parts, ledger->n_ranks)) {
        books->sets[set].unattributed_uj += idle_uj;
        return;
    }
    for (size_t rank = 0; rank < ledger->n_ranks; rank++) {
        struct ledger_account *account = &books->slots[rank].stakes[set].account;
        if (books->slots[rank].in_trial)
            ledger_add_idle(account, ledger->parts[rank], interval);
        else
            account->waiting_uj += ledger->parts[rank];
    }
}

void ledger_share(struct ledger *ledger, struct ledger_books *books, size_t set,
                  const struct ledger_interval *interval)
{
    struct ledger_set_books *own = &books->sets[set];
    add_pending(ledger, books, set, interval->time_ns);
    own->metered_uj += interval->energy_uj;
    own->host_uj += interval->energy_uj - interval->gpu_uj;
    own->low_uj += interval->low_uj;
    own->high_uj += interval->high_uj;
    if (interval->energy_uj > 0) {
        int64_t idle_uj = idle_energy(own, interval);
        int64_t gpus_uj = ledger_share_gpus(ledger, books, set, interval);
        share_dynamic(ledger, books, set, interval->energy_uj - idle_uj - gpus_uj, interval);
        share_idle(ledger, books, set, idle_uj, interval);
        own->record.bookings++;
        own->record.intervals += interval->covered;
        if (own->pending_time_ns > own->longest_ns)
            own->longest_ns = own->pending_time_ns;
    }
    if (interval->energy_uj > 0 || interval->lost)
        drop_pending(ledger, books, set);
}
