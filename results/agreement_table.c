#include "results/agreement_impl.h"

#include "results/units.h"

#include <math.h>
#include <string.h>

/* "booked (measured)": with the qualities of all that stands below it. */
static void add_joules_column(const struct agreement *agreement, const char *name,
                              const char *heading, bool booked, struct table *table)
{
    struct qualities all = {-1, -1};
    struct strbuf text = STRBUF_INIT;
    for (size_t i = 0; i < agreement->n_pairs; i++)
        qualities_merge(&all, booked ? agreement->pairs[i].booked_quality
                                     : agreement->pairs[i].beside_quality);
    qualities_append_heading(&text, heading, all);
    table_add_column(table, name, strbuf_text(&text), COLUMN_JOULES);
    strbuf_free(&text);
}

/* For reading: the attempts. */

static bool any_retry(const struct agreement *agreement)
{
    for (size_t i = 0; i < agreement->n_rows; i++)
        if (agreement->rows[i].attempt->attempt > 1)
            return true;
    return false;
}

static void fill_attempts(const struct agreement *agreement, struct table *table)
{
    bool repeats = snapshot_repeats(agreement->snapshot) > 1, retries = any_retry(agreement);
    table_add_column(table, "strategy", "strategy", COLUMN_TEXT);
    table_add_column(table, "repeat", repeats ? "repeat" : NULL, COLUMN_INTEGER);
    table_add_column(table, "trial", "trial", COLUMN_INTEGER);
    table_add_column(table, "attempt", retries ? "attempt" : NULL, COLUMN_INTEGER);
    add_joules_column(agreement, "booked_j", "booked", true, table);
    add_joules_column(agreement, "energy_j", "beside", false, table);
    table_add_column(table, "ratio", "ratio", COLUMN_RATIO);
    table_add_column(table, "meters", "by", COLUMN_TEXT);
    for (size_t i = 0; i < agreement->n_rows; i++) {
        const struct agreement_row *row = &agreement->rows[i];
        table_begin_row(table);
        table_put_text(table, row->arm->arm->strategy);
        table_put_integer(table, row->arm->arm->repeat);
        table_put_integer(table, (int64_t)row->attempt->trial);
        table_put_integer(table, row->attempt->attempt);
        table_put_number(table, energy_joules(&row->attempt->energy));
        table_put_number(table, energy_joules(row->beside));
        table_put_number(table, row->ratio);
        table_put_text(table, row->beside->meters);
    }
}

/* For reading: the bias, pairs across. */

static void put_counts(const struct agreement *agreement, struct table *table)
{
    table_begin_row(table);
    table_put_text(table, "attempts compared");
    for (size_t i = 0; i < agreement->n_pairs; i++)
        table_put_figure(table, COLUMN_NUMBER, (double)agreement->pairs[i].difference_j.n);
}

static void append_figure(struct strbuf *out, enum column_kind kind, double value)
{
    if (kind == COLUMN_JOULES)
        units_append_energy(out, value);
    else
        units_append_ratio(out, value);
}

static void put_range(enum column_kind kind, double low, double high, struct table *table)
{
    struct strbuf text = STRBUF_INIT;
    if (!isnan(low)) {
        append_figure(&text, kind, low);
        strbuf_append(&text, " to ");
        append_figure(&text, kind, high);
    }
    table_put_text(table, isnan(low) ? NULL : strbuf_text(&text));
    strbuf_free(&text);
}

static const struct stats_mean *stats_of(const struct agreement_pair *pair,
                                         enum column_kind kind)
{
    return kind == COLUMN_JOULES ? &pair->difference_j : &pair->ratio;
}

/* A mean, its interval and the limits of agreement: differences in joules, or ratios. */
static void put_bias(const struct agreement *agreement, const char *heading,
                     enum column_kind kind, struct table *table)
{
    const struct agreement_pair *pairs = agreement->pairs;
    table_begin_row(table);
    table_put_text(table, heading);
    for (size_t i = 0; i < agreement->n_pairs; i++) {
        struct strbuf mean = STRBUF_INIT;
        append_figure(&mean, kind, stats_of(&pairs[i], kind)->mean);
        table_put_text(table, stats_of(&pairs[i], kind)->n ? strbuf_text(&mean) : NULL);
        strbuf_free(&mean);
    }
    table_begin_row(table);
    table_put_text(table, "  95 % interval");
    for (size_t i = 0; i < agreement->n_pairs; i++)
        put_range(kind, stats_of(&pairs[i], kind)->low, stats_of(&pairs[i], kind)->high, table);
    table_begin_row(table);
    table_put_text(table, "  limits of agreement");
    for (size_t i = 0; i < agreement->n_pairs; i++)
        put_range(kind, stats_of(&pairs[i], kind)->limit_low,
                  stats_of(&pairs[i], kind)->limit_high, table);
}

