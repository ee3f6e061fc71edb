/* fuzz.h - what a fuzz target is: a reader of bytes that come from outside, and sound examples
 * of them.
 *
 * NAME_fuzz.c fills both functions. With entry.c it is a libFuzzer program (preset fuzz, run by
 * tests/fuzz/run.sh); with replay.c it is the test fuzz/NAME, which needs no fuzzer. */
#ifndef TESTS_FUZZ_FUZZ_H
#define TESTS_FUZZ_FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FUZZ_SEED_MAX 16384

/* Read the bytes; true when they are sound. Whatever they are, it must not crash, leak, or
 * answer with less than it promises: what is wrong there ends in abort(). */
bool fuzz_read(const uint8_t *bytes, size_t size);

/* Write sound example i into out[0 .. FUZZ_SEED_MAX). Answers its size; 0 when there is no such
 * example. */
size_t fuzz_seed(size_t i, uint8_t *out);

#endif
