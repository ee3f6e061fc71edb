/* sparkline.h - a figure over time as a row of small bars: "▁▃▅█▂".
 * Threading: no shared state. */
#ifndef RESULTS_SPARKLINE_H
#define RESULTS_SPARKLINE_H

#include "base/strbuf.h"
#include "results/sample.h"

/* The bars of a row: the means of equal parts of the time, NaN where nothing is known. */
struct sparkline {
    double *bars; /* the caller's */
    size_t n;
};

/* Fill in as many bars as there are samples, at most `width`, which line->bars has room for. */
void sparkline_make(struct sparkline *line, const struct sample_series *series,
                    enum sample_figure figure, size_t width);

/* Append it, one character a bar. Bars start from 0, and `top` is a full one; unknown ones are
 * blank. */
void sparkline_append(const struct sparkline *line, double top, struct strbuf *out);

#endif
