#include "cnn/checkpoint_file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "checkpoints are little-endian");

#define UNFINISHED "writing-"

enum { VERSION = 2, FLOAT32 = 1 };

struct header {
    char magic[8];
    uint32_t version;
    uint32_t numbers;
    uint64_t length; /* of the body */
};
_Static_assert(sizeof(struct header) + sizeof(uint32_t) == CHECKPOINT_FRAME, "no padding");

static const struct header own_header = {"WTCHKPT\n", VERSION, FLOAT32, 0};

static uint32_t crc_of(uint32_t crc, const void *bytes, size_t n)
{
    return (uint32_t)crc32_z(crc, bytes, n);
}

/* False when the path does not fit. */
static bool join(char path[PATH_MAX], const char *folder, const char *name)
{
    return snprintf(path, PATH_MAX, "%s/%s", folder, name) < PATH_MAX;
}

static void write_some(struct checkpoint_writer *writer, const void *bytes, size_t n)
{
    if (!writer->errnum && fwrite(bytes, 1, n, writer->file) != n)
        writer->errnum = errno ? errno : EIO;
}

enum status checkpoint_create(struct checkpoint_writer *writer, const char *folder,
                              struct error *err)
{
    *writer = (struct checkpoint_writer){.folder = folder};
    errno = ENAMETOOLONG;
    int fd = join(writer->path, folder, UNFINISHED "XXXXXX") ? mkostemp(writer->path, O_CLOEXEC)
                                                             : -1;
    if (fd >= 0 && !(writer->file = fdopen(fd, "wb"))) {
        close(fd);
        unlink(writer->path);
    }
    if (!writer->file) {
        enum status status = error_errno(err, errno, "%s: cannot write a checkpoint", folder);
        error_remedy(err, "make it a folder that can be written to");
        return status;
    }
    write_some(writer, &own_header, sizeof own_header);
    return ST_OK;
}

void checkpoint_put(struct checkpoint_writer *writer, const void *bytes, size_t n)
{
    write_some(writer, bytes, n);
    writer->crc = crc_of(writer->crc, bytes, n);
    writer->length += n;
}

/* The checksum, the length that is known now, and all of it on the disk. */
static void finish(struct checkpoint_writer *writer)
{
    struct header header = own_header;
    header.length = writer->length;
    uint32_t crc = crc_of(writer->crc, &header, sizeof header);
    write_some(writer, &crc, sizeof crc);
    if (!writer->errnum && fseek(writer->file, 0, SEEK_SET))
        writer->errnum = errno;
    write_some(writer, &header, sizeof header);
    if (!writer->errnum && (fflush(writer->file) || fsync(fileno(writer->file))))
        writer->errnum = errno;
}

/* The names themselves are synced too, where the file system can. */
static void sync_folder(const char *folder)
{
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return;
    fsync(fd);
    close(fd);
}

/* Give the file the name of the latest, whose file becomes the one before. Answers the error's
 * number. */
static int become_latest(const char *path, const char *folder)
{
    char latest[PATH_MAX], before[PATH_MAX];
    if (!join(latest, folder, CHECKPOINT_LATEST) || !join(before, folder, CHECKPOINT_BEFORE))
        return ENAMETOOLONG;
    if ((rename(latest, before) && errno != ENOENT) || rename(path, latest))
        return errno;
    sync_folder(folder);
    return 0;
}

static int become_best(const char *path, const char *folder)
{
    char best[PATH_MAX];
    if (!join(best, folder, CHECKPOINT_BEST))
        return ENAMETOOLONG;
    if (rename(path, best))
        return errno;
    sync_folder(folder);
    return 0;
}

enum status checkpoint_commit(struct checkpoint_writer *writer, enum checkpoint_place place,
                              struct error *err)
{
    if (place)
        finish(writer);
    if (fclose(writer->file) && !writer->errnum)
        writer->errnum = errno;
    if (place && !writer->errnum)
        writer->errnum = place == CHECKPOINT_AS_BEST
                             ? become_best(writer->path, writer->folder)
                             : become_latest(writer->path, writer->folder);
    if (place && !writer->errnum)
        return ST_OK;
    unlink(writer->path);
    if (!place)
        return ST_OK;
    enum status status =
        error_errno(err, writer->errnum, "%s: cannot write a checkpoint", writer->folder);
    error_remedy(err, "make room there, or choose another folder; the checkpoint before it is "
                      "kept");
    return status;
}

bool checkpoint_best_is_latest(const char *folder)
{
    char best[PATH_MAX], path[PATH_MAX];
    if (!join(best, folder, CHECKPOINT_BEST) || !join(path, folder, UNFINISHED "link"))
        return false;
    if (link(best, path))
        return false;
    if (become_latest(path, folder) == 0)
        return true;
    unlink(path);
    return false;
}

static enum status refuse(const struct checkpoint_reader *reader, struct error *err,
                          const char *why)
{
    error_set(err, ST_FORMAT, "%s: %s", reader->path, why);
    error_remedy(err, "delete it, or go on from another checkpoint");
    return ST_FORMAT;
}

