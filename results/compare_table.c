#include "results/compare.h"

#include "results/comparable.h"
#include "results/feasible.h"
#include "results/provenance.h"
#include "results/units.h"

#include <math.h>
#include <string.h>

static const struct figure_text {
    const char *column, *text;
    enum column_kind kind;
    bool with_metric;
} figure_texts[] = {
#define COMPARE_FIGURE_TEXT(name, column, text, kind, with_metric)                             \
    {column, text, kind, with_metric},
    COMPARE_FIGURE_LIST(COMPARE_FIGURE_TEXT)
#undef COMPARE_FIGURE_TEXT
};

/* For reading: figures down, strategies across. */

/* What the figure bounds; COMPARE_FIGURES when it is no bound. */
static size_t bounded(size_t figure)
{
    switch (figure) {
    case COMPARE_LOW:
    case COMPARE_HIGH:
        return COMPARE_TOTAL;
    case COMPARE_CO2E_LOW:
    case COMPARE_CO2E_HIGH:
        return COMPARE_CO2E;
    default:
        return COMPARE_FIGURES;
    }
}

/* A row that no strategy has a figure for is left out; so are bounds that say no more than the
 * total. */
static bool worth_showing(const struct comparison *comparison, size_t figure)
{
    for (size_t i = 0; i < comparison->n_strategies; i++) {
        const double *figures = comparison->strategies[i].figures;
        size_t of = bounded(figure);
        if (isfinite(figures[figure]) &&
            (of == COMPARE_FIGURES || figures[figure] != figures[of]))
            return true;
    }
    return false;
}

/* Its parts stand below the total: they need no quality of their own. */
static bool is_total(size_t figure)
{
    return figure == COMPARE_TOTAL || figure == COMPARE_TARGET_ENERGY || figure == COMPARE_CO2E;
}

static void put_heading(const struct comparison *comparison, size_t figure,
                        struct qualities totals, struct table *table)
{
    const struct figure_text *text = &figure_texts[figure];
    struct strbuf heading = STRBUF_INIT;
    if (is_total(figure))
        qualities_append_heading(&heading, text->text, totals);
    else
        strbuf_append(&heading, text->text);
    if (text->with_metric)
        strbuf_printf(&heading, " %s", comparison->snapshot->study->objectives[0].metric);
    table_put_text(table, strbuf_text(&heading));
    strbuf_free(&heading);
}

static void fill_across(const struct comparison *comparison, struct table *table)
{
    struct provenance all = provenance_of(comparison->snapshot, NULL);
    struct qualities totals = provenance_of_totals(&all);
    table_add_column(table, "figure", "", COLUMN_TEXT);
    for (size_t i = 0; i < comparison->n_strategies; i++)
        table_add_column(table, comparison->strategies[i].strategy,
                         comparison->strategies[i].strategy, COLUMN_FIGURE);
    for (size_t f = 0; f < COMPARE_FIGURES; f++) {
        if (!worth_showing(comparison, f))
            continue;
        table_begin_row(table);
        put_heading(comparison, f, totals, table);
        for (size_t i = 0; i < comparison->n_strategies; i++)
            table_put_figure(table, figure_texts[f].kind, comparison->strategies[i].figures[f]);
    }
}

/* For programs: strategies and arms down, figures across. */

static void add_figures(struct table *table, size_t from, size_t to)
{
    for (size_t f = from; f < to; f++)
        table_add_column(table, figure_texts[f].column, figure_texts[f].text,
                         figure_texts[f].kind);
}

