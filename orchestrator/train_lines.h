/* train_lines.h - a training told as lines of JSON, to a worker or to another program.
 * Threading: one thread. */
#ifndef ORCHESTRATOR_TRAIN_LINES_H
#define ORCHESTRATOR_TRAIN_LINES_H

#include "cnn/train.h"
#include "orchestrator/trial_report.h"

/* The callbacks that send phases and epochs; the report must outlive the run. */
struct train_events train_lines_events(struct trial_report *report);

void train_lines_result(struct trial_report *report, const struct train_result *result);

#endif
