#include "results/race.h"

#include "results/curve.h"
#include "results/feasible.h"
#include "results/stats.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* X(name, column, text, kind, to_target): the figures of a run. One that did not reach the
 * target took longer than any that did. */
#define RACE_FIGURE_LIST(X)                                                                    \
    X(TRIALS, "trials", "trials", COLUMN_NUMBER, false)                                        \
    X(BEST, "best", "best", COLUMN_NUMBER, false)                                              \
    X(TIME, "time_s", "time", COLUMN_SECONDS, false)                                           \
    X(ENERGY, "energy_j", "energy", COLUMN_JOULES, false)                                      \
    X(TARGET_TRIALS, "target_trials", "trials to target", COLUMN_NUMBER, true)                 \
    X(TARGET_TIME, "target_s", "time to target", COLUMN_SECONDS, true)                         \
    X(TARGET_ENERGY, "target_j", "energy to target", COLUMN_JOULES, true)

enum race_figure {
#define RACE_FIGURE_ENUM(name, column, text, kind, to_target) RACE_##name,
    RACE_FIGURE_LIST(RACE_FIGURE_ENUM)
#undef RACE_FIGURE_ENUM
        RACE_FIGURES
};

static const struct figure {
    const char *column, *text;
    enum column_kind kind;
    bool to_target;
} figures[] = {
#define RACE_FIGURE_ROW(name, column, text, kind, to_target) {column, text, kind, to_target},
    RACE_FIGURE_LIST(RACE_FIGURE_ROW)
#undef RACE_FIGURE_ROW
};

/* The figures of all arms, [n_arms x RACE_FIGURES], and what medians are taken of. */
struct race {
    const struct comparison *comparison;
    double *arms;
    double *scratch; /* [n_arms] */
};

static int64_t begun_us(const struct snapshot_arm *arm)
{
    int64_t begun = INT64_MAX;
    for (size_t i = 0; i < arm->n_attempts; i++)
        if (arm->attempts[i].started_at_us < begun)
            begun = arm->attempts[i].started_at_us;
    return begun;
}

/* When the arm's attempts with an ending up to this one had ended. */
static double time_s(const struct snapshot_arm *arm, int64_t ending)
{
    int64_t ended = 0;
    for (size_t i = 0; i < arm->n_attempts; i++)
        if (arm->attempts[i].ending <= ending && arm->attempts[i].ended_at_us > ended)
            ended = arm->attempts[i].ended_at_us;
    return (double)(ended - begun_us(arm)) / 1e6;
}

static enum status measure(struct race *race, size_t i)
{
    const struct snapshot *snapshot = race->comparison->snapshot;
    const struct snapshot_arm *arm = &snapshot->arms[i];
    const double *compared = race->comparison->arms[i].figures;
    double *row = &race->arms[i * RACE_FIGURES];
    struct curve curve;
    if (curve_make(&curve, arm, snapshot->study))
        return ST_NOMEM;
    const struct curve_step *step =
        curve_reach(&curve, snapshot->study->objectives[0].goal, race->comparison->target);
    row[RACE_TRIALS] =
        compared[COMPARE_COMPLETE] + compared[COMPARE_PRUNED] + compared[COMPARE_FAILED];
    row[RACE_BEST] = compared[COMPARE_BEST];
    row[RACE_TIME] = time_s(arm, INT64_MAX);
    row[RACE_ENERGY] = compared[COMPARE_TOTAL];
    row[RACE_TARGET_TRIALS] = compared[COMPARE_TARGET_TRIALS];
    row[RACE_TARGET_TIME] = step ? time_s(arm, step->ending) : (double)NAN;
    row[RACE_TARGET_ENERGY] = compared[COMPARE_TARGET_ENERGY];
    curve_free(&curve);
    return ST_OK;
}

static bool is_of(const struct race *race, size_t arm, const struct race_entrant *entrant)
{
    const struct compare_row *row = &race->comparison->arms[arm];
    return row->begun && strcmp(row->strategy, entrant->label) == 0;
}

/* Infinity stands for a run that did not reach the target; of other figures, a run without one
 * is left out. */
static struct stats_median
median_of(const struct race *race, const struct race_entrant *entrant, enum race_figure figure)
{
    size_t n = 0;
    for (size_t i = 0; i < race->comparison->snapshot->n_arms; i++) {
        if (!is_of(race, i, entrant))
            continue;
        double value = race->arms[i * RACE_FIGURES + figure];
        if (figures[figure].to_target && !race->comparison->arms[i].reached)
            value = (double)INFINITY;
        if (!isnan(value))
            race->scratch[n++] = value;
    }
    return stats_median(race->scratch, n);
}

static void add_interval(struct table *table, const char *column, bool shown,
                         enum column_kind kind)
{
    struct strbuf low = STRBUF_INIT, high = STRBUF_INIT;
    strbuf_printf(&low, "%s_low", column);
    strbuf_printf(&high, "%s_high", column);
    table_add_column(table, strbuf_text(&low), shown ? "at least" : NULL, kind);
    table_add_column(table, strbuf_text(&high), shown ? "at most" : NULL, kind);
    strbuf_free(&low);
    strbuf_free(&high);
}

