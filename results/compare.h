/* compare.h - strategies side by side: what each cost, and what it found for that.
 *
 * The unit is the arm: one strategy in one repeat. A strategy's figures are the medians of its
 * arms that have begun. docs/results.md defines every figure. Threading: read-only once made.
 */
#ifndef RESULTS_COMPARE_H
#define RESULTS_COMPARE_H

#include "results/emissions.h"
#include "results/snapshot.h"
#include "results/table.h"

/* X(name, column, text, kind, with_metric): the figures in their order. `text` heads the row in
 * text; with_metric appends the name of the first objective. */
#define COMPARE_FIGURE_LIST(X)                                                                 \
    X(COMPLETE, "complete", "trials complete", COLUMN_NUMBER, false)                           \
    X(PRUNED, "pruned", "trials pruned", COLUMN_NUMBER, false)                                 \
    X(FAILED, "failed", "trials failed", COLUMN_NUMBER, false)                                 \
    X(BEST, "best", "best", COLUMN_NUMBER, true)                                               \
    X(TOTAL, "total_j", "energy, total", COLUMN_JOULES, false)                                 \
    X(LOW, "total_low_j", "  at least", COLUMN_JOULES, false)                                  \
    X(HIGH, "total_high_j", "  at most", COLUMN_JOULES, false)                                 \
    X(TRIALS, "trials_j", "  in trials", COLUMN_JOULES, false)                                 \
    X(FAILURES, "failed_j", "  in failed attempts", COLUMN_JOULES, false)                      \
    X(SEARCH, "search_j", "  in the search", COLUMN_JOULES, false)                             \
    X(IDLE, "idle_j", "  in waiting workers", COLUMN_JOULES, false)                            \
    X(ORCHESTRATOR, "orchestrator_j", "  in the orchestrator", COLUMN_JOULES, false)           \
    X(TARGET_ENERGY, "target_j", "energy to the target", COLUMN_JOULES, false)                 \
    X(TARGET_TRIALS, "target_trials", "trials to the target", COLUMN_NUMBER, false)            \
    X(MEAN_BEST, "mean_best", "mean of the best", COLUMN_NUMBER, true)                         \
    X(EFFICIENCY, "best_per_j", "best per joule", COLUMN_NUMBER, false)                        \
    X(SEARCH_SHARE, "search_share", "search's share of energy", COLUMN_PERCENT, false)         \
    X(SEARCH_TIME, "search_cpu_s", "search's processor time", COLUMN_SECONDS, false)           \
    X(FEASIBLE, "feasible", "trials feasible", COLUMN_NUMBER, false)                           \
    X(CO2E, "co2e_kg", "CO2e, total", COLUMN_CO2E, false)                                      \
    X(CO2E_LOW, "co2e_low_kg", "  at least", COLUMN_CO2E, false)                               \
    X(CO2E_HIGH, "co2e_high_kg", "  at most", COLUMN_CO2E, false)

enum compare_figure {
#define COMPARE_FIGURE_ENUM(name, column, text, kind, with_metric) COMPARE_##name,
    COMPARE_FIGURE_LIST(COMPARE_FIGURE_ENUM)
#undef COMPARE_FIGURE_ENUM
        COMPARE_FIGURES
};

/* The figures of an arm, or of a strategy. */
struct compare_row {
    const char *strategy;            /* borrowed from the snapshot */
    int64_t repeat;                  /* -1: medians of a strategy */
    size_t begun;                    /* arms with an attempt: 0 or 1 for an arm */
    size_t reached;                  /* of them, how many reached the target */
    double figures[COMPARE_FIGURES]; /* NaN where there is none */
};

struct comparison {
    const struct snapshot *snapshot;
    const struct emissions *emissions; /* NULL: no figures of CO2 */
    double target;     /* of the first objective; NaN when no arm has a complete trial */
    bool target_given; /* by the user; else the best value that all arms reached */
    /* The joules over which MEAN_BEST is taken: from where the last arm has its first complete
     * trial to where the first arm ends. */
    double mean_from_j, mean_to_j;
    struct compare_row *arms; /* [snapshot->n_arms] */
    struct compare_row *strategies;
    size_t n_strategies;
};

/* `target` is NaN for the default; `emissions` may be NULL. They and the snapshot are borrowed
 * and must outlive the comparison.
 * Errors: ST_INVALID for a study without objectives; ST_NOMEM. */
enum status compare_create(struct comparison **out, const struct snapshot *snapshot,
                           const struct emissions *emissions, double target, struct error *err);
void compare_free(struct comparison *comparison);

/* A note warns when the arms are not comparable (comparable.h): refusing is the caller's part.
 * For reading (TABLE_TEXT): a column for every strategy. For programs: a row for every
 * strategy, then one for every arm, which is the one with a `repeat`. Errors: ST_NOMEM. */
enum status compare_table(struct table **out, const struct comparison *comparison,
                          enum table_format format, struct error *err);

#endif
