#include "worker/ledger_interval.h"

/* A step that is negative, or smaller than its parts, is reported and not summed. */
static bool makes_sense(const struct meter_step *step)
{
    int64_t gpus_uj = 0;
    for (int scope = 0; scope < SCOPE_COUNT; scope++)
        if (step->energy_uj[scope] < 0)
            return false;
    for (size_t i = 0; i < step->n_gpus; i++) {
        if (step->gpus[i].energy_uj < 0)
            return false;
        gpus_uj += step->gpus[i].energy_uj;
    }
    return gpus_uj <= step->energy_uj[SCOPE_GPU] && step->idle_uj >= 0;
}

/* A GPU that finds no place is shared out like the rest of the machine. */
static void add_gpus(struct ledger_interval *interval, const struct meter_step *step)
{
    for (size_t i = 0; i < step->n_gpus && interval->n_gpus < METER_GPUS; i++)
        interval->gpus[interval->n_gpus++] = step->gpus[i];
}

static void add_step(struct ledger_interval *interval, const struct meter_step *step)
{
    for (int scope = 0; scope < SCOPE_COUNT; scope++)
        interval->energy_uj += step->energy_uj[scope];
    interval->gpu_uj += step->energy_uj[SCOPE_GPU];
    interval->idle_uj += step->idle_uj;
    interval->low_uj += step->low_uj;
    interval->high_uj += step->high_uj;
    add_gpus(interval, step);
}

/* Idle energy is of this time. It is not that of GPUs' meters, which not every rank reads. */
static void add_time(struct ledger_interval *interval, const struct meter_reading *from,
                     const struct meter_reading *to)
{
    if (to->time_ns - from->time_ns > interval->time_ns)
        interval->time_ns = to->time_ns - from->time_ns;
}

static void note(struct ledger_record *record, const struct meter_step *step)
{
    record->wraps += step->wraps;
    record->gaps += step->gaps;
    record->ambiguous += step->ambiguous;
    record->negative += step->negative;
}

void ledger_interval_read(const struct meter_set *set, struct meter_reading *readings,
                          const size_t *places, struct ledger_set_books *books,
                          struct ledger_interval *interval)
{
    *interval = (struct ledger_interval){.covered = set->n > 0};
    for (size_t i = 0; i < set->n; i++) {
        struct meter_reading *last = &readings[places[i]], now = *last;
        struct meter_step step;
        set->types[i]->read(set->meters[i], &now);
        set->types[i]->step(set->meters[i], last, &now, &step);
        if (!meter_is_of_gpus(set, i))
            add_time(interval, last, &now);
        *last = now;
        books->read_ns = now.time_ns;
        if (!makes_sense(&step))
            step = (struct meter_step){.gaps = 1, .negative = 1};
        interval->covered &= step.counted > 0;
        interval->lost |= step.counted == 0 && step.gaps > 0;
        books->meter_tells_idle |= step.idle_uj > 0;
        note(&books->record, &step);
        add_step(interval, &step);
    }
    books->record.answers += interval->covered;
}
