#include "results/balance_impl.h"

#include "results/units.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

/* More hosts than this stand below each other. */
enum { HOSTS_ACROSS = 4 };

static double idle_j(const struct host_record *row)
{
    return balance_joules(row->trials_idle_uj) + balance_joules(row->waiting_uj);
}

/* Its own processor time: search and orchestrator. */
static double own_j(const struct host_record *row)
{
    return balance_joules(row->search_uj) + balance_joules(row->orchestrator_uj);
}

/* Down: for programs, and for many hosts. */

static void add_joule_columns(struct table *table)
{
    table_add_column(table, "metered_uj", NULL, COLUMN_INTEGER);
    for (size_t p = 0; p < BALANCE_PARTS; p++)
        table_add_column(table, balance_parts[p].column, NULL, COLUMN_INTEGER);
    table_add_column(table, "low_uj", NULL, COLUMN_INTEGER);
    table_add_column(table, "high_uj", NULL, COLUMN_INTEGER);
    table_add_column(table, "intervals", NULL, COLUMN_INTEGER);
    for (size_t p = 0; p < BALANCE_TROUBLES; p++)
        table_add_column(table, balance_troubles[p].column, NULL, COLUMN_INTEGER);
}

static void put_joule_cells(const struct host_record *row, struct table *table)
{
    table_put_integer(table, row->metered_uj);
    for (size_t p = 0; p < BALANCE_PARTS; p++)
        table_put_integer(table, balance_member(row, &balance_parts[p]));
    table_put_integer(table, row->low_uj);
    table_put_integer(table, row->high_uj);
    table_put_integer(table, row->intervals);
    for (size_t p = 0; p < BALANCE_TROUBLES; p++)
        table_put_integer(table, balance_member(row, &balance_troubles[p]));
}

/* Text only: fewer parts, so that they fit a terminal. */
static void add_short_columns(struct table *table)
{
    table_add_column(table, NULL, "trials", COLUMN_JOULES);
    table_add_column(table, NULL, "idle", COLUMN_JOULES);
    table_add_column(table, NULL, "wattune", COLUMN_JOULES);
    table_add_column(table, NULL, "others", COLUMN_JOULES);
    table_add_column(table, NULL, "no one", COLUMN_JOULES);
}

static void put_short_cells(const struct host_record *row, struct table *table)
{
    table_put_number(table, balance_joules(row->trials_uj));
    table_put_number(table, idle_j(row));
    table_put_number(table, own_j(row));
    table_put_number(table, balance_joules(row->other_uj));
    table_put_number(table, balance_joules(row->unattributed_uj));
}

static void add_columns(struct table *table)
{
    table_add_column(table, "study", NULL, COLUMN_TEXT);
    table_add_column(table, "host", "host", COLUMN_TEXT);
    table_add_column(table, "runs", NULL, COLUMN_INTEGER);
    table_add_column(table, "from", NULL, COLUMN_TEXT);
    table_add_column(table, "to", NULL, COLUMN_TEXT);
    table_add_column(table, "covered_s", NULL, COLUMN_SECONDS);
    table_add_column(table, NULL, "metered", COLUMN_JOULES);
    add_short_columns(table);
    table_add_column(table, NULL, "idle power", COLUMN_WATTS);
    add_joule_columns(table);
    table_add_column(table, "longest_interval_ms", NULL, COLUMN_INTEGER);
    table_add_column(table, "energy_quality", NULL, COLUMN_TEXT);
    table_add_column(table, "energy_meters", NULL, COLUMN_TEXT);
    table_add_column(table, "idle_source", NULL, COLUMN_TEXT);
    table_add_column(table, "idle_power_w", NULL, COLUMN_WATTS);
    table_add_column(table, "idle_deviation_w", NULL, COLUMN_WATTS);
    table_add_column(table, "idle_samples", NULL, COLUMN_INTEGER);
    table_add_column(table, "idle_window_s", NULL, COLUMN_SECONDS);
    table_add_column(table, "idle_busy", NULL, COLUMN_NUMBER);
}

static void put_idle(const struct idle_record *idle, struct table *table)
{
    if (!idle)
        return; /* the cells of a row are missing until they are filled */
    table_put_text(table, idle->source);
    table_put_number(table, idle->power_w);
    table_put_number(table, idle->deviation_w);
    table_put_count(table, idle->samples);
    table_put_number(table, idle->window_s);
    table_put_number(table, idle->busy);
}

static void put_host(const char *study, const struct balance_host *host, struct table *table)
{
    table_begin_row(table);
    table_put_text(table, study);
    table_put_text(table, host->sum.host);
    table_put_integer(table, (int64_t)host->runs);
    table_put_time(table, host->sum.opened_at_us);
    table_put_time(table, host->sum.cut_at_us);
    table_put_number(table, host->covered_s);
    table_put_number(table, balance_joules(host->sum.metered_uj));
    put_short_cells(&host->sum, table);
    table_put_number(table, host->idle ? host->idle->power_w : (double)NAN);
    put_joule_cells(&host->sum, table);
    table_put_integer(table, host->sum.longest_interval_ms);
    table_put_text(table, host->sum.quality);
    table_put_text(table, host->sum.meters);
    put_idle(host->idle, table);
}

/* Notes. */

