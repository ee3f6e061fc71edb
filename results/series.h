/* series.h - columns of whole numbers in few bytes, for what is sampled again and again.
 *
 * A column is kept as the differences between its neighbours, or as the differences of those
 * where that is shorter (a clock), each as a zigzag variable-length integer of 7 bits a byte;
 * a run of zeros is one zero and the number of those that follow it. The bytes are the same on
 * every machine. Source: the varint and zigzag encodings of Protocol Buffers; the differences
 * of differences after Pelkonen et al. 2015, "Gorilla", section 4.1.1. Threading: no shared
 * state. */
#ifndef RESULTS_SERIES_H
#define RESULTS_SERIES_H

#include "base/status.h"
#include "base/strbuf.h"

#include <stddef.h>
#include <stdint.h>

enum { SERIES_ROWS_MAX = 4096, SERIES_COLUMNS_MAX = 64 };

/* Append `values`, [n_rows x n_columns] row-major, at most the maxima above. A failed
 * allocation is remembered by `out`. */
void series_encode(const int64_t *values, size_t n_rows, size_t n_columns, struct strbuf *out);

/* The values again; *values is the caller's to free. Errors: ST_FORMAT for bytes that
 * series_encode() does not write; ST_NOMEM. */
enum status series_decode(int64_t **values, size_t *n_rows, size_t *n_columns,
                          const unsigned char *bytes, size_t size);

#endif
