#include "cnn/image_list.h"

#include "cnn/dataset.h"
#include "cnn/dataset_prepare.h"
#include "cnn/file_bytes.h"
#include "cnn/folder_names.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* What folders of the parts may be called, in small or large letters. */
static const char *const part_names[IMAGE_PARTS][3] = {
    {"train", "training", NULL}, {"val", "valid", "validation"}, {"test", "testing", NULL}};

static enum status out_of_memory(const char *folder, struct error *err)
{
    return error_set(err, ST_NOMEM, "%s: out of memory for the list of images", folder);
}

/* The list being read, and the class whose folder it is at. */
struct reading {
    struct image_list *list;
    const char *root;
    enum image_part part;
    uint16_t label;
    const char *path; /* the class's folder */
    int fd;           /* the same, open */
};

static bool is_image(const char *name)
{
    static const char *const endings[] = {".jpg", ".jpeg", ".png"};
    const char *dot = strrchr(name, '.');
    for (size_t i = 0; dot && i < sizeof endings / sizeof *endings; i++)
        if (strcasecmp(dot, endings[i]) == 0)
            return true;
    return false;
}

/* From within its folder: the way there is not looked up for every image. */
static enum status check_file(int folder, const char *name, const char *path, struct stat *info,
                              struct error *err)
{
    if (fstatat(folder, name, info, 0))
        return error_errno(err, errno, "%s: cannot read the image", path);
    return file_check(info, path, err);
}

static enum status reserve(struct image_list *list, const char *root, struct error *err)
{
    if (list->n < list->capacity)
        return ST_OK;
    size_t capacity = list->capacity ? 2 * list->capacity : 1024;
    struct listed_image *images = reallocarray(list->images, capacity, sizeof *images);
    if (!images)
        return out_of_memory(root, err);
    list->images = images;
    list->capacity = capacity;
    return ST_OK;
}

static enum status add_image(const struct reading *r, const char *name, struct error *err)
{
    struct image_list *list = r->list;
    char *path;
    if (asprintf(&path, "%s/%s", r->path, name) < 0)
        return out_of_memory(r->root, err);
    struct stat info;
    enum status status = check_file(r->fd, name, path, &info, err);
    if (status == ST_OK)
        status = reserve(list, r->root, err);
    if (status) {
        free(path);
        return status;
    }
    list->images[list->n++] = (struct listed_image){path, r->part, r->label};
    list->counts[r->part]++;
    const char *below = path + strlen(r->root);
    uint64_t key = preparation_key_text(r->part, below, strlen(below));
    key = preparation_key(key, (uint64_t)info.st_size);
    key = preparation_key(key, (uint64_t)info.st_mtim.tv_sec);
    list->key += preparation_key(key, (uint64_t)info.st_mtim.tv_nsec);
    return ST_OK;
}

/* All images of a class, whose folder is open. */
static enum status read_entries(const struct reading *r, struct error *err)
{
    struct dirent **entries;
    int n = scandirat(r->fd, ".", &entries, folder_entry_is_shown, NULL);
    if (n < 0)
        return error_errno(err, errno, "%s: cannot list the folder of a class", r->path);
    enum status status = ST_OK;
    for (int i = 0; status == ST_OK && i < n; i++)
        if (is_image(entries[i]->d_name))
            status = add_image(r, entries[i]->d_name, err);
        else
            r->list->others++;
    for (int i = 0; i < n; i++)
        free(entries[i]);
    free(entries);
    return status;
}

