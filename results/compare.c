#include "results/compare.h"

#include "results/curve.h"
#include "results/feasible.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static void count_trials(struct compare_row *row, const struct snapshot_arm *arm)
{
    double counts[3] = {0};
    for (size_t i = 0; i < arm->n_trials; i++) {
        enum trial_state state = arm->trials[i].state;
        counts[0] += state == TRIAL_COMPLETE;
        counts[1] += state == TRIAL_PRUNED;
        counts[2] += state == TRIAL_FAILED;
    }
    row->figures[COMPARE_COMPLETE] = counts[0];
    row->figures[COMPARE_PRUNED] = counts[1];
    row->figures[COMPARE_FAILED] = counts[2];
}

/* A sum that is NaN until a part of it has a figure. */
static void add(double *sum, double part)
{
    if (!isnan(part))
        *sum = isnan(*sum) ? part : *sum + part;
}

/* Joules of the attempts, and the sums of their lower and upper bounds. */
static void add_attempts(struct compare_row *row, const struct snapshot_arm *arm, double *low_j,
                         double *high_j)
{
    for (size_t i = 0; i < arm->n_attempts; i++) {
        const struct attempt_record *attempt = &arm->attempts[i];
        bool useful = attempt->state == TRIAL_COMPLETE || attempt->state == TRIAL_PRUNED;
        double booked_j = attempt_energy_j(attempt);
        if (isnan(booked_j))
            continue;
        double part = booked_j > 0 ? arm->attempt_j[i] / booked_j : 1;
        add(&row->figures[useful ? COMPARE_TRIALS : COMPARE_FAILURES], arm->attempt_j[i]);
        add(low_j, part * (double)attempt->energy.low_uj / 1e6);
        add(high_j, part * (double)attempt->energy.high_uj / 1e6);
    }
    if (!isnan(row->figures[COMPARE_TRIALS]) || !isnan(row->figures[COMPARE_FAILURES])) {
        add(&row->figures[COMPARE_TRIALS], 0);
        add(&row->figures[COMPARE_FAILURES], 0);
    }
}

static void add_overhead(struct compare_row *row, const struct snapshot_arm *arm)
{
    for (size_t i = 0; i < arm->n_overhead; i++) {
        const struct overhead_record *overhead = &arm->overhead[i];
        add(&row->figures[COMPARE_SEARCH_TIME], overhead->search_cpu_s);
        if (energy_quality_rank(overhead->quality) <= 0)
            continue;
        add(&row->figures[COMPARE_SEARCH], (double)overhead->search_uj / 1e6);
        add(&row->figures[COMPARE_IDLE], (double)overhead->waiting_uj / 1e6);
        add(&row->figures[COMPARE_ORCHESTRATOR], (double)overhead->orchestrator_uj / 1e6);
    }
}

/* The overhead has no bounds of its own: it is as uncertain as the attempts, since the same
 * meter counted both. */
static void add_bounds(struct compare_row *row, double low_j, double high_j)
{
    double attempts_j = row->figures[COMPARE_TRIALS] + row->figures[COMPARE_FAILURES];
    if (!(attempts_j > 0))
        return;
    row->figures[COMPARE_LOW] = row->figures[COMPARE_TOTAL] * (low_j / attempts_j);
    row->figures[COMPARE_HIGH] = row->figures[COMPARE_TOTAL] * (high_j / attempts_j);
}

static void add_energy(struct compare_row *row, const struct snapshot_arm *arm,
                       const struct curve *curve)
{
    double low_j = (double)NAN, high_j = (double)NAN;
    add_attempts(row, arm, &low_j, &high_j);
    add_overhead(row, arm);
    row->figures[COMPARE_TOTAL] = curve->total_j;
    add_bounds(row, low_j, high_j);
    if (curve->total_j > 0)
        row->figures[COMPARE_SEARCH_SHARE] = row->figures[COMPARE_SEARCH] / curve->total_j;
}

