#include "worker/ledger_weigh.h"

#include "base/clock.h"
#include "worker/cpu_times.h"
#include "worker/process_stat.h"

#include <errno.h>
#include <signal.h>

_Static_assert(SLOT_WEIGHTS == 3, "struct ledger has room for three weights a rank");

/* Listing all processes of a large node takes a millisecond, so it is not done at every cut. A
 * process that is found late brings its whole time along. */
#define REFRESH_NS 250000000

/* Ticks of the machine and of its processes differ by little; more than this is another cause,
 * such as a captured tree. */
#define LEAD_MAX_NS 1000000000

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
    if (before_ns == 0)
        return 0;
    if (busy_ns < before_ns) {
        books->skews++;
        return 0;
    }
    int64_t others_ns = (int64_t)(busy_ns - before_ns) - (int64_t)ours_ns - books->lead_ns;
    books->lead_ns = others_ns < 0 ? -others_ns : 0;
    if (books->lead_ns > LEAD_MAX_NS) {
        books->lead_ns = LEAD_MAX_NS;
        books->skews++;
    }
    return others_ns > 0 ? (uint64_t)others_ns : 0;
}

void ledger_weigh(struct ledger *ledger, struct ledger_books *books, bool new_processes,
                  double cpu_s)
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
