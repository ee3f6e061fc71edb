/* The tables of a sweep. */
#include "base/strbuf.h"
#include "orchestrator/profile_costs.h"
#include "orchestrator/profile_notes.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

static struct profile_joules sum_joules(const struct sweep *sweep)
{
    struct profile_joules all = {.quality = ENERGY_NONE};
    for (size_t i = 0; i < sweep->n; i++)
        profile_joules_add(&all, &sweep->members[i].joules);
    return all;
}

static void add_notes(struct table *table, const struct sweep *sweep,
                      const struct sweep_costs *costs)
{
    struct profile_joules all = sum_joules(sweep);
    sweep_costs_note(table, costs);
    table_add_note(table,
                   "Figures are for 1,000 images; times, which the bars show, are medians%s.",
                   sweep->plan->request->settings.threads == 1 ? " of processor time" : "");
    profile_note_meters(table, &sweep->meter, &all);
}

/* A bar of at most so many characters, in eighths. */
static void append_bar(struct strbuf *out, double share)
{
    enum { WIDTH = 24 };
    static const char *const eighths[] = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
    int n = share > 0 ? (int)lround(8 * WIDTH * fmin(share, 1)) : 0;
    for (int i = 0; i < n / 8; i++)
        strbuf_append(out, "█");
    strbuf_append(out, eighths[n % 8]);
}

static void add_columns(struct table *table, const struct sweep *sweep)
{
    struct strbuf energy = STRBUF_INIT;
    profile_append_energy_heading(&energy, sum_joules(sweep).quality);
    table_add_column(table, "convolutions", "convolutions", COLUMN_INTEGER);
    table_add_column(table, "linears", "linear", COLUMN_INTEGER);
    table_add_column(table, "relus", "relu", COLUMN_INTEGER);
    table_add_column(table, "params", "params", COLUMN_INTEGER);
    table_add_column(table, "flops", "work", COLUMN_OPERATIONS);
    table_add_column(table, "time_s", "time", COLUMN_SECONDS);
    table_add_column(table, "energy_j", strbuf_text(&energy), COLUMN_JOULES);
    table_add_column(table, "energy_quality", NULL, COLUMN_TEXT);
    table_add_column(table, "energy_meters", NULL, COLUMN_TEXT);
    table_add_column(table, "visits", NULL, COLUMN_INTEGER);
    table_add_column(table, NULL, "", COLUMN_TEXT);
    strbuf_free(&energy);
}

static void put_member(struct table *table, const struct sweep *sweep,
                       const struct sweep_member *member, double highest_s)
{
    struct strbuf bar = STRBUF_INIT;
    double energy_j = sweep_energy_j(sweep, member), time_s = sweep_time_s(member);
    append_bar(&bar, time_s / highest_s);
    table_begin_row(table);
    table_put_integer(table, member->member->convolutions);
    table_put_integer(table, member->member->linears);
    table_put_integer(table, member->member->relus);
    table_put_count(table, member->n_visits > 0 ? member->params : -1);
    table_put_number(table,
                     member->n_visits > 0 ? SWEEP_IMAGES * (double)member->flops : (double)NAN);
    table_put_number(table, time_s);
    table_put_number(table, energy_j);
    table_put_text(table, isnan(energy_j) ? NULL : energy_quality_text(member->joules.quality));
    table_put_text(table, isnan(energy_j) ? NULL : sweep->meter.choice.booked.text);
    table_put_integer(table, (int64_t)member->n_visits);
    table_put_text(table, strbuf_text(&bar));
    strbuf_free(&bar);
}

static void add_members(struct table *table, const struct sweep *sweep)
{
    double highest_s = 0;
    for (size_t i = 0; i < sweep->n; i++)
        highest_s = fmax(highest_s, sweep_time_s(&sweep->members[i]));
    add_columns(table, sweep);
    for (size_t i = 0; i < sweep->n; i++)
        put_member(table, sweep, &sweep->members[i], highest_s);
}

static void append_title(struct strbuf *title, const struct sweep *sweep)
{
    const struct profile_plan *plan = sweep->plan;
    const struct train_settings *settings = &plan->request->settings;
    strbuf_printf(title,
                  "Networks of convolutions, linear layers and ReLUs: %s, batches of %" PRId64
                  " in %s, %" PRId64 " thread%s",
                  plan->inference ? "inference" : "training", settings->batch_size,
                  precision_names[settings->precision], settings->threads,
                  settings->threads == 1 ? "" : "s");
}

enum status sweep_table(struct table **out, const struct sweep *sweep, struct error *err)
{
    struct strbuf title = STRBUF_INIT;
    struct table *costs_table = NULL;
    struct sweep_costs costs = sweep_costs_find(sweep);
    append_title(&title, sweep);
    enum status status = table_create(out, strbuf_text(&title));
    strbuf_free(&title);
    if (!status && !sweep->plan->by_type && (status = table_create(&costs_table, NULL)))
        table_free(*out);
    if (status)
        return error_set(err, status, "out of memory for the table of a sweep");
    sweep_costs_add_rows(costs_table ? costs_table : *out, &costs);
    if (costs_table) {
        add_members(*out, sweep);
        table_set_below(*out, costs_table);
    }
    add_notes(*out, sweep, &costs);
    return ST_OK;
}
