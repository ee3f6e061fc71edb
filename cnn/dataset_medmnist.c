/* The 2-D sets of MedMNIST, and others in their format: a NumPy archive with train_images,
 * train_labels and the same of val and test. Images are bytes, [n][height][width] or
 * [n][height][width][3]; labels are integers, [n] or [n][1].
 * Source: https://medmnist.com, Yang et al. 2023 ("MedMNIST v2", Scientific Data 10, 41). */
#include "cnn/dataset_prepare.h"
#include "cnn/dataset_table.h"
#include "cnn/npz.h"

#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CLASSES, N_OPTIONS };

static const struct dataset_option option_table[N_OPTIONS] = {
    [CLASSES] = {"classes", "classes; 0: the largest label of the training set, and one", true,
                 0, DATASET_CLASSES_MAX, 0},
};

enum { PARTS = 3 };

static const char *const image_names[PARTS] = {"train_images", "val_images", "test_images"};
static const char *const label_names[PARTS] = {"train_labels", "val_labels", "test_labels"};

/* An archive, and how far its images have been read. */
struct work {
    struct npz *npz;
    const char *path;
    size_t n_classes;
    struct image_shape shape;
    size_t counts[PARTS];
    struct npz_array *images; /* of the part that is being read; NULL for none */
    size_t part, next;        /* that part, and the next image in it */
    uint8_t *image;           /* one, as it lies in the archive */
};

static enum status out_of_memory(const struct work *work, struct error *err)
{
    return error_set(err, ST_NOMEM, "%s: out of memory to unpack it", work->path);
}

static bool side_is_sound(size_t side)
{
    return side > 0 && side <= DATASET_SIDE_MAX;
}

/* What to do about images that are not of the kind that is read here; NULL for no idea. */
static const char *image_remedy(const struct npy_header *header)
{
    if (header->column_wise)
        return "save the array that numpy.ascontiguousarray() makes of it";
    if (header->item != 1 || header->kind != 'u')
        return "save the pixels as numpy.uint8, from 0 to 255";
    return header->n_dims > 3 ? "name one of the sets of flat images, not of volumes" : NULL;
}

/* Images of one part, whose header was read: is it a list of such images? */
static enum status check_images(struct work *work, size_t part, const struct npz_array *array,
                                const struct npy_header *header, struct error *err)
{
    size_t channels = header->n_dims == 3 ? 1 : header->dims[3];
    bool flat =
        header->n_dims == 3 || (header->n_dims == 4 && (channels == 1 || channels == 3));
    if (!flat || header->item != 1 || header->kind != 'u' || header->column_wise ||
        header->dims[0] == 0 || !side_is_sound(header->dims[1]) ||
        !side_is_sound(header->dims[2])) {
        error_set(err, ST_FORMAT,
                  "%s: expected bytes in C order of a shape (n, height, width) or (n, height, "
                  "width, 3)",
                  npz_array_name(array));
        const char *remedy = image_remedy(header);
        if (remedy)
            error_remedy(err, "%s", remedy);
        return ST_FORMAT;
    }
    struct image_shape shape = {channels, header->dims[1], header->dims[2]};
    if (part > 0 && memcmp(&shape, &work->shape, sizeof shape) != 0)
        return error_set(err, ST_FORMAT,
                         "%s: expected images of %zu x %zu with %zu channels like those to "
                         "train on, found %zu x %zu with %zu",
                         npz_array_name(array), work->shape.height, work->shape.width,
                         work->shape.channels, shape.height, shape.width, shape.channels);
    work->shape = shape;
    work->counts[part] = header->dims[0];
    return ST_OK;
}

static enum status check_labels(const struct work *work, size_t part,
                                const struct npz_array *array, const struct npy_header *header,
                                struct error *err)
{
    if (header->n_dims == 2 && header->dims[1] > 1) {
        error_set(err, ST_FORMAT, "%s: expected one label an image, found %zu",
                  npz_array_name(array), header->dims[1]);
        error_remedy(err, "what is trained here chooses one class an image; ChestMNIST is of "
                          "another kind");
        return ST_FORMAT;
    }
    if (header->n_dims < 1 || header->n_dims > 2 || header->count != work->counts[part])
        return error_set(err, ST_FORMAT, "%s: expected %zu labels, as many as there are images",
                         npz_array_name(array), work->counts[part]);
    return ST_OK;
}

