#include "orchestrator/persist.h"

#include "base/clock.h"
#include "orchestrator/host_books.h"

#include <math.h>
#include <stdlib.h>

static enum status write_trial(struct store *store, const struct action *action,
                               struct error *err)
{
    struct trial_record record = {.arm = action->id.arm,
                                  .number = action->id.trial,
                                  .seed = action->seed,
                                  .state = action->state,
                                  .told = action->told,
                                  .params = action->params,
                                  .values = action->values,
                                  .constrained = action->constrained,
                                  .energy_j = action->energy_j,
                                  .continues = action->continues,
                                  .attempts = action->attempts};
    return action->kind == ACTION_ADD_TRIAL ? store_add_trial(store, &record, err)
                                            : store_set_trial(store, &record, err);
}

static struct metric_record *metrics_of(const struct metric *metrics, size_t n)
{
    struct metric_record *records = calloc(n ? n : 1, sizeof *records);
    for (size_t i = 0; records && i < n; i++)
        records[i] = (struct metric_record){metrics[i].name, metrics[i].value};
    return records;
}

/* The end of an attempt that went with its worker has no times of its own. */
static void fill_times(struct attempt_record *record)
{
    if (record->ended_at_us > 0)
        return;
    record->ended_at_us = clock_realtime_us();
    record->started_at_us = record->ended_at_us - (int64_t)(record->duration_s * 1e6);
}

/* Its texts stay those of the outcome. */
static struct energy_record energy_of(const struct energy *energy)
{
    return (struct energy_record){.quality = energy_quality_text(energy->quality),
                                  .meters = energy->meters,
                                  .method = energy->method[0] ? energy->method : NULL,
                                  .dynamic_uj = energy->dynamic_uj,
                                  .idle_uj = energy->idle_uj,
                                  .low_uj = energy->low_uj,
                                  .high_uj = energy->high_uj,
                                  .wraps = energy->wraps,
                                  .gaps = energy->gaps,
                                  .ambiguous = energy->ambiguous,
                                  .skews = energy->skews};
}

static enum status write_attempt(struct store *store, const struct action *action,
                                 struct error *err)
{
    const struct outcome *outcome = &action->outcome;
    struct metric_record *metrics = metrics_of(outcome->metrics, outcome->n_metrics);
    if (!metrics)
        return error_set(err, ST_NOMEM, "no memory for the metrics of an attempt");
    struct energy_record beside[ENERGY_BESIDE_MAX];
    for (size_t i = 0; i < outcome->n_beside; i++)
        beside[i] = energy_of(&outcome->beside[i]);
    struct attempt_record record = {.arm = action->id.arm,
                                    .trial = action->id.trial,
                                    .attempt = action->id.attempt,
                                    .state = action_trial_state(outcome->state),
                                    .reason = outcome->reason,
                                    .stderr_tail = outcome->stderr_tail,
                                    .host = action->host,
                                    .worker = (uint32_t)action->worker,
                                    .started_at_us = outcome->started_at_us,
                                    .ended_at_us = outcome->ended_at_us,
                                    .duration_s = outcome->duration_s,
                                    .cpu_s = outcome->cpu_s,
                                    .peak_memory_mb = outcome->peak_memory_mb,
                                    .epochs_done = outcome->epochs_done,
                                    .energy = energy_of(&outcome->energy),
                                    .beside = beside,
                                    .n_beside = outcome->n_beside,
                                    .metrics = metrics,
                                    .n_metrics = outcome->n_metrics};
    fill_times(&record);
    enum status status = store_finish_attempt(store, &record, err);
    free(metrics);
    return status;
}

static enum status write_report(struct store *store, const struct action *action,
                                struct error *err)
{
    struct metric_record *metrics = metrics_of(action->metrics, action->n_metrics);
    if (!metrics)
        return error_set(err, ST_NOMEM, "no memory for a report");
    enum status status =
        store_add_report(store, action->id.arm, action->id.trial, action->id.attempt,
                         action->step, metrics, action->n_metrics, err);
    free(metrics);
    return status;
}

