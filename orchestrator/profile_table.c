#include "orchestrator/profile_table.h"

#include "orchestrator/profile_notes.h"
#include "worker/energy.h"

#include <inttypes.h>
#include <math.h>

void profile_append_sizes(struct strbuf *out, const struct shape *shape)
{
    for (int i = 1; i < shape->n; i++)
        strbuf_printf(out, "%s%" PRId64, i > 1 ? " x " : "", shape->dims[i]);
}

void profile_append_energy_heading(struct strbuf *out, enum energy_quality quality)
{
    strbuf_append(out, "energy");
    if (quality != ENERGY_NONE)
        strbuf_printf(out, " (%s)", energy_quality_text(quality));
}

static void add_energy_column(struct table *table, const struct profile_report *report)
{
    struct strbuf heading = STRBUF_INIT;
    profile_append_energy_heading(&heading, report->findings.power->steps.quality);
    table_add_column(table, "energy_j", strbuf_text(&heading), COLUMN_JOULES);
    strbuf_free(&heading);
}

static void add_columns(struct table *table, const struct profile_report *report)
{
    bool by_type = report->by_type, both = !report->inference;
    table_add_column(table, "kind", NULL, COLUMN_TEXT);
    table_add_column(table, "layer", by_type ? NULL : "layer", COLUMN_INTEGER);
    table_add_column(table, "type", "type", COLUMN_TEXT);
    table_add_column(table, "parts", by_type ? "parts" : NULL, COLUMN_INTEGER);
    table_add_column(table, "output", by_type ? NULL : "output", COLUMN_TEXT);
    table_add_column(table, "params", "params", COLUMN_INTEGER);
    table_add_column(table, "flops_forward", NULL, COLUMN_OPERATIONS);
    table_add_column(table, "flops_backward", NULL, COLUMN_OPERATIONS);
    table_add_column(table, "flops", "work", COLUMN_OPERATIONS);
    table_add_column(table, "bytes_forward", NULL, COLUMN_NUMBER);
    table_add_column(table, "bytes_backward", NULL, COLUMN_NUMBER);
    table_add_column(table, "time_forward_s", both ? "forward" : NULL, COLUMN_SECONDS);
    table_add_column(table, "time_backward_s", both ? "backward" : NULL, COLUMN_SECONDS);
    table_add_column(table, "time_s", "time", COLUMN_SECONDS);
    table_add_column(table, "share", "share", COLUMN_PERCENT);
    table_add_column(table, "flops_per_s", "speed", COLUMN_SPEED);
    table_add_column(table, "peak_share", "of peak", COLUMN_PERCENT);
    table_add_column(table, "bytes_per_s", NULL, COLUMN_NUMBER);
    table_add_column(table, "energy_forward_j", NULL, COLUMN_JOULES);
    table_add_column(table, "energy_backward_j", NULL, COLUMN_JOULES);
    add_energy_column(table, report);
    table_add_column(table, "energy_by", NULL, COLUMN_TEXT);
    table_add_column(table, "energy_quality", NULL, COLUMN_TEXT);
    table_add_column(table, "energy_meters", NULL, COLUMN_TEXT);
}

/* Missing where nothing is counted: a layer that is not all multiply-adds has no FLOPs here. */
static void put_positive(struct table *table, double value)
{
    table_put_number(table, value > 0 ? value : (double)NAN);
}

static void put_identity(struct table *table, const struct profile_row *row)
{
    bool layer = row->part && row->part->kind == PROFILE_LAYER;
    struct strbuf sizes = STRBUF_INIT;
    if (layer)
        profile_append_sizes(&sizes, &row->part->output);
    table_put_text(table, row->kind);
    table_put_count(table, layer ? (int64_t)row->part->layer : -1);
    table_put_text(table, row->name);
    table_put_integer(table, row->parts);
    table_put_text(table, layer ? strbuf_text(&sizes) : NULL);
    table_put_count(table, row->params > 0 ? row->params : -1);
    strbuf_free(&sizes);
}

static void put_work(struct table *table, const struct profile_row *row)
{
    for (int d = 0; d < PROFILE_DIRECTIONS; d++)
        put_positive(table, row->figures[d].flops);
    put_positive(table, row->total.flops);
    for (int d = 0; d < PROFILE_DIRECTIONS; d++)
        put_positive(table, row->figures[d].bytes);
}

static double time_of(const struct profile_figures *figures)
{
    return figures->runs ? figures->time_s : (double)NAN;
}

static void put_times(struct table *table, const struct profile_row *row, double peak)
{
    const struct profile_figures *total = &row->total;
    double speed = total->flops / total->time_s;
    for (int d = 0; d < PROFILE_DIRECTIONS; d++)
        table_put_number(table, time_of(&row->figures[d]));
    table_put_number(table, time_of(total));
    table_put_number(table, total->runs ? row->share : (double)NAN);
    put_positive(table, speed);
    put_positive(table, speed / peak);
    put_positive(table, total->bytes / total->time_s);
}

static double energy_of(const struct profile_figures *figures)
{
    return figures->runs ? figures->energy_j : (double)NAN;
}

static void put_energy(struct table *table, const struct profile_row *row,
                       const struct profile_report *report)
{
    const struct profile_joules *steps = &report->findings.power->steps;
    bool known = !isnan(energy_of(&row->total));
    for (int d = 0; d < PROFILE_DIRECTIONS; d++)
        table_put_number(table, energy_of(&row->figures[d]));
    table_put_number(table, energy_of(&row->total));
    table_put_text(table, !known ? NULL : row->total.own_power ? "own power" : "step's power");
    table_put_text(table, known ? energy_quality_text(steps->quality) : NULL);
    table_put_text(table, known ? report->meter->choice.booked.text : NULL);
}

enum status profile_table(struct table **out, const struct profile_report *report,
                          struct error *err)
{
    struct profile_rows rows;
    enum status status = profile_rows_make(&rows, &report->findings, report->by_type, err);
    if (!status && table_create(out, report->title))
        status = error_set(err, ST_NOMEM, "out of memory for the table of a profile");
    if (!status) {
        add_columns(*out, report);
        for (size_t i = 0; i < rows.n; i++) {
            table_begin_row(*out);
            put_identity(*out, &rows.rows[i]);
            put_work(*out, &rows.rows[i]);
            put_times(*out, &rows.rows[i], report->peak);
            put_energy(*out, &rows.rows[i], report);
        }
        profile_add_notes(*out, report, &rows);
    }
    profile_rows_free(&rows);
    return status;
}
