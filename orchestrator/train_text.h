/* train_text.h - how a training looks to the person who started it: the line that is redrawn, a
 * line an epoch, the curve and the summary at its end. Text alone, in plain characters but for
 * the bars of the curve. Threading: no shared state. */
#ifndef ORCHESTRATOR_TRAIN_TEXT_H
#define ORCHESTRATOR_TRAIN_TEXT_H

#include "base/strbuf.h"
#include "cnn/train.h"
#include "worker/energy.h"

#include <stdbool.h>
#include <stddef.h>

/* Joules of the whole machine since the start; NaN when there is no figure. */
struct train_energy {
    double energy_j;
    enum energy_quality quality;
};

struct train_moment {
    const struct train_step *step;
    int epochs;
    double share;  /* of the run that is done */
    double left_s; /* NaN: not known yet */
    struct train_energy energy;
};

/* "2240 images/s": three digits, and more before the point. */
void train_text_speed(double images_per_s, struct strbuf *out);

/* The live line: as many of its figures as fit `width` columns (0: all). */
void train_text_moment(const struct train_moment *moment, size_t width, struct strbuf *out);

/* An epoch that is done. */
struct train_row {
    struct train_report report;
    double time_s;   /* that it took; NaN when another process trained it */
    double energy_j; /* so far, as in struct train_energy */
};

/* The head of the lines, and one of them: columns of the same widths, 79 in all. */
void train_text_head(struct strbuf *out);
void train_text_row(const struct train_row *row, int epochs, struct strbuf *out);

/* Losses and accuracies over the epochs as small bars, a line each; nothing for fewer than two
 * rows. width is that of the terminal, 0 when there is none. */
void train_text_curve(const struct train_row *rows, size_t n, size_t width, struct strbuf *out);

struct train_summary {
    const struct train_settings *settings;
    const struct train_result *result;
    const char *folder; /* of the checkpoints; NULL: none were kept */
    bool has_latest;    /* the network is there: its checkpoint could be written */
    bool has_best;      /* the best epoch's is there: a run that went on may have left it */
    int epochs_now;     /* of the epochs done, those that this process trained */
    double time_s;
    struct train_energy energy;
};

/* What came of it, and how to go on. */
void train_text_summary(const struct train_summary *summary, struct strbuf *out);

#endif
