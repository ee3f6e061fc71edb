#include "tests/bench/search/report.h"

#include "tests/bench/statistics.h"

#include <math.h>
#include <stdlib.h>

enum { CHECKPOINTS = 4 };

/* Parts of the trials, and of the joules, after which the regret is printed. */
static const double trials_parts[CHECKPOINTS] = {1 / 6.0, 1 / 3.0, 2 / 3.0, 1};
static const double joules_parts[CHECKPOINTS] = {0.1, 0.25, 0.5, 1};

struct table {
    FILE *out;
    const struct race *race;
    size_t target, judged;
    double budget_j;   /* what all of the joules mean */
    double *figures;   /* [seeds] scratch */
    double *reference; /* [seeds], final regrets of the judged sampler; NULL without one */
};

static void print_median(const struct table *table)
{
    double median = statistics_quantile(table->figures, table->race->seeds, 0.5);
    if (isfinite(median))
        fprintf(table->out, " %6.2f", median);
    else
        fprintf(table->out, " %6s", "-");
}

static size_t checkpoint(const struct race *race, int c)
{
    size_t trials = (size_t)lround(trials_parts[c] * (double)race->trials);
    return trials > 0 ? trials : 1;
}

static void print_checkpoints(const struct table *table, size_t sampler)
{
    const struct race *race = table->race;
    for (int c = 0; c < CHECKPOINTS; c++) {
        for (size_t s = 0; s < race->seeds; s++)
            table->figures[s] =
                trace_regret(race_trace(race, table->target, sampler, s), checkpoint(race, c));
        print_median(table);
    }
}

static void print_joules(const struct table *table, size_t sampler)
{
    const struct race *race = table->race;
    for (int c = 0; c < CHECKPOINTS; c++) {
        for (size_t s = 0; s < race->seeds; s++)
            table->figures[s] = trace_regret_at(race_trace(race, table->target, sampler, s),
                                                joules_parts[c] * table->budget_j);
        print_median(table);
    }
    double part = race_median(race, table->target, sampler, race_joules_to_random);
    if (isfinite(part))
        fprintf(table->out, " %7.2f", part);
    else
        fprintf(table->out, " %7s", isnan(part) ? "-" : "never");
}

/* The interval at the end, and how likely the difference to the judged sampler is chance. */
static void print_certainty(const struct table *table, size_t sampler)
{
    const struct race *race = table->race;
    race_figures(table->figures, race, table->target, sampler, race_regret);
    struct statistics_median median = statistics_median(table->figures, race->seeds);
    fprintf(table->out, " [%6.2f %6.2f]", median.low, median.high);
    for (size_t s = 0; table->reference && s < race->seeds; s++)
        table->figures[s] -= table->reference[s];
    if (table->reference && sampler != table->judged)
        fprintf(table->out, " %7.1g", statistics_wilcoxon(table->figures, race->seeds));
    else
        fprintf(table->out, " %7s", "");
}

static void print_sampler(const struct table *table, size_t sampler)
{
    const struct race *race = table->race;
    fprintf(table->out, "%-14s", race->choices[sampler].label);
    print_checkpoints(table, sampler);
    print_certainty(table, sampler);
    print_joules(table, sampler);
    fprintf(table->out, " %8.3f", race_median(race, table->target, sampler, race_time_s));
    if (race->targets[table->target].n_values == 2) {
        const struct trace *trace = race_trace(race, table->target, sampler, 0);
        fprintf(table->out, "  %.4f (%.0f)", trace->volume, trace->front_points);
    }
    fputc('\n', table->out);
}

static void print_head(const struct table *table)
{
    const struct race *race = table->race;
    const struct target *target = &race->targets[table->target];
    fprintf(table->out, "\n%s: %s, %zu parameters, %zu seeds, %zu workers; log10 of the %s\n",
            target->name, problem_kind_text(target->kind), space_dims(target->space),
            race->seeds, race->workers,
            target->n_values == 2 ? "part of the front's hypervolume that is missing"
                                  : "regret");
    fprintf(table->out, "%-14s", "after trials");
    for (int c = 0; c < CHECKPOINTS; c++)
        fprintf(table->out, " %6zu", checkpoint(race, c));
    fprintf(table->out, "  %-15s %7s", "95 % interval", table->reference ? "p" : "");
    for (int c = 0; c < CHECKPOINTS; c++)
        fprintf(table->out, " %4.0f %%J", 100 * joules_parts[c]);
    fprintf(table->out, " %7s %8s%s\n", "J to", "time_s",
            target->n_values == 2 ? "  volume (points), seed 1" : "");
}

/* The joules of the median run of the first sampler that was raced. */
static double budget_of(const struct race *race, size_t target)
{
    size_t first = 0;
    while (first < race->n_samplers && !race_complete(race, target, first))
        first++;
    double *joules = calloc(race->seeds, sizeof *joules), median = NAN;
    for (size_t s = 0; joules && first < race->n_samplers && s < race->seeds; s++)
        joules[s] = trace_energy_j(race_trace(race, target, first, s), race->trials);
    if (joules)
        median = statistics_quantile(joules, race->seeds, 0.5);
    free(joules);
    return median;
}

static bool is_raced(const struct race *race, size_t target)
{
    size_t k = 0;
    while (k < race->n_samplers && !race_complete(race, target, k))
        k++;
    return k < race->n_samplers;
}

static void print_target(struct table *table)
{
    const struct race *race = table->race;
    table->budget_j = race_by_joules(race, table->target)
                          ? race->targets[table->target].random_j * (double)race->trials
                          : budget_of(race, table->target);
    double *reference = table->reference;
    if (table->judged == race->n_samplers || !race_complete(race, table->target, table->judged))
        table->reference = NULL;
    else
        race_figures(reference, race, table->target, table->judged, race_regret);
    print_head(table);
    for (size_t k = 0; k < race->n_samplers; k++)
        if (race_complete(race, table->target, k))
            print_sampler(table, k);
    table->reference = reference;
}

enum status report_targets(FILE *out, const struct race *race, size_t judged)
{
    struct table table = {out, race, 0, judged, 0, NULL, NULL};
    table.figures = calloc(race->seeds, sizeof *table.figures);
    table.reference = calloc(race->seeds, sizeof *table.reference);
    enum status status = table.figures && table.reference ? ST_OK : ST_NOMEM;
    for (; table.target < race->n_targets && !status; table.target++)
        if (is_raced(race, table.target))
            print_target(&table);
    free(table.figures);
    free(table.reference);
    return status;
}

static enum status print_pairs(FILE *out, const struct race *race, const char *title,
                               race_counts *counts)
{
    fprintf(out,
            "\n%s: problems won, lost and tied by the median after %zu trials; by how many\n"
            "decades the regret is lower on average; p of Wilcoxon's test over problems and "
            "seeds\n",
            title, race->trials);
    for (size_t a = 0; a < race->n_samplers; a++)
        for (size_t b = a + 1; b < race->n_samplers; b++) {
            struct race_pair pair;
            if (race_compare(&pair, race, a, b, counts))
                return ST_NOMEM;
            if (pair.won + pair.lost + pair.tied > 0)
                fprintf(out, "%-14s %-14s %3zu %3zu %3zu %8.2f %9.1g\n", race->choices[a].label,
                        race->choices[b].label, pair.won, pair.lost, pair.tied, pair.decades,
                        pair.p);
        }
    return ST_OK;
}

enum status report_pairs(FILE *out, const struct race *race)
{
    enum status status = print_pairs(out, race, "One objective", race_counts_single);
    return status ? status : print_pairs(out, race, "Two objectives", race_counts_front);
}