static enum status write_samples(struct store *store, const struct action *action,
                                 struct error *err)
{
    struct sample_record *records = calloc(action->n_samples, sizeof *records);
    if (!records)
        return error_set(err, ST_NOMEM, "no memory for the samples of a trial");
    for (size_t i = 0; i < action->n_samples; i++) {
#define COPY_MEMBER(name) records[i].name = action->samples[i].name;
        SAMPLE_LIST(COPY_MEMBER)
#undef COPY_MEMBER
    }
    enum status status = store_add_samples(store, action->id.arm, action->id.trial,
                                           action->id.attempt, records, action->n_samples, err);
    free(records);
    return status;
}

static enum status write_overhead(struct store *store, const struct action *action,
                                  struct error *err)
{
    const struct ledger_overhead *overhead = &action->overhead;
    struct overhead_record record = {.arm = action->id.arm,
                                     .host = action->host,
                                     .quality = energy_quality_text(overhead->quality),
                                     .waiting_uj = overhead->waiting_uj,
                                     .search_uj = overhead->search_uj,
                                     .orchestrator_uj = overhead->orchestrator_uj,
                                     .search_cpu_s = action->search_cpu_s};
    return store_add_overhead(store, &record, err);
}

static enum status write_host(struct store *store, const struct action *action,
                              struct error *err)
{
    struct host_record record = host_books_record(action->host, action->books);
    return store_add_host(store, &record, err);
}

static enum status write_idle(struct store *store, const struct action *action,
                              struct error *err)
{
    enum status status = ST_OK;
    for (size_t i = 0; i < action->idle->n && !status; i++) {
        const struct idle_figure *figure = &action->idle->items[i];
        const struct idle_power *power = &figure->power;
        bool looked = power->samples > 0;
        struct idle_record record = {.host = action->host,
                                     .opened_at_us = action->idle->opened_at_us,
                                     .position = figure->set,
                                     .meters = figure->meters,
                                     .source = idle_source_text(power->source),
                                     .power_w = power->power_w,
                                     .deviation_w = power->deviation_w,
                                     .samples = looked ? (int64_t)power->samples : -1,
                                     .window_s = looked ? power->window_s : (double)NAN,
                                     .busy = power->busy};
        status = store_put_idle(store, &record, err);
    }
    return status;
}

static enum status write_action(struct store *store, const struct action *action,
                                struct error *err)
{
    switch (action->kind) {
    case ACTION_ADD_TRIAL:
    case ACTION_SET_TRIAL:
        return write_trial(store, action, err);
    case ACTION_START_ATTEMPT:
        return store_start_attempt(store, action->id.arm, action->id.trial, action->id.attempt,
                                   action->host, (uint32_t)action->worker, clock_realtime_us(),
                                   err);
    case ACTION_FINISH_ATTEMPT:
        return write_attempt(store, action, err);
    case ACTION_ADD_REPORT:
        return write_report(store, action, err);
    case ACTION_ADD_SAMPLES:
        return write_samples(store, action, err);
    case ACTION_ADD_IDLE:
        return write_idle(store, action, err);
    case ACTION_ADD_OVERHEAD:
        return write_overhead(store, action, err);
    case ACTION_ADD_HOST:
        return write_host(store, action, err);
    default:
        return ST_OK;
    }
}

enum status persist_within(struct store *store, const struct action_list *actions,
                           struct error *err)
{
    enum status status = ST_OK;
    for (size_t i = 0; i < actions->n && !status; i++)
        status = write_action(store, &actions->items[i], err);
    return status;
}

enum status persist_actions(struct store *store, const struct action_list *actions,
                            struct error *err)
{
    enum status status = store_begin(store, err);
    if (status)
        return status;
    status = persist_within(store, actions, err);
    if (!status)
        return store_commit(store, err);
    store_rollback(store);
    return status;
}
