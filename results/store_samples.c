/* The samples of attempts: a row holds up to a few hundred of them as one series (series.h). */
#include "results/series.h"
#include "results/store_rows.h"

#include <stdlib.h>
#include <string.h>

/* Of a row. The last row of an attempt is rewritten whenever samples come, so it must stay
 * small; and many small rows would take more room than their samples. */
enum { ROW_SAMPLES = 256 };

_Static_assert((int)ROW_SAMPLES <= (int)SERIES_ROWS_MAX, "a row is one series");
_Static_assert(sizeof(struct sample_record) == SAMPLE_COLUMNS * sizeof(int64_t),
               "a sample is a row of numbers");

/* Whose samples they are. */
struct owner {
    uint32_t arm;
    uint64_t trial;
    uint32_t attempt;
};

/* Append the samples of a row. Columns that a newer program has added are left out, and those
 * that an older one had not are unknown. */
static bool append_row(struct sample_series *series, int64_t begin_us, const int64_t *values,
                       size_t n, size_t n_columns)
{
    struct sample_record *grown =
        reallocarray(series->samples, series->n + n + 1, sizeof *grown);
    if (!grown)
        return false;
    series->samples = grown;
    if (series->n == 0)
        series->begin_us = begin_us;
    size_t shared = n_columns < SAMPLE_COLUMNS ? n_columns : SAMPLE_COLUMNS;
    for (size_t i = 0; i < n; i++) {
        int64_t row[SAMPLE_COLUMNS];
        for (size_t c = 0; c < SAMPLE_COLUMNS; c++)
            row[c] = SAMPLE_UNKNOWN;
        memcpy(row, values + i * n_columns, shared * sizeof *row);
        memcpy(&series->samples[series->n++], row, sizeof row);
    }
    return true;
}

/* Read "begin_us, series" of one row. */
static enum status read_row(struct query *query, struct sample_series *series)
{
    int64_t begin_us = query_integer(query, 0);
    size_t size;
    const unsigned char *bytes = query_blob(query, &size);
    int64_t *values;
    size_t n, n_columns;
    enum status status = series_decode(&values, &n, &n_columns, bytes, size);
    if (status)
        return status;
    if (!append_row(series, begin_us, values, n, n_columns))
        status = ST_NOMEM;
    free(values);
    return status;
}

static enum status damaged(struct store *store, struct error *err)
{
    error_set(err, ST_FORMAT, "%s: samples of a trial are damaged", store->path);
    error_remedy(err, "take a copy of the file, or save what is readable with `sqlite3 FILE "
                      ".recover`");
    return ST_FORMAT;
}

/* The last rows of an attempt, so many; -1: all of them. */
static enum status load_rows(struct store *store, const struct owner *owner, int64_t rows,
                             struct sample_series *out, struct error *err)
{
    struct sample_series series = {0};
    enum status status = ST_OK;
    struct query query;
    query_open_attempt(&query, store, SQL_LOAD_SAMPLES, owner->arm, owner->trial,
                       owner->attempt);
    query_bind_integer(&query, rows);
    while (!status && query_step(&query))
        status = read_row(&query, &series);
    query.out_of_memory |= status == ST_NOMEM;
    enum status closed = query_close(&query, err, "read its samples");
    if (closed)
        status = closed;
    else if (status == ST_FORMAT)
        damaged(store, err);
    if (status)
        sample_series_free(&series);
    else
        *out = series;
    return status;
}

enum status store_load_samples(struct store *store, uint32_t arm, uint64_t trial,
                               uint32_t attempt, size_t wanted, struct sample_series *out,
                               struct error *err)
{
    /* All rows but the last are full. */
    int64_t rows = wanted == 0 ? -1 : (int64_t)(wanted + ROW_SAMPLES - 2) / ROW_SAMPLES + 1;
    return load_rows(store, &(struct owner){arm, trial, attempt}, rows, out, err);
}

static enum status put_row(struct store *store, const struct owner *owner,
                           const struct sample_series *series, struct error *err)
{
    struct strbuf bytes = STRBUF_INIT;
    struct query query;
    series_encode((const int64_t *)series->samples, series->n, SAMPLE_COLUMNS, &bytes);
    if (!strbuf_ok(&bytes)) {
        strbuf_free(&bytes);
        return error_set(err, ST_NOMEM, "no memory for the samples of a trial");
    }
    query_open_attempt(&query, store, SQL_PUT_SAMPLES, owner->arm, owner->trial,
                       owner->attempt);
    query_bind_integer(&query, series->begin_us);
    query_bind_blob(&query, strbuf_text(&bytes), bytes.length);
    enum status status = query_run(&query, err, "store samples of a trial");
    strbuf_free(&bytes);
    return status;
}

/* Write a series as rows, replacing the row that it begins with. */
static enum status put_series(struct store *store, const struct owner *owner,
                              const struct sample_series *series, struct error *err)
{
    struct sample_series row = *series;
    enum status status = ST_OK;
    for (size_t left = series->n; left > 0 && !status; left -= row.n) {
        row.n = left < ROW_SAMPLES ? left : ROW_SAMPLES;
        status = put_row(store, owner, &row, err);
        row.begin_us = row.samples[row.n - 1].end_us;
        row.samples += row.n;
    }
    return status;
}

/* Load the last row, and write it with the samples behind it. Those that are there already (a
 * message that came twice) are left out. */
static enum status extend(struct store *store, const struct owner *owner,
                          const struct sample_record *samples, size_t n, struct error *err)
{
    struct sample_series series = {0};
    enum status status = load_rows(store, owner, 1, &series, err);
    int64_t end_us = series.n > 0 ? series.samples[series.n - 1].end_us : 0;
    for (; n > 0 && samples->end_us <= end_us; n--)
        samples++;
    if (!status && n > 0) {
        if (append_row(&series, 0, (const int64_t *)samples, n, SAMPLE_COLUMNS))
            status = put_series(store, owner, &series, err);
        else
            status = error_set(err, ST_NOMEM, "no memory for the samples of a trial");
    }
    sample_series_free(&series);
    return status;
}

enum status store_add_samples(struct store *store, uint32_t arm, uint64_t trial,
                              uint32_t attempt, const struct sample_record *samples, size_t n,
                              struct error *err)
{
    bool own;
    enum status status = store_write_begin(store, &own, err);
    if (status)
        return status;
    status = extend(store, &(struct owner){arm, trial, attempt}, samples, n, err);
    return store_write_end(store, own, status, err);
}