static enum status read_failed(const struct checkpoint_reader *reader, struct error *err)
{
    if (ferror(reader->file))
        return error_errno(err, errno, "%s: cannot read", reader->path);
    return refuse(reader, err, "is cut short");
}

/* What the beginning says, and whether the file is as long as that. */
static enum status check_header(struct checkpoint_reader *reader, struct header *header,
                                struct error *err)
{
    struct stat st;
    if (fread(header, sizeof *header, 1, reader->file) != 1)
        return read_failed(reader, err);
    if (memcmp(header->magic, own_header.magic, sizeof header->magic) != 0) {
        error_set(err, ST_FORMAT, "%s: is no checkpoint", reader->path);
        error_remedy(err, "name one, or the folder that --save was given");
        return ST_FORMAT;
    }
    if (header->version != VERSION) {
        error_set(err, ST_FORMAT, "%s: is of version %u, this program reads version %d",
                  reader->path, (unsigned)header->version, VERSION);
        error_remedy(err, "go on with the program that wrote it, or train from the beginning");
        return ST_FORMAT;
    }
    if (header->numbers != FLOAT32)
        return refuse(reader, err, "holds numbers that are not 32-bit floats");
    if (fstat(fileno(reader->file), &st))
        return error_errno(err, errno, "%s: cannot read", reader->path);
    uint64_t size = (uint64_t)st.st_size;
    if (size < CHECKPOINT_FRAME || header->length != size - CHECKPOINT_FRAME) {
        error_set(err, ST_FORMAT,
                  "%s: is cut short or damaged: its body has %llu bytes of %llu", reader->path,
                  (unsigned long long)(size < CHECKPOINT_FRAME ? 0 : size - CHECKPOINT_FRAME),
                  (unsigned long long)header->length);
        error_remedy(err, "delete it, or go on from another checkpoint");
        return ST_FORMAT;
    }
    return ST_OK;
}

static enum status check_body(struct checkpoint_reader *reader, const struct header *header,
                              struct error *err)
{
    static _Thread_local unsigned char piece[1 << 16];
    uint32_t crc = 0, expected;
    for (uint64_t left = header->length; left > 0;) {
        size_t n = left < sizeof piece ? (size_t)left : sizeof piece;
        if (fread(piece, 1, n, reader->file) != n)
            return read_failed(reader, err);
        crc = crc_of(crc, piece, n);
        left -= n;
    }
    if (fread(&expected, sizeof expected, 1, reader->file) != 1)
        return read_failed(reader, err);
    if (crc_of(crc, header, sizeof *header) != expected)
        return refuse(reader, err, "is damaged: its checksum is wrong");
    if (fseek(reader->file, sizeof *header, SEEK_SET))
        return error_errno(err, errno, "%s: cannot read", reader->path);
    reader->left = header->length;
    return ST_OK;
}

enum status checkpoint_open(struct checkpoint_reader *reader, const char *path,
                            struct error *err)
{
    struct header header;
    *reader = (struct checkpoint_reader){.path = path, .file = fopen(path, "rb")};
    if (!reader->file) {
        enum status status = error_errno(err, errno, "%s: cannot open the checkpoint", path);
        error_remedy(err, "make it readable, or go on from another checkpoint");
        return status;
    }
    enum status status = check_header(reader, &header, err);
    if (!status)
        status = check_body(reader, &header, err);
    if (status)
        checkpoint_close(reader);
    return status;
}

enum status checkpoint_get(struct checkpoint_reader *reader, void *bytes, size_t n,
                           struct error *err)
{
    if (n > reader->left)
        return refuse(reader, err, "ends too early");
    reader->left -= n;
    return fread(bytes, 1, n, reader->file) == n ? ST_OK : read_failed(reader, err);
}

void checkpoint_close(struct checkpoint_reader *reader)
{
    if (reader->file)
        fclose(reader->file);
    reader->file = NULL;
}

static bool has(const char *folder, const char *name)
{
    char path[PATH_MAX];
    return join(path, folder, name) && access(path, F_OK) == 0;
}

bool checkpoint_exists(const char *folder)
{
    return has(folder, CHECKPOINT_LATEST) || has(folder, CHECKPOINT_BEFORE) ||
           has(folder, CHECKPOINT_BEST);
}

void checkpoint_sweep(const char *folder)
{
    DIR *entries = opendir(folder);
    if (!entries)
        return;
    for (const struct dirent *e; (e = readdir(entries));) {
        char path[PATH_MAX];
        if (strncmp(e->d_name, UNFINISHED, strlen(UNFINISHED)) == 0 &&
            join(path, folder, e->d_name))
            unlink(path);
    }
    closedir(entries);
}

void checkpoint_delete(const char *folder)
{
    static const char *const names[] = {CHECKPOINT_LATEST, CHECKPOINT_BEFORE, CHECKPOINT_BEST};
    char path[PATH_MAX];
    checkpoint_sweep(folder);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (join(path, folder, names[i]))
            unlink(path);
}