/* The bounds are those of the energy. */
static void add_co2e(struct compare_row *row, double co2e_kg)
{
    double total_j = row->figures[COMPARE_TOTAL];
    row->figures[COMPARE_CO2E] = co2e_kg;
    if (!(total_j > 0))
        return;
    row->figures[COMPARE_CO2E_LOW] = co2e_kg * (row->figures[COMPARE_LOW] / total_j);
    row->figures[COMPARE_CO2E_HIGH] = co2e_kg * (row->figures[COMPARE_HIGH] / total_j);
}

static void clear_row(struct compare_row *row, const char *strategy, int64_t repeat)
{
    *row = (struct compare_row){.strategy = strategy, .repeat = repeat};
    for (size_t i = 0; i < COMPARE_FIGURES; i++)
        row->figures[i] = (double)NAN;
}

static enum goal first_goal(const struct comparison *comparison)
{
    return comparison->snapshot->study->objectives[0].goal;
}

/* What an arm cost and found, without what depends on the other arms. */
static void measure_arm(struct compare_row *row, const struct snapshot_arm *arm,
                        const struct curve *curve, enum goal goal)
{
    clear_row(row, arm->arm->strategy, arm->arm->repeat);
    row->begun = arm->n_attempts > 0;
    if (!row->begun)
        return;
    count_trials(row, arm);
    add_energy(row, arm, curve);
    if (curve->n > 0)
        row->figures[COMPARE_BEST] = curve->steps[curve->n - 1].value;
    if (goal == GOAL_MAXIMIZE && curve->total_j > 0)
        row->figures[COMPARE_EFFICIENCY] = row->figures[COMPARE_BEST] / curve->total_j;
}

/* The best value that all arms with a complete trial reached: the worst of their bests. */
static double common_best(const struct comparison *comparison)
{
    double common = (double)NAN;
    bool maximize = first_goal(comparison) == GOAL_MAXIMIZE;
    for (size_t i = 0; i < comparison->snapshot->n_arms; i++) {
        double best = comparison->arms[i].figures[COMPARE_BEST];
        common = maximize ? fmin(common, best) : fmax(common, best); /* these pass a NaN over */
    }
    return common;
}

static void find_common_joules(struct comparison *comparison, const struct curve *curves)
{
    comparison->mean_from_j = comparison->mean_to_j = (double)NAN;
    for (size_t i = 0; i < comparison->snapshot->n_arms; i++) {
        if (curves[i].n == 0)
            continue;
        comparison->mean_from_j = fmax(comparison->mean_from_j, curves[i].steps[0].joules);
        comparison->mean_to_j = fmin(comparison->mean_to_j, curves[i].total_j);
    }
}

static void relate_arms(struct comparison *comparison, const struct curve *curves)
{
    for (size_t i = 0; i < comparison->snapshot->n_arms; i++) {
        struct compare_row *row = &comparison->arms[i];
        const struct curve_step *step =
            curve_reach(&curves[i], first_goal(comparison), comparison->target);
        if (step) {
            row->reached = 1;
            row->figures[COMPARE_TARGET_ENERGY] = step->joules;
            row->figures[COMPARE_TARGET_TRIALS] = (double)step->trials;
        }
        row->figures[COMPARE_MEAN_BEST] =
            curve_mean(&curves[i], comparison->mean_from_j, comparison->mean_to_j);
    }
}

/* Strategies. */

static int compare_numbers(const void *a, const void *b)
{
    double p = *(const double *)a, q = *(const double *)b;
    return (p > q) - (p < q);
}

/* Sorts the values. */
static double median(double *values, size_t n)
{
    if (n == 0)
        return (double)NAN;
    qsort(values, n, sizeof *values, compare_numbers);
    return n % 2 ? values[n / 2] : (values[n / 2 - 1] + values[n / 2]) / 2;
}

/* An arm that did not reach the target took longer than any that did: it counts as infinite, so
 * that a strategy is not praised for the repeats in which it failed. Of other figures, an arm
 * without one is left out. */
