#include "worker/ledger.h"

#include "worker/ledger_cut.h"
#include "worker/process_stat.h"

#include "base/clock.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define YOUNG_NS 1000000  /* a cut this fresh need not be repeated */
#define TICK_NS 100000000 /* the longest interval while anybody looks */

/* Lock, and bring a copy of the books to this moment. NULL when the books are lost. */
static struct ledger_books *begin_cut(struct ledger *ledger, bool new_processes, double cpu_s)
{
    if (!ledger_block_lock(ledger->block, true))
        return NULL;
    struct ledger_books *books = ledger_block_copy(ledger->block);
    ledger_cut_books(ledger, books, new_processes, cpu_s);
    return books;
}

static void end_cut(struct ledger *ledger)
{
    ledger_block_commit(ledger->block);
    ledger_block_unlock(ledger->block);
}

static void set_up(struct ledger_books *books, void *context)
{
    ledger_cut_first(context, books);
}

static enum status allocate(struct ledger *ledger, struct error *err)
{
    size_t n_weights = 3 * ledger->n_ranks + 1;
    ledger->root = strdup(meter_root());
    ledger->watches = calloc(ledger->n_ranks, sizeof *ledger->watches);
    ledger->weights = calloc(n_weights, sizeof *ledger->weights);
    ledger->parts = calloc(n_weights, sizeof *ledger->parts);
    if (!ledger->root || !ledger->watches || !ledger->weights || !ledger->parts ||
        process_table_create(&ledger->processes, ledger->root) != ST_OK)
        return error_set(err, ST_NOMEM, "out of memory while opening the energy books");
    return ST_OK;
}

/* Take the rank's slot, which a dead one may have left. What it had is not given up: the
 * accounts go on. */
static enum status join(struct ledger *ledger, enum ledger_role role, struct error *err)
{
    struct ledger_books *books = begin_cut(ledger, false, NAN);
    if (!books)
        return error_set(err, ST_FAILED, "the lock of the energy books is broken");
    struct ledger_slot *slot = &books->slots[ledger->rank];
    enum status status = ST_OK;
    if (slot->pid) {
        status = error_set(err, ST_BUSY, "the energy books of rank %zu are kept by process %d",
                           ledger->rank, (int)slot->pid);
    } else {
        struct process_stat stat = {0};
        if (!process_stat_read(ledger->root, getpid(), &stat))
            stat = (struct process_stat){0};
        slot->pid = getpid();
        slot->start_ticks = stat.start_ticks;
        slot->role = role;
        slot->in_trial = false;
        slot->search_ns = ledger_block_search_ns(ledger->block, ledger->rank);
        slot->own_ns = (int64_t)stat.cpu_ns - (int64_t)slot->search_ns;
    }
    end_cut(ledger);
    return status;
}

static void release(struct ledger *ledger)
{
    ledger_block_detach(ledger->block);
    for (size_t rank = 0; ledger->watches && rank < ledger->n_ranks; rank++)
        trial_cpu_free(ledger->watches[rank].cpu);
    process_table_free(ledger->processes);
    free(ledger->watches);
    free(ledger->weights);
    free(ledger->parts);
    free(ledger->root);
    free(ledger);
}

enum status ledger_open(struct ledger **out, void *shared, size_t n_ranks, size_t rank,
                        enum ledger_role role, const struct meter_set *meters,
                        struct error *err)
{
    if (rank >= n_ranks)
        return error_set(err, ST_INVALID, "rank %zu of %zu has no energy books", rank, n_ranks);
    struct ledger *ledger = calloc(1, sizeof *ledger);
    if (!ledger)
        return error_set(err, ST_NOMEM, "out of memory while opening the energy books");
    ledger->meters = meters;
    ledger->n_ranks = n_ranks;
    ledger->rank = rank;
    enum status status = allocate(ledger, err);
    if (status == ST_OK)
        status = ledger_block_attach(&ledger->block, shared, n_ranks, set_up, ledger, err);
    if (status == ST_OK)
        status = join(ledger, role, err);
    if (status == ST_OK)
        *out = ledger;
    else
        release(ledger);
    return status;
}

void ledger_close(struct ledger *ledger)
{
    if (!ledger)
        return;
    struct ledger_books *books = begin_cut(ledger, false, NAN);
    if (books) {
        books->slots[ledger->rank].pid = 0;
        books->slots[ledger->rank].in_trial = false;
        end_cut(ledger);
    }
    release(ledger);
}

static bool is_older(const struct ledger *ledger, int64_t age_ns)
{
    return clock_monotonic_ns() - ledger_block_cut_ns(ledger->block) >= age_ns;
}

void ledger_cut(struct ledger *ledger)
{
    if (is_older(ledger, YOUNG_NS) && begin_cut(ledger, false, NAN))
        end_cut(ledger);
}

void ledger_tick(struct ledger *ledger)
{
    /* Whoever holds the mutex is cutting. */
    if (!is_older(ledger, TICK_NS) || !ledger_block_lock(ledger->block, false))
        return;
    if (is_older(ledger, TICK_NS)) {
        ledger_cut_books(ledger, ledger_block_copy(ledger->block), false, NAN);
        ledger_block_commit(ledger->block);
    }
    ledger_block_unlock(ledger->block);
}

