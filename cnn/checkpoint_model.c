#include "cnn/checkpoint_model.h"

#include "cnn/checkpoint_walk.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static void free_images(struct checkpoint_images *images)
{
    for (size_t i = 0; images->class_names && i < images->n_classes; i++)
        free(images->class_names[i]);
    free(images->class_names);
    images->class_names = NULL;
}

void checkpoint_model_free(struct checkpoint_model *model)
{
    free_images(&model->images);
}

static enum status read_file(struct checkpoint_model *model, struct error *err)
{
    struct checkpoint_reader reader;
    struct train_result result = {0};
    struct walk walk = {.in = &reader, .takes = true, .err = err};
    enum status status = checkpoint_open(&reader, model->path, err);
    if (status)
        return status;
    walk_get_settings(&walk, &model->settings);
    walk_progress(&walk, &result);
    walk_images(&walk, &model->images);
    model->epochs_done = result.last.epoch;
    model->val_accuracy = result.last.val_accuracy;
    checkpoint_close(&reader);
    return walk.status;
}

static enum status no_checkpoint(const char *place, struct error *err)
{
    error_set(err, ST_NOTFOUND, "%s: there is no checkpoint", place);
    error_remedy(err, "name one, or the folder that wattune train --save was given");
    return ST_NOTFOUND;
}

static enum status read_folder(struct checkpoint_model *model, const char *folder,
                               struct error *refused, struct error *err)
{
    static const char *const names[] = {CHECKPOINT_BEST, CHECKPOINT_LATEST, CHECKPOINT_BEFORE};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct error why = {0};
        if (snprintf(model->path, PATH_MAX, "%s/%s", folder, names[i]) >= PATH_MAX)
            return error_set(err, ST_INVALID, "%s: the path is too long", folder);
        enum status status = read_file(model, &why);
        if (status == ST_OK)
            return ST_OK;
        if (status == ST_NOMEM && err)
            *err = why;
        if (status == ST_NOMEM)
            return status;
        checkpoint_model_free(model);
        if (status != ST_NOTFOUND && refused->status == ST_OK)
            *refused = why;
    }
    if (refused->status) {
        if (err)
            *err = *refused;
        return refused->status;
    }
    return no_checkpoint(folder, err);
}

enum status checkpoint_model_read(struct checkpoint_model *model, const char *place,
                                  struct error *refused, struct error *err)
{
    struct stat st;
    *model = (struct checkpoint_model){.epochs_done = 0};
    *refused = (struct error){.status = ST_OK};
    if (stat(place, &st) == 0 && S_ISDIR(st.st_mode))
        return read_folder(model, place, refused, err);
    if (snprintf(model->path, PATH_MAX, "%s", place) >= PATH_MAX)
        return error_set(err, ST_INVALID, "%s: the path is too long", place);
    enum status status = read_file(model, err);
    return status == ST_NOTFOUND ? no_checkpoint(place, err) : status;
}

enum status checkpoint_model_load(const struct checkpoint_model *model, struct network *network,
                                  struct error *err)
{
    struct checkpoint_reader reader;
    struct train_settings settings;
    struct train_result result = {0};
    struct checkpoint_images images = {0};
    struct walk walk = {.in = &reader, .takes = true, .err = err};
    enum status status = checkpoint_open(&reader, model->path, err);
    if (status)
        return status;
    walk_get_settings(&walk, &settings);
    walk_progress(&walk, &result);
    walk_images(&walk, &images);
    walk_network(&walk, network, 0, 0);
    float *plain = walk_plain(&walk, network);
    walk_params(&walk, network, NULL, plain);
    free(plain);
    free_images(&images);
    checkpoint_close(&reader);
    return walk.status;
}
