#include "worker/ledger_cut.h"

#include "base/clock.h"
#include "worker/cpu_times.h"
#include "worker/ledger_split.h"
#include "worker/ledger_weigh.h"

#include <assert.h>
#include <math.h>

struct interval {
    int64_t energy_uj, idle_uj, low_uj, high_uj;
};

static void add_step(struct interval *interval, const struct meter_step *step)
{
    for (int scope = 0; scope < SCOPE_COUNT; scope++)
        interval->energy_uj += step->energy_uj[scope];
    interval->idle_uj += step->idle_uj;
    interval->low_uj += step->low_uj;
    interval->high_uj += step->high_uj;
}

static struct interval read_meters(const struct meter_set *meters, struct ledger_books *books)
{
    struct interval interval = {0};
    bool covered = meters->n > 0;
    for (size_t i = 0; i < meters->n; i++) {
        struct meter_reading now = books->readings[i];
        struct meter_step step;
        meters->types[i]->read(meters->meters[i], &now);
        meters->types[i]->step(meters->meters[i], &books->readings[i], &now, &step);
        covered = covered && step.counted > 0;
        books->readings[i] = now;
        books->record.wraps += step.wraps;
        books->record.gaps += step.gaps + step.ambiguous;
        add_step(&interval, &step);
    }
    books->record.intervals += covered;
    if (interval.idle_uj > interval.energy_uj)
        interval.idle_uj = interval.energy_uj;
    return interval;
}

void ledger_cut_first(struct ledger *ledger, struct ledger_books *books)
{
    for (size_t i = 0; i < ledger->meters->n; i++)
        ledger->meters->types[i]->read(ledger->meters->meters[i], &books->readings[i]);
    if (!cpu_times_busy_ns(ledger->root, &books->busy_ns))
        books->busy_ns = 0;
    books->cut_ns = clock_monotonic_ns();
}

/* The trial's bounds are as wide as the interval's. */
static void add_bounds(struct ledger_account *account, int64_t part_uj,
                       const struct interval *interval)
{
    double part = (double)part_uj, whole = (double)interval->energy_uj;
    /* Ratios first: a meter without bounds gives the part itself. */
    account->low_uj += (int64_t)floor(part * ((double)interval->low_uj / whole));
    account->high_uj += (int64_t)ceil(part * ((double)interval->high_uj / whole));
}

static void book_dynamic(struct ledger *ledger, struct ledger_books *books,
                         const struct interval *interval)
{
    int64_t total_uj = interval->energy_uj - interval->idle_uj;
    size_t n = ledger->n_ranks * SLOT_WEIGHTS;
    if (!ledger_split(total_uj, ledger->weights, ledger->parts, n + 1)) {
        books->unattributed_uj += total_uj;
        return;
    }
    books->other_uj += ledger->parts[n];
    for (size_t rank = 0; rank < ledger->n_ranks; rank++) {
        const int64_t *parts = &ledger->parts[rank * SLOT_WEIGHTS];
        struct ledger_account *account = &books->slots[rank].account;
        account->search_uj += parts[SEARCH];
        account->orchestrator_uj += parts[ORCHESTRATOR];
        account->dynamic_uj += parts[TRIAL];
        if (parts[TRIAL] > 0)
            add_bounds(account, parts[TRIAL], interval);
    }
}

/* In equal parts to the workers; a coordinator that does nothing else has no part of it. */
static void book_idle(struct ledger *ledger, struct ledger_books *books,
                      const struct interval *interval)
{
    for (size_t rank = 0; rank < ledger->n_ranks; rank++)
        ledger->weights[rank] =
            books->slots[rank].pid && books->slots[rank].role != LEDGER_COORDINATOR;
    if (!ledger_split(interval->idle_uj, ledger->weights, ledger->parts, ledger->n_ranks)) {
        books->unattributed_uj += interval->idle_uj;
        return;
    }
    for (size_t rank = 0; rank < ledger->n_ranks; rank++) {
        struct ledger_slot *slot = &books->slots[rank];
        if (!slot->in_trial) {
            slot->account.waiting_uj += ledger->parts[rank];
        } else if (ledger->parts[rank] > 0) {
            slot->account.idle_uj += ledger->parts[rank];
            add_bounds(&slot->account, ledger->parts[rank], interval);
        }
    }
}

static void close_dead(struct ledger *ledger, struct ledger_books *books)
{
    for (size_t rank = 0; rank < ledger->n_ranks; rank++) {
        struct ledger_slot *slot = &books->slots[rank];
        if (slot->pid && ledger->watches[rank].dead) {
            slot->pid = 0;
            slot->in_trial = false;
        }
    }
}

void ledger_cut_books(struct ledger *ledger, struct ledger_books *books, bool new_processes,
                      double cpu_s)
{
    struct interval interval = read_meters(ledger->meters, books);
    ledger_weigh(ledger, books, new_processes, cpu_s);
    books->metered_uj += interval.energy_uj;
    book_dynamic(ledger, books, &interval);
    book_idle(ledger, books, &interval);
    close_dead(ledger, books);
    books->cut_ns = clock_monotonic_ns();
    struct ledger_totals totals;
    ledger_sum(books, ledger->n_ranks, &totals);
    assert(ledger_booked_uj(&totals) == totals.metered_uj);
}

void ledger_sum(const struct ledger_books *books, size_t n_ranks, struct ledger_totals *totals)
{
    *totals = (struct ledger_totals){.metered_uj = books->metered_uj,
                                     .other_uj = books->other_uj,
                                     .unattributed_uj = books->unattributed_uj};
    for (size_t rank = 0; rank < n_ranks; rank++) {
        const struct ledger_account *account = &books->slots[rank].account;
        totals->trials_uj += account->dynamic_uj + account->idle_uj;
        totals->waiting_uj += account->waiting_uj;
        totals->search_uj += account->search_uj;
        totals->orchestrator_uj += account->orchestrator_uj;
    }
}

int64_t ledger_booked_uj(const struct ledger_totals *totals)
{
    return totals->trials_uj + totals->waiting_uj + totals->search_uj +
           totals->orchestrator_uj + totals->other_uj + totals->unattributed_uj;
}
