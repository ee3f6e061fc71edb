/* sobol.h - scrambled Sobol points: evenly spread over the unit cube, and different by seed.
 *
 * The sequence is GSL's (Bratley & Fox 1988, algorithm 659), led by the origin that GSL leaves
 * out, under the hash-based Owen scrambling of Burley 2020, "Practical Hash-based Owen
 * Scrambling", with a hash for each coordinate. Of the first 2^m points every coordinate has
 * one in each interval of length 2^-m. Coordinates after the 40th and points after the 2^30th,
 * where GSL's sequence ends, are plain random numbers. Threading: one struct sobol per thread.
 */
#ifndef SEARCH_SOBOL_H
#define SEARCH_SOBOL_H

#include "base/status.h"

#include <stddef.h>
#include <stdint.h>

struct sobol;

/* Errors: ST_NOMEM. */
enum status sobol_create(struct sobol **out, size_t dims, uint64_t seed);
void sobol_free(struct sobol *sobol);

/* Point number index (from 0) into u[dims], each coordinate in (0, 1). The same for the same
 * (dims, seed, index), in whatever order they are asked for; rising order is the cheap one, as
 * the sequence has to be walked from the last index, or from its start when that lies behind.
 */
void sobol_point(struct sobol *sobol, uint64_t index, double *u);

#endif
