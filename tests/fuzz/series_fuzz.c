/* A row of samples. What is read is what its bytes say: written again it is read the same. */
#include "base/strbuf.h"
#include "results/series.h"
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>
#include <string.h>

size_t fuzz_seed(size_t i, uint8_t *out)
{
    static const int64_t values[] = {1000000, 42, -1, 2000000, 41, -1, 3000000, INT64_MAX, -1};
    static const struct {
        size_t rows, columns;
    } shapes[] = {{3, 3}, {9, 1}, {1, 9}, {0, 0}};
    if (i == sizeof shapes / sizeof shapes[0])
        return 0;
    struct strbuf bytes = STRBUF_INIT;
    series_encode(values, shapes[i].rows, shapes[i].columns, &bytes);
    size_t size = bytes.length;
    memcpy(out, strbuf_text(&bytes), size);
    strbuf_free(&bytes);
    return size;
}

bool fuzz_read(const uint8_t *bytes, size_t size)
{
    int64_t *values, *again;
    size_t rows, columns, rows_again, columns_again;
    if (series_decode(&values, &rows, &columns, bytes, size))
        return false;
    struct strbuf text = STRBUF_INIT;
    series_encode(values, rows, columns, &text);
    if (series_decode(&again, &rows_again, &columns_again,
                      (const unsigned char *)strbuf_text(&text), text.length) ||
        rows_again != rows || columns_again != columns ||
        memcmp(again, values, rows * columns * sizeof *values) != 0)
        abort();
    free(again);
    free(values);
    strbuf_free(&text);
    return true;
}
