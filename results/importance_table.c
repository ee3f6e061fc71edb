#include "results/importance_table.h"

#include "results/complete.h"
#include "results/provenance.h"
#include "search/importance.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Below this the forest has not understood most of what happens. */
static const double FIT_DOUBTFUL = 0.5;

/* What the rows are made of. */
struct report {
    struct complete complete;
    struct table *table;
    double *points, *values; /* of the trials that have the figure */
    bool with_pairs, energy;
};

/* One row: a parameter, or two. */
struct row {
    const char *parameter, *with; /* with: NULL for one alone */
    struct importance_share share;
};

static bool is_energy(const char *metric)
{
    return strcmp(metric, "energy_j") == 0;
}

/* The largest share first, unknown ones last, else as they were. */
static int compare_rows(const void *a, const void *b)
{
    const struct row *p = a, *q = b;
    double x = isnan(p->share.mean) ? -1 : p->share.mean;
    double y = isnan(q->share.mean) ? -1 : q->share.mean;
    if (x != y)
        return x < y ? 1 : -1;
    int names = strcmp(p->parameter, q->parameter);
    return names || !p->with || !q->with ? names : strcmp(p->with, q->with);
}

static const char *name_of(const struct space *space, size_t dim)
{
    return space_param(space, space_dim_param(space, dim))->name;
}

/* Answers how many rows there are. */
static size_t list_rows(const struct report *report, const struct importance *importance,
                        struct row *rows)
{
    const struct space *space = report->complete.space;
    size_t n = 0;
    for (size_t i = 0; i < importance->d; i++)
        rows[n++] = (struct row){name_of(space, i), NULL, importance->alone[i]};
    for (size_t i = 0; i < importance->d && report->with_pairs; i++)
        for (size_t j = i + 1; j < importance->d; j++)
            rows[n++] = (struct row){name_of(space, i), name_of(space, j),
                                     importance->pairs[importance_pair(importance, i, j)]};
    qsort(rows, n, sizeof *rows, compare_rows);
    return n;
}

/* The quality of joules, empty for other metrics. */
static void put_quality(const struct report *report, const char *metric)
{
    struct strbuf text = STRBUF_INIT;
    if (is_energy(metric))
        qualities_append(&text, provenance_of(report->complete.snapshot, NULL).attempts);
    table_put_text(report->table, text.length > 0 ? strbuf_text(&text) : NULL);
    strbuf_free(&text);
}

static void put_row(const struct report *report, const char *metric, const struct row *row,
                    const struct importance *importance)
{
    struct table *table = report->table;
    table_begin_row(table);
    table_put_text(table, report->complete.snapshot->study->name);
    table_put_text(table, metric);
    table_put_text(table, row->parameter);
    table_put_text(table, row->with);
    table_put_number(table, row->share.mean);
    table_put_number(table, row->share.deviation);
    table_put_integer(table, (int64_t)importance->n);
    table_put_number(table, importance->fit);
    put_quality(report, metric);
}

static double sum_of(const struct importance_share *shares, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += isnan(shares[i].mean) ? 0 : shares[i].mean;
    return sum;
}

static void note_fit(const struct report *report, const char *metric,
                     const struct importance *importance)
{
    if (isnan(importance->fit)) /* of a handful of points that were tried again and again */
        table_add_note(
            report->table,
            "%s: each tree of the forest knew all points, so that there is no R^2 to "
            "judge the shares by (%zu trials).",
            metric, importance->n);
    else
        table_add_note(
            report->table,
            "%s: on points that it was not fitted to, the forest has R^2 = %.2f (%zu "
            "trials)%s.",
            metric, importance->fit, importance->n,
            importance->fit >= FIT_DOUBTFUL
                ? ""
                : ": it explains little, so the shares are doubtful");
}

static void note_found(const struct report *report, const char *metric,
                       const struct importance *importance)
{
    struct strbuf pairs = STRBUF_INIT;
    size_t d = importance->d;
    if (report->with_pairs && d > 1)
        strbuf_printf(&pairs, ", pairs %.0f %%",
                      100 * sum_of(importance->pairs, d * (d - 1) / 2));
    table_add_note(report->table, "%s: single parameters make up %.0f %% of the variance%s.",
                   metric, 100 * sum_of(importance->alone, d), strbuf_text(&pairs));
    note_fit(report, metric, importance);
    strbuf_free(&pairs);
    for (size_t i = 0; i < d; i++)
        if (isnan(importance->alone[i].mean))
            table_add_note(report->table, "%s: %s has the same value in all trials.", metric,
                           name_of(report->complete.space, i));
}

static void add_notes(const struct report *report, const char *metric,
                      const struct importance *importance)
{
    if (importance->state == IMPORTANCE_FOUND)
        note_found(report, metric, importance);
    if (importance->state == IMPORTANCE_TOO_FEW)
        table_add_note(report->table,
                       "%s: %zu complete trials are too few to tell what matters; it takes "
                       "%zu.",
                       metric, importance->n, importance->needed);
    if (importance->state == IMPORTANCE_CONSTANT)
        table_add_note(report->table, "%s: the same in all %zu trials, so nothing matters.",
                       metric, importance->n);
    size_t lacking = report->complete.n - importance->n;
    if (lacking > 0)
        table_add_note(report->table, "%s: %zu complete trials lack it and were left out.",
                       metric, lacking);
}

