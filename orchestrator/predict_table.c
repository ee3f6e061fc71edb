#include "orchestrator/predict_table.h"

#include "cnn/model.h"
#include "cnn/predict.h"
#include "worker/printable.h"

#include <limits.h>
#include <stdio.h>

enum { NAME_SIZE = 32 };

/* The name of a class, or its number where the data set has no names: in `number`. */
static const char *class_name(const struct checkpoint_model *model, size_t i,
                              char number[NAME_SIZE])
{
    if (model->images.class_names)
        return model->images.class_names[i];
    snprintf(number, NAME_SIZE, "%zu", i);
    return number;
}

static enum status create(struct table **out, const struct checkpoint_model *model)
{
    char title[PATH_MAX + 64];
    snprintf(title, sizeof title, "%s: %s after epoch %d", model->path,
             model_names[model->settings.model], model->epochs_done);
    return table_create(out, title);
}

enum status predict_table_images(struct table **out, const struct checkpoint_model *model,
                                 size_t top, bool labelled)
{
    enum status status = create(out, model);
    if (status)
        return status;
    table_add_column(*out, "image", "image", COLUMN_TEXT);
    if (labelled)
        table_add_column(*out, "label", "label", COLUMN_TEXT);
    for (size_t k = 1; k <= top; k++) {
        char class[NAME_SIZE], probability[NAME_SIZE];
        snprintf(class, sizeof class, k == 1 ? "class" : "class_%zu", k);
        snprintf(probability, sizeof probability, k == 1 ? "probability" : "probability_%zu",
                 k);
        table_add_column(*out, class, k == 1 ? "class" : "or", COLUMN_TEXT);
        table_add_column(*out, probability, "", COLUMN_PERCENT);
    }
    return ST_OK;
}

void predict_table_add(struct table *table, const struct checkpoint_model *model, size_t top,
                       const char *name, const size_t *label, const float *probabilities)
{
    size_t classes[PREDICT_TOP_MAX];
    char number[NAME_SIZE];
    predict_top(probabilities, model->images.n_classes, top, classes);
    char shown[PATH_MAX];
    snprintf(shown, sizeof shown, "%s", name);
    printable_line(shown); /* JSON holds no other bytes */
    table_begin_row(table);
    table_put_text(table, shown);
    if (label)
        table_put_text(table, class_name(model, *label, number));
    for (size_t k = 0; k < top; k++) {
        table_put_text(table, class_name(model, classes[k], number));
        table_put_number(table, (double)probabilities[classes[k]]);
    }
}

static void add_class(struct table *table, const char *name,
                      const struct confusion_class *class)
{
    table_begin_row(table);
    table_put_text(table, name);
    table_put_integer(table, (int64_t) class->labelled);
    table_put_integer(table, (int64_t) class->predicted);
    table_put_integer(table, (int64_t) class->correct);
    table_put_number(table, class->precision);
    table_put_number(table, class->recall);
    table_put_number(table, class->f1);
}

enum status predict_table_classes(struct table **out, const struct checkpoint_model *model,
                                  const struct confusion *confusion)
{
    enum status status = create(out, model);
    if (status)
        return status;
    table_add_column(*out, "class", "class", COLUMN_TEXT);
    table_add_column(*out, "images", "images", COLUMN_INTEGER);
    table_add_column(*out, "predicted", "predicted", COLUMN_INTEGER);
    table_add_column(*out, "correct", "correct", COLUMN_INTEGER);
    table_add_column(*out, "precision", "precision", COLUMN_PERCENT);
    table_add_column(*out, "recall", "recall", COLUMN_PERCENT);
    table_add_column(*out, "f1", "F1", COLUMN_PERCENT);
    for (size_t i = 0; i < confusion->n_classes; i++) {
        char number[NAME_SIZE];
        struct confusion_class class = confusion_of_class(confusion, i);
        add_class(*out, class_name(model, i, number), &class);
    }
    struct confusion_class all = confusion_of_all(confusion);
    add_class(*out, "all", &all);
    return ST_OK;
}

enum status predict_table_confusion(struct table **out, const struct checkpoint_model *model,
                                    const struct confusion *confusion)
{
    char number[NAME_SIZE];
    size_t n = confusion->n_classes;
    enum status status = create(out, model);
    if (status)
        return status;
    table_add_column(*out, "label", "label", COLUMN_TEXT);
    for (size_t j = 0; j < n; j++) {
        const char *name = class_name(model, j, number);
        table_add_column(*out, name, name, COLUMN_INTEGER);
    }
    for (size_t i = 0; i < n; i++) {
        table_begin_row(*out);
        table_put_text(*out, class_name(model, i, number));
        for (size_t j = 0; j < n; j++)
            table_put_integer(*out, (int64_t)confusion->counts[i * n + j]);
    }
    table_add_note(*out, "A row is of the images with that label, a column of those that were "
                         "taken for that class.");
    return ST_OK;
}
