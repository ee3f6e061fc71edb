/* memory_file.h - a file in memory, with a path, for readers of files that are tried a million
 * times. */
#ifndef TESTS_FUZZ_MEMORY_FILE_H
#define TESTS_FUZZ_MEMORY_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The path of the one file, which holds these bytes from now on; static storage. */
const char *memory_file(const void *bytes, size_t size);

/* For formats with a checksum, which a fuzzer would hardly ever hit: the first byte says
 * whether put_right() makes it right, and the rest is the file that read_file() reads. Answers
 * what that does; false for no bytes. */
bool memory_file_read(const uint8_t *bytes, size_t size,
                      void (*put_right)(uint8_t *bytes, size_t size),
                      bool (*read_file)(const char *path));

#endif
