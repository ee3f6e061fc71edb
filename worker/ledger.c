#include "worker/ledger.h"

#include "worker/cgroup_place.h"
#include "worker/cpu_clock.h"
#include "worker/ledger_cut.h"
#include "worker/open_files.h"
#include "worker/process_stat.h"

#include "base/clock.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define YOUNG_NS 1000000  /* a cut this fresh need not be repeated */
#define TICK_NS 100000000 /* the longest interval while anybody looks */

/* A rank holds on to every rank of its host, and to the control group of its trial. */
#define FILES_A_RANK 2

static enum status broken_lock(struct error *err)
{
    return error_set(err, ST_FAILED, "the lock of the energy books is broken");
}

static void set_up(struct ledger_books *books, void *context)
{
    struct ledger *ledger = context;
    snprintf(books->choice, sizeof books->choice, "%s", ledger->choice);
    ledger_cut_first(ledger, books);
}

static void find_places(struct ledger *ledger)
{
    size_t front = 0, back = LEDGER_READINGS;
    for (size_t set = 0; set < ledger->n_sets; set++)
        for (size_t i = 0; i < ledger->sets[set]->n; i++)
            ledger->places[set][i] = meter_is_of_gpus(ledger->sets[set], i) ? --back : front++;
}

static enum status take_meters(struct ledger *ledger, const struct meter_choice *meters)
{
    ledger->sets[ledger->n_sets++] = &meters->booked;
    for (size_t i = 0; i < meters->n_beside; i++)
        ledger->sets[ledger->n_sets++] = &meters->beside[i];
    find_places(ledger);
    return meter_choice_text(meters, ledger->choice, sizeof ledger->choice);
}

/* Readings of one meter mean nothing to another. */
static enum status check_meters(struct ledger *ledger, struct error *err)
{
    if (!ledger_block_lock(ledger->block, true))
        return broken_lock(err);
    const char *choice = ledger_block_books(ledger->block)->choice;
    enum status status = ST_OK;
    if (strcmp(choice, ledger->choice) != 0) {
        status = error_set(err, ST_INVALID,
                           "the ranks of this host have different meters: the energy books are "
                           "for \"%s\", rank %zu has \"%s\"",
                           choice, ledger->rank, ledger->choice);
        error_remedy(err, "start all ranks with the same permissions and variables; `wattune "
                          "meters` in each shows what it sees");
    }
    ledger_block_unlock(ledger->block);
    return status;
}

static enum status prepare(struct ledger *ledger, const struct meter_choice *meters,
                           struct error *err)
{
    size_t n_weights = 3 * ledger->n_ranks + 1;
    open_files_allow(FILES_A_RANK * ledger->n_ranks);
    ledger->root = strdup(meter_root());
    cgroup_mount_find(&ledger->mount, meter_root());
    busy_clock_open(&ledger->busy, &ledger->mount);
    ledger->exact = cpu_clock_covers(meter_root());
    ledger->watches = calloc(ledger->n_ranks, sizeof *ledger->watches);
    ledger->weights = calloc(n_weights, sizeof *ledger->weights);
    ledger->shares = calloc(n_weights, sizeof *ledger->shares);
    ledger->parts = calloc(n_weights, sizeof *ledger->parts);
    if (!ledger->root || !ledger->watches || !ledger->weights || !ledger->shares ||
        !ledger->parts || take_meters(ledger, meters) != ST_OK ||
        process_table_create(&ledger->processes, ledger->root) != ST_OK)
        return error_set(err, ST_NOMEM, "out of memory while opening the energy books");
    return ST_OK;
}

/* Take the rank's slot, which a dead one may have left. What it had is not given up: the
 * accounts go on. */
static enum status join(struct ledger *ledger, enum ledger_role role, struct error *err)
{
    struct ledger_books *books = ledger_begin_cut(ledger, false, NAN);
    if (!books)
        return broken_lock(err);
    struct ledger_slot *slot = &books->slots[ledger->rank];
    enum status status = ST_OK;
    if (slot->pid) {
        status = error_set(err, ST_BUSY, "the energy books of rank %zu are kept by process %d",
                           ledger->rank, (int)slot->pid);
    } else {
        struct process_stat stat = {0};
        if (!process_stat_read(ledger->root, getpid(), &stat))
            stat = (struct process_stat){0};
        if (ledger->exact)
            cpu_clock_of(getpid(), &stat.cpu_ns);
        slot->pid = getpid();
        slot->start_ticks = stat.start_ticks;
        slot->role = role;
        ledger_block_begin_search(ledger->block, ledger->rank, 0); /* of one that died */
        slot->search_ns = ledger_block_search_ns(ledger->block, ledger->rank, 0);
        slot->own_ns = (int64_t)stat.cpu_ns - (int64_t)slot->search_ns;
    }
    ledger_end_cut(ledger);
    return status;
}

