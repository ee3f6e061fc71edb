#include "cnn/dataset_prepare.h"

#include "base/clock.h"
#include "base/log.h"
#include "cnn/image_cache.h"
#include "cnn/memory.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* Seconds between two lines of progress, and before the first. */
#define PROGRESS_S 5

enum { PLACES = 2 };

/* Where the cache may be. An empty path: nowhere. */
struct places {
    char personal[PATH_MAX]; /* the folder of the second path */
    char paths[PLACES][PATH_MAX];
};

/* The last step of splitmix64, which spreads every bit over all. */
static uint64_t spread(uint64_t bits)
{
    bits = (bits ^ bits >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    bits = (bits ^ bits >> 27) * UINT64_C(0x94d049bb133111eb);
    return bits ^ bits >> 31;
}

/* FNV-1a, from a beginning that depends on the key. */
uint64_t preparation_key_text(uint64_t key, const char *text, size_t length)
{
    uint64_t hash = spread(key + UINT64_C(14695981039346656037));
    for (size_t i = 0; i < length; i++)
        hash = (hash ^ (unsigned char)text[i]) * UINT64_C(1099511628211);
    return spread(hash);
}

uint64_t preparation_key(uint64_t key, uint64_t number)
{
    return preparation_key_text(key, (const char *)&number, sizeof number);
}

/* The user's folder of caches. False when there is none. */
static bool find_personal(char path[PATH_MAX])
{
    const char *xdg = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");
    int length = -1;
    if (xdg && xdg[0] == '/') /* what is not absolute must be ignored */
        length = snprintf(path, PATH_MAX, "%s/wattune", xdg);
    else if (home && home[0] == '/')
        length = snprintf(path, PATH_MAX, "%s/.cache/wattune", home);
    return length > 0 && length < PATH_MAX;
}

static void find_places(struct places *places, const struct preparation *p)
{
    char absolute[PATH_MAX];
    *places = (struct places){.personal = ""};
    int length =
        snprintf(places->paths[0], PATH_MAX, "%s/.wattune-images-%s", p->folder, p->name);
    if (length >= PATH_MAX)
        places->paths[0][0] = '\0';
    if (!find_personal(places->personal) || !realpath(p->source, absolute))
        return;
    uint64_t hash = preparation_key_text(0, absolute, strlen(absolute));
    length = snprintf(places->paths[1], PATH_MAX, "%s/images-%016llx-%s", places->personal,
                      (unsigned long long)hash, p->name);
    if (length >= PATH_MAX)
        places->paths[1][0] = '\0';
}

/* Make the user's folder of caches and the one that it is in. What fails shows soon enough. */
static void make_personal(const struct places *places)
{
    char parent[PATH_MAX];
    snprintf(parent, sizeof parent, "%s", places->personal);
    *strrchr(parent, '/') = '\0';
    mkdir(parent, 0700);
    mkdir(places->personal, 0700);
}

/* Is there a cache? What is damaged is told, and prepared again. */
static enum status open_cache(struct dataset *dataset, const struct preparation *p,
                              const char *path, struct error *err)
{
    struct error why;
    enum status status = image_cache_open(dataset, path, p->key, &why);
    if (status == ST_OK)
        return ST_OK;
    dataset_reset(dataset);
    if (status == ST_NOMEM) {
        if (err)
            *err = why;
        return status;
    }
    if (status == ST_FORMAT)
        log_warn("%s; the images are prepared again", why.what);
    return ST_NOTFOUND;
}

static size_t count(const struct dataset *dataset)
{
    return dataset->train.n + dataset->val.n + dataset->test.n;
}

/* What is told while the work goes on. */
struct progress {
    const struct preparation *preparation;
    size_t n;
    double begun_s, told_s;
    bool told;
};

static struct progress start_progress(const struct preparation *p, size_t n)
{
    double now = clock_monotonic_s();
    return (struct progress){.preparation = p, .n = n, .begun_s = now, .told_s = now};
}

static void tell_progress(struct progress *progress, size_t done)
{
    double now = clock_monotonic_s();
    bool last = done == progress->n;
    if (now - progress->told_s < PROGRESS_S && !(last && progress->told))
        return;
    progress->told = true;
    progress->told_s = now;
    log_info("%s: %zu of %zu images prepared in %.0f s", progress->preparation->source, done,
             progress->n, now - progress->begun_s);
}

/* All images into the cache. *place_failed: it was not the images that failed. */
static enum status produce_file(const struct preparation *p, size_t n, size_t size,
                                struct image_cache_writer *writer, bool *place_failed,
                                struct error *err)
{
    uint8_t *image = malloc(size);
    if (!image)
        return error_set(err, ST_NOMEM, "%s: out of memory for an image", p->source);
    enum status status = ST_OK;
    struct progress progress = start_progress(p, n);
    for (size_t i = 0; status == ST_OK && i < n; i++) {
        status = p->produce(p->context, i, image, err);
        if (status == ST_OK) {
            status = image_cache_put(writer, image, err);
            *place_failed = status != ST_OK;
        }
        tell_progress(&progress, i + 1);
    }
    free(image);
    return status;
}

/* Write the cache, whose lock is held. */
static enum status write_cache(struct dataset *dataset, const struct preparation *p,
                               struct image_cache_writer *writer, bool *place_failed,
                               struct error *err)
{
    enum status status = p->describe(p->context, dataset, err);
    if (status)
        return status;
    status = image_cache_begin(writer, dataset, p->key, err);
    if (status) {
        *place_failed = status != ST_NOMEM;
        return status;
    }
    status = produce_file(p, count(dataset), image_bytes(&dataset->shape), writer, place_failed,
                          err);
    if (status)
        return status;
    status = image_cache_commit(writer, err);
    *place_failed = status != ST_OK;
    return status;
}

/* Prepare the images into a file at the place, or take what another process has put there while
 * this one waited. */
static enum status prepare_at(struct dataset *dataset, const struct preparation *p,
                              const char *path, bool *place_failed, struct error *err)
{
    struct image_cache_writer writer;
    enum status status = image_cache_lock(&writer, path, err);
    *place_failed = status != ST_OK && status != ST_INTERRUPTED;
    if (status)
        return status;
    status = open_cache(dataset, p, path, err);
    if (status == ST_NOTFOUND) {
        status = write_cache(dataset, p, &writer, place_failed, err);
        dataset_reset(dataset);
        if (status == ST_OK) {
            status = image_cache_open(dataset, path, p->key, err);
            *place_failed = status != ST_OK && status != ST_NOMEM;
        }
    }
    image_cache_abandon(&writer);
    return status;
}

static void set_addresses(struct dataset *dataset, const uint8_t *images)
{
    struct dataset_split *parts[] = {&dataset->train, &dataset->val, &dataset->test};
    size_t size = image_bytes(&dataset->shape);
    for (size_t part = 0; part < 3; part++)
        for (size_t i = 0; i < parts[part]->n; i++, images += size)
            parts[part]->images[i] = images;
}

static enum status prepare_in_memory(struct dataset *dataset, const struct preparation *p,
                                     struct error *err)
{
    enum status status = p->describe(p->context, dataset, err);
    if (status)
        return status;
    size_t n = count(dataset), size = image_bytes(&dataset->shape);
    status = memory_check((uint64_t)n * size, "the prepared images", err);
    if (status)
        return status;
    uint8_t *images = dataset_allocate(dataset, n * size);
    if (!images)
        return error_set(err, ST_NOMEM, "%s: out of memory for %zu images", p->source, n);
    struct progress progress = start_progress(p, n);
    for (size_t i = 0; status == ST_OK && i < n; i++) {
        status = p->produce(p->context, i, images + i * size, err);
        tell_progress(&progress, i + 1);
    }
    set_addresses(dataset, images);
    return status;
}

enum status dataset_prepare(struct dataset *dataset, const struct preparation *p,
                            struct error *err)
{
    struct places places;
    struct error why = {.what = "there is no folder for it"};
    find_places(&places, p);
    for (size_t i = 0; i < PLACES; i++) {
        enum status status =
            places.paths[i][0] ? open_cache(dataset, p, places.paths[i], err) : ST_NOTFOUND;
        if (status != ST_NOTFOUND)
            return status;
    }
    for (size_t i = 0; i < PLACES; i++) {
        bool place_failed = false;
        if (!places.paths[i][0])
            continue;
        if (i > 0)
            make_personal(&places);
        enum status status = prepare_at(dataset, p, places.paths[i], &place_failed, &why);
        if (!place_failed) {
            if (status && err)
                *err = why;
            return status;
        }
        dataset_reset(dataset);
    }
    log_warn("%s: the images are prepared anew each time, since they cannot be kept: %s",
             p->source, why.what);
    return prepare_in_memory(dataset, p, err);
}
