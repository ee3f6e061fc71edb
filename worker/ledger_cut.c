#include "worker/ledger_cut.h"

#include "base/clock.h"
#include "worker/cpu_times.h"
#include "worker/ledger_split.h"
#include "worker/process_stat.h"

#include <assert.h>
#include <errno.h>
#include <math.h>
#include <signal.h>
#include <string.h>

/* Listing all processes of a large node takes a millisecond, so it is not done at every cut. A
 * process that is found late brings its whole time along. */
#define REFRESH_NS 250000000

/* Ticks of the machine and of its processes differ by little; more than this is another cause,
 * such as a captured tree. */
#define LEAD_MAX_NS 1000000000

/* The weights of a slot, and of the processes that are none of ours behind those of all slots.
 */
enum { TRIAL, SEARCH, ORCHESTRATOR, SLOT_WEIGHTS };

struct interval {
    int64_t energy_uj, idle_uj, low_uj, high_uj;
};

static bool any_counter(const struct meter_reading *from, const struct meter_reading *to)
{
    for (size_t i = 0; i < METER_COUNTERS; i++)
        if (from->valid[i] && to->valid[i])
            return true;
    return false;
}

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
        struct meter_reading now;
        struct meter_step step;
        meters->types[i]->read(meters->meters[i], &now);
        meters->types[i]->step(meters->meters[i], &books->readings[i], &now, &step);
        covered = covered && any_counter(&books->readings[i], &now);
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

/* A killed rank is a zombie until its launcher has waited for it. */
static bool is_dead(const struct ledger_slot *slot, const struct process_stat *stat)
{
    if (stat && (stat->state == 'Z' || stat->state == 'X' ||
                 (slot->start_ticks && stat->start_ticks != slot->start_ticks)))
        return true;
    return kill(slot->pid, 0) && errno == ESRCH;
}

/* Start watching the slot's trial if this process does not yet. */
static bool watch_trial(const struct ledger *ledger, const struct ledger_slot *slot,
                        struct ledger_watch *watch, bool *is_new)
{
    *is_new = !watch->cpu || watch->trial_number != slot->trial_number;
    if (!*is_new)
        return true;
    trial_cpu_free(watch->cpu);
    watch->cpu = NULL;
    watch->trial_number = slot->trial_number;
    watch->seen_ns = 0;
    watch->booked_ns = 0;
    return trial_cpu_create(&watch->cpu, ledger->root, slot->trial_root, slot->pid) == ST_OK;
}

/* What the trial's processes have used and nobody has booked. Watchers may have seen different
 * things (a daemon that ended before one of them looked), so what counts is how far this one
 * has come since its last look, against how far the books have. */
static uint64_t look_at_trial(struct ledger *ledger, struct ledger_slot *slot,
                              struct ledger_watch *watch, bool refreshed)
{
    bool is_new;
    if (!watch_trial(ledger, slot, watch, &is_new))
        return 0;
    if (is_new || refreshed)
        trial_cpu_adopt(watch->cpu, ledger->processes);
    uint64_t seen_ns = trial_cpu_ns(watch->cpu);
    uint64_t progress_ns = seen_ns - watch->seen_ns;
    uint64_t booked_ns = slot->trial_cpu_ns - watch->booked_ns;
    uint64_t used_ns = progress_ns > booked_ns ? progress_ns - booked_ns : 0;
    slot->trial_cpu_ns += used_ns;
    watch->seen_ns = seen_ns;
    watch->booked_ns = slot->trial_cpu_ns;
    return used_ns;
}

/* What the rank itself has used, its search apart. The search clock runs in nanoseconds and the
 * process's in ticks, so the search can be ahead. */
static uint64_t look_at_rank(struct ledger_slot *slot, const struct process_stat *stat)
{
    int64_t own_ns = (int64_t)stat->cpu_ns - (int64_t)slot->search_ns;
    if (own_ns <= slot->own_ns)
        return 0;
    uint64_t used_ns = (uint64_t)(own_ns - slot->own_ns);
    slot->own_ns = own_ns;
    return used_ns;
}

