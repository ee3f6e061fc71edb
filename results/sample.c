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

static const struct {
    const char *key, *heading;
} figures[] = {
#define SAMPLE_FIGURE_TEXTS(name, key, heading) {key, heading},
    SAMPLE_FIGURE_LIST(SAMPLE_FIGURE_TEXTS)
#undef SAMPLE_FIGURE_TEXTS
};

const char *sample_figure_key(enum sample_figure figure)
{
    return figures[figure].key;
}

const char *sample_figure_heading(enum sample_figure figure)
{
    return figures[figure].heading;
}

double sample_length_s(const struct sample_series *series, size_t i)
{
    assert(i < series->n);
    int64_t begin_us = i > 0 ? series->samples[i - 1].end_us : series->begin_us;
    return (double)(series->samples[i].end_us - begin_us) * 1e-6;
}

static double scaled(int64_t value, double unit)
{
    return value < 0 ? (double)NAN : (double)value * unit;
}

/* A million of something in this time. */
static double rate(int64_t millionths, double length_s)
{
    return length_s > 0 ? scaled(millionths, 1e-6) / length_s : (double)NAN;
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
        return scaled(sample->memory_kb, 1.0 / 1024);
    case SAMPLE_GPU:
        return scaled(sample->gpu_permille, 1e-3);
    case SAMPLE_GPU_MEMORY:
        return scaled(sample->gpu_memory_kb, 1.0 / 1024);
    case SAMPLE_GPU_POWER:
        return scaled(sample->gpu_power_mw, 1e-3);
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
    if (isnan(summary.peak))
        summary.peak = summary.mean; /* all of it was shorter */
    return summary;
}
