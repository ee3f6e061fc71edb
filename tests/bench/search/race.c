#include "tests/bench/search/race.h"

#include "tests/bench/statistics.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum status race_init(struct race *race)
{
    race->traces =
        calloc(race->n_targets * race->n_samplers * race->seeds + 1, sizeof *race->traces);
    return race->traces ? ST_OK : ST_NOMEM;
}

void race_free(struct race *race)
{
    size_t n = race->n_targets * race->n_samplers * race->seeds;
    for (size_t i = 0; race->traces && i < n; i++)
        trace_free(&race->traces[i]);
    free(race->traces);
    race->traces = NULL;
}

struct trace *race_trace(const struct race *race, size_t target, size_t sampler, size_t seed)
{
    return &race->traces[(target * race->n_samplers + sampler) * race->seeds + seed];
}

bool race_by_joules(const struct race *race, size_t target)
{
    return race->by_joules || race->targets[target].kind == KIND_EPOCHS;
}

/* Every seed of one sampler on one target. After a failure the others are not tried. */
static enum status run_seeds(struct race *race, const struct sampler *sampler, size_t t,
                             size_t k)
{
    struct error err = {0};
    for (size_t s = 0; s < race->seeds; s++) {
        struct run_plan plan = {s + 1, race->trials, race->workers, race_by_joules(race, t)};
        struct trace *trace = race_trace(race, t, k, s);
        if (trace->n > 0)
            continue;
        fprintf(stderr, "%s: %s, seed %zu of %zu\n", race->targets[t].name, sampler->label,
                s + 1, race->seeds);
        enum status status = run(trace, sampler, &race->targets[t], &plan, &err);
        if (status == ST_NOMEM)
            return status;
        if (status) {
            fprintf(stderr, "%s: not raced: %s\n", race->targets[t].name, err.what);
            return ST_OK;
        }
    }
    return ST_OK;
}

static bool counts_in(const struct race *race, size_t target)
{
    return !race->only || race->only(&race->targets[target]);
}

bool race_complete(const struct race *race, size_t target, size_t sampler)
{
    for (size_t s = 0; s < race->seeds; s++)
        if (race_trace(race, target, sampler, s)->n == 0)
            return false;
    return true;
}

/* Nothing left to run, or nothing to run it with. */
static bool is_settled(const struct race *race, size_t sampler)
{
    const struct sampler_choice *choice = &race->choices[sampler];
    if (!choice->entry && (!choice->command || race->own_only))
        return true;
    size_t t = 0;
    while (t < race->n_targets && (!counts_in(race, t) || race_complete(race, t, sampler)))
        t++;
    return t == race->n_targets;
}

enum status race_run(struct race *race)
{
    enum status status = ST_OK;
    for (size_t k = 0; k < race->n_samplers && !status; k++) {
        const struct sampler_choice *choice = &race->choices[k];
        struct sampler sampler;
        struct error err = {0};
        if (is_settled(race, k))
            continue;
        if (sampler_open(&sampler, choice, &err)) {
            fprintf(stderr, "not raced: %s\n", err.what);
            continue;
        }
        for (size_t t = 0; t < race->n_targets && !status; t++)
            if (counts_in(race, t))
                status = run_seeds(race, &sampler, t, k);
        sampler_close(&sampler);
    }
    return status;
}

size_t race_find(const struct race *race, const char *label)
{
    size_t k = 0;
    while (k < race->n_samplers && strcmp(race->choices[k].label, label) != 0)
        k++;
    return k;
}

/* Figures. */

void race_figures(double *figures, const struct race *race, size_t target, size_t sampler,
                  race_figure *figure)
{
    for (size_t s = 0; s < race->seeds; s++)
        figures[s] = figure(race, target, sampler, s);
}

double race_median(const struct race *race, size_t target, size_t sampler, race_figure *figure)
{
    double *figures = calloc(race->seeds, sizeof *figures), median = NAN;
    if (figures) {
        race_figures(figures, race, target, sampler, figure);
        median = statistics_quantile(figures, race->seeds, 0.5);
    }
    free(figures);
    return median;
}

double race_regret(const struct race *race, size_t target, size_t sampler, size_t seed)
{
    const struct trace *trace = race_trace(race, target, sampler, seed);
    return trace_regret(trace, trace->n);
}

double race_time_s(const struct race *race, size_t target, size_t sampler, size_t seed)
{
    return trace_time_s(race_trace(race, target, sampler, seed));
}

double race_joules_to_random(const struct race *race, size_t target, size_t sampler,
                             size_t seed)
{
    size_t random = race_find(race, "random");
    if (random == race->n_samplers || !race_complete(race, target, random))
        return NAN;
    const struct trace *yardstick = race_trace(race, target, random, seed);
    return trace_energy_to_j(race_trace(race, target, sampler, seed),
                             trace_regret(yardstick, yardstick->n)) /
           trace_energy_j(yardstick, yardstick->n);
}

/* Pairs. */

bool race_counts_single(const struct target *target)
{
    return target->n_values == 1 && target->kind != KIND_SPACE && target->kind != KIND_EPOCHS;
}

bool race_counts_front(const struct target *target)
{
    return target->n_values == 2;
}

bool race_counts_exact(const struct target *target)
{
    return race_counts_single(target) && target->noise == 0;
}

bool race_counts_table(const struct target *target)
{
    return target->kind == KIND_TABLE;
}

static void count_target(struct race_pair *pair, double difference)
{
    pair->won += difference < 0;
    pair->lost += difference > 0;
    pair->tied += difference == 0;
    pair->decades -= difference;
}

enum status race_compare(struct race_pair *pair, const struct race *race, size_t first,
                         size_t second, race_counts *counts)
{
    size_t n = 0;
    double *differences = calloc(race->n_targets * race->seeds + 1, sizeof *differences);
    *pair = (struct race_pair){0};
    if (!differences)
        return ST_NOMEM;
    for (size_t t = 0; t < race->n_targets; t++) {
        if (!counts(&race->targets[t]) || !race_complete(race, t, first) ||
            !race_complete(race, t, second))
            continue;
        for (size_t s = 0; s < race->seeds; s++)
            differences[n++] = race_regret(race, t, first, s) - race_regret(race, t, second, s);
        count_target(pair, race_median(race, t, first, race_regret) -
                               race_median(race, t, second, race_regret));
    }
    size_t targets = pair->won + pair->lost + pair->tied;
    pair->decades /= targets > 0 ? (double)targets : 1;
    pair->p = statistics_wilcoxon(differences, n);
    free(differences);
    return isnan(pair->p) ? ST_NOMEM : ST_OK;
}
