#include "cnn/confusion.h"

#include <math.h>
#include <stdlib.h>

enum status confusion_init(struct confusion *confusion, size_t n_classes)
{
    *confusion = (struct confusion){n_classes, calloc(n_classes, n_classes * sizeof(uint64_t))};
    return confusion->counts ? ST_OK : ST_NOMEM;
}

void confusion_free(struct confusion *confusion)
{
    free(confusion->counts);
    confusion->counts = NULL;
}

static uint64_t *count(const struct confusion *confusion, size_t label, size_t predicted)
{
    return &confusion->counts[label * confusion->n_classes + predicted];
}

void confusion_add(struct confusion *confusion, size_t label, size_t predicted)
{
    ++*count(confusion, label, predicted);
}

static double share(uint64_t part, uint64_t whole)
{
    return whole > 0 ? (double)part / (double)whole : (double)NAN;
}

static void fill_shares(struct confusion_class *class)
{
    class->precision = share(class->correct, class->predicted);
    class->recall = share(class->correct, class->labelled);
    class->f1 = share(2 * class->correct, class->predicted + class->labelled);
}

struct confusion_class confusion_of_class(const struct confusion *confusion, size_t i)
{
    struct confusion_class class = {.correct = *count(confusion, i, i)};
    for (size_t j = 0; j < confusion->n_classes; j++) {
        class.labelled += *count(confusion, i, j);
        class.predicted += *count(confusion, j, i);
    }
    fill_shares(&class);
    return class;
}

struct confusion_class confusion_of_all(const struct confusion *confusion)
{
    struct confusion_class all = {0};
    for (size_t i = 0; i < confusion->n_classes; i++) {
        all.correct += *count(confusion, i, i);
        for (size_t j = 0; j < confusion->n_classes; j++)
            all.labelled += *count(confusion, i, j);
    }
    all.predicted = all.labelled;
    fill_shares(&all);
    return all;
}
