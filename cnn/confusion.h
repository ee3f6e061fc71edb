/* confusion.h - how often each class was taken for each. Threading: one owner. */
#ifndef CNN_CONFUSION_H
#define CNN_CONFUSION_H

#include "base/status.h"

#include <stddef.h>
#include <stdint.h>

struct confusion {
    size_t n_classes;
    uint64_t
        *counts; /* [n_classes][n_classes], row-major: by the label, then by the prediction */
};

/* All zero. *confusion is the caller's to confusion_free(), also after an error. Errors:
 * ST_NOMEM. */
enum status confusion_init(struct confusion *confusion, size_t n_classes);
void confusion_free(struct confusion *confusion);

/* Both below n_classes. */
void confusion_add(struct confusion *confusion, size_t label, size_t predicted);

/* What is known of a class. Shares of nothing are NaN. */
struct confusion_class {
    uint64_t labelled, predicted, correct;
    double precision; /* of what was predicted as it, the share that is */
    double recall;    /* of what is it, the share that was predicted */
    double f1;        /* the harmonic mean of the two */
};
struct confusion_class confusion_of_class(const struct confusion *confusion, size_t i);
/* Of all images: each share is the accuracy. */
struct confusion_class confusion_of_all(const struct confusion *confusion);

#endif
