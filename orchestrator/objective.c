#include "orchestrator/objective.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static double joules(const struct energy *energy, int64_t energy_uj)
{
    return energy->quality == ENERGY_NONE ? (double)NAN : (double)energy_uj * 1e-6;
}

double objective_energy_j(const struct energy *energy)
{
    return joules(energy, energy->dynamic_uj + energy->idle_uj);
}

static double energy_low(const struct outcome *outcome)
{
    return joules(&outcome->energy, outcome->energy.low_uj);
}

static double energy_high(const struct outcome *outcome)
{
    return joules(&outcome->energy, outcome->energy.high_uj);
}

static double energy_idle(const struct outcome *outcome)
{
    return joules(&outcome->energy, outcome->energy.idle_uj);
}

static double energy_total(const struct outcome *outcome)
{
    return objective_energy_j(&outcome->energy);
}

static double duration(const struct outcome *outcome)
{
    return outcome->duration_s;
}

static double processor_time(const struct outcome *outcome)
{
    return outcome->cpu_s;
}

static double peak_memory(const struct outcome *outcome)
{
    return outcome->peak_memory_mb;
}

static double epochs_done(const struct outcome *outcome)
{
    return outcome->epochs_done < 0 ? (double)NAN : (double)outcome->epochs_done;
}

/* The measured columns of `wattune trials`. Epochs are counted from the beginning already. */
static const struct measured {
    const char *metric;
    bool energy, adds_up;
    double (*value)(const struct outcome *outcome);
} measured[OBJECTIVE_MEASURED] = {
    {"energy_j", true, true, energy_total},        {"energy_low_j", true, true, energy_low},
    {"energy_high_j", true, true, energy_high},    {"energy_idle_j", true, true, energy_idle},
    {"duration_s", false, true, duration},         {"cpu_s", false, true, processor_time},
    {"peak_memory_mb", false, false, peak_memory}, {"epochs_done", false, false, epochs_done},
};

static const struct measured *find(const char *metric)
{
    for (size_t i = 0; i < OBJECTIVE_MEASURED; i++)
        if (!strcmp(measured[i].metric, metric))
            return &measured[i];
    return NULL;
}

bool objective_measured(const char *metric)
{
    return find(metric) != NULL;
}

const char **objective_reported_list(const struct objective *objectives, size_t n)
{
    const char **metrics = calloc(n + 1, sizeof *metrics);
    size_t reported = 0;
    for (size_t i = 0; i < n && metrics; i++)
        if (!objective_measured(objectives[i].metric))
            metrics[reported++] = objectives[i].metric;
    return metrics;
}

bool objective_needs_energy(const char *metric)
{
    const struct measured *figure = find(metric);
    return figure && figure->energy;
}

double objective_value(const struct outcome *outcome, const char *metric,
                       const struct objective_sums *before)
{
    const struct measured *figure = find(metric);
    if (!figure)
        return outcome_metric(outcome, metric);
    return figure->value(outcome) + before->figures[figure - measured];
}

struct objective_sums objective_add_up(const struct outcome *outcome,
                                       const struct objective_sums *before)
{
    struct objective_sums sums = {{0}};
    for (size_t i = 0; i < OBJECTIVE_MEASURED; i++)
        if (measured[i].adds_up)
            sums.figures[i] = measured[i].value(outcome) + before->figures[i];
    return sums;
}

struct objective_sums objective_join(const struct objective_sums *a,
                                     const struct objective_sums *b)
{
    struct objective_sums sums;
    for (size_t i = 0; i < OBJECTIVE_MEASURED; i++)
        sums.figures[i] = a->figures[i] + b->figures[i];
    return sums;
}

void objective_add_known(struct objective_sums *sums, const struct outcome *outcome)
{
    for (size_t i = 0; i < OBJECTIVE_MEASURED; i++) {
        double figure = measured[i].value(outcome);
        if (measured[i].adds_up && !isnan(figure))
            sums->figures[i] += figure;
    }
}

struct outcome objective_stored(const struct attempt_record *attempt)
{
    const struct energy_record *energy = &attempt->energy;
    int quality = energy_quality_from_text(energy->quality);
    return (struct outcome){
        .duration_s = attempt->duration_s,
        .cpu_s = attempt->cpu_s,
        .peak_memory_mb = attempt->peak_memory_mb,
        .epochs_done = attempt->epochs_done,
        .energy = {.quality = quality < 0 ? ENERGY_NONE : (enum energy_quality)quality,
                   .dynamic_uj = energy->dynamic_uj,
                   .idle_uj = energy->idle_uj,
                   .low_uj = energy->low_uj,
                   .high_uj = energy->high_uj}};
}
