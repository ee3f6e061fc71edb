#include "cnn/dataset_build.h"
#include "cnn/image_cache_layout.h"

#include "base/clock.h"
#include "base/log.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

static enum status cannot_write(const struct image_cache_writer *writer, int errnum,
                                struct error *err)
{
    return error_errno(err, errnum, "%s: cannot write the prepared images", writer->path);
}

/* Answers the error's number. */
static int wait_for_lock(const struct image_cache_writer *writer)
{
    if (flock(writer->fd, LOCK_EX | LOCK_NB) == 0)
        return 0;
    if (errno != EWOULDBLOCK)
        return errno;
    log_info("%s: another process prepares these images; waiting for it", writer->path);
    return flock(writer->fd, LOCK_EX) == 0 ? 0 : errno;
}

/* Whoever had the lock has renamed or deleted the file that was opened, if it is not there any
 * more under its name. */
static bool is_in_place(const struct image_cache_writer *writer)
{
    struct stat opened, there;
    return fstat(writer->fd, &opened) == 0 && stat(writer->unfinished, &there) == 0 &&
           opened.st_dev == there.st_dev && opened.st_ino == there.st_ino;
}

enum status image_cache_lock(struct image_cache_writer *writer, const char *path,
                             struct error *err)
{
    *writer = (struct image_cache_writer){.fd = -1};
    bool fits = snprintf(writer->path, PATH_MAX, "%s", path) < PATH_MAX &&
                snprintf(writer->unfinished, PATH_MAX, "%s.new", path) < PATH_MAX;
    int errnum = fits ? 0 : ENAMETOOLONG;
    while (errnum == 0) {
        writer->fd = open(writer->unfinished,
                          O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0666);
        errnum = writer->fd < 0 ? errno : wait_for_lock(writer);
        if (errnum == 0 && is_in_place(writer))
            return ST_OK;
        if (writer->fd >= 0)
            close(writer->fd);
    }
    writer->fd = -1;
    if (errnum == EINTR)
        return error_set(err, ST_INTERRUPTED, "%s: waiting was interrupted", writer->path);
    return cannot_write(writer, errnum, err);
}

static size_t names_size(const struct dataset *dataset)
{
    size_t size = 0;
    for (size_t i = 0; dataset->class_names && i < dataset->n_classes; i++)
        size += strlen(dataset->class_names[i]) + 1;
    return size;
}

static struct image_cache_header describe(const struct dataset *dataset, uint64_t key)
{
    return (struct image_cache_header){
        .magic = IMAGE_CACHE_MAGIC,
        .version = IMAGE_CACHE_VERSION,
        .channels = (uint32_t)dataset->shape.channels,
        .height = (uint32_t)dataset->shape.height,
        .width = (uint32_t)dataset->shape.width,
        .n_classes = (uint32_t)dataset->n_classes,
        .names_size = (uint32_t)names_size(dataset),
        .key = key,
        .n = {dataset->train.n, dataset->val.n, dataset->test.n},
        .written_s = clock_realtime_us() / 1000000,
    };
}

/* Put the labels and the names behind the header's place. */
static void fill_head(char *head, const struct dataset *dataset)
{
    const struct dataset_split *parts[] = {&dataset->train, &dataset->val, &dataset->test};
    char *at = head + sizeof(struct image_cache_header);
    for (size_t part = 0; part < IMAGE_CACHE_PARTS; part++)
        if (parts[part]->n > 0)
            at = mempcpy(at, parts[part]->labels, parts[part]->n * sizeof(uint16_t));
    for (size_t i = 0; dataset->class_names && i < dataset->n_classes; i++) {
        at = stpcpy(at, dataset->class_names[i]);
        *at++ = '\n';
    }
}

enum status image_cache_begin(struct image_cache_writer *writer, const struct dataset *dataset,
                              uint64_t key, struct error *err)
{
    writer->header = describe(dataset, key);
    writer->head_size = image_cache_head_size(&writer->header);
    writer->image_size = image_bytes(&dataset->shape);
    writer->at = image_cache_start(&writer->header);
    writer->head = malloc(writer->head_size);
    if (!writer->head)
        return error_set(err, ST_NOMEM, "%s: out of memory", writer->path);
    fill_head(writer->head, dataset);
    uint64_t size = writer->at + image_cache_count(&writer->header) * writer->image_size;
    if (ftruncate(writer->fd, 0))
        return cannot_write(writer, errno, err);
    /* All the room at once, so that a full disk is known before the work; not every file system
     * can tell. */
    int errnum = posix_fallocate(writer->fd, 0, (off_t)size);
    if (errnum && errnum != EOPNOTSUPP && errnum != EINVAL)
        return cannot_write(writer, errnum, err);
    return ST_OK;
}

static enum status write_at(const struct image_cache_writer *writer, const void *bytes,
                            size_t size, uint64_t at, struct error *err)
{
    const char *rest = bytes;
    while (size > 0) {
        ssize_t n = pwrite(writer->fd, rest, size, (off_t)at);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return cannot_write(writer, n ? errno : EIO, err);
        rest += n;
        at += (uint64_t)n;
        size -= (size_t)n;
    }
    return ST_OK;
}

enum status image_cache_put(struct image_cache_writer *writer, const uint8_t *image,
                            struct error *err)
{
    enum status status = write_at(writer, image, writer->image_size, writer->at, err);
    writer->header.images_crc =
        (uint32_t)crc32_z(writer->header.images_crc, image, writer->image_size);
    writer->at += writer->image_size;
    return status;
}

/* Of what would be lost if the machine stopped now, only the name is: see image_cache.h for the
 * time. */
static int put_in_place(const struct image_cache_writer *writer)
{
    struct timespec times[2] = {{.tv_nsec = UTIME_OMIT}, {.tv_sec = writer->header.written_s}};
    if (fsync(writer->fd) || futimens(writer->fd, times) ||
        rename(writer->unfinished, writer->path))
        return errno;
    return 0;
}

enum status image_cache_commit(struct image_cache_writer *writer, struct error *err)
{
    struct image_cache_header *header = &writer->header;
    memcpy(writer->head, header, sizeof *header);
    header->head_crc = image_cache_head_crc(header, writer->head);
    memcpy(writer->head, header, sizeof *header);
    enum status status = write_at(writer, writer->head, writer->head_size, 0, err);
    if (status)
        return status;
    int errnum = put_in_place(writer);
    if (errnum)
        return cannot_write(writer, errnum, err);
    writer->unfinished[0] = '\0';
    return ST_OK;
}

void image_cache_abandon(struct image_cache_writer *writer)
{
    if (writer->fd >= 0) {
        if (writer->unfinished[0])
            unlink(writer->unfinished);
        close(writer->fd);
    }
    free(writer->head);
    writer->fd = -1;
    writer->head = NULL;
}