static void weigh_slot(struct ledger *ledger, struct ledger_books *books, size_t rank,
                       bool refreshed)
{
    struct ledger_slot *slot = &books->slots[rank];
    struct ledger_watch *watch = &ledger->watches[rank];
    uint64_t *weights = &ledger->weights[rank * SLOT_WEIGHTS];
    weights[TRIAL] = weights[SEARCH] = weights[ORCHESTRATOR] = 0;
    if (!slot->pid)
        return;
    struct process_stat stat;
    bool seen = process_stat_read(ledger->root, slot->pid, &stat);
    watch->dead = is_dead(slot, seen ? &stat : NULL);
    uint64_t search_ns = ledger_block_search_ns(ledger->block, rank);
    weights[SEARCH] = search_ns - slot->search_ns;
    slot->search_ns = search_ns;
    uint64_t own_ns = seen ? look_at_rank(slot, &stat) : 0;
    if (slot->in_trial && slot->trial_root == 0) {
        weights[TRIAL] = own_ns;
        slot->trial_cpu_ns += own_ns;
        return;
    }
    weights[ORCHESTRATOR] = own_ns;
    if (slot->in_trial)
        weights[TRIAL] = look_at_trial(ledger, slot, watch, refreshed);
}

/* The trial was reaped, so what it used is known better than it could be seen. */
static void top_up(struct ledger *ledger, struct ledger_slot *slot, double cpu_s)
{
    double missing_ns = cpu_s * 1e9 - (double)slot->trial_cpu_ns;
    if (!slot->in_trial || !(missing_ns >= 1))
        return;
    ledger->weights[ledger->rank * SLOT_WEIGHTS + TRIAL] += (uint64_t)missing_ns;
    slot->trial_cpu_ns += (uint64_t)missing_ns;
    if (slot->trial_root == 0)
        slot->own_ns += (int64_t)missing_ns;
}

/* What the machine's processors did besides. Ticks of both kinds are coarse: when ours were
 * booked ahead, the others wait until the machine's have come as far. */
static uint64_t weigh_others(const struct ledger *ledger, struct ledger_books *books)
{
    uint64_t ours_ns = 0, busy_ns, before_ns = books->busy_ns;
    for (size_t i = 0; i < ledger->n_ranks * SLOT_WEIGHTS; i++)
        ours_ns += ledger->weights[i];
    if (!cpu_times_busy_ns(ledger->root, &busy_ns))
        return 0;
    books->busy_ns = busy_ns;
    if (before_ns == 0 || busy_ns < before_ns)
        return 0;
    int64_t others_ns = (int64_t)(busy_ns - before_ns) - (int64_t)ours_ns - books->lead_ns;
    books->lead_ns = others_ns < 0 ? -others_ns : 0;
    if (books->lead_ns > LEAD_MAX_NS)
        books->lead_ns = LEAD_MAX_NS;
    return others_ns > 0 ? (uint64_t)others_ns : 0;
}

static void refresh_weights(struct ledger *ledger, struct ledger_books *books,
                            bool new_processes, double cpu_s)
{
    int64_t now_ns = clock_monotonic_ns();
    bool refreshed = false;
    if (new_processes || now_ns - ledger->refreshed_ns >= REFRESH_NS) {
        refreshed = process_table_refresh(ledger->processes);
        ledger->refreshed_ns = now_ns;
    }
    for (size_t rank = 0; rank < ledger->n_ranks; rank++)
        weigh_slot(ledger, books, rank, refreshed);
    top_up(ledger, &books->slots[ledger->rank], cpu_s);
    ledger->weights[ledger->n_ranks * SLOT_WEIGHTS] = weigh_others(ledger, books);
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
    refresh_weights(ledger, books, new_processes, cpu_s);
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
