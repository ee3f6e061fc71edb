/* dataset_prepare.h - images that take work before they can be trained on (to decode, to
 * unpack): done once, and kept in a cache file for the next time.
 *
 * The cache is beside the data; where that cannot be written to, it is in the user's own folder
 * of caches ($XDG_CACHE_HOME/wattune, or ~/.cache/wattune). Where neither has room, the images
 * are prepared in memory, each time. Of processes that need the same images at the same time
 * one prepares them. What takes long says so in the log. Threading: as the data set. */
#ifndef CNN_DATASET_PREPARE_H
#define CNN_DATASET_PREPARE_H

#include "cnn/dataset_build.h"

struct preparation {
    const char *source; /* the path of the data set */
    const char *folder; /* where the cache belongs */
    const char *name;   /* what tells it from others there */
    uint64_t key;       /* of all that the images depend on: another one, another cache */
    void *context;
    /* Fill everything of an empty data set but the images' addresses (dataset_reserve()). */
    enum status (*describe)(void *context, struct dataset *dataset, struct error *err);
    /* Write image i, image_bytes() of it: first those to train on, then those to validate on,
     * then those of the test set. Called in that order, if need be again from the first one
     * on. */
    enum status (*produce)(void *context, size_t i, uint8_t *image, struct error *err);
};

/* Fill a data set that is empty. Errors: those of the two functions; ST_NOMEM;
 * ST_INTERRUPTED. */
enum status dataset_prepare(struct dataset *dataset, const struct preparation *preparation,
                            struct error *err);

/* One number more to a key, which begins as 0. The order matters. */
uint64_t preparation_key(uint64_t key, uint64_t number);
/* The same for text[0 .. length). */
uint64_t preparation_key_text(uint64_t key, const char *text, size_t length);

#endif
