/* A folder of JPEG or PNG images, one subfolder a class. Each image is decoded and resized
 * once; see cnn/dataset_prepare.h for where the result is kept. */
#include "cnn/dataset_prepare.h"
#include "cnn/dataset_table.h"
#include "cnn/image.h"
#include "cnn/image_list.h"
#include "cnn/image_resize.h"

#include "base/log.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SIZE, CHANNELS, N_OPTIONS };

static const struct dataset_option option_table[N_OPTIONS] = {
    [SIZE] = {"size", "height and width that the images are resized to", true, 4, 1024, 64},
    [CHANNELS] = {"channels", "1: grey; 3: colours; 0: colours if any image has them", true, 0,
                  3, 0},
};

/* The images that are prepared. */
struct work {
    const char *folder;
    struct image_list list;
    size_t side, channels; /* channels may be 0, until the images have been looked at */
};

/* Look at one image's header. */
static enum status has_colours(const char *path, bool *colours, struct error *err)
{
    struct file_bytes file;
    struct image image;
    enum status status = file_map(&file, path, err);
    if (status)
        return status;
    status = image_read_shape(&image, path, file.bytes, file.size, err);
    *colours = status == ST_OK && image.channels > 1;
    file_unmap(&file);
    return status;
}

/* Choose grey or colours. */
static enum status choose_channels(struct work *work, struct error *err)
{
    bool colours = false;
    enum status status = ST_OK;
    for (size_t i = 0; work->channels == 0 && status == ST_OK && !colours && i < work->list.n;
         i++)
        status = has_colours(work->list.images[i].path, &colours, err);
    if (work->channels == 0)
        work->channels = colours ? 3 : 1;
    return status;
}

static enum status name_classes(struct dataset *dataset, const struct folder_names *classes,
                                struct error *err)
{
    dataset->class_names = calloc(classes->n, sizeof *dataset->class_names);
    bool named = dataset->class_names != NULL;
    for (size_t i = 0; named && i < classes->n; i++) {
        dataset->class_names[i] = strdup(classes->names[i]);
        named = dataset->class_names[i] != NULL;
    }
    return named ? ST_OK : error_set(err, ST_NOMEM, "out of memory for the names of classes");
}

static enum status describe(void *context, struct dataset *dataset, struct error *err)
{
    struct work *work = context;
    const struct image_list *list = &work->list;
    image_list_sort(&work->list);
    enum status status = choose_channels(work, err);
    if (status)
        return status;
    dataset->shape = (struct image_shape){work->channels, work->side, work->side};
    dataset->n_classes = list->classes.n;
    status = name_classes(dataset, &list->classes, err);
    struct dataset_split *parts[] = {&dataset->train, &dataset->val, &dataset->test};
    for (enum image_part part = 0; status == ST_OK && part < IMAGE_PARTS; part++)
        if (list->counts[part] > 0)
            status = dataset_reserve(parts[part], list->counts[part], err);
    if (status)
        return status;
    size_t at[IMAGE_PARTS] = {0};
    for (size_t i = 0; i < list->n; i++) {
        enum image_part part = list->images[i].part;
        parts[part]->labels[at[part]++] = list->images[i].label;
    }
    return ST_OK;
}

static enum status produce(void *context, size_t i, uint8_t *out, struct error *err)
{
    const struct work *work = context;
    return image_read(out, work->channels, work->side, work->list.images[i].path, err);
}

static enum status prepare(struct dataset *dataset, struct work *work, struct error *err)
{
    static const char *const kinds[] = {[0] = "auto", [1] = "grey", [3] = "rgb"};
    char name[32];
    snprintf(name, sizeof name, "%zu-%s", work->side, kinds[work->channels]);
    struct preparation preparation = {
        .source = work->folder,
        .folder = work->folder,
        .name = name,
        .key = preparation_key_text(work->list.key, name, strlen(name)),
        .context = work,
        .describe = describe,
        .produce = produce,
    };
    return dataset_prepare(dataset, &preparation, err);
}

static enum status open_folder(struct dataset *dataset, const char *path, const double *options,
                               struct error *err)
{
    struct work work = {
        .folder = path, .side = (size_t)options[SIZE], .channels = (size_t)options[CHANNELS]};
    if (work.channels == 2)
        return error_set(err, ST_INVALID,
                         "data set option channels: expected 0, 1 or 3, got \"2\"");
    enum status status = image_list_read(&work.list, path, err);
    if (status == ST_NOTFOUND && work.list.classes.n == 0 && err && !err->remedy[0])
        error_remedy(err, "%s", dataset_folder.remedy);
    if (status == ST_OK && work.list.others > 0)
        log_info("%s: %zu entries of the folders of classes are no JPEG or PNG by their names, "
                 "and are left aside",
                 path, work.list.others);
    if (status == ST_OK)
        status = prepare(dataset, &work, err);
    image_list_free(&work.list);
    return status;
}

const struct dataset_format dataset_folder = {
    .name = "folder",
    .summary = "JPEG or PNG images of any size in one folder a class, resized",
    .files =
        "a folder with a subfolder of images for each class, or with such folders in train, "
        "and in val and test if there are images to validate on and a test set",
    .remedy = "put the images of each class into a folder of its own",
    .options = option_table,
    .n_options = N_OPTIONS,
    .open = open_folder,
};
