/* The books of the hosts, and their idle power. */
#include "results/store_rows.h"

#include <stdlib.h>

static void bind_parts(struct query *query, const struct host_record *row)
{
    query_bind_integer(query, row->metered_uj);
    query_bind_integer(query, row->low_uj);
    query_bind_integer(query, row->high_uj);
    query_bind_integer(query, row->trials_uj);
    query_bind_integer(query, row->trials_idle_uj);
    query_bind_integer(query, row->waiting_uj);
    query_bind_integer(query, row->search_uj);
    query_bind_integer(query, row->orchestrator_uj);
    query_bind_integer(query, row->other_uj);
    query_bind_integer(query, row->unattributed_uj);
}

static enum status write_host(struct store *store, const struct host_record *row,
                              struct error *err)
{
    struct query query;
    query_open(&query, store, SQL_ADD_HOST);
    query_bind_text(&query, row->host);
    query_bind_integer(&query, row->opened_at_us);
    query_bind_integer(&query, row->intervals);
    query_bind_integer(&query, row->cut_at_us);
    query_bind_text(&query, row->quality);
    query_bind_text(&query, row->meters);
    bind_parts(&query, row);
    query_bind_integer(&query, row->longest_interval_ms);
    query_bind_integer(&query, row->wraps);
    query_bind_integer(&query, row->gaps);
    query_bind_integer(&query, row->ambiguous);
    query_bind_integer(&query, row->skews);
    query_bind_integer(&query, row->negative);
    query_bind_integer(&query, row->deaths);
    return query_run(&query, err, "store the books of a host");
}

enum status store_add_host(struct store *store, const struct host_record *row,
                           struct error *err)
{
    bool own;
    enum status status = store_write_begin(store, &own, err);
    if (status)
        return status;
    if (host_record_closes(row)) { /* INSERT OR IGNORE would pass over it in silence */
        status = write_host(store, row, err);
    } else {
        status = error_set(err, ST_INVALID, "%s: the books of host %s do not close",
                           store->path, row->host);
        error_remedy(err, "this is a mistake in Wattune: please report it");
    }
    return store_write_end(store, own, status, err);
}

static enum status write_idle(struct store *store, const struct idle_record *row,
                              struct error *err)
{
    struct query query;
    query_open(&query, store, SQL_PUT_IDLE);
    query_bind_text(&query, row->host);
    query_bind_integer(&query, row->opened_at_us);
    query_bind_integer(&query, row->position);
    query_bind_text(&query, row->meters);
    query_bind_text(&query, row->source);
    query_bind_number(&query, row->power_w);
    query_bind_number(&query, row->deviation_w);
    query_bind_known(&query, row->samples >= 0, row->samples);
    query_bind_number(&query, row->window_s);
    query_bind_number(&query, row->busy);
    return query_run(&query, err, "store the idle power of a host");
}

enum status store_put_idle(struct store *store, const struct idle_record *row,
                           struct error *err)
{
    bool own;
    enum status status = store_write_begin(store, &own, err);
    if (status)
        return status;
    status = write_idle(store, row, err);
    return store_write_end(store, own, status, err);
}

static void read_host(struct query *query, struct host_record *row)
{
    row->host = query_text(query);
    row->opened_at_us = query_bounded(query, 0);
    row->intervals = query_bounded(query, 0);
    row->cut_at_us = query_bounded(query, 0);
    row->quality = query_text(query);
    row->meters = query_text(query);
    int64_t *const parts[] = {&row->metered_uj,
                              &row->low_uj,
                              &row->high_uj,
                              &row->trials_uj,
                              &row->trials_idle_uj,
                              &row->waiting_uj,
                              &row->search_uj,
                              &row->orchestrator_uj,
                              &row->other_uj,
                              &row->unattributed_uj,
                              &row->longest_interval_ms,
                              &row->wraps,
                              &row->gaps,
                              &row->ambiguous,
                              &row->skews,
                              &row->negative,
                              &row->deaths};
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
        *parts[i] = query_bounded(query, 0);
}

enum status store_load_hosts(struct store *store, struct host_record **out, size_t *n,
                             struct error *err)
{
    struct host_record *rows = NULL;
    size_t count = 0, room = 0;
    struct query query;
    query_open(&query, store, SQL_LOAD_HOSTS);
    while (query_step(&query)) {
        struct host_record *row = store_next_row(&rows, &count, &room, sizeof *row, &query);
        if (!row)
            break;
        read_host(&query, row);
    }
    enum status status = query_close(&query, err, "read the books of its hosts");
    if (status) {
        store_hosts_free(rows, count);
        return status;
    }
    *out = rows;
    *n = count;
    return ST_OK;
}

void store_hosts_free(struct host_record *rows, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        store_free_text(rows[i].host);
        store_free_text(rows[i].quality);
        store_free_text(rows[i].meters);
    }
    free(rows);
}

enum status store_load_idle(struct store *store, struct idle_record **out, size_t *n,
                            struct error *err)
{
    struct idle_record *rows = NULL;
    size_t count = 0, room = 0;
    struct query query;
    query_open(&query, store, SQL_LOAD_IDLE);
    while (query_step(&query)) {
        struct idle_record *row = store_next_row(&rows, &count, &room, sizeof *row, &query);
        if (!row)
            break;
        row->host = query_text(&query);
        row->opened_at_us = query_integer(&query, 0);
        row->position = query_integer(&query, 0);
        row->meters = query_text(&query);
        row->source = query_text(&query);
        row->power_w = query_number(&query);
        row->deviation_w = query_number(&query);
        row->samples = query_integer(&query, -1);
        row->window_s = query_number(&query);
        row->busy = query_number(&query);
    }
    enum status status = query_close(&query, err, "read the idle power of its hosts");
    if (status) {
        store_idle_free(rows, count);
        return status;
    }
    *out = rows;
    *n = count;
    return ST_OK;
}

void store_idle_free(struct idle_record *rows, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        store_free_text(rows[i].host);
        store_free_text(rows[i].meters);
        store_free_text(rows[i].source);
    }
    free(rows);
}