static double median_of(const struct comparison *comparison, const char *strategy,
                        enum compare_figure figure, double *scratch)
{
    bool to_target = figure == COMPARE_TARGET_ENERGY || figure == COMPARE_TARGET_TRIALS;
    size_t n = 0;
    for (size_t i = 0; i < comparison->snapshot->n_arms; i++) {
        const struct compare_row *row = &comparison->arms[i];
        if (!row->begun || strcmp(row->strategy, strategy) != 0)
            continue;
        double value = row->figures[figure];
        if (to_target && !row->reached)
            value = (double)INFINITY;
        if (!isnan(value))
            scratch[n++] = value;
    }
    double middle = median(scratch, n);
    return isinf(middle) ? (double)NAN : middle;
}

static struct compare_row *strategy_row(struct comparison *comparison, const char *strategy)
{
    for (size_t i = 0; i < comparison->n_strategies; i++)
        if (strcmp(comparison->strategies[i].strategy, strategy) == 0)
            return &comparison->strategies[i];
    struct compare_row *row = &comparison->strategies[comparison->n_strategies++];
    clear_row(row, strategy, -1);
    return row;
}

static void sum_strategies(struct comparison *comparison, double *scratch)
{
    for (size_t i = 0; i < comparison->snapshot->n_arms; i++) {
        const struct compare_row *arm = &comparison->arms[i];
        struct compare_row *row = strategy_row(comparison, arm->strategy);
        row->begun += arm->begun;
        row->reached += arm->reached;
    }
    for (size_t i = 0; i < comparison->n_strategies; i++) {
        struct compare_row *row = &comparison->strategies[i];
        for (size_t f = 0; f < COMPARE_FIGURES; f++)
            row->figures[f] =
                median_of(comparison, row->strategy, (enum compare_figure)f, scratch);
    }
}

static enum status measure(struct comparison *comparison, struct curve *curves, double *scratch)
{
    const struct snapshot *snapshot = comparison->snapshot;
    for (size_t i = 0; i < snapshot->n_arms; i++) {
        if (curve_make(&curves[i], &snapshot->arms[i], snapshot->study))
            return ST_NOMEM;
        measure_arm(&comparison->arms[i], &snapshot->arms[i], &curves[i],
                    first_goal(comparison));
        if (snapshot->study->n_constraints > 0 && comparison->arms[i].begun)
            comparison->arms[i].figures[COMPARE_FEASIBLE] =
                (double)feasible_count(snapshot, &snapshot->arms[i]).feasible;
        if (comparison->emissions)
            add_co2e(&comparison->arms[i],
                     emissions_of_arm(comparison->emissions, snapshot, i));
    }
    if (!comparison->target_given)
        comparison->target = common_best(comparison);
    find_common_joules(comparison, curves);
    relate_arms(comparison, curves);
    sum_strategies(comparison, scratch);
    return ST_OK;
}

enum status compare_create(struct comparison **out, const struct snapshot *snapshot,
                           const struct emissions *emissions, double target, struct error *err)
{
    if (snapshot->study->n_objectives == 0)
        return error_set(err, ST_INVALID, "%s: the study has no objective to compare by",
                         snapshot->study->name);
    size_t n = snapshot->n_arms;
    struct comparison *comparison = calloc(1, sizeof *comparison);
    struct curve *curves = calloc(n + 1, sizeof *curves);
    double *scratch = calloc(n + 1, sizeof *scratch);
    enum status status = ST_NOMEM;
    if (comparison && curves && scratch) {
        comparison->snapshot = snapshot;
        comparison->emissions = emissions;
        comparison->target = target;
        comparison->target_given = !isnan(target);
        comparison->arms = calloc(n + 1, sizeof *comparison->arms);
        comparison->strategies = calloc(n + 1, sizeof *comparison->strategies);
        if (comparison->arms && comparison->strategies)
            status = measure(comparison, curves, scratch);
    }
    for (size_t i = 0; curves && i < n; i++)
        curve_free(&curves[i]);
    free(curves);
    free(scratch);
    if (status) {
        compare_free(comparison);
        return error_set(err, status, "out of memory");
    }
    *out = comparison;
    return ST_OK;
}

void compare_free(struct comparison *comparison)
{
    if (!comparison)
        return;
    free(comparison->arms);
    free(comparison->strategies);
    free(comparison);
}