/* The labels' bytes are [n] integers as the header says. */
static enum status take_labels(struct work *work, struct dataset_split *split,
                               const struct npz_array *array, const struct npy_header *header,
                               const uint8_t *bytes, struct error *err)
{
    size_t limit = work->n_classes ? work->n_classes : DATASET_CLASSES_MAX, largest = 0;
    for (size_t i = 0; i < split->n; i++) {
        int64_t label;
        if (!npy_integer(header, bytes, i, &label) || label < 0 || (uint64_t)label >= limit)
            return error_set(err, ST_FORMAT, "%s: at byte %zu: expected a label from 0 to %zu",
                             npz_array_name(array), header->size + i * header->item, limit - 1);
        split->labels[i] = (uint16_t)label;
        if ((size_t)label > largest)
            largest = (size_t)label;
    }
    if (work->n_classes == 0) /* those to train on come first */
        work->n_classes = largest + 1;
    if (work->n_classes < 2)
        return error_set(err, ST_FORMAT, "%s: expected at least two classes, found %zu",
                         npz_array_name(array), work->n_classes);
    return ST_OK;
}

static enum status read_labels(struct work *work, struct dataset_split *split, size_t part,
                               struct error *err)
{
    struct npz_array *array;
    struct npy_header header;
    enum status status = npz_array_open(&array, work->npz, label_names[part], &header, err);
    if (status)
        return status;
    status = check_labels(work, part, array, &header, err);
    uint8_t *bytes = NULL;
    if (status == ST_OK) {
        bytes = malloc(header.count * header.item);
        status = bytes ? npz_array_read(array, bytes, header.count * header.item, err)
                       : out_of_memory(work, err);
    }
    if (status == ST_OK)
        status = dataset_reserve(split, header.count, err);
    if (status == ST_OK)
        status = take_labels(work, split, array, &header, bytes, err);
    free(bytes);
    npz_array_close(array);
    return status;
}

/* The shape and the labels of a part. */
static enum status describe_part(struct work *work, struct dataset_split *split, size_t part,
                                 struct error *err)
{
    struct npz_array *array;
    struct npy_header header;
    enum status status = npz_array_open(&array, work->npz, image_names[part], &header, err);
    if (status == ST_NOTFOUND && part > 0) /* not every set has three parts */
        return ST_OK;
    if (status)
        return status;
    status = check_images(work, part, array, &header, err);
    npz_array_close(array);
    return status ? status : read_labels(work, split, part, err);
}

static enum status describe(void *context, struct dataset *dataset, struct error *err)
{
    struct work *work = context;
    struct dataset_split *splits[PARTS] = {&dataset->train, &dataset->val, &dataset->test};
    enum status status = ST_OK;
    for (size_t part = 0; status == ST_OK && part < PARTS; part++)
        status = describe_part(work, splits[part], part, err);
    if (status)
        return status;
    dataset->shape = work->shape;
    dataset->n_classes = work->n_classes;
    free(work->image);
    work->image = malloc(image_bytes(&work->shape));
    return work->image ? ST_OK : out_of_memory(work, err);
}

/* Go to the first image of a part that has any. */
static enum status start_part(struct work *work, size_t part, struct error *err)
{
    struct npy_header header;
    while (part < PARTS && work->counts[part] == 0)
        part++;
    assert(part < PARTS);
    work->part = part;
    work->next = 0;
    npz_array_close(work->images);
    return npz_array_open(&work->images, work->npz, image_names[part], &header, err);
}

/* Colours lie side by side in the archive, and in planes here. */
static void to_planes(uint8_t *out, const uint8_t *image, const struct image_shape *shape)
{
    size_t n = shape->height * shape->width;
    for (size_t c = 0; c < shape->channels; c++)
        for (size_t i = 0; i < n; i++)
            out[c * n + i] = image[i * shape->channels + c];
}

