#include "cnn/npz.h"

#include "cnn/gzip.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <zip.h>

struct npz {
    char *path;
    zip_t *archive;
};

struct npz_array {
    char *name;
    zip_file_t *file;
    uint8_t start[NPY_HEADER_MAX]; /* of the member: the header, and what was read with it */
    size_t start_size, start_at;
    uint64_t at, size; /* of the member: how much was handed out, and how much there is */
};

static enum status out_of_memory(const char *path, struct error *err)
{
    return error_set(err, ST_NOMEM, "%s: out of memory to unpack it", path);
}

static enum status refuse_archive(const char *path, zip_error_t *why, struct error *err)
{
    enum status status =
        zip_error_code_zip(why) == ZIP_ER_MEMORY
            ? out_of_memory(path, err)
            : error_set(err, ST_FORMAT, "%s: expected a sound zip archive, found: %s", path,
                        zip_error_strerror(why));
    zip_error_fini(why);
    return status;
}

enum status npz_open(struct npz **out, const char *path, const uint8_t *bytes, size_t size,
                     struct error *err)
{
    *out = NULL;
    if (size == 0) /* which libzip takes for an archive of no members */
        return error_set(err, ST_FORMAT, "%s: expected a sound zip archive, found nothing",
                         path);
    zip_error_t why;
    zip_error_init(&why);
    struct npz *npz = calloc(1, sizeof *npz);
    char *copy = strdup(path);
    if (!npz || !copy) {
        free(npz);
        free(copy);
        return out_of_memory(path, err);
    }
    npz->path = copy;
    zip_source_t *source = zip_source_buffer_create(bytes, size, 0, &why);
    if (source)
        npz->archive = zip_open_from_source(source, ZIP_RDONLY | ZIP_CHECKCONS, &why);
    if (!npz->archive) {
        zip_source_free(source);
        npz_close(npz);
        return refuse_archive(path, &why, err);
    }
    zip_error_fini(&why);
    *out = npz;
    return ST_OK;
}

void npz_close(struct npz *npz)
{
    if (!npz)
        return;
    if (npz->archive)
        zip_discard(npz->archive);
    free(npz->path);
    free(npz);
}

/* What the archive says of a member. */
static enum status check_member(const struct npz_array *array, const zip_stat_t *info,
                                struct error *err)
{
    const zip_uint64_t needed =
        ZIP_STAT_SIZE | ZIP_STAT_COMP_SIZE | ZIP_STAT_COMP_METHOD | ZIP_STAT_ENCRYPTION_METHOD;
    bool plain = info->comp_method == ZIP_CM_STORE;
    if ((info->valid & needed) != needed || info->encryption_method != ZIP_EM_NONE ||
        (!plain && info->comp_method != ZIP_CM_DEFLATE))
        return error_set(err, ST_FORMAT, "%s: expected a member that is stored or deflated",
                         array->name);
    if (plain ? info->size != info->comp_size : info->size / GZIP_RATIO_MAX > info->comp_size)
        return error_set(err, ST_FORMAT,
                         "%s: expected %llu bytes once unpacked, more than %llu packed bytes "
                         "can hold",
                         array->name, (unsigned long long)info->size,
                         (unsigned long long)info->comp_size);
    return ST_OK;
}

/* Read on; 0 at the end of the member, where its checksum is compared. */
static enum status unpack(struct npz_array *array, void *out, size_t size, size_t *n,
                          struct error *err)
{
    *n = 0;
    while (*n < size) {
        zip_int64_t got = zip_fread(array->file, (char *)out + *n, size - *n);
        unsigned long long at = array->at + *n;
        if (got < 0)
            return error_set(err, ST_FORMAT,
                             "%s: at byte %llu: expected sound packed data, found: %s",
                             array->name, at, zip_file_strerror(array->file));
        if (got == 0)
            break;
        *n += (size_t)got;
    }
    return ST_OK;
}

static enum status read_header(struct npz_array *array, struct npy_header *header,
                               struct error *err)
{
    enum status status =
        unpack(array, array->start, sizeof array->start, &array->start_size, err);
    if (status == ST_OK)
        status = npy_read_header(header, array->name, array->start, array->start_size, err);
    if (status)
        return status;
    uint64_t promised = header->size + header->count * header->item;
    if (promised != array->size)
        return error_set(err, ST_FORMAT,
                         "%s: at byte %llu: expected %llu bytes in all, as its header says, "
                         "found %llu",
                         array->name,
                         (unsigned long long)(promised < array->size ? promised : array->size),
                         (unsigned long long)promised, (unsigned long long)array->size);
    array->start_at = header->size;
    array->at = header->size;
    return ST_OK;
}

/* Open the member that was found. */
static enum status open_member(struct npz_array *array, struct npz *npz, const zip_stat_t *info,
                               struct npy_header *header, struct error *err)
{
    enum status status = check_member(array, info, err);
    if (status)
        return status;
    array->size = info->size;
    array->file = zip_fopen_index(npz->archive, info->index, 0);
    if (!array->file)
        return error_set(err, ST_FORMAT, "%s: expected a member that can be read, found: %s",
                         array->name, zip_strerror(npz->archive));
    return read_header(array, header, err);
}

enum status npz_array_open(struct npz_array **out, struct npz *npz, const char *name,
                           struct npy_header *header, struct error *err)
{
    zip_stat_t info;
    char member[64];
    *out = NULL;
    snprintf(member, sizeof member, "%s.npy", name);
    if (zip_stat(npz->archive, member, 0, &info))
        return error_set(err, ST_NOTFOUND, "%s: expected an array %s, found none", npz->path,
                         member);
    struct npz_array *array = calloc(1, sizeof *array);
    if (!array || asprintf(&array->name, "%s: %s", npz->path, member) < 0) {
        free(array);
        return out_of_memory(npz->path, err);
    }
    enum status status = open_member(array, npz, &info, header, err);
    if (status) {
        npz_array_close(array);
        return status;
    }
    *out = array;
    return ST_OK;
}

static enum status check_end(struct npz_array *array, struct error *err)
{
    char more;
    size_t n;
    enum status status = unpack(array, &more, 1, &n, err);
    if (status || n == 0)
        return status;
    return error_set(err, ST_FORMAT, "%s: at byte %llu: expected its end, found more",
                     array->name, (unsigned long long)array->at);
}

enum status npz_array_read(struct npz_array *array, void *out, size_t size, struct error *err)
{
    size_t ready = array->start_size - array->start_at, n = ready < size ? ready : size, rest;
    memcpy(out, array->start + array->start_at, n);
    array->start_at += n;
    array->at += n;
    enum status status = unpack(array, (uint8_t *)out + n, size - n, &rest, err);
    if (status)
        return status;
    array->at += rest;
    if (n + rest < size)
        return error_set(err, ST_FORMAT,
                         "%s: at byte %llu: expected %zu more bytes, found none", array->name,
                         (unsigned long long)array->at, size - n - rest);
    return array->at == array->size ? check_end(array, err) : ST_OK;
}

const char *npz_array_name(const struct npz_array *array)
{
    return array->name;
}

void npz_array_close(struct npz_array *array)
{
    if (!array)
        return;
    if (array->file)
        zip_fclose(array->file);
    free(array->name);
    free(array);
}