static void note_idle(const struct balance_host *host, struct table *table)
{
    const struct idle_record *idle = host->idle;
    if (!idle)
        return;
    struct strbuf power = STRBUF_INIT;
    if (!isnan(idle->power_w))
        units_append_power(&power, idle->power_w);
    const char *name = host->sum.host, *source = idle->source;
    if (strcmp(source, "meter") == 0)
        table_add_note(table, "Idle energy of %s: the meter tells it itself.", name);
    else if (strcmp(source, "site") == 0)
        table_add_note(table, "Idle power of %s: %s, given by the site.", name,
                       strbuf_text(&power));
    else if (strcmp(source, "measured") == 0)
        table_add_note(
            table,
            "Idle power of %s: %s, deviation %.2g W, measured over %.3g s in %" PRId64
            " samples while the processors were %.2g %% busy.",
            name, strbuf_text(&power), idle->deviation_w, idle->window_s, idle->samples,
            100 * idle->busy);
    else
        table_add_note(table,
                       "Idle power of %s is unknown: what it used at rest is in the "
                       "other parts.",
                       name);
    strbuf_free(&power);
}

static bool same_meters(const struct balance *balance)
{
    for (size_t i = 1; i < balance->n_hosts; i++) {
        const struct host_record *a = &balance->hosts[0].sum, *b = &balance->hosts[i].sum;
        if (strcmp(a->quality, b->quality) != 0 || strcmp(a->meters, b->meters) != 0)
            return false;
    }
    return true;
}

static void note_meters(const struct balance *balance, struct table *table)
{
    bool once = balance->n_hosts > 1 && same_meters(balance);
    for (size_t i = 0; i < (once ? 1 : balance->n_hosts); i++) {
        const struct host_record *sum = &balance->hosts[i].sum;
        table_add_note(table, "%s: %s by %s.", once ? "All hosts" : sum->host, sum->quality,
                       sum->meters);
    }
}

static void note_closure(const struct balance *balance, struct table *table)
{
    for (size_t i = 0; i < balance->n_rows; i++) {
        if (host_record_closes(&balance->rows[i]))
            continue;
        table_add_note(table, "WARNING: the parts do not sum to what was metered on %s.",
                       balance->rows[i].host);
        return;
    }
    if (balance->n_rows > 0)
        table_add_note(table, "The parts sum to what was metered, to the microjoule.");
    else
        table_add_note(table, "No books are stored: no meter of a host was booked, none "
                              "worked, the study was killed before the first row was due, or "
                              "it ran before books were kept.");
}

static enum status create(struct table **out, const char *format, const char *study,
                          struct error *err)
{
    struct strbuf title = STRBUF_INIT;
    strbuf_printf(&title, "%s of %s", format, study);
    enum status status = table_create(out, strbuf_text(&title));
    strbuf_free(&title);
    return status ? error_set(err, ST_NOMEM, "out of memory") : ST_OK;
}

enum status balance_table(struct table **out, const char *study, const struct balance *balance,
                          enum table_format format, struct error *err)
{
    bool across =
        format == TABLE_TEXT && balance->n_hosts > 0 && balance->n_hosts <= HOSTS_ACROSS;
    enum status status = create(out, "Joules by host", study, err);
    if (status)
        return status;
    if (across) {
        balance_fill_across(balance, *out);
    } else {
        add_columns(*out);
    }
    for (size_t i = 0; i < balance->n_hosts && !across; i++)
        put_host(study, &balance->hosts[i], *out);
    note_closure(balance, *out);
    note_meters(balance, *out);
    for (size_t i = 0; i < balance->n_hosts && balance->n_hosts <= HOSTS_ACROSS; i++)
        note_idle(&balance->hosts[i], *out);
    return ST_OK;
}

static void put_interval(const char *study, const struct balance *balance, size_t i,
                         struct table *table)
{
    struct host_record row = balance_interval(balance, i);
    double length_s = (double)(row.cut_at_us - row.opened_at_us) / 1e6;
    table_begin_row(table);
    table_put_text(table, study);
    table_put_text(table, row.host);
    table_put_time(table, row.opened_at_us);
    table_put_time(table, row.cut_at_us);
    table_put_number(table, (double)(row.opened_at_us - balance->rows[0].opened_at_us) / 1e6);
    table_put_number(table, length_s);
    table_put_number(table,
                     length_s > 0 ? balance_joules(row.metered_uj) / length_s : (double)NAN);
    put_short_cells(&row, table);
    put_joule_cells(&row, table);
    table_put_text(table, row.quality);
    table_put_text(table, row.meters);
}

enum status balance_intervals_table(struct table **out, const char *study,
                                    const struct balance *balance, struct error *err)
{
    enum status status = create(out, "Joules between stored cuts", study, err);
    if (status)
        return status;
    table_add_column(*out, "study", NULL, COLUMN_TEXT);
    table_add_column(*out, "host", balance->n_hosts > 1 ? "host" : NULL, COLUMN_TEXT);
    table_add_column(*out, "from", NULL, COLUMN_TEXT);
    table_add_column(*out, "to", NULL, COLUMN_TEXT);
    table_add_column(*out, NULL, "after", COLUMN_SECONDS);
    table_add_column(*out, "covered_s", "for", COLUMN_SECONDS);
    table_add_column(*out, "power_w", "power", COLUMN_WATTS);
    add_short_columns(*out);
    add_joule_columns(*out);
    table_add_column(*out, "energy_quality", NULL, COLUMN_TEXT);
    table_add_column(*out, "energy_meters", NULL, COLUMN_TEXT);
    for (size_t i = 0; i < balance->n_rows; i++)
        put_interval(study, balance, i, *out);
    note_closure(balance, *out);
    note_meters(balance, *out);
    return ST_OK;
}
