/* memory_file.h - a file in memory, with a path, for readers of files that are tried a million
 * times. */
#ifndef TESTS_FUZZ_MEMORY_FILE_H
#define TESTS_FUZZ_MEMORY_FILE_H

#include <stddef.h>

/* The path of the one file, which holds these bytes from now on; static storage. */
const char *memory_file(const void *bytes, size_t size);

#endif