static void add_figure(struct table *table, enum race_figure figure, const char *metric)
{
    struct strbuf heading = STRBUF_INIT;
    strbuf_append(&heading, figures[figure].text);
    if (figure == RACE_BEST)
        strbuf_printf(&heading, " %s", metric);
    table_add_column(table, figures[figure].column, strbuf_text(&heading),
                     figures[figure].kind);
    add_interval(table, figures[figure].column, figure == RACE_BEST, figures[figure].kind);
    strbuf_free(&heading);
}

static void add_columns(struct table *table, const char *metric)
{
    table_add_column(table, "study", NULL, COLUMN_TEXT);
    table_add_column(table, "strategy", "strategy", COLUMN_TEXT);
    table_add_column(table, "workers", "workers", COLUMN_INTEGER);
    table_add_column(table, "runs", "runs", COLUMN_INTEGER);
    table_add_column(table, "metric", NULL, COLUMN_TEXT);
    table_add_column(table, "target", NULL, COLUMN_NUMBER);
    table_add_column(table, "reached", "reached", COLUMN_INTEGER);
    for (size_t f = 0; f < RACE_FIGURES; f++)
        add_figure(table, (enum race_figure)f, metric);
    table_add_column(table, "search_cpu_s", "search", COLUMN_SECONDS);
}

/* NaN and infinity are no figures. */
static void put(struct table *table, double value)
{
    if (isfinite(value))
        table_put_number(table, value);
    else
        table_put_missing(table);
}

static double search_time(const struct race *race, const struct race_entrant *entrant)
{
    memcpy(race->scratch, entrant->search_cpu_s, entrant->n_search * sizeof *race->scratch);
    return stats_median(race->scratch, entrant->n_search).median;
}

static void put_row(struct table *table, const struct race *race,
                    const struct race_entrant *entrant)
{
    const struct study_record *study = race->comparison->snapshot->study;
    int64_t runs = 0, reached = 0;
    for (size_t i = 0; i < race->comparison->snapshot->n_arms; i++) {
        runs += is_of(race, i, entrant);
        reached += is_of(race, i, entrant) && race->comparison->arms[i].reached;
    }
    table_begin_row(table);
    table_put_text(table, study->name);
    table_put_text(table, entrant->strategy);
    table_put_integer(table, entrant->workers);
    table_put_integer(table, runs);
    table_put_text(table, study->objectives[0].metric);
    table_put_number(table, race->comparison->target);
    table_put_integer(table, reached);
    for (size_t f = 0; f < RACE_FIGURES; f++) {
        struct stats_median median = median_of(race, entrant, (enum race_figure)f);
        put(table, median.median);
        put(table, median.low);
        put(table, median.high);
    }
    put(table, search_time(race, entrant));
}

static void add_notes(struct table *table, const struct comparison *comparison)
{
    const struct study_record *study = comparison->snapshot->study;
    const struct objective *first = &study->objectives[0];
    const char *wanted = study->n_constraints > 0 ? "feasible" : "complete";
    if (isnan(comparison->target))
        table_add_note(table, "No trial is %s: there is no target.", wanted);
    else if (comparison->target_given)
        table_add_note(table, "Target: %s %s %.4g, as asked for.", first->metric,
                       first->goal == GOAL_MAXIMIZE ? ">=" : "<=", comparison->target);
    else
        table_add_note(
            table, "Target: %s %s %.4g, the best value that all runs with a %s trial reached.",
            first->metric, first->goal == GOAL_MAXIMIZE ? ">=" : "<=", comparison->target,
            wanted);
    feasible_add_note(comparison->snapshot, table);
    table_add_note(table,
                   "Medians over the runs, and 95 %% intervals of the median by order "
                   "statistics, from six runs on; --format csv has them for all figures.");
    table_add_note(table, "Times are simulated, but for the search: that is the strategy's own "
                          "processor time, which passes on no simulated clock.");
}

/* Of everything, with room for one when there is nothing. */
static enum status open_race(struct race *race, const struct comparison *comparison,
                             const struct race_entrant *entrants, size_t n)
{
    size_t n_arms = comparison->snapshot->n_arms, most = n_arms;
    for (size_t i = 0; i < n; i++)
        most = entrants[i].n_search > most ? entrants[i].n_search : most;
    *race = (struct race){.comparison = comparison,
                          .arms = calloc(n_arms + 1, RACE_FIGURES * sizeof *race->arms),
                          .scratch = calloc(most + 1, sizeof *race->scratch)};
    enum status status = race->arms && race->scratch ? ST_OK : ST_NOMEM;
    for (size_t i = 0; i < n_arms && !status; i++)
        status = measure(race, i);
    return status;
}

enum status race_table(struct table **out, const struct comparison *comparison,
                       const struct race_entrant *entrants, size_t n, struct error *err)
{
    const struct study_record *study = comparison->snapshot->study;
    struct strbuf title = STRBUF_INIT;
    struct race race;
    strbuf_printf(&title, "Simulated runs of %s", study->name);
    enum status status = open_race(&race, comparison, entrants, n);
    if (!status)
        status = table_create(out, strbuf_text(&title));
    if (!status) {
        add_columns(*out, study->objectives[0].metric);
        for (size_t i = 0; i < n; i++)
            put_row(*out, &race, &entrants[i]);
        add_notes(*out, comparison);
    }
    strbuf_free(&title);
    free(race.arms);
    free(race.scratch);
    return status ? error_set(err, ST_NOMEM, "out of memory") : ST_OK;
}
