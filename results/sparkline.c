#include "results/sparkline.h"

#include <math.h>

static const char *const blocks[] = {"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
enum { BLOCKS = sizeof blocks / sizeof blocks[0] };

/* The mean of a figure from begin_us to end_us; NaN when nothing is known of it. *first is the
 * first sample that may reach into that time, and is moved on. */
static double mean_between(const struct sample_series *series, enum sample_figure figure,
                           double begin_us, double end_us, size_t *first)
{
    double sum = 0, time_us = 0;
    while (*first < series->n && (double)series->samples[*first].end_us <= begin_us)
        ++*first;
    for (size_t i = *first; i < series->n; i++) {
        double to_us = (double)series->samples[i].end_us;
        double from_us = to_us - 1e6 * sample_length_s(series, i);
        double value = sample_figure_at(series, i, figure);
        double overlap_us = fmin(to_us, end_us) - fmax(from_us, begin_us);
        if (overlap_us <= 0)
            break;
        if (isnan(value))
            continue;
        sum += value * overlap_us;
        time_us += overlap_us;
    }
    return time_us > 0 ? sum / time_us : (double)NAN;
}

void sparkline_make(struct sparkline *line, const struct sample_series *series,
                    enum sample_figure figure, size_t width)
{
    size_t first = 0;
    line->n = series->n < width ? series->n : width;
    if (line->n == 0)
        return;
    double begin_us = (double)series->begin_us;
    double length_us = (double)series->samples[series->n - 1].end_us - begin_us;
    double bar_us = length_us / (double)line->n;
    for (size_t i = 0; i < line->n; i++) {
        double from_us = begin_us + (double)i * bar_us;
        line->bars[i] = mean_between(series, figure, from_us, from_us + bar_us, &first);
    }
}

static const char *block(double value, double top)
{
    if (isnan(value))
        return " ";
    double height = top > 0 ? ceil(value / top * BLOCKS) : 1;
    return blocks[(size_t)fmin(fmax(height, 1), BLOCKS) - 1];
}

void sparkline_append(const struct sparkline *line, double top, struct strbuf *out)
{
    for (size_t i = 0; i < line->n; i++)
        strbuf_append(out, block(line->bars[i], top));
}