static void add_columns(const struct comparison *comparison, struct table *table)
{
    table_add_column(table, "study", NULL, COLUMN_TEXT);
    table_add_column(table, "strategy", "strategy", COLUMN_TEXT);
    table_add_column(table, "repeat", "repeat", COLUMN_INTEGER);
    table_add_column(table, "repeats", "repeats", COLUMN_INTEGER);
    table_add_column(table, "reached", "reached", COLUMN_INTEGER);
    table_add_column(table, "metric", NULL, COLUMN_TEXT);
    table_add_column(table, "target", NULL, COLUMN_NUMBER);
    add_figures(table, 0, COMPARE_FEASIBLE);
    table_add_column(table, "energy_quality", NULL, COLUMN_TEXT);
    table_add_column(table, "idle_policy", NULL, COLUMN_TEXT);
    add_figures(table, COMPARE_FEASIBLE, COMPARE_CO2E);
    if (!comparison->emissions)
        return;
    add_figures(table, COMPARE_CO2E, COMPARE_FIGURES);
    table_add_column(table, "co2e_basis", NULL, COLUMN_TEXT);
}

/* The worst quality among the joules, overhead included, of the arms that a row stands for. */
static const char *quality_of(const struct comparison *comparison,
                              const struct compare_row *row)
{
    int worst = -1;
    for (size_t i = 0; i < comparison->snapshot->n_arms; i++) {
        const struct compare_row *arm = &comparison->arms[i];
        bool of_row = arm == row || (row->repeat < 0 && arm->strategy && row->strategy &&
                                     strcmp(arm->strategy, row->strategy) == 0);
        if (!of_row)
            continue;
        struct provenance found =
            provenance_of(comparison->snapshot, &comparison->snapshot->arms[i]);
        int of_arm = provenance_of_totals(&found).worst;
        if (of_arm >= 0 && (worst < 0 || of_arm < worst))
            worst = of_arm;
    }
    return worst < 0 ? NULL : energy_quality_name(worst);
}

static void put_row(const struct comparison *comparison, const struct compare_row *row,
                    struct table *table)
{
    const struct study_record *study = comparison->snapshot->study;
    table_begin_row(table);
    table_put_text(table, study->name);
    table_put_text(table, row->strategy);
    if (row->repeat < 0)
        table_put_missing(table);
    else
        table_put_integer(table, row->repeat);
    table_put_integer(table, (int64_t)row->begun);
    table_put_integer(table, (int64_t)row->reached);
    table_put_text(table, study->objectives[0].metric);
    table_put_number(table, comparison->target);
    for (size_t f = 0; f < COMPARE_FEASIBLE; f++)
        table_put_number(table, row->figures[f]);
    table_put_text(table, quality_of(comparison, row));
    table_put_text(table, study->idle_policy);
    table_put_number(table, row->figures[COMPARE_FEASIBLE]);
    if (!comparison->emissions)
        return;
    for (size_t f = COMPARE_CO2E; f < COMPARE_FIGURES; f++)
        table_put_number(table, row->figures[f]);
    bool has = !isnan(row->figures[COMPARE_CO2E]);
    table_put_text(table, has ? carbon_basis(comparison->emissions->carbon) : NULL);
}

static void fill_down(const struct comparison *comparison, struct table *table)
{
    add_columns(comparison, table);
    for (size_t i = 0; i < comparison->n_strategies; i++)
        put_row(comparison, &comparison->strategies[i], table);
    for (size_t i = 0; i < comparison->snapshot->n_arms; i++)
        put_row(comparison, &comparison->arms[i], table);
}

/* Notes. */

static void note_target(const struct comparison *comparison, struct table *table)
{
    const struct objective *first = &comparison->snapshot->study->objectives[0];
    const char *wanted =
        comparison->snapshot->study->n_constraints > 0 ? "feasible" : "complete";
    if (isnan(comparison->target)) {
        table_add_note(table, "No trial is %s: there is no target.", wanted);
        return;
    }
    struct strbuf origin = STRBUF_INIT;
    if (comparison->target_given)
        strbuf_append(&origin, "as asked for");
    else
        strbuf_printf(&origin, "the best value that all arms with a %s trial reached", wanted);
    table_add_note(table, "Target: %s %s %.4g, %s.", first->metric,
                   first->goal == GOAL_MAXIMIZE ? ">=" : "<=", comparison->target,
                   strbuf_text(&origin));
    strbuf_free(&origin);
    for (size_t i = 0; i < comparison->n_strategies; i++) {
        const struct compare_row *row = &comparison->strategies[i];
        if (row->reached < row->begun)
            table_add_note(table, "%s reached it in %zu of %zu repeats.", row->strategy,
                           row->reached, row->begun);
    }
}

