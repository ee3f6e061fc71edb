/* NumPy archives: the first byte chooses between the header of an array and an archive. An
 * accepted archive's arrays can be read to the end that their headers promise. */
#include "cnn/npz.h"
#include "tests/cnn/npz_files.h"
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>
#include <string.h>

enum { HEADER, ARCHIVE, KINDS };

/* Reading more than this tells nothing new. */
enum { PIECE = 4096, PIECES = 64 };

static const char grey[] = "{'descr': '|u1', 'fortran_order': False, 'shape': (3, 4, 5), }";
static const char labels[] = "{'descr': '<i8', 'fortran_order': False, 'shape': (3, 1), }";

size_t fuzz_seed(size_t i, uint8_t *out)
{
    static const uint8_t bytes[60] = {1, 2, 3, 4};
    const struct npz_member members[] = {{"train_images.npy", grey, bytes, 60},
                                         {"train_labels.npy", labels, bytes, 24}};
    size_t room = FUZZ_SEED_MAX - 1;
    out[0] = i < 2 ? HEADER : ARCHIVE;
    switch (i) {
    case 0:
    case 1:
        return 1 + npy_write(out + 1, room, &members[i]);
    case 2:
    case 3:
        return 1 + npz_write(out + 1, room, members, 2, i == 2);
    default:
        return 0;
    }
}

static bool read_header(const uint8_t *bytes, size_t size)
{
    struct npy_header header;
    struct error err;
    if (npy_read_header(&header, "fuzz.npy", bytes, size, &err))
        return false;
    uint64_t product = 1;
    for (size_t i = 0; i < header.n_dims; i++)
        product *= header.dims[i];
    if (header.size > size || header.size > NPY_HEADER_MAX || header.n_dims > NPY_DIMS_MAX ||
        product != header.count || header.count > INT64_MAX / header.item)
        abort();
    int64_t value;
    if (header.count > 0 && size - header.size >= header.item)
        npy_integer(&header, bytes + header.size, 0, &value);
    return true;
}

/* True when there is such an array, and it is sound as far as it was read. */
static bool read_array(struct npz *npz, const char *name)
{
    static uint8_t piece[PIECE];
    struct npz_array *array;
    struct npy_header header;
    struct error err;
    if (npz_array_open(&array, npz, name, &header, &err))
        return false;
    enum status status = ST_OK;
    uint64_t left = header.count * header.item;
    for (int i = 0; status == ST_OK && left > 0 && i < PIECES; i++) {
        size_t n = left < PIECE ? (size_t)left : PIECE;
        status = npz_array_read(array, piece, n, &err);
        left -= n;
    }
    npz_array_close(array);
    return status == ST_OK;
}

static bool read_archive(const uint8_t *bytes, size_t size)
{
    struct npz *npz;
    struct error err;
    if (npz_open(&npz, "fuzz.npz", bytes, size, &err))
        return false;
    bool images = read_array(npz, "train_images");
    bool sound = read_array(npz, "train_labels") && images;
    npz_close(npz);
    return sound;
}

bool fuzz_read(const uint8_t *bytes, size_t size)
{
    if (size < 1)
        return false;
    return bytes[0] % KINDS == HEADER ? read_header(bytes + 1, size - 1)
                                      : read_archive(bytes + 1, size - 1);
}