static void release(struct ledger *ledger)
{
    ledger_block_detach(ledger->block);
    for (size_t rank = 0; ledger->watches && rank < ledger->n_ranks; rank++) {
        trial_cpu_free(ledger->watches[rank].cpu);
        rank_clock_close(&ledger->watches[rank].clock);
    }
    process_table_free(ledger->processes);
    busy_clock_close(&ledger->busy);
    free(ledger->watches);
    free(ledger->weights);
    free(ledger->shares);
    free(ledger->parts);
    free(ledger->root);
    free(ledger);
}

enum status ledger_open(struct ledger **out, void *shared, size_t n_ranks, size_t rank,
                        enum ledger_role role, const struct meter_choice *meters,
                        struct error *err)
{
    if (rank >= n_ranks)
        return error_set(err, ST_INVALID, "rank %zu of %zu has no energy books", rank, n_ranks);
    struct ledger *ledger = calloc(1, sizeof *ledger);
    if (!ledger)
        return error_set(err, ST_NOMEM, "out of memory while opening the energy books");
    ledger->n_ranks = n_ranks;
    ledger->rank = rank;
    enum status status = prepare(ledger, meters, err);
    if (status == ST_OK)
        status = ledger_block_attach(&ledger->block, shared, n_ranks, set_up, ledger, err);
    if (status == ST_OK)
        status = check_meters(ledger, err);
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
    struct ledger_books *books = ledger_begin_cut(ledger, false, NAN);
    if (books) {
        ledger_slot_leave(&books->slots[ledger->rank]);
        ledger_end_cut(ledger);
    }
    release(ledger);
}

void ledger_set_gpus(struct ledger *ledger, const uint64_t *ids, size_t n)
{
    struct ledger_books *books = ledger_begin_cut(ledger, false, NAN);
    if (!books)
        return;
    struct ledger_slot *slot = &books->slots[ledger->rank];
    slot->n_gpus = n < METER_GPUS ? n : METER_GPUS;
    for (size_t i = 0; i < slot->n_gpus; i++)
        slot->gpus[i] = ids[i];
    ledger_end_cut(ledger);
}

static bool is_older(const struct ledger *ledger, int64_t age_ns)
{
    return clock_monotonic_ns() - ledger_block_cut_ns(ledger->block) >= age_ns;
}

void ledger_cut(struct ledger *ledger)
{
    if (is_older(ledger, YOUNG_NS) && ledger_begin_cut(ledger, false, NAN))
        ledger_end_cut(ledger);
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

enum energy_quality ledger_quality(const struct meter_set *set, uint64_t shared_gpu_parts)
{
    return shared_gpu_parts > 0 && set->quality > ENERGY_MODELLED ? ENERGY_MODELLED
                                                                  : set->quality;
}

void ledger_begin_search(struct ledger *ledger)
{
    uint64_t cpu_ns = (uint64_t)(clock_process_cpu_s() * 1e9);
    ledger_block_begin_search(ledger->block, ledger->rank, cpu_ns);
}

void ledger_add_search(struct ledger *ledger, double cpu_s)
{
    uint64_t cpu_ns = cpu_s > 0 ? (uint64_t)(cpu_s * 1e9) : 0;
    ledger_block_add_search(ledger->block, ledger->rank, cpu_ns);
}

void ledger_collect(struct ledger *ledger, struct ledger_overhead *overhead)
{
    *overhead = (struct ledger_overhead){.quality = ENERGY_NONE};
    struct ledger_books *books = ledger_begin_cut(ledger, false, NAN);
    if (!books)
        return;
    struct ledger_slot *slot = &books->slots[ledger->rank];
    const struct ledger_account *now = &slot->stakes[0].account, *before = &slot->at_collect;
    if (books->sets[0].record.answers > slot->answers_at_collect) {
        overhead->quality =
            ledger_quality(ledger->sets[0], now->shared_gpu_parts - before->shared_gpu_parts);
        overhead->waiting_uj = now->waiting_uj - before->waiting_uj;
        overhead->search_uj = now->search_uj - before->search_uj;
        overhead->orchestrator_uj = now->orchestrator_uj - before->orchestrator_uj;
        slot->at_collect = *now;
        slot->answers_at_collect = books->sets[0].record.answers;
    }
    ledger_end_cut(ledger);
}

static uint64_t count_shared_gpu_parts(const struct ledger_books *books, size_t n_ranks)
{
    uint64_t n = 0;
    for (size_t rank = 0; rank < n_ranks; rank++)
        n += books->slots[rank].stakes[0].account.shared_gpu_parts;
    return n;
}

void ledger_host(struct ledger *ledger, struct ledger_host *host)
{
    *host = (struct ledger_host){.quality = ENERGY_NONE};
    if (!ledger_block_lock(ledger->block, true))
        return;
    const struct ledger_books *books = ledger_block_books(ledger->block);
    ledger_sum(books, ledger->n_ranks, 0, host);
    if (books->sets[0].record.answers > 0) {
        host->quality =
            ledger_quality(ledger->sets[0], count_shared_gpu_parts(books, ledger->n_ranks));
        snprintf(host->meters, sizeof host->meters, "%s", ledger->sets[0]->text);
    }
    ledger_block_unlock(ledger->block);
}
