#include "orchestrator/profile_rows.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char *kind_text(enum profile_kind kind)
{
    static const char *const texts[] = {[PROFILE_DATA] = "data",
                                        [PROFILE_LAYER] = "layer",
                                        [PROFILE_FORMATS] = "formats",
                                        [PROFILE_LOSS] = "loss",
                                        [PROFILE_OPTIMIZER] = "optimizer"};
    return texts[kind];
}

/* A part whose own power is not known is taken to draw what the whole step does. */
static struct profile_figures figures_of(const struct profile_findings *findings, size_t part,
                                         enum profile_direction direction)
{
    const struct profile_work *work = &profile_part(findings->profile, part)->work[direction];
    if (!work->runs)
        return (struct profile_figures){.runs = false};
    double own_w = findings->power->part_w[part][direction];
    double power_w = isnan(own_w) ? profile_joules_power_w(&findings->power->steps) : own_w;
    double time_s = findings->times->part_s[part][direction];
    return (struct profile_figures){.runs = true,
                                    .flops = (double)work->flops,
                                    .bytes = (double)work->bytes,
                                    .time_s = time_s,
                                    .energy_j = power_w * time_s,
                                    .own_power = !isnan(own_w)};
}

static void add_figures(struct profile_figures *sum, const struct profile_figures *figures)
{
    if (!figures->runs)
        return;
    sum->own_power = figures->own_power && (sum->own_power || !sum->runs);
    sum->runs = true;
    sum->flops += figures->flops;
    sum->bytes += figures->bytes;
    sum->time_s += figures->time_s;
    sum->energy_j += figures->energy_j;
}

static void add_row(struct profile_row *sum, const struct profile_row *row)
{
    sum->parts += row->parts;
    sum->params += row->params;
    for (int d = 0; d < PROFILE_DIRECTIONS; d++)
        add_figures(&sum->figures[d], &row->figures[d]);
    add_figures(&sum->total, &row->total);
}

static struct profile_row row_of(const struct profile_findings *findings, size_t i)
{
    const struct profile_part *part = profile_part(findings->profile, i);
    struct profile_row row = {.kind = kind_text(part->kind),
                              .name = part->name,
                              .part = part,
                              .parts = 1,
                              .params = part->params};
    for (int d = 0; d < PROFILE_DIRECTIONS; d++) {
        row.figures[d] = figures_of(findings, i, (enum profile_direction)d);
        add_figures(&row.total, &row.figures[d]);
    }
    return row;
}

/* The row that a part goes into: one of its own, or that of its type. */
static struct profile_row *place_for(struct profile_rows *rows, const struct profile_row *row,
                                     bool by_type)
{
    for (size_t i = 0; by_type && i < rows->n; i++)
        if (strcmp(rows->rows[i].name, row->name) == 0)
            return &rows->rows[i];
    rows->rows[rows->n] = (struct profile_row){
        .kind = row->kind, .name = row->name, .part = by_type ? NULL : row->part};
    return &rows->rows[rows->n++];
}

static int compare_times(const void *a, const void *b)
{
    double p = ((const struct profile_row *)a)->total.time_s;
    double q = ((const struct profile_row *)b)->total.time_s;
    return (p < q) - (p > q);
}

static struct profile_row step_row(const struct profile_findings *findings,
                                   const struct profile_row *sum)
{
    const struct profile_power *power = findings->power;
    struct profile_row step = {
        .kind = "step", .name = "whole step", .parts = sum->parts, .params = sum->params};
    step.total = (struct profile_figures){
        .runs = true,
        .flops = sum->total.flops,
        .bytes = sum->total.bytes,
        .time_s = findings->times->step_s,
        .energy_j =
            power->n_steps > 0 ? power->steps.energy_j / (double)power->n_steps : (double)NAN,
        .own_power = true};
    step.share = (double)NAN;
    return step;
}

static void conclude(struct profile_rows *rows, const struct profile_findings *findings,
                     bool by_type)
{
    struct profile_row sum = {.kind = "sum", .name = "all parts"};
    for (size_t i = 0; i < rows->n; i++)
        add_row(&sum, &rows->rows[i]);
    if (by_type)
        qsort(rows->rows, rows->n, sizeof *rows->rows, compare_times);
    rows->rows[rows->n++] = sum;
    for (size_t i = 0; i < rows->n; i++)
        rows->rows[i].share = rows->rows[i].total.time_s / sum.total.time_s;
    rows->rows[rows->n++] = step_row(findings, &sum);
}

enum status profile_rows_make(struct profile_rows *rows,
                              const struct profile_findings *findings, bool by_type,
                              struct error *err)
{
    size_t n = profile_count(findings->profile);
    *rows = (struct profile_rows){.n = 0, .rows = calloc(n + 2, sizeof *rows->rows)};
    if (!rows->rows)
        return error_set(err, ST_NOMEM, "out of memory for the rows of a profile");
    for (size_t i = 0; i < n; i++) {
        struct profile_row row = row_of(findings, i);
        if (row.total.runs || row.part->kind == PROFILE_LAYER)
            add_row(place_for(rows, &row, by_type), &row);
    }
    conclude(rows, findings, by_type);
    return ST_OK;
}

void profile_rows_free(struct profile_rows *rows)
{
    free(rows->rows);
    rows->rows = NULL;
}
