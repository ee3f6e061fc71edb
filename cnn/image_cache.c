#include "cnn/image_cache.h"

#include "cnn/dataset_build.h"
#include "cnn/image_cache_layout.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <zlib.h>

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "image caches are little-endian");
_Static_assert(sizeof(struct image_cache_header) == 80, "no padding");

uint32_t image_cache_head_crc(const struct image_cache_header *header, const void *head)
{
    size_t covered = offsetof(struct image_cache_header, head_crc);
    const uint8_t *rest = (const uint8_t *)head + sizeof *header;
    uLong crc = crc32_z(0, head, covered);
    return (uint32_t)crc32_z(crc, rest, image_cache_head_size(header) - sizeof *header);
}

static enum status damaged(const char *path, struct error *err, size_t at, const char *expected)
{
    return error_set(err, ST_FORMAT, "%s: at byte %zu: expected %s", path, at, expected);
}

static bool side_is_sound(uint32_t side)
{
    return side > 0 && side <= DATASET_SIDE_MAX;
}

/* Do the counts make exactly this file? Each is bounded by the size before it is added or
 * multiplied. */
static bool sizes_fit(const struct image_cache_header *header, uint64_t size)
{
    if (!side_is_sound(header->height) || !side_is_sound(header->width) ||
        (header->channels != 1 && header->channels != 3) || header->n_classes < 2 ||
        header->n_classes > DATASET_CLASSES_MAX)
        return false;
    for (size_t part = 0; part < IMAGE_CACHE_PARTS; part++)
        if (header->n[part] > size)
            return false;
    uint64_t start = image_cache_start(header), n = image_cache_count(header);
    uint64_t image = (uint64_t)header->channels * header->height * header->width;
    return header->n[0] > 0 && start <= size && (size - start) / image == n &&
           (size - start) % image == 0;
}

/* Everything before the images. */
static enum status check_head(const struct image_cache_header *header,
                              const struct file_bytes *file, const char *path,
                              struct error *err)
{
    if (!sizes_fit(header, file->size))
        return damaged(path, err, offsetof(struct image_cache_header, channels),
                       "sizes that fit the file");
    if (image_cache_head_crc(header, file->bytes) != header->head_crc)
        return damaged(path, err, offsetof(struct image_cache_header, head_crc),
                       "the checksum of what is there");
    const uint8_t *labels = file->bytes + sizeof *header;
    for (uint64_t i = 0; i < image_cache_count(header); i++) {
        uint16_t label;
        memcpy(&label, labels + i * sizeof label, sizeof label);
        if (label >= header->n_classes)
            return damaged(path, err, sizeof *header + i * sizeof label,
                           "the label of a class");
    }
    return ST_OK;
}

/* Is this a file of ours for the key? */
static enum status read_header(struct image_cache_header *header, const struct file_bytes *file,
                               const char *path, uint64_t key, struct error *err)
{
    if (file->size < sizeof *header)
        return damaged(path, err, file->size, "more of the header");
    memcpy(header, file->bytes, sizeof *header);
    if (memcmp(header->magic, IMAGE_CACHE_MAGIC, sizeof header->magic) != 0)
        return damaged(path, err, 0, "a cache of images");
    if (header->version != IMAGE_CACHE_VERSION || header->key != key)
        return error_set(err, ST_NOTFOUND, "%s: was made from something else", path);
    return check_head(header, file, path, err);
}

/* Read the images, unless the file is as its writer left it. */
static enum status check_images(const struct image_cache_header *header,
                                const struct file_bytes *file, const char *path,
                                struct error *err)
{
    if (file->modified.tv_sec == header->written_s && file->modified.tv_nsec == 0)
        return ST_OK;
    uint64_t start = image_cache_start(header);
    if (crc32_z(0, file->bytes + start, file->size - start) != header->images_crc)
        return damaged(path, err, start, "images of another checksum");
    /* A copy: next time it need not be read. It may belong to somebody else. */
    struct timespec times[2] = {{.tv_nsec = UTIME_OMIT}, {.tv_sec = header->written_s}};
    (void)!utimensat(AT_FDCWD, path, times, 0);
    return ST_OK;
}

static enum status fill_names(struct dataset *dataset, const struct image_cache_header *header,
                              const struct file_bytes *file, const char *path,
                              struct error *err)
{
    size_t end = image_cache_head_size(header);
    struct file_bytes names = {.bytes = file->bytes + end - header->names_size,
                               .size = header->names_size};
    return names.size > 0 ? dataset_name_classes(dataset, &names, path, err) : ST_OK;
}

static enum status fill(struct dataset *dataset, const struct image_cache_header *header,
                        const struct file_bytes *file, const char *path, struct error *err)
{
    dataset->shape = (struct image_shape){header->channels, header->height, header->width};
    dataset->n_classes = header->n_classes;
    enum status status = fill_names(dataset, header, file, path, err);
    const uint8_t *labels = file->bytes + sizeof *header;
    const uint8_t *images = file->bytes + image_cache_start(header);
    struct dataset_split *parts[] = {&dataset->train, &dataset->val, &dataset->test};
    size_t image = image_bytes(&dataset->shape);
    for (size_t part = 0; status == ST_OK && part < IMAGE_CACHE_PARTS; part++) {
        size_t n = header->n[part];
        if (n == 0)
            continue;
        status = dataset_append(parts[part], images, image, n, err);
        if (status == ST_OK)
            memcpy(parts[part]->labels, labels, n * sizeof(uint16_t));
        images += n * image;
        labels += n * sizeof(uint16_t);
    }
    return status;
}

enum status image_cache_open(struct dataset *dataset, const char *path, uint64_t key,
                             struct error *err)
{
    struct file_bytes file;
    struct image_cache_header header;
    enum status status = dataset_map(dataset, path, &file, err);
    if (status == ST_OK)
        status = read_header(&header, &file, path, key, err);
    if (status == ST_OK)
        status = check_images(&header, &file, path, err);
    return status ? status : fill(dataset, &header, &file, path, err);
}
