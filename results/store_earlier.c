/* The trials of earlier studies that the search of this one started from. */
#include "results/store_rows.h"

#include <math.h>
#include <stdlib.h>

/* The values of trial `earlier` that are known. */
static enum status add_values(struct store *store, enum store_statement statement,
                              size_t earlier, const double *values, size_t n, struct error *err)
{
    enum status status = ST_OK;
    for (size_t i = 0; values && i < n && !status; i++) {
        if (isnan(values[i]))
            continue;
        struct query query;
        query_open(&query, store, statement);
        query_bind_integer(&query, (int64_t)earlier);
        query_bind_integer(&query, (int64_t)i);
        query_bind_number(&query, values[i]);
        status = query_run(&query, err, "store a value of an earlier trial");
    }
    return status;
}

static enum status add_trial(struct store *store, size_t i, const struct earlier_record *record,
                             struct error *err)
{
    struct query query;
    query_open(&query, store, SQL_ADD_EARLIER);
    query_bind_integer(&query, (int64_t)i);
    query_bind_text(&query, record->source);
    query_bind_text(&query, record->name);
    query_bind_text(&query, record->params);
    query_bind_number(&query, record->energy_j);
    enum status status = query_run(&query, err, "store an earlier trial");
    if (!status)
        status = add_values(store, SQL_ADD_EARLIER_VALUE, i, record->values,
                            store->n_objectives, err);
    return status ? status
                  : add_values(store, SQL_ADD_EARLIER_CONSTRAINED, i, record->constrained,
                               store->n_constraints, err);
}

enum status store_add_earlier(struct store *store, const struct study_record *study,
                              struct error *err)
{
    enum status status = ST_OK;
    for (size_t i = 0; i < study->n_earlier && !status; i++)
        status = add_trial(store, i, &study->earlier[i], err);
    return status;
}

/* They are numbered without a hole, which the values rely on. */
static enum status load_trials(struct store *store, struct earlier_record **records, size_t *n,
                               struct error *err)
{
    size_t room = 0;
    bool whole = true;
    struct query query;
    query_open(&query, store, SQL_LOAD_EARLIER);
    while (whole && query_step(&query)) {
        whole = query_integer(&query, -1) == (int64_t)*n;
        struct earlier_record *record =
            store_next_row(records, n, &room, sizeof *record, &query);
        if (!record)
            break;
        record->source = query_text(&query);
        record->name = query_text(&query);
        record->params = query_text(&query);
        record->energy_j = query_number(&query);
        record->values = store_unknown_values(store->n_objectives, &query);
        record->constrained = store_unknown_values(store->n_constraints, &query);
    }
    enum status status = query_close(&query, err, "read its earlier trials");
    if (!status && !whole)
        status =
            error_set(err, ST_FORMAT, "%s: earlier trial %zu is missing", store->path, *n - 1);
    return status;
}

static double *values_of(const struct earlier_record *record, bool constrained)
{
    return (double *)(uintptr_t)(constrained ? record->constrained : record->values);
}

static enum status load_values(struct store *store, struct earlier_record *records, size_t n,
                               bool constrained, struct error *err)
{
    size_t width = constrained ? store->n_constraints : store->n_objectives;
    struct query query;
    query_open(&query, store,
               constrained ? SQL_LOAD_EARLIER_CONSTRAINED : SQL_LOAD_EARLIER_VALUES);
    while (query_step(&query)) {
        size_t earlier = (size_t)query_integer(&query, -1);
        size_t place = (size_t)query_integer(&query, -1);
        if (earlier < n && place < width)
            values_of(&records[earlier], constrained)[place] = query_number(&query);
    }
    return query_close(&query, err, "read the values of its earlier trials");
}

enum status store_load_earlier(struct store *store, struct earlier_record **out, size_t *n,
                               struct error *err)
{
    struct earlier_record *records = NULL;
    size_t count = 0;
    enum status status = load_trials(store, &records, &count, err);
    for (int constrained = 0; constrained < 2 && !status; constrained++)
        status = load_values(store, records, count, constrained, err);
    if (status) {
        store_earlier_free(records, count);
        return status;
    }
    *out = records;
    *n = count;
    return ST_OK;
}

void store_earlier_free(struct earlier_record *records, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        store_free_text(records[i].source);
        store_free_text(records[i].name);
        store_free_text(records[i].params);
        free((void *)(uintptr_t)records[i].values);
        free((void *)(uintptr_t)records[i].constrained);
    }
    free(records);
}
