/* scratch_folder.h - files of a temporary folder, for tests of what reads data sets. */
#ifndef TESTS_CNN_SCRATCH_FOLDER_H
#define TESTS_CNN_SCRATCH_FOLDER_H

#include <stddef.h>
#include <stdint.h>

/* Make an empty folder; its path is static storage, one folder at a time. */
const char *scratch_create(void);

/* Remove the folder and everything in it. */
void scratch_remove(void);

/* The same as fixtures of a cmocka test. */
int scratch_set_up(void **state);
int scratch_tear_down(void **state);

/* The path of the folder itself. */
const char *scratch_folder(void);

/* The path of a file in it; static storage, until the next call. */
const char *scratch_path(const char *name);

/* Make the folders that the file of this name is to be in. */
void scratch_make_folders(const char *name);

/* Write a file, replacing what is there, and make the folders that it is in. */
void scratch_write(const char *name, const void *bytes, size_t size);

/* The same, packed with gzip. Answers the packed size. */
size_t scratch_write_gzip(const char *name, const void *bytes, size_t size);

void scratch_delete(const char *name);

/* As if the file had been written then, in seconds and nanoseconds since 1970. */
void scratch_set_time(const char *name, int64_t s, long ns);

#endif
