/* train_view.h - a training told to the person who started it: progress on standard error, the
 * curve and the summary on standard output. Threading: one view at a time, on the main thread.
 */
#ifndef ORCHESTRATOR_TRAIN_VIEW_H
#define ORCHESTRATOR_TRAIN_VIEW_H

#include "cnn/train.h"
#include "orchestrator/progress_mode.h"
#include "orchestrator/train_text.h"
#include "worker/meter_watch.h"

struct train_view {
    enum progress_mode mode; /* live, plain or none */
    const struct train_settings *settings;
    struct train_row *rows; /* [n] */
    size_t n, capacity;
    struct meter_choice meters;
    struct meter_watch watch;
    struct train_energy energy;
    double start_s, epoch_s;       /* when the run and its present epoch began */
    double looked_s;               /* when the meters were read last */
    double drawn_s;                /* when the line was */
    double steps_s;                /* when the first step of this process began; 0: not yet */
    double share_then;             /* of the run that was done by then */
    size_t train_steps, val_steps; /* of an epoch, as far as they are known */
};

/* auto is live where standard error is a terminal, else plain. Meters that cannot be opened are
 * done without. The settings are borrowed. */
void train_view_open(struct train_view *view, enum progress_mode mode,
                     const struct train_settings *settings);
/* Clear the live line and free what the view holds. */
void train_view_close(struct train_view *view);

/* The callbacks that show phases, steps and epochs. The first step after a signal is the last.
 */
struct train_events train_view_events(struct train_view *view);

/* Write the curve and the summary; folder: of the checkpoints, or NULL. Errors: ST_NOMEM; those
 * of standard output. */
enum status train_view_result(struct train_view *view, const struct train_result *result,
                              const char *folder, struct error *err);

/* The share of a run of `epochs` epochs that is done after a step, from 0 to 1: a step that
 * validates counts for a third of one that trains. */
double train_view_share(const struct train_view *view, const struct train_step *step);

#endif