static void put_total(const struct agreement *agreement, const char *text, bool booked,
                      struct table *table)
{
    table_begin_row(table);
    table_put_text(table, text);
    for (size_t i = 0; i < agreement->n_pairs; i++) {
        const struct agreement_pair *pair = &agreement->pairs[i];
        table_put_figure(table, COLUMN_JOULES,
                         (booked ? pair->booked_uj : pair->beside_uj) / 1e6);
    }
}

static void put_qualities(const struct agreement *agreement, struct table *table)
{
    table_begin_row(table);
    table_put_text(table, "quality");
    for (size_t i = 0; i < agreement->n_pairs; i++) {
        struct strbuf text = STRBUF_INIT;
        qualities_append(&text, agreement->pairs[i].beside_quality);
        table_put_text(table, strbuf_text(&text));
        strbuf_free(&text);
    }
}

static bool one_booked(const struct agreement *agreement)
{
    for (size_t i = 1; i < agreement->n_pairs; i++)
        if (strcmp(agreement->pairs[0].booked, agreement->pairs[i].booked) != 0)
            return false;
    return true;
}

static void put_booked(const struct agreement *agreement, struct table *table)
{
    table_begin_row(table);
    table_put_text(table, "against");
    for (size_t i = 0; i < agreement->n_pairs; i++)
        table_put_text(table, agreement->pairs[i].booked);
}

static void fill_bias(const struct agreement *agreement, struct table *table)
{
    table_add_column(table, "figure", "", COLUMN_TEXT);
    for (size_t i = 0; i < agreement->n_pairs; i++)
        table_add_column(table, agreement->pairs[i].beside, agreement->pairs[i].beside,
                         COLUMN_FIGURE);
    put_qualities(agreement, table);
    if (!one_booked(agreement))
        put_booked(agreement, table);
    put_counts(agreement, table);
    put_total(agreement, "joules, booked", true, table);
    put_total(agreement, "joules, beside", false, table);
    put_bias(agreement, "difference, mean", COLUMN_JOULES, table);
    put_bias(agreement, "ratio, geometric mean", COLUMN_RATIO, table);
}

static enum status add_bias(const struct agreement *agreement, struct table *table)
{
    struct strbuf title = STRBUF_INIT;
    struct table *bias;
    strbuf_append(&title, "Bias against ");
    strbuf_append(&title,
                  one_booked(agreement) ? agreement->pairs[0].booked : "the booked meters");
    enum status status = table_create(&bias, strbuf_text(&title));
    strbuf_free(&title);
    if (status)
        return status;
    fill_bias(agreement, bias);
    table_set_below(table, bias);
    return ST_OK;
}

/* Notes. */

static void note_doubts(const struct agreement *agreement, struct table *table)
{
    for (size_t i = 0; i < agreement->n_pairs; i++) {
        const struct agreement_pair *pair = &agreement->pairs[i];
        if (pair->missing > 0)
            table_add_note(table, "%s: attempts without a figure by one of the two: %zu.",
                           pair->beside, pair->missing);
        if (pair->doubtful > 0)
            table_add_note(
                table,
                "%s: attempts with failed reads, or with rounds of a counter that may "
                "be unseen: %zu.",
                pair->beside, pair->doubtful);
    }
}

static void add_notes(const struct agreement *agreement, struct table *table)
{
    if (agreement->n_rows == 0) {
        table_add_note(table, "No meter ran beside the booked one: name several in the study, "
                              "as in \"energy\": {\"meters\": [\"auto\", \"model\"]}.");
        return;
    }
    table_add_note(table, "Differences are beside - booked, ratios beside / booked; joules are "
                          "dynamic and idle energy.");
    table_add_note(table, "Between the limits of agreement lie 95 %% of attempts (Bland & "
                          "Altman 1986), if differences are normal.");
    note_doubts(agreement, table);
}

enum status agreement_table(struct table **out, const struct agreement *agreement,
                            enum table_format format, struct error *err)
{
    struct strbuf title = STRBUF_INIT;
    strbuf_printf(&title, "Meters of %s side by side", agreement->snapshot->study->name);
    enum status status = table_create(out, strbuf_text(&title));
    strbuf_free(&title);
    if (status)
        return error_set(err, ST_NOMEM, "out of memory");
    if (format == TABLE_TEXT) {
        fill_attempts(agreement, *out);
        if (agreement->n_pairs > 0 && add_bias(agreement, *out))
            status = error_set(err, ST_NOMEM, "out of memory");
    } else {
        agreement_fill_rows(agreement, *out);
    }
    add_notes(agreement, *out);
    if (status)
        table_free(*out);
    return status;
}
