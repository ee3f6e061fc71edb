/* Packed data sets: whatever the bytes are, no more is written than there is room for. */
#include "cnn/gzip.h"
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

enum { CAPACITY = 512, ROOM = 64, FENCE = 0xa5 };

size_t fuzz_seed(size_t i, uint8_t *out)
{
    uint8_t plain[CAPACITY];
    if (i > 1)
        return 0;
    for (size_t k = 0; k < CAPACITY; k++)
        plain[k] = (uint8_t)(i ? k * k : 0);
    z_stream stream = {0};
    if (deflateInit2(&stream, 9, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY) != Z_OK)
        abort();
    stream.next_in = plain;
    stream.avail_in = CAPACITY;
    stream.next_out = out;
    stream.avail_out = FUZZ_SEED_MAX;
    if (deflate(&stream, Z_FINISH) != Z_STREAM_END)
        abort();
    size_t size = stream.total_out;
    deflateEnd(&stream);
    return size;
}

static bool unpack(const uint8_t *bytes, size_t size, bool whole)
{
    uint8_t out[CAPACITY + ROOM];
    memset(out, FENCE, sizeof out);
    size_t unpacked = 0;
    struct error err;
    enum status status =
        gzip_unpack("fuzz.gz", bytes, size, out, CAPACITY, whole, &unpacked, &err);
    if (status == ST_OK && unpacked > CAPACITY)
        abort();
    for (size_t i = CAPACITY; i < sizeof out; i++)
        if (out[i] != FENCE)
            abort();
    return status == ST_OK;
}

bool fuzz_read(const uint8_t *bytes, size_t size)
{
    bool partly = unpack(bytes, size, false);
    return unpack(bytes, size, true) || partly;
}