static enum status read_class(struct reading *r, struct error *err)
{
    size_t before = r->list->n;
    r->fd = open(r->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (r->fd < 0)
        return error_errno(err, errno, "%s: cannot list the folder of a class", r->path);
    enum status status = read_entries(r, err);
    close(r->fd);
    if (status || r->part != IMAGE_TRAIN || r->list->n > before)
        return status;
    error_set(err, ST_FORMAT,
              "%s: expected at least one JPEG or PNG image of the class, found none", r->path);
    error_remedy(err, "put images there, or remove the folder");
    return ST_FORMAT;
}

/* Those to train on are the classes. */
static enum status check_classes(const struct folder_names *classes, const char *path,
                                 struct error *err)
{
    if (classes->n < 2)
        return error_set(err, classes->n ? ST_FORMAT : ST_NOTFOUND,
                         "%s: expected a folder of images for each of at least two classes, "
                         "found %s",
                         path, classes->n ? "one" : "none");
    if (classes->n > DATASET_CLASSES_MAX)
        return error_set(err, ST_FORMAT, "%s: expected at most %d classes, found %zu", path,
                         DATASET_CLASSES_MAX, classes->n);
    for (size_t i = 0; i < classes->n; i++)
        if (!folder_name_is_text(classes->names[i]))
            return error_set(err, ST_FORMAT,
                             "%s/%s: expected the name of a class, in UTF-8 without control "
                             "characters",
                             path, classes->names[i]);
    return ST_OK;
}

static int compare_names(const void *name, const void *element)
{
    return strcmp(name, *(char *const *)element);
}

/* The folder of a class, which must be one that there are images to train on of. */
static enum status enter_class(struct reading *r, const char *part_path, const char *name,
                               struct error *err)
{
    const struct folder_names *classes = &r->list->classes;
    char *const *found =
        bsearch(name, classes->names, classes->n, sizeof *classes->names, compare_names);
    if (!found)
        return error_set(err, ST_FORMAT,
                         "%s/%s: expected a class that there are images to train on of",
                         part_path, name);
    char *path;
    if (asprintf(&path, "%s/%s", part_path, name) < 0)
        return out_of_memory(r->root, err);
    r->label = (uint16_t)(found - classes->names);
    r->path = path;
    enum status status = read_class(r, err);
    free(path);
    return status;
}

/* The folder of a part: the root itself or one in it. */
static enum status read_part(struct image_list *list, const char *root, const char *path,
                             enum image_part part, struct error *err)
{
    struct reading r = {.list = list, .root = root, .part = part};
    struct folder_names own = {0}, *names = part == IMAGE_TRAIN ? &list->classes : &own;
    enum status status = folder_names_read(names, path, err);
    if (status == ST_OK && part == IMAGE_TRAIN)
        status = check_classes(names, path, err);
    for (size_t i = 0; status == ST_OK && i < names->n; i++)
        status = enter_class(&r, path, names->names[i], err);
    folder_names_free(&own);
    return status;
}

/* The part that a folder of this name holds, or IMAGE_PARTS. */
static enum image_part part_of(const char *name)
{
    for (enum image_part part = 0; part < IMAGE_PARTS; part++)
        for (size_t i = 0; i < 3 && part_names[part][i]; i++)
            if (strcasecmp(name, part_names[part][i]) == 0)
                return part;
    return IMAGE_PARTS;
}

/* Which of the names is each part's; NULL for none. */
static enum status find_parts(const char *found[IMAGE_PARTS], const struct folder_names *names,
                              const char *root, struct error *err)
{
    for (size_t i = 0; i < names->n; i++) {
        enum image_part part = part_of(names->names[i]);
        if (part == IMAGE_PARTS)
            continue;
        if (found[part])
            return error_set(err, ST_FORMAT,
                             "%s: expected one of the folders %s and %s, found both", root,
                             found[part], names->names[i]);
        found[part] = names->names[i];
    }
    const char *other = found[IMAGE_TEST] ? found[IMAGE_TEST] : found[IMAGE_VAL];
    if (found[IMAGE_TRAIN] || !other)
        return ST_OK;
    error_set(err, ST_FORMAT, "%s: expected a folder train beside %s, found none", root, other);
    error_remedy(err, "if %s is a class itself, give its folder another name", other);
    return ST_FORMAT;
}

static enum status read_named_part(struct image_list *list, const char *root, const char *name,
                                   enum image_part part, struct error *err)
{
    char *path;
    if (asprintf(&path, "%s/%s", root, name) < 0)
        return out_of_memory(root, err);
    enum status status = read_part(list, root, path, part, err);
    free(path);
    if (part == IMAGE_TRAIN && status == ST_NOTFOUND && list->classes.n == 0)
        error_remedy(err,
                     "put the images of each class into a folder of its own there; if %s is a "
                     "class itself, give its folder another name",
                     name);
    return status;
}

enum status image_list_read(struct image_list *list, const char *folder, struct error *err)
{
    *list = (struct image_list){.n = 0};
    struct folder_names names = {0};
    const char *parts[IMAGE_PARTS] = {NULL};
    enum status status = folder_names_read(&names, folder, err);
    if (status == ST_OK)
        status = find_parts(parts, &names, folder, err);
    if (status == ST_OK && !parts[IMAGE_TRAIN])
        status = read_part(list, folder, folder, IMAGE_TRAIN, err);
    for (enum image_part part = 0; status == ST_OK && part < IMAGE_PARTS; part++)
        if (parts[part])
            status = read_named_part(list, folder, parts[part], part, err);
    folder_names_free(&names);
    return status;
}

static int compare_images(const void *a, const void *b)
{
    const struct listed_image *x = a, *y = b;
    if (x->part != y->part)
        return x->part < y->part ? -1 : 1;
    if (x->label != y->label)
        return x->label < y->label ? -1 : 1;
    return strcmp(x->path, y->path);
}

void image_list_sort(struct image_list *list)
{
    if (list->n > 0)
        qsort(list->images, list->n, sizeof *list->images, compare_images);
}

void image_list_free(struct image_list *list)
{
    for (size_t i = 0; i < list->n; i++)
        free(list->images[i].path);
    free(list->images);
    folder_names_free(&list->classes);
}
