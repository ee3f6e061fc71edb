#include "results/sample.h"

#include <assert.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

/* Less than this is a few updates of a counter. */
#define NOISE_S 0.05

void sample_series_free(struct sample_series *series)
{
    free(series->samples);
    *series = (struct sample_series){0};
}

const struct sample_figure_names sample_figure_names[SAMPLE_FIGURES] = {
#define SAMPLE_FIGURE_NAMES(name, stem, unit, heading)                                         \
    {stem unit, stem "_mean" unit, stem "_peak" unit, heading},
    SAMPLE_FIGURE_LIST(SAMPLE_FIGURE_NAMES)
#undef SAMPLE_FIGURE_NAMES
};

struct sample_series sample_series_last(const struct sample_series *series, size_t n)
{
    struct sample_series last = *series;
    if (n >= series->n)
        return last;
    size_t skipped = series->n - n;
    last.begin_us = series->samples[skipped - 1].end_us;
    last.samples += skipped;
    last.n = n;
    return last;
}

double sample_length_s(const struct sample_series *series, size_t i)
{
    assert(i < series->n);
    int64_t begin_us = i > 0 ? series->samples[i - 1].end_us : series->begin_us;
    return ((double)series->samples[i].end_us - (double)begin_us) / 1e6;
}

static double in_units_of(int64_t unit, int64_t value)
{
    return value < 0 ? (double)NAN : (double)value / (double)unit;
}

/* A million of something in this time. */
static double rate(int64_t millionths, double length_s)
{
    return length_s > 0 ? in_units_of(1000000, millionths) / length_s : (double)NAN;
}

double sample_figure_at(const struct sample_series *series, size_t i, enum sample_figure figure)
{
    double length_s = sample_length_s(series, i);
    const struct sample_record *sample = &series->samples[i];
    switch (figure) {
    case SAMPLE_POWER:
        return rate(sample->energy_uj, length_s);
    case SAMPLE_NODE_POWER:
        return rate(sample->node_uj, length_s);
    case SAMPLE_CORES:
        return rate(sample->cpu_us, length_s);
    case SAMPLE_MEMORY:
        return in_units_of(1024, sample->memory_kb);
    case SAMPLE_GPU:
        return in_units_of(1000, sample->gpu_permille);
    case SAMPLE_GPU_MEMORY:
        return in_units_of(1024, sample->gpu_memory_kb);
    case SAMPLE_GPU_POWER:
        return in_units_of(1000, sample->gpu_power_mw);
    case SAMPLE_FIGURES:
        break;
    }
    return (double)NAN;
}

static bool is_rate(enum sample_figure figure)
{
    return figure == SAMPLE_POWER || figure == SAMPLE_NODE_POWER || figure == SAMPLE_CORES;
}

struct sample_summary sample_summarise(const struct sample_series *series,
                                       enum sample_figure figure)
{
    struct sample_summary summary = {(double)NAN, (double)NAN, (double)NAN};
    double sum = 0, time_s = 0;
    for (size_t i = 0; i < series->n; i++) {
        double value = sample_figure_at(series, i, figure);
        double length_s = sample_length_s(series, i);
        if (isnan(value))
            continue;
        sum += value * length_s;
        time_s += length_s;
        summary.last = value;
        if (!is_rate(figure) || length_s >= NOISE_S)
            summary.peak = fmax(summary.peak, value);
    }
    if (time_s > 0)
        summary.mean = sum / time_s;
    summary.peak = fmax(summary.peak, summary.mean); /* which short intervals are part of */
    return summary;
}
