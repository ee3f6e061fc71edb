#include "tests/cnn/scratch_folder.h"

#include "tests/check.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#define ZLIB_CONST /* zlib takes pointers to const */
#include <zlib.h>

static char folder[256];

const char *scratch_create(void)
{
    const char *parent = getenv("TMPDIR");
    snprintf(folder, sizeof folder, "%s/wattune-test-XXXXXX",
             parent && *parent ? parent : "/tmp");
    assert_non_null(mkdtemp(folder));
    return folder;
}

const char *scratch_path(const char *name)
{
    static char path[768];
    assert_true(snprintf(path, sizeof path, "%s/%s", folder, name) < (int)sizeof path);
    return path;
}

static int remove_one(const char *path, const struct stat *info, int kind, struct FTW *where)
{
    (void)info;
    (void)kind;
    (void)where;
    return remove(path);
}

void scratch_remove(void)
{
    assert_int_equal(nftw(folder, remove_one, 8, FTW_DEPTH | FTW_PHYS), 0);
}

int scratch_set_up(void **state)
{
    *state = NULL;
    scratch_create();
    return 0;
}

int scratch_tear_down(void **state)
{
    (void)state;
    scratch_remove();
    return 0;
}

const char *scratch_folder(void)
{
    return folder;
}

void scratch_make_folders(const char *name)
{
    char path[768];
    snprintf(path, sizeof path, "%s", scratch_path(name));
    for (char *slash = path + strlen(folder) + 1; (slash = strchr(slash, '/'));
         *slash++ = '/') {
        *slash = '\0';
        assert_true(mkdir(path, 0700) == 0 || errno == EEXIST);
    }
}

void scratch_write(const char *name, const void *bytes, size_t size)
{
    scratch_make_folders(name);
    FILE *file = fopen(scratch_path(name), "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, size, file), size);
    assert_int_equal(fclose(file), 0);
}

size_t scratch_write_gzip(const char *name, const void *bytes, size_t size)
{
    z_stream stream = {0};
    assert_int_equal(deflateInit2(&stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY),
                     Z_OK);
    size_t bound = deflateBound(&stream, size);
    uint8_t *packed = malloc(bound);
    assert_non_null(packed);
    stream.next_in = bytes;
    stream.avail_in = (uInt)size;
    stream.next_out = packed;
    stream.avail_out = (uInt)bound;
    assert_int_equal(deflate(&stream, Z_FINISH), Z_STREAM_END);
    size_t packed_size = stream.total_out;
    deflateEnd(&stream);
    scratch_write(name, packed, packed_size);
    free(packed);
    return packed_size;
}

void scratch_delete(const char *name)
{
    assert_int_equal(remove(scratch_path(name)), 0);
}

void scratch_set_time(const char *name, int64_t s, long ns)
{
    struct timespec times[2] = {{s, ns}, {s, ns}};
    assert_int_equal(utimensat(AT_FDCWD, scratch_path(name), times, 0), 0);
}
