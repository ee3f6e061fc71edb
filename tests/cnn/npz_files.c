#include "tests/cnn/npz_files.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <zip.h>

enum { MEMBER_MAX = 65536, MEMBERS_MAX = 8 };

size_t npy_write(uint8_t *out, size_t room, const struct npz_member *member)
{
    size_t length = 0;
    if (member->header) {
        length = strlen(member->header) + 1;
        memcpy(out, "\x93NUMPY\x01\x00", 8);
        out[8] = (uint8_t)length;
        out[9] = (uint8_t)(length >> 8);
        memcpy(out + 10, member->header, length - 1);
        out[9 + length] = '\n';
        length += 10;
    }
    if (length + member->size > room)
        abort();
    if (member->size > 0)
        memcpy(out + length, member->bytes, member->size);
    return length + member->size;
}

static void add(zip_t *archive, const struct npz_member *member, uint8_t *bytes, bool packed)
{
    size_t size = npy_write(bytes, MEMBER_MAX, member);
    zip_source_t *source = zip_source_buffer(archive, bytes, size, 0);
    zip_int64_t index = source ? zip_file_add(archive, member->name, source, 0) : -1;
    if (index < 0 ||
        zip_set_file_compression(archive, (zip_uint64_t)index,
                                 packed ? ZIP_CM_DEFLATE : ZIP_CM_STORE, 0) ||
        zip_file_set_mtime(archive, (zip_uint64_t)index, 1000000000, 0))
        abort();
}

size_t npz_write(uint8_t *out, size_t room, const struct npz_member *members, size_t n,
                 bool packed)
{
    zip_error_t why;
    zip_error_init(&why);
    zip_source_t *file = zip_source_buffer_create(NULL, 0, 0, &why);
    uint8_t *bytes = malloc(MEMBERS_MAX * MEMBER_MAX);
    if (!file || !bytes || n > MEMBERS_MAX)
        abort();
    zip_source_keep(file);
    zip_t *archive = zip_open_from_source(file, ZIP_TRUNCATE, &why);
    if (!archive)
        abort();
    for (size_t i = 0; i < n; i++)
        add(archive, &members[i], bytes + i * MEMBER_MAX, packed);
    if (zip_close(archive) || zip_source_open(file))
        abort();
    zip_int64_t size = zip_source_read(file, out, room);
    if (size <= 0 || (size_t)size == room)
        abort();
    zip_source_close(file);
    zip_source_free(file);
    zip_error_fini(&why);
    free(bytes);
    return (size_t)size;
}