static enum status produce(void *context, size_t i, uint8_t *out, struct error *err)
{
    struct work *work = context;
    enum status status = ST_OK;
    if (i == 0)
        status = start_part(work, 0, err);
    else if (work->next == work->counts[work->part])
        status = start_part(work, work->part + 1, err);
    if (status == ST_OK)
        status = npz_array_read(work->images, work->image, image_bytes(&work->shape), err);
    if (status == ST_OK)
        to_planes(out, work->image, &work->shape);
    work->next++;
    return status;
}

static enum status prepare(struct dataset *dataset, struct work *work,
                           const struct file_bytes *file, struct error *err)
{
    const char *slash = strrchr(work->path, '/'), *name = slash ? slash + 1 : work->path;
    char *folder = slash ? strndup(work->path, (size_t)(slash - work->path)) : strdup(".");
    if (!folder)
        return out_of_memory(work, err);
    uint64_t key = preparation_key(work->n_classes, file->size);
    key = preparation_key(key, (uint64_t)file->modified.tv_sec);
    key = preparation_key(key, (uint64_t)file->modified.tv_nsec);
    struct preparation preparation = {
        .source = work->path,
        .folder = *folder ? folder : "/",
        .name = name,
        .key = key,
        .context = work,
        .describe = describe,
        .produce = produce,
    };
    enum status status = dataset_prepare(dataset, &preparation, err);
    free(folder);
    return status;
}

static enum status open_archive(struct dataset *dataset, const char *path, size_t n_classes,
                                struct error *err)
{
    struct work work = {.path = path, .n_classes = n_classes};
    struct file_bytes file;
    enum status status = file_map(&file, path, err);
    if (status)
        return status;
    status = npz_open(&work.npz, path, file.bytes, file.size, err);
    if (status == ST_OK)
        status = prepare(dataset, &work, &file, err);
    npz_array_close(work.images);
    npz_close(work.npz);
    free(work.image);
    file_unmap(&file);
    return status;
}

static int is_archive(const struct dirent *entry)
{
    return fnmatch("*.npz", entry->d_name, FNM_PERIOD) == 0;
}

/* The one archive in a folder; the caller frees it. */
static enum status find_archive(char **path, const char *folder, struct error *err)
{
    struct dirent **entries;
    int n = scandir(folder, &entries, is_archive, alphasort);
    if (n < 0)
        return error_errno(err, errno, "%s: cannot list the folder", folder);
    enum status status = ST_OK;
    if (n == 0) {
        status = error_set(err, ST_NOTFOUND, "%s: expected a file of .npz, found none", folder);
        error_remedy(err, "%s", dataset_medmnist.remedy);
    } else if (n > 1) {
        status = error_set(err, ST_INVALID, "%s: expected one file of .npz, found %s and %s",
                           folder, entries[0]->d_name, entries[1]->d_name);
        error_remedy(err, "give the path of the file that is meant");
    } else if (!(*path = dataset_path_join(folder, entries[0]->d_name))) {
        status = error_set(err, ST_NOMEM, "%s: out of memory", folder);
    }
    for (int i = 0; i < n; i++)
        free(entries[i]);
    free(entries);
    return status;
}

static enum status open_medmnist(struct dataset *dataset, const char *path,
                                 const double *options, struct error *err)
{
    struct stat info;
    char *found = NULL;
    enum status status = ST_OK;
    if (stat(path, &info) == 0 && S_ISDIR(info.st_mode))
        status = find_archive(&found, path, err);
    if (status == ST_OK)
        status = open_archive(dataset, found ? found : path, (size_t)options[CLASSES], err);
    free(found);
    return status;
}

const struct dataset_format dataset_medmnist = {
    .name = "medmnist",
    .summary = "the 2-D sets of MedMNIST and others in their format: NumPy archives (.npz)",
    .files = "a file of .npz, or a folder with one",
    .path_is_file = true,
    .remedy = "examples/get-data.sh pathmnist (or another set) fetches it into data/pathmnist",
    .options = option_table,
    .n_options = N_OPTIONS,
    .open = open_medmnist,
};
