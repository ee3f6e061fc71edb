#include "results/monitor_rows.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A choice, taken apart. */
struct wanted {
    bool all;
    char strategy[128];
    uint32_t repeat;
    uint64_t trial;
};

/* The strategy's name may hold dots: the last two are the ones that count. */
static enum status read_choice(const char *text, struct wanted *wanted, struct error *err)
{
    *wanted = (struct wanted){.all = !text};
    if (!text)
        return ST_OK;
    int used = 0;
    size_t length = strlen(text), dots = 0;
    while (length > 0 && dots < 2)
        dots += text[--length] == '.';
    bool whole = dots == 2 && length > 0 && length < sizeof wanted->strategy &&
                 sscanf(text + length, ".%9" SCNu32 ".%18" SCNu64 "%n", &wanted->repeat,
                        &wanted->trial, &used) == 2 &&
                 text[length + (size_t)used] == '\0';
    if (whole) {
        memcpy(wanted->strategy, text, length);
        return ST_OK;
    }
    error_set(err, ST_INVALID, "'%.100s' names no trial", text);
    error_remedy(err, "a trial is STRATEGY.REPEAT.NUMBER, such as bayes.0.17");
    return ST_INVALID;
}

static bool is_wanted(const struct wanted *wanted, const struct snapshot_arm *arm,
                      const struct attempt_record *attempt)
{
    return wanted->all ||
           (strcmp(arm->arm->strategy, wanted->strategy) == 0 &&
            arm->arm->repeat == wanted->repeat && attempt->trial == wanted->trial);
}

/* What the totals of an attempt say of its means and peaks, where the samples are silent. */
static void fill_from_totals(struct monitor_row *row)
{
    const struct attempt_record *attempt = row->attempt;
    struct sample_summary *figures = row->figures;
    if (isnan(figures[SAMPLE_POWER].mean) && attempt->duration_s > 0)
        figures[SAMPLE_POWER].mean = attempt_energy_j(attempt) / attempt->duration_s;
    if (isnan(figures[SAMPLE_CORES].mean) && attempt->duration_s > 0)
        figures[SAMPLE_CORES].mean = attempt->cpu_s / attempt->duration_s;
    figures[SAMPLE_MEMORY].peak = fmax(figures[SAMPLE_MEMORY].peak, attempt->peak_memory_mb);
}

static enum status draw(struct monitor_row *row, const struct sample_series *series,
                        size_t bars, struct error *err)
{
    row->bars = calloc(SAMPLE_FIGURES * bars + 1, sizeof *row->bars);
    if (!row->bars)
        return error_set(err, ST_NOMEM, "out of memory");
    for (size_t i = 0; i < SAMPLE_FIGURES; i++) {
        row->lines[i].bars = row->bars + i * bars;
        sparkline_make(&row->lines[i], series, (enum sample_figure)i, bars);
    }
    return ST_OK;
}

static enum status fill_row(struct monitor_row *row, struct store *store, size_t bars,
                            struct error *err)
{
    const struct attempt_record *attempt = row->attempt;
    struct sample_series series;
    enum status status = store_load_samples(store, attempt->arm, attempt->trial,
                                            attempt->attempt, 0, &series, err);
    if (status)
        return status;
    row->n_samples = series.n;
    for (int i = 0; i < SAMPLE_FIGURES; i++)
        row->figures[i] = sample_summarise(&series, (enum sample_figure)i);
    if (series.n > 0)
        row->sampled_s = (double)series.samples[series.n - 1].end_us / 1e6;
    fill_from_totals(row);
    status = draw(row, &series, bars, err);
    sample_series_free(&series);
    return status;
}

static void note_row(struct monitor_rows *rows, const struct monitor_row *row)
{
    for (int i = 0; i < SAMPLE_FIGURES; i++) {
        if (!isnan(row->figures[i].mean) || !isnan(row->figures[i].peak))
            rows->known[i] = true;
        for (size_t k = 0; k < row->lines[i].n; k++)
            rows->top[i] = fmax(rows->top[i], row->lines[i].bars[k]);
    }
}

static enum status add_rows(struct monitor_rows *rows, const struct snapshot_arm *arm,
                            const struct wanted *wanted, struct store *store, size_t bars,
                            struct error *err)
{
    enum status status = ST_OK;
    for (size_t i = 0; i < arm->n_attempts && !status; i++) {
        if (!is_wanted(wanted, arm, &arm->attempts[i]))
            continue;
        struct monitor_row *row = &rows->rows[rows->n++];
        row->arm = arm;
        row->attempt = &arm->attempts[i];
        status = fill_row(row, store, bars, err);
        if (!status)
            note_row(rows, row);
    }
    return status;
}

static size_t count_wanted(const struct snapshot *snapshot, const struct wanted *wanted)
{
    size_t n = 0;
    for (size_t i = 0; i < snapshot->n_arms; i++)
        for (size_t j = 0; j < snapshot->arms[i].n_attempts; j++)
            n += is_wanted(wanted, &snapshot->arms[i], &snapshot->arms[i].attempts[j]);
    return n;
}

static enum status load(struct monitor_rows *rows, const struct snapshot *snapshot,
                        struct store *store, const struct wanted *wanted,
                        const struct monitor_choice *choice, struct error *err)
{
    size_t n = count_wanted(snapshot, wanted);
    if (n == 0 && choice->trial) {
        error_set(err, ST_NOTFOUND, "the study has begun no trial '%.100s'", choice->trial);
        error_remedy(err, "`wattune trials` lists them");
        return ST_NOTFOUND;
    }
    rows->rows = calloc(n + 1, sizeof *rows->rows);
    if (!rows->rows)
        return error_set(err, ST_NOMEM, "out of memory");
    enum status status = ST_OK;
    for (size_t i = 0; i < snapshot->n_arms && !status; i++)
        status = add_rows(rows, &snapshot->arms[i], wanted, store, choice->bars, err);
    return status;
}

enum status monitor_rows_load(struct monitor_rows *rows, const struct snapshot *snapshot,
                              struct store *store, const struct monitor_choice *choice,
                              struct error *err)
{
    struct wanted wanted;
    *rows = (struct monitor_rows){0};
    enum status status = read_choice(choice->trial, &wanted, err);
    if (!status)
        status = load(rows, snapshot, store, &wanted, choice, err);
    if (status)
        monitor_rows_free(rows);
    return status;
}

void monitor_rows_free(struct monitor_rows *rows)
{
    for (size_t i = 0; i < rows->n; i++)
        free(rows->rows[i].bars);
    free(rows->rows);
    *rows = (struct monitor_rows){0};
}
