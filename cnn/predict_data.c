#include "cnn/predict_data.h"

#include <string.h>

const char *const predict_part_names[] = {"train", "val", "test", NULL};

static enum status differ(const struct checkpoint_model *model, const char *what, size_t there,
                          size_t here, struct error *err)
{
    error_set(err, ST_INVALID, "%s: was trained on images with %zu %s, these have %zu",
              model->path, there, what, here);
    error_remedy(err, "name the data set that it was trained on, or one like it");
    return ST_INVALID;
}

/* Classes go by their numbers: where both sides have names, these must be in the same order. */
static enum status check_names(const struct checkpoint_model *model,
                               const struct dataset *dataset, struct error *err)
{
    if (!model->images.class_names || !dataset->class_names)
        return ST_OK;
    for (size_t i = 0; i < dataset->n_classes; i++)
        if (strcmp(model->images.class_names[i], dataset->class_names[i]) != 0) {
            error_set(err, ST_INVALID, "%s: class %zu is '%s' there and '%s' here", model->path,
                      i, model->images.class_names[i], dataset->class_names[i]);
            error_remedy(err, "name a data set with the same classes");
            return ST_INVALID;
        }
    return ST_OK;
}

static enum status check(const struct checkpoint_model *model, const struct dataset *dataset,
                         struct error *err)
{
    const struct image_shape *there = &model->images.shape, *here = &dataset->shape;
    if (there->channels != here->channels)
        return differ(model, "channels", there->channels, here->channels, err);
    if (there->height != here->height)
        return differ(model, "rows", there->height, here->height, err);
    if (there->width != here->width)
        return differ(model, "columns", there->width, here->width, err);
    if (model->images.n_classes != dataset->n_classes)
        return differ(model, "classes", model->images.n_classes, dataset->n_classes, err);
    return check_names(model, dataset, err);
}

static enum status choose(struct predict_data *data, enum predict_part part, struct error *err)
{
    const struct train_data *all = &data->data;
    if (part == PREDICT_TRAIN)
        *data = (struct predict_data){*all, &all->dataset->train, all->split.train,
                                      all->split.n_train};
    else if (part == PREDICT_VAL)
        *data = (struct predict_data){*all, all->val_images, all->split.val, all->split.n_val};
    else
        *data = (struct predict_data){*all, &all->dataset->test, NULL, all->dataset->test.n};
    if (data->n == 0)
        return error_set(err, ST_INVALID, "the data set has no %s images",
                         predict_part_names[part]);
    return ST_OK;
}

enum status predict_data_open(struct predict_data *data, const struct checkpoint_model *model,
                              const struct train_settings *settings, enum predict_part part,
                              struct error *err)
{
    struct train_settings plain = *settings;
    plain.batch_size = 1;
    plain.augment_crop = plain.augment_cutout = 0;
    plain.test = false;
    memset(data, 0, sizeof *data);
    enum status status = train_data_open(&data->data, &plain, err);
    if (status == ST_OK)
        status = check(model, data->data.dataset, err);
    return status ? status : choose(data, part, err);
}

void predict_data_close(struct predict_data *data)
{
    train_data_close(&data->data);
}

size_t predict_data_index(const struct predict_data *data, size_t i)
{
    return data->indices ? data->indices[i] : i;
}
