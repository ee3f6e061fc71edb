/* The energy of a rank's trial: see ledger.h. */
#include "worker/ledger_cut.h"
#include "worker/ledger_weigh.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

void ledger_trial_begin(struct ledger *ledger, pid_t root)
{
    struct ledger_books *books = ledger_begin_cut(ledger, false, NAN);
    if (!books)
        return;
    struct ledger_slot *slot = &books->slots[ledger->rank];
    slot->in_trial = true;
    slot->trial_root = root;
    slot->trial_number = ++books->n_trials;
    slot->trial_cpu_ns = 0;
    for (size_t set = 0; set < ledger->n_sets; set++)
        ledger->begin[set] =
            (struct ledger_mark){slot->stakes[set].account, books->sets[set].record};
    ledger->skews_at_begin = books->skews;
    ledger_weigh_begin(ledger, slot);
    ledger_end_cut(ledger);
}

static const char *idle_text(const struct ledger_set_books *books)
{
    static const char *const texts[] = {
        [IDLE_UNKNOWN] = "idle unknown",
        [IDLE_METER] = "idle by the meter",
        [IDLE_MEASURED] = "idle measured",
        [IDLE_SITE] = "idle given",
    };
    return texts[books->meter_tells_idle ? IDLE_METER : books->idle.source];
}

static const char *cpu_text(const struct ledger *ledger, const struct ledger_slot *slot)
{
    const struct trial_cpu *cpu = ledger->watches[ledger->rank].cpu;
    return slot->trial_root && cpu && trial_cpu_has_cgroup(cpu) ? "cgroup" : "/proc";
}

static const char *device_text(uint64_t gpu_parts, uint64_t shared_gpu_parts)
{
    if (gpu_parts == 0)
        return "";
    return shared_gpu_parts > 0 ? "shared device" : "own device";
}

/* "cpu time (cgroup), idle measured, own device" */
static void write_method(const struct meter_set *set, const char *cpu, const char *idle,
                         const char *device, struct energy *energy)
{
    char *text = energy->method;
    if (!*device)
        snprintf(text, sizeof energy->method, "cpu time (%s), %s", cpu, idle);
    else if (meter_set_scopes(set) == 1u << SCOPE_GPU)
        snprintf(text, sizeof energy->method, "%s", device);
    else
        snprintf(text, sizeof energy->method, "cpu time (%s), %s, %s", cpu, idle, device);
}

static void fill_energy(const struct ledger *ledger, const struct ledger_books *books,
                        size_t set, struct energy *energy)
{
    const struct ledger_slot *slot = &books->slots[ledger->rank];
    const struct ledger_account *now = &slot->stakes[set].account;
    const struct ledger_account *begin = &ledger->begin[set].account;
    const struct ledger_record *record = &books->sets[set].record;
    const struct ledger_record *before = &ledger->begin[set].record;
    *energy = (struct energy){.quality = ENERGY_NONE};
    if (!slot->in_trial || record->intervals == before->intervals)
        return; /* no meter answered while it ran: there is no figure */
    uint64_t shared = now->shared_gpu_parts - begin->shared_gpu_parts;
    energy->quality = ledger_quality(ledger->sets[set], shared);
    snprintf(energy->meters, sizeof energy->meters, "%s", ledger->sets[set]->text);
    energy->dynamic_uj = now->dynamic_uj - begin->dynamic_uj;
    energy->idle_uj = now->idle_uj - begin->idle_uj;
    energy->low_uj = now->low_uj - begin->low_uj;
    energy->high_uj = now->high_uj - begin->high_uj;
    energy->wraps = record->wraps - before->wraps;
    energy->gaps = record->gaps - before->gaps;
    energy->ambiguous = record->ambiguous - before->ambiguous;
    energy->skews = books->skews - ledger->skews_at_begin;
    write_method(ledger->sets[set], cpu_text(ledger, slot), idle_text(&books->sets[set]),
                 device_text(now->gpu_parts - begin->gpu_parts, shared), energy);
}

void ledger_trial_end(struct ledger *ledger, double cpu_s, struct energy *energy)
{
    *energy = (struct energy){.quality = ENERGY_NONE};
    memset(ledger->beside, 0, sizeof ledger->beside);
    struct ledger_books *books = ledger_begin_cut(ledger, true, cpu_s);
    if (!books)
        return;
    fill_energy(ledger, books, 0, energy);
    for (size_t set = 1; set < ledger->n_sets; set++)
        fill_energy(ledger, books, set, &ledger->beside[set - 1]);
    ledger_slot_end_trial(&books->slots[ledger->rank]);
    ledger_end_cut(ledger);
}

size_t ledger_trial_beside(const struct ledger *ledger, struct energy beside[ENERGY_BESIDE_MAX])
{
    memcpy(beside, ledger->beside, sizeof ledger->beside);
    return ledger->n_sets - 1;
}

bool ledger_look(struct ledger *ledger, struct ledger_view *view)
{
    if (!ledger_block_lock(ledger->block, true))
        return false;
    const struct ledger_books *books = ledger_block_books(ledger->block);
    const struct ledger_slot *slot = &books->slots[ledger->rank];
    const struct ledger_account *now = &slot->stakes[0].account;
    const struct ledger_account *begin = &ledger->begin[0].account;
    *view = (struct ledger_view){.cut_ns = books->cut_ns,
                                 .intervals = books->sets[0].record.intervals,
                                 .trial_cpu_ns = slot->trial_cpu_ns,
                                 .trial_uj = now->dynamic_uj - begin->dynamic_uj +
                                             now->idle_uj - begin->idle_uj,
                                 .node_uj = books->sets[0].metered_uj};
    ledger_block_unlock(ledger->block);
    return true;
}
