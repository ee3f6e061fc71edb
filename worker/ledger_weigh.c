#include "worker/ledger_weigh.h"

#include "base/clock.h"

#include <math.h>

_Static_assert(SLOT_WEIGHTS == 3, "struct ledger has room for three weights a rank");

/* Listing all processes of a large node takes a millisecond, and /proc of one 15 us, so they
 * are not done at every cut: four times a second, or so seldom that they take a thousandth of a
 * core. A process that is found late brings its whole time along. */
#define THOROUGH_PAUSE_NS 250000000
#define THOROUGH_COST_MAX (1.0 / 1000)

/* Ticks of the machine and of its processes differ by little; more than this is another cause,
 * such as a captured tree. */
#define LEAD_MAX_NS 1000000000

static bool runs_processes(const struct ledger_slot *slot)
{
    return slot->pid && slot->in_trial && slot->trial_root != 0;
}

/* Start watching the slot's trial if this process does not yet. True when it does now. */
static bool watch_trial(const struct ledger *ledger, const struct ledger_slot *slot,
                        struct ledger_watch *watch)
{
    if (watch->cpu && watch->trial_number == slot->trial_number)
        return false;
    trial_cpu_free(watch->cpu);
    watch->cpu = NULL;
    watch->trial_number = slot->trial_number;
    watch->since_ns = clock_monotonic_ns();
    watch->seen_ns = 0;
    watch->booked_ns = 0;
    if (trial_cpu_create(&watch->cpu, &ledger->mount, slot->trial_root, slot->pid))
        watch->cpu = NULL;
    return watch->cpu;
}

/* What the trial's processes have used and nobody has booked. Watchers may have seen different
 * things (a daemon that ended before one of them looked), so what counts is how far this one
 * has come since its last look, against how far the books have. */
static uint64_t look_at_trial(struct ledger_slot *slot, struct ledger_watch *watch,
                              bool thorough)
{
    if (!watch->cpu)
        return 0;
    uint64_t seen_ns = trial_cpu_ns(watch->cpu, thorough);
    uint64_t progress_ns = seen_ns - watch->seen_ns;
    uint64_t booked_ns = slot->trial_cpu_ns - watch->booked_ns;
    uint64_t used_ns = progress_ns > booked_ns ? progress_ns - booked_ns : 0;
    slot->trial_cpu_ns += used_ns;
    watch->seen_ns = seen_ns;
    watch->booked_ns = slot->trial_cpu_ns;
    return used_ns;
}

/* What the rank itself has used, its search apart. The search's clock and the process's are
 * read at different times, so the search can be ahead. */
static uint64_t look_at_rank(struct ledger_slot *slot, uint64_t cpu_ns)
{
    int64_t own_ns = (int64_t)cpu_ns - (int64_t)slot->search_ns;
    if (own_ns <= slot->own_ns)
        return 0;
    uint64_t used_ns = (uint64_t)(own_ns - slot->own_ns);
    slot->own_ns = own_ns;
    return used_ns;
}

static void weigh_slot(struct ledger *ledger, struct ledger_books *books, size_t rank,
                       bool thorough)
{
    struct ledger_slot *slot = &books->slots[rank];
    struct ledger_watch *watch = &ledger->watches[rank];
    uint64_t *weights = &ledger->weights[rank * SLOT_WEIGHTS];
    weights[TRIAL] = weights[SEARCH] = weights[ORCHESTRATOR] = 0;
    if (!slot->pid)
        return;
    struct rank_time time = rank_clock_read(&watch->clock, ledger->root, ledger->exact,
                                            slot->pid, slot->start_ticks);
    watch->dead = time.dead;
    uint64_t search_ns =
        ledger_block_search_ns(ledger->block, rank, time.seen ? time.cpu_ns : 0);
    if (search_ns > slot->search_ns) { /* what was seen of a search is less just after it */
        weights[SEARCH] = search_ns - slot->search_ns;
        slot->search_ns = search_ns;
    }
    uint64_t own_ns = time.seen ? look_at_rank(slot, time.cpu_ns) : 0;
    if (slot->in_trial && slot->trial_root == 0) {
        weights[TRIAL] = own_ns;
        slot->trial_cpu_ns += own_ns;
        return;
    }
    weights[ORCHESTRATOR] = own_ns;
    if (runs_processes(slot))
        weights[TRIAL] = look_at_trial(slot, watch, thorough);
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
    if (!busy_clock_read(&ledger->busy, &busy_ns))
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

void ledger_weigh_begin(struct ledger *ledger, const struct ledger_slot *slot)
{
    struct ledger_watch *watch = &ledger->watches[ledger->rank];
    if (slot->trial_root != 0 && watch_trial(ledger, slot, watch) &&
        !trial_cpu_has_cgroup(watch->cpu))
        ledger->thorough_at_ns = 0;
}

/* Watch the trials of all slots. True when one of them has processes that must be looked for;
 * Notes since when the newest of those is watched. */
static bool watch_all(struct ledger *ledger, const struct ledger_books *books)
{
    bool any_tree = false;
    ledger->youngest_ns = 0;
    for (size_t rank = 0; rank < ledger->n_ranks; rank++) {
        struct ledger_watch *watch = &ledger->watches[rank];
        if (!runs_processes(&books->slots[rank]))
            continue;
        bool is_new = watch_trial(ledger, &books->slots[rank], watch);
        if (!watch->cpu || trial_cpu_has_cgroup(watch->cpu))
            continue;
        any_tree = true;
        if (is_new)
            ledger->thorough_at_ns = 0;
        if (watch->since_ns > ledger->youngest_ns)
            ledger->youngest_ns = watch->since_ns;
    }
    return any_tree;
}

/* A trial starts most of its processes when it begins, so looks at a new one follow one another
 * quickly and then ever more slowly. */
static void plan_next_look(struct ledger *ledger, double cost_s)
{
    int64_t now_ns = clock_monotonic_ns();
    double pause_ns = fmax(cost_s * 1e9 / THOROUGH_COST_MAX, THOROUGH_PAUSE_NS);
    ledger->thorough_at_ns =
        now_ns + (int64_t)fmin(pause_ns, (double)(now_ns - ledger->youngest_ns));
}

static void look_for_processes(struct ledger *ledger, const struct ledger_books *books)
{
    process_table_refresh(ledger->processes);
    for (size_t rank = 0; rank < ledger->n_ranks; rank++)
        if (runs_processes(&books->slots[rank]) && ledger->watches[rank].cpu)
            trial_cpu_adopt(ledger->watches[rank].cpu, ledger->processes);
}

bool ledger_weigh_prepare(struct ledger *ledger, const struct ledger_books *books,
                          bool new_processes)
{
    bool thorough = watch_all(ledger, books) &&
                    (new_processes || clock_monotonic_ns() >= ledger->thorough_at_ns);
    if (!thorough)
        return false;
    double begin_s = clock_thread_cpu_s();
    look_for_processes(ledger, books);
    ledger->look_s = clock_thread_cpu_s() - begin_s;
    return true;
}

void ledger_weigh(struct ledger *ledger, struct ledger_books *books, bool thorough,
                  double cpu_s)
{
    double begin_s = clock_thread_cpu_s();
    for (size_t rank = 0; rank < ledger->n_ranks; rank++)
        weigh_slot(ledger, books, rank, thorough);
    if (thorough)
        plan_next_look(ledger, ledger->look_s + clock_thread_cpu_s() - begin_s);
    top_up(ledger, &books->slots[ledger->rank], cpu_s);
    ledger->weights[ledger->n_ranks * SLOT_WEIGHTS] = weigh_others(ledger, books);
}