static enum status put_rows(struct report *report, const char *metric,
                            const struct importance *importance)
{
    size_t d = importance->d;
    struct row *rows = calloc(d + d * d + 1, sizeof *rows);
    if (!rows)
        return ST_NOMEM;
    size_t n = list_rows(report, importance, rows);
    for (size_t i = 0; i < n; i++)
        put_row(report, metric, &rows[i], importance);
    add_notes(report, metric, importance);
    free(rows);
    return ST_OK;
}

/* The trials that have the metric; answers how many. */
static size_t take_values(struct report *report, const char *metric)
{
    const struct complete *complete = &report->complete;
    size_t width = space_count(complete->space), n = 0;
    complete_values(complete, metric, report->values);
    for (size_t i = 0; i < complete->n; i++) {
        if (isnan(report->values[i]))
            continue;
        memcpy(report->points + n * width, complete->points + i * width,
               width * sizeof *report->points);
        report->values[n++] = report->values[i];
    }
    return n;
}

static enum status add_metric(struct report *report, const char *metric)
{
    const struct snapshot *snapshot = report->complete.snapshot;
    struct importance *importance = NULL;
    size_t n = take_values(report, metric);
    enum status status = importance_create(
        &importance, report->complete.space, report->points, report->values, n,
        report->with_pairs, rng_derive(snapshot->study->seed, "importance", 0, 0));
    if (!status)
        status = put_rows(report, metric, importance);
    report->energy = report->energy || is_energy(metric);
    importance_free(importance);
    return status;
}

/* Is the metric of constraint i an objective, or that of a constraint before it? */
static bool listed(const struct study_record *study, size_t i)
{
    const char *metric = study->constraints[i].metric;
    for (size_t j = 0; j < i; j++)
        if (strcmp(study->constraints[j].metric, metric) == 0)
            return true;
    return study_has_objective(study, metric);
}

static enum status add_objectives(struct report *report)
{
    const struct study_record *study = report->complete.snapshot->study;
    enum status status = ST_OK;
    for (size_t i = 0; i < study->n_objectives && !status; i++)
        status = add_metric(report, study->objectives[i].metric);
    for (size_t i = 0; i < study->n_constraints && !status; i++)
        if (!listed(study, i) &&
            complete_values(&report->complete, study->constraints[i].metric, report->values))
            status = add_metric(report, study->constraints[i].metric);
    if (!status && !report->energy &&
        complete_values(&report->complete, "energy_j", report->values) > 0)
        status = add_metric(report, "energy_j");
    return status;
}

static enum status fill(struct report *report, const char *metric, struct error *err)
{
    if (metric && complete_values(&report->complete, metric, report->values) == 0) {
        error_set(err, ST_NOTFOUND, "no complete trial of this study has a figure \"%s\"",
                  metric);
        error_remedy(err,
                     "the columns of `wattune trials DB --format csv` are those that there "
                     "are");
        return ST_NOTFOUND;
    }
    if (metric ? add_metric(report, metric) : add_objectives(report))
        return error_set(err, ST_NOMEM, "out of memory");
    table_add_note(report->table,
                   "A share is the part of the variance over the whole space that a parameter "
                   "makes up, by functional ANOVA on random forests.");
    if (report->energy)
        provenance_add_notes(report->complete.snapshot, report->table);
    return ST_OK;
}

static enum status open_table(struct report *report, struct error *err)
{
    struct strbuf title = STRBUF_INIT;
    strbuf_printf(&title, "Importance of the parameters of %s",
                  report->complete.snapshot->study->name);
    enum status status = table_create(&report->table, strbuf_text(&title));
    strbuf_free(&title);
    if (status)
        return error_set(err, ST_NOMEM, "out of memory");
    table_add_column(report->table, "study", NULL, COLUMN_TEXT);
    table_add_column(report->table, "metric", "metric", COLUMN_TEXT);
    table_add_column(report->table, "parameter", "parameter", COLUMN_TEXT);
    table_add_column(report->table, "with", report->with_pairs ? "with" : NULL, COLUMN_TEXT);
    table_add_column(report->table, "share", "share", COLUMN_PERCENT);
    table_add_column(report->table, "share_deviation", "deviation", COLUMN_PERCENT);
    table_add_column(report->table, "trials", NULL, COLUMN_INTEGER);
    table_add_column(report->table, "fit", NULL, COLUMN_RATIO);
    table_add_column(report->table, "energy_quality", "quality", COLUMN_TEXT);
    return ST_OK;
}

enum status importance_table(struct table **out, const struct snapshot *snapshot,
                             const char *metric, bool with_pairs, struct error *err)
{
    struct report report = {.with_pairs = with_pairs};
    enum status status = complete_open(&report.complete, snapshot, err);
    if (!status) {
        size_t n = report.complete.n + 1, width = space_count(report.complete.space);
        report.points = calloc(n, width * sizeof *report.points);
        report.values = calloc(n, sizeof *report.values);
        if (!report.points || !report.values)
            status = error_set(err, ST_NOMEM, "out of memory");
    }
    if (!status)
        status = open_table(&report, err);
    if (!status)
        status = fill(&report, metric, err);
    if (status)
        table_free(report.table);
    else
        *out = report.table;
    free(report.points);
    free(report.values);
    complete_close(&report.complete);
    return status;
}
