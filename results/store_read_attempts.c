#include "results/store_rows.h"

#include <stdlib.h>
#include <string.h>

static void read_attempt(struct query *query, struct attempt_record *attempt, uint32_t arm)
{
    attempt->arm = arm;
    attempt->trial = (uint64_t)query_integer(query, 0);
    attempt->attempt = (uint32_t)query_integer(query, 0);
    attempt->ending = query_integer(query, -1);
    char *state = query_text(query);
    attempt->state = (enum trial_state)(state ? trial_state_from_text(state) : 0);
    free(state);
    attempt->reason = query_text(query);
    attempt->stderr_tail = query_text(query);
    attempt->host = query_text(query);
    attempt->worker = (uint32_t)query_integer(query, 0);
    attempt->started_at_us = query_bounded(query, -1);
    attempt->ended_at_us = query_bounded(query, -1);
    attempt->duration_s = query_number(query);
    attempt->cpu_s = query_number(query);
    attempt->peak_memory_mb = query_number(query);
    attempt->epochs_done = query_integer(query, -1);
    query_read_energy(query, &attempt->energy);
}

/* Read "name, value" as the last of n metrics. False when out of memory. */
static bool append_metric(struct query *query, const struct metric_record **metrics, size_t *n)
{
    struct metric_record *array =
        reallocarray((void *)(uintptr_t)*metrics, *n + 1, sizeof *array);
    if (!array) {
        query->out_of_memory = true;
        return false;
    }
    *metrics = array;
    array[*n].name = query_text(query);
    array[*n].value = query_number(query);
    (*n)++;
    return true;
}

static void free_metrics(const struct metric_record *metrics, size_t n)
{
    for (size_t i = 0; i < n; i++)
        store_free_text(metrics[i].name);
    free((void *)(uintptr_t)metrics);
}

bool store_attempt_is_before(const struct attempt_record *a, uint64_t trial, uint32_t attempt)
{
    return a->trial < trial || (a->trial == trial && a->attempt < attempt);
}

/* The metrics come in the order of the attempts. */
static enum status load_metrics(struct store *store, uint32_t arm,
                                struct attempt_record *attempts, size_t n, struct error *err)
{
    struct query query;
    query_open(&query, store, SQL_LOAD_METRICS);
    query_bind_integer(&query, arm);
    size_t i = 0;
    while (query_step(&query)) {
        uint64_t trial = (uint64_t)query_integer(&query, 0);
        uint32_t attempt = (uint32_t)query_integer(&query, 0);
        while (i < n && store_attempt_is_before(&attempts[i], trial, attempt))
            i++;
        if (i == n || !append_metric(&query, &attempts[i].metrics, &attempts[i].n_metrics))
            break;
    }
    return query_close(&query, err, "read its metrics");
}

enum status store_load_attempts(struct store *store, uint32_t arm, struct attempt_record **out,
                                size_t *n, struct error *err)
{
    struct attempt_record *attempts = NULL;
    size_t count = 0, room = 0;
    struct query query;
    query_open(&query, store, SQL_LOAD_ATTEMPTS);
    query_bind_integer(&query, arm);
    while (query_step(&query)) {
        struct attempt_record *attempt =
            store_next_row(&attempts, &count, &room, sizeof *attempt, &query);
        if (!attempt)
            break;
        read_attempt(&query, attempt, arm);
    }
    enum status status = query_close(&query, err, "read its attempts");
    if (!status)
        status = load_metrics(store, arm, attempts, count, err);
    if (!status)
        status = store_load_beside(store, arm, attempts, count, err);
    if (status) {
        store_attempts_free(attempts, count);
        return status;
    }
    *out = attempts;
    *n = count;
    return ST_OK;
}

static void free_energy(const struct energy_record *energy)
{
    store_free_text(energy->quality);
    store_free_text(energy->meters);
    store_free_text(energy->method);
}

void store_attempts_free(struct attempt_record *attempts, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        store_free_text(attempts[i].reason);
        store_free_text(attempts[i].stderr_tail);
        store_free_text(attempts[i].host);
        free_energy(&attempts[i].energy);
        for (size_t j = 0; j < attempts[i].n_beside; j++)
            free_energy(&attempts[i].beside[j]);
        free((void *)(uintptr_t)attempts[i].beside);
        free_metrics(attempts[i].metrics, attempts[i].n_metrics);
    }
    free(attempts);
}

static bool same_report(const struct report_record *a, uint64_t trial, uint32_t attempt,
                        double step)
{
    return a->trial == trial && a->attempt == attempt && a->step == step;
}

/* The rest of store_load_reports() once its parameters are bound. */
static enum status collect_reports(struct query *query, uint32_t arm,
                                   struct report_record **out, size_t *n, struct error *err)
{
    struct report_record *reports = NULL, *last = NULL;
    size_t count = 0, room = 0;
    while (query_step(query)) {
        uint64_t trial = (uint64_t)query_integer(query, 0);
        uint32_t attempt = (uint32_t)query_integer(query, 0);
        double step = query_number(query);
        if (!last || !same_report(last, trial, attempt, step)) {
            last = store_next_row(&reports, &count, &room, sizeof *last, query);
            if (!last)
                break;
            *last = (struct report_record){
                .arm = arm, .trial = trial, .attempt = attempt, .step = step};
        }
        if (!append_metric(query, &last->metrics, &last->n_metrics))
            break;
    }
    enum status status = query_close(query, err, "read its reports");
    if (status) {
        store_reports_free(reports, count);
        return status;
    }
    *out = reports;
    *n = count;
    return ST_OK;
}

enum status store_load_reports(struct store *store, uint32_t arm, struct report_record **out,
                               size_t *n, struct error *err)
{
    struct query query;
    query_open(&query, store, SQL_LOAD_REPORTS);
    query_bind_integer(&query, arm);
    return collect_reports(&query, arm, out, n, err);
}

enum status store_load_last_report(struct store *store, uint32_t arm, uint64_t trial,
                                   uint32_t attempt, struct report_record **out,
                                   struct error *err)
{
    struct query query;
    size_t n;
    query_open_attempt(&query, store, SQL_LOAD_LAST_REPORT, arm, trial, attempt);
    return collect_reports(&query, arm, out, &n, err);
}

void store_reports_free(struct report_record *reports, size_t n)
{
    for (size_t i = 0; i < n; i++)
        free_metrics(reports[i].metrics, reports[i].n_metrics);
    free(reports);
}

enum status store_load_overhead(struct store *store, uint32_t arm, struct overhead_record **out,
                                size_t *n, struct error *err)
{
    struct overhead_record *rows = NULL;
    size_t count = 0, room = 0;
    struct query query;
    query_open(&query, store, SQL_LOAD_OVERHEAD);
    query_bind_integer(&query, arm);
    while (query_step(&query)) {
        struct overhead_record *row = store_next_row(&rows, &count, &room, sizeof *row, &query);
        if (!row)
            break;
        row->arm = arm;
        row->after = query_integer(&query, 0);
        row->host = query_text(&query);
        row->quality = query_text(&query);
        row->waiting_uj = query_bounded(&query, 0);
        row->search_uj = query_bounded(&query, 0);
        row->orchestrator_uj = query_bounded(&query, 0);
        row->search_cpu_s = query_number(&query);
    }
    enum status status = query_close(&query, err, "read its overhead");
    if (status) {
        store_overhead_free(rows, count);
        return status;
    }
    *out = rows;
    *n = count;
    return ST_OK;
}

void store_overhead_free(struct overhead_record *overhead, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        store_free_text(overhead[i].host);
        store_free_text(overhead[i].quality);
    }
    free(overhead);
}