void ledger_trial_begin(struct ledger *ledger, pid_t root)
{
    struct ledger_books *books = begin_cut(ledger, false, NAN);
    if (!books)
        return;
    struct ledger_slot *slot = &books->slots[ledger->rank];
    slot->in_trial = true;
    slot->trial_root = root;
    slot->trial_number = ++books->n_trials;
    slot->trial_cpu_ns = 0;
    slot->at_begin = slot->account;
    slot->record_at_begin = books->record;
    end_cut(ledger);
}

static void fill_energy(const struct ledger *ledger, const struct ledger_books *books,
                        struct energy *energy)
{
    const struct ledger_slot *slot = &books->slots[ledger->rank];
    *energy = (struct energy){.quality = ENERGY_NONE};
    if (!slot->in_trial || books->record.intervals == slot->record_at_begin.intervals)
        return; /* no meter answered while it ran: there is no figure */
    energy->quality = ledger->meters->quality;
    snprintf(energy->meters, sizeof energy->meters, "%s", ledger->meters->text);
    energy->dynamic_uj = slot->account.dynamic_uj - slot->at_begin.dynamic_uj;
    energy->idle_uj = slot->account.idle_uj - slot->at_begin.idle_uj;
    energy->low_uj = slot->account.low_uj - slot->at_begin.low_uj;
    energy->high_uj = slot->account.high_uj - slot->at_begin.high_uj;
    energy->wraps = books->record.wraps - slot->record_at_begin.wraps;
    energy->gaps = books->record.gaps - slot->record_at_begin.gaps;
}

void ledger_trial_end(struct ledger *ledger, double cpu_s, struct energy *energy)
{
    *energy = (struct energy){.quality = ENERGY_NONE};
    struct ledger_books *books = begin_cut(ledger, true, cpu_s);
    if (!books)
        return;
    fill_energy(ledger, books, energy);
    books->slots[ledger->rank].in_trial = false;
    end_cut(ledger);
}

void ledger_trial_peek(struct ledger *ledger, struct energy *energy)
{
    *energy = (struct energy){.quality = ENERGY_NONE};
    if (!ledger_block_lock(ledger->block, true))
        return;
    fill_energy(ledger, ledger_block_books(ledger->block), energy);
    ledger_block_unlock(ledger->block);
}

bool ledger_look(struct ledger *ledger, struct ledger_view *view)
{
    if (!ledger_block_lock(ledger->block, true))
        return false;
    const struct ledger_books *books = ledger_block_books(ledger->block);
    const struct ledger_slot *slot = &books->slots[ledger->rank];
    int64_t dynamic_uj = slot->account.dynamic_uj - slot->at_begin.dynamic_uj;
    int64_t idle_uj = slot->account.idle_uj - slot->at_begin.idle_uj;
    *view = (struct ledger_view){.cut_ns = books->cut_ns,
                                 .intervals = books->record.intervals,
                                 .trial_cpu_ns = slot->trial_cpu_ns,
                                 .trial_uj = dynamic_uj + idle_uj,
                                 .node_uj = books->metered_uj};
    ledger_block_unlock(ledger->block);
    return true;
}

void ledger_add_search(struct ledger *ledger, double cpu_s)
{
    if (cpu_s > 0)
        ledger_block_add_search(ledger->block, ledger->rank, (uint64_t)(cpu_s * 1e9));
}

void ledger_collect(struct ledger *ledger, struct ledger_overhead *overhead)
{
    *overhead = (struct ledger_overhead){.quality = ENERGY_NONE};
    struct ledger_books *books = begin_cut(ledger, false, NAN);
    if (!books)
        return;
    struct ledger_slot *slot = &books->slots[ledger->rank];
    if (books->record.intervals > slot->record_at_collect.intervals) {
        overhead->quality = ledger->meters->quality;
        overhead->waiting_uj = slot->account.waiting_uj - slot->at_collect.waiting_uj;
        overhead->search_uj = slot->account.search_uj - slot->at_collect.search_uj;
        overhead->orchestrator_uj =
            slot->account.orchestrator_uj - slot->at_collect.orchestrator_uj;
    }
    slot->at_collect = slot->account;
    slot->record_at_collect = books->record;
    end_cut(ledger);
}

void ledger_totals(struct ledger *ledger, struct ledger_totals *totals)
{
    *totals = (struct ledger_totals){0};
    if (!ledger_block_lock(ledger->block, true))
        return;
    ledger_sum(ledger_block_books(ledger->block), ledger->n_ranks, totals);
    ledger_block_unlock(ledger->block);
}

void ledger_balance(struct ledger *ledger, int64_t *metered_uj, int64_t *booked_uj)
{
    struct ledger_totals totals;
    ledger_totals(ledger, &totals);
    *metered_uj = totals.metered_uj;
    *booked_uj = ledger_booked_uj(&totals);
}
