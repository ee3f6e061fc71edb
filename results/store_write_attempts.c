#include "results/store_sql.h"

#include <inttypes.h>
#include <stdio.h>

struct subject {
    char text[96];
};

/* "store attempt 2 of trial 3 of arm 0", for the text of an error. */
static struct subject subject_of(uint32_t arm, uint64_t trial, uint32_t attempt)
{
    struct subject subject;
    snprintf(subject.text, sizeof subject.text,
             "store attempt %" PRIu32 " of trial %" PRIu64 " of arm %" PRIu32, attempt, trial,
             arm);
    return subject;
}

enum status store_start_attempt(struct store *store, uint32_t arm, uint64_t trial,
                                uint32_t attempt, const char *host, uint32_t worker,
                                int64_t started_at_us, struct error *err)
{
    bool own;
    enum status status = store_write_begin(store, &own, err);
    if (status)
        return status;
    struct query query;
    query_open_attempt(&query, store, SQL_START_ATTEMPT, arm, trial, attempt);
    query_bind_text(&query, host);
    query_bind_integer(&query, worker);
    query_bind_integer(&query, started_at_us);
    status = query_run(&query, err, subject_of(arm, trial, attempt).text);
    return store_write_end(store, own, status, err);
}

static enum status write_attempt(struct store *store, const struct attempt_record *attempt,
                                 struct error *err, const char *what)
{
    struct query query;
    query_open_attempt(&query, store, SQL_FINISH_ATTEMPT, attempt->arm, attempt->trial,
                       attempt->attempt);
    query_bind_text(&query, trial_state_text(attempt->state));
    query_bind_text(&query, attempt->reason);
    query_bind_text(&query, attempt->stderr_tail);
    query_bind_text(&query, attempt->host);
    query_bind_integer(&query, attempt->worker);
    query_bind_integer(&query, attempt->started_at_us);
    query_bind_integer(&query, attempt->ended_at_us);
    query_bind_number(&query, attempt->duration_s);
    query_bind_number(&query, attempt->cpu_s);
    query_bind_number(&query, attempt->peak_memory_mb);
    query_bind_known(&query, attempt->epochs_done >= 0, attempt->epochs_done);
    query_bind_energy(&query, &attempt->energy);
    return query_run(&query, err, what);
}

static enum status write_metrics(struct store *store, const struct attempt_record *attempt,
                                 struct error *err, const char *what)
{
    struct query query;
    query_open_attempt(&query, store, SQL_DROP_METRICS, attempt->arm, attempt->trial,
                       attempt->attempt);
    enum status status = query_run(&query, err, what);
    for (size_t i = 0; i < attempt->n_metrics && !status; i++) {
        query_open_attempt(&query, store, SQL_ADD_METRIC, attempt->arm, attempt->trial,
                           attempt->attempt);
        query_bind_integer(&query, (int64_t)i);
        query_bind_text(&query, attempt->metrics[i].name);
        query_bind_number(&query, attempt->metrics[i].value);
        status = query_run(&query, err, what);
    }
    return status;
}

enum status store_finish_attempt(struct store *store, const struct attempt_record *attempt,
                                 struct error *err)
{
    struct subject subject = subject_of(attempt->arm, attempt->trial, attempt->attempt);
    bool own;
    enum status status = store_write_begin(store, &own, err);
    if (status)
        return status;
    status = write_attempt(store, attempt, err, subject.text);
    if (!status)
        status = write_metrics(store, attempt, err, subject.text);
    if (!status)
        status = store_write_beside(store, attempt, err, subject.text);
    return store_write_end(store, own, status, err);
}

enum status store_add_report(struct store *store, uint32_t arm, uint64_t trial,
                             uint32_t attempt, double step, const struct metric_record *metrics,
                             size_t n, struct error *err)
{
    bool own;
    enum status status = store_write_begin(store, &own, err);
    if (status)
        return status;
    for (size_t i = 0; i < n && !status; i++) {
        struct query query;
        query_open_attempt(&query, store, SQL_ADD_REPORT, arm, trial, attempt);
        query_bind_number(&query, step);
        query_bind_text(&query, metrics[i].name);
        query_bind_number(&query, metrics[i].value);
        status = query_run(&query, err, subject_of(arm, trial, attempt).text);
    }
    return store_write_end(store, own, status, err);
}

enum status store_add_overhead(struct store *store, const struct overhead_record *overhead,
                               struct error *err)
{
    bool own;
    enum status status = store_write_begin(store, &own, err);
    if (status)
        return status;
    bool known = energy_quality_rank(overhead->quality) > 0;
    struct query query;
    query_open(&query, store, SQL_ADD_OVERHEAD);
    query_bind_integer(&query, overhead->arm);
    query_bind_text(&query, overhead->host);
    query_bind_text(&query, overhead->quality);
    query_bind_known(&query, known, overhead->waiting_uj);
    query_bind_known(&query, known, overhead->search_uj);
    query_bind_known(&query, known, overhead->orchestrator_uj);
    query_bind_number(&query, overhead->search_cpu_s);
    status = query_run(&query, err, "store overhead");
    return store_write_end(store, own, status, err);
}
