#include "cnn/gzip.h"

#define ZLIB_CONST /* zlib takes pointers to const */
#include <zlib.h>

/* zlib counts in 32 bits: larger buffers are fed in pieces. */
#define PIECE ((size_t)1 << 30)
/* 15 bits of window, and 16 to expect gzip's header and checksum. */
#define WINDOW_BITS (15 + 16)

struct unpacking {
    const char *path;
    z_stream stream;
    size_t in_left, out_left; /* not yet given to the stream */
};

bool gzip_starts(const uint8_t *bytes, size_t size)
{
    return size >= 2 && bytes[0] == 0x1f && bytes[1] == 0x8b;
}

static void feed(struct unpacking *u)
{
    if (u->stream.avail_in == 0) {
        size_t piece = u->in_left < PIECE ? u->in_left : PIECE;
        u->stream.avail_in = (uInt)piece;
        u->in_left -= piece;
    }
    if (u->stream.avail_out == 0) {
        size_t piece = u->out_left < PIECE ? u->out_left : PIECE;
        u->stream.avail_out = (uInt)piece;
        u->out_left -= piece;
    }
}

static enum status damaged(const struct unpacking *u, int code, struct error *err)
{
    unsigned long in = u->stream.total_in, out = u->stream.total_out;
    if (code == Z_MEM_ERROR)
        return error_set(err, ST_NOMEM, "%s: out of memory to unpack it", u->path);
    if (code == Z_BUF_ERROR && u->stream.avail_in == 0)
        return error_set(err, ST_FORMAT,
                         "%s: at byte %lu: expected more of the gzip stream, found the end of "
                         "the file",
                         u->path, in);
    if (code == Z_BUF_ERROR)
        return error_set(err, ST_FORMAT,
                         "%s: expected %lu bytes once unpacked, as its header says, found more",
                         u->path, out);
    return error_set(err, ST_FORMAT, "%s: at byte %lu: expected a sound gzip stream, found: %s",
                     u->path, in, u->stream.msg ? u->stream.msg : "a preset dictionary");
}

static enum status unpack(struct unpacking *u, bool whole, struct error *err)
{
    int code = Z_OK;
    while (code == Z_OK) {
        feed(u);
        if (!whole && u->stream.avail_out == 0)
            return ST_OK;
        code = inflate(&u->stream, Z_NO_FLUSH);
    }
    if (code != Z_STREAM_END)
        return damaged(u, code, err);
    size_t behind = u->stream.avail_in + u->in_left;
    if (whole && behind > 0)
        return error_set(
            err, ST_FORMAT,
            "%s: at byte %lu: expected the end of the file, found %zu bytes behind "
            "the gzip stream",
            u->path, u->stream.total_in, behind);
    return ST_OK;
}

enum status gzip_unpack(const char *path, const uint8_t *bytes, size_t size, uint8_t *out,
                        size_t capacity, bool whole, size_t *unpacked, struct error *err)
{
    struct unpacking u = {.path = path, .in_left = size, .out_left = capacity};
    u.stream.next_in = bytes;
    u.stream.next_out = out;
    int code = inflateInit2(&u.stream, WINDOW_BITS);
    enum status status = code == Z_OK ? unpack(&u, whole, err) : damaged(&u, code, err);
    *unpacked = u.stream.total_out;
    inflateEnd(&u.stream);
    return status;
}
