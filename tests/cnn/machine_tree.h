/* machine_tree.h - a made-up machine: files of /proc and /sys below a folder of its own. */
#ifndef TESTS_CNN_MACHINE_TREE_H
#define TESTS_CNN_MACHINE_TREE_H

/* Make an empty one; its root is static storage, one machine at a time. */
const char *machine_tree_create(void);

/* Write a text file, and the folders above it, replacing what is there: "/proc/meminfo". */
void machine_tree_write(const char *path, const char *text);

void machine_tree_remove(void);

#endif
