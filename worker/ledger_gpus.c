/* Whose is the energy of a GPU: see ledger_set_gpus(). */
#include "worker/ledger_share.h"
#include "worker/ledger_split.h"

/* The ranks that hold one GPU. */
struct holders {
    size_t n, n_running; /* with a trial */
    uint64_t trial_ns;   /* processor time of those trials */
};

static bool holds(const struct ledger_slot *slot, uint64_t id)
{
    for (size_t i = 0; slot->pid && i < slot->n_gpus; i++)
        if (slot->gpus[i] == id)
            return true;
    return false;
}

static struct holders find_holders(const struct ledger *ledger,
                                   const struct ledger_books *books, size_t set, uint64_t id)
{
    struct holders found = {0};
    for (size_t rank = 0; rank < ledger->n_ranks; rank++) {
        const struct ledger_slot *slot = &books->slots[rank];
        if (!holds(slot, id))
            continue;
        found.n++;
        found.n_running += slot->in_trial;
        found.trial_ns += slot->in_trial ? slot->stakes[set].pending_ns[TRIAL] : 0;
    }
    return found;
}

/* By the processor time of the trials, equally when they used none; and when there are none,
 * equally to the waiting. */
static uint64_t weigh(const struct ledger_slot *slot, size_t set, const struct holders *holders)
{
    if (holders->n_running == 0)
        return 1;
    if (!slot->in_trial)
        return 0;
    return holders->trial_ns > 0 ? slot->stakes[set].pending_ns[TRIAL] : 1;
}

static void share_gpu(struct ledger *ledger, struct ledger_books *books, size_t set,
                      const struct gpu_step *gpu, const struct ledger_interval *interval)
{
    struct holders holders = find_holders(ledger, books, set, gpu->id);
    for (size_t rank = 0; rank < ledger->n_ranks; rank++) {
        const struct ledger_slot *slot = &books->slots[rank];
        ledger->shares[rank] = holds(slot, gpu->id) ? weigh(slot, set, &holders) : 0;
    }
    if (!ledger_split(gpu->energy_uj, ledger->shares, ledger->parts, ledger->n_ranks)) {
        books->sets[set].other_uj += gpu->energy_uj;
        return;
    }
    for (size_t rank = 0; rank < ledger->n_ranks; rank++) {
        struct ledger_account *account = &books->slots[rank].stakes[set].account;
        if (ledger->parts[rank] == 0)
            continue;
        account->gpu_parts++;
        account->shared_gpu_parts += holders.n > 1;
        if (books->slots[rank].in_trial)
            ledger_add_dynamic(account, ledger->parts[rank], interval);
        else
            account->waiting_uj += ledger->parts[rank];
    }
}

int64_t ledger_share_gpus(struct ledger *ledger, struct ledger_books *books, size_t set,
                          const struct ledger_interval *interval)
{
    int64_t booked_uj = 0;
    for (size_t i = 0; i < interval->n_gpus; i++) {
        share_gpu(ledger, books, set, &interval->gpus[i], interval);
        booked_uj += interval->gpus[i].energy_uj;
    }
    return booked_uj;
}
