/* image_list.h - the images of a folder that has a subfolder a class.
 *
 * The classes are below a folder of images to train on (train or training) and perhaps others
 * to validate on (val, valid, validation) and of a test set (test, testing), in small or large
 * letters; or, where there is none to train on, right below the folder. They are numbered in
 * the order of their names' bytes. Images are told by their names (.jpg, .jpeg, .png, in small
 * or large letters); hidden files are passed over, links are followed. Threading: no shared
 * state. */
#ifndef CNN_IMAGE_LIST_H
#define CNN_IMAGE_LIST_H

#include "base/status.h"
#include "cnn/folder_names.h"

#include <stddef.h>
#include <stdint.h>

enum image_part { IMAGE_TRAIN, IMAGE_VAL, IMAGE_TEST, IMAGE_PARTS };

struct listed_image {
    char *path;
    enum image_part part;
    uint16_t label;
};

struct image_list {
    struct folder_names classes; /* at least 2 */
    struct listed_image *images; /* [n], in no order until image_list_sort() */
    size_t n, capacity;
    size_t counts[IMAGE_PARTS]; /* every class has at least one image to train on */
    uint64_t key;               /* of names, sizes and times, whatever the order */
    size_t others;              /* what else there is in the folders of the classes */
};

/* *list is the caller's to image_list_free(), also after an error.
 * Errors: ST_FORMAT for a folder that is not as described, for what has an image's name and is
 * no file, and for names of classes that are no UTF-8 or have control characters; ST_NOTFOUND
 * when there are no classes; ST_NOMEM; those of the system. */
enum status image_list_read(struct image_list *list, const char *folder, struct error *err);

/* By part, class and name. */
void image_list_sort(struct image_list *list);

void image_list_free(struct image_list *list);

#endif