static void note_mean(const struct comparison *comparison, struct table *table)
{
    if (!(comparison->mean_from_j < comparison->mean_to_j))
        return;
    struct strbuf from = STRBUF_INIT, to = STRBUF_INIT;
    units_append_energy(&from, comparison->mean_from_j);
    units_append_energy(&to, comparison->mean_to_j);
    table_add_note(table, "The mean of the best is taken over the joules from %s to %s.",
                   strbuf_text(&from), strbuf_text(&to));
    strbuf_free(&from);
    strbuf_free(&to);
}

/* The notes on provenance are on attempts. */
static void note_overhead(const struct comparison *comparison, struct table *table)
{
    struct provenance all = provenance_of(comparison->snapshot, NULL);
    const struct qualities *overhead = &all.overhead;
    if (overhead->worst < 0 ||
        (overhead->worst == all.attempts.worst && overhead->best == all.attempts.best))
        return;
    struct strbuf text = STRBUF_INIT;
    qualities_append(&text, *overhead);
    table_add_note(table, "Energy outside of trials is %s.", strbuf_text(&text));
    strbuf_free(&text);
}

static void note_repeats(const struct comparison *comparison, struct table *table)
{
    uint32_t repeats = snapshot_repeats(comparison->snapshot);
    size_t waiting = 0;
    for (size_t i = 0; i < comparison->snapshot->n_arms; i++)
        waiting += !comparison->arms[i].begun;
    if (repeats > 1)
        table_add_note(table,
                       "Medians over %u repeats; --format csv has a row for each of them.",
                       (unsigned)repeats);
    if (waiting > 0)
        table_add_note(table, "%zu of %zu arms have not begun.", waiting,
                       comparison->snapshot->n_arms);
}

static void note_differences(const struct comparison *comparison, struct table *table)
{
    struct strbuf text = STRBUF_INIT;
    comparable_differences(comparison->snapshot, &text);
    if (text.length > 0)
        table_add_note(table,
                       "WARNING: the arms' joules are of unequal provenance and rank nothing: "
                       "%s.",
                       strbuf_text(&text));
    strbuf_clear(&text);
    comparable_remarks(comparison->snapshot, &text);
    if (text.length > 0)
        table_add_note(table, "The arms' joules were found in different ways: %s.",
                       strbuf_text(&text));
    strbuf_free(&text);
}

static void note_co2e(const struct comparison *comparison, struct table *table)
{
    if (!comparison->emissions)
        return;
    carbon_add_note(comparison->emissions->carbon, table);
    if (carbon_series(comparison->emissions->carbon))
        table_add_note(table, "The arms ran at different times: what the grid did meanwhile is "
                              "no merit of a strategy.");
    table_add_note(table,
                   "Joules compare strategies; CO2e tells what they meant at that place.");
}

enum status compare_table(struct table **out, const struct comparison *comparison,
                          enum table_format format, struct error *err)
{
    struct strbuf title = STRBUF_INIT;
    strbuf_printf(&title, "Strategies of %s", comparison->snapshot->study->name);
    enum status status = table_create(out, strbuf_text(&title));
    strbuf_free(&title);
    if (status)
        return error_set(err, ST_NOMEM, "out of memory");
    if (format == TABLE_TEXT)
        fill_across(comparison, *out);
    else
        fill_down(comparison, *out);
    note_differences(comparison, *out);
    note_target(comparison, *out);
    note_mean(comparison, *out);
    feasible_add_note(comparison->snapshot, *out);
    note_repeats(comparison, *out);
    provenance_add_notes(comparison->snapshot, *out);
    note_overhead(comparison, *out);
    note_co2e(comparison, *out);
    return ST_OK;
}
