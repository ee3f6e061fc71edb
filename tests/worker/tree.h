/* tree.h - a made sysfs and procfs in a temporary folder. */
#ifndef TESTS_WORKER_TREE_H
#define TESTS_WORKER_TREE_H

#include <sys/types.h>

struct tree {
    char root[64];
};

/* cmocka set-up and tear-down: *state is a struct tree. */
int tree_setup(void **state);
int tree_teardown(void **state);

/* Write a file and the folders above it; path begins with a slash. */
void tree_write(const struct tree *tree, const char *path, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void tree_remove(const struct tree *tree, const char *path);
/* A file of which every read fails with EIO. */
void tree_fail(const struct tree *tree, const char *path);
void tree_chmod(const struct tree *tree, const char *path, mode_t mode);

/* A RAPL zone with its counter; range 0 leaves the range file out. */
void tree_zone(const struct tree *tree, const char *folder, const char *name,
               unsigned long long energy_uj, unsigned long long range_uj);
void tree_energy(const struct tree *tree, const char *folder, unsigned long long energy_uj);

/* One process of a made /proc; times in clock ticks. */
struct tree_process {
    pid_t pid, parent, group, session;
    char state; /* 0: 'S' */
    unsigned long long cpu, reaped, start;
};
void tree_process(const struct tree *tree, const struct tree_process *process);
void tree_process_gone(const struct tree *tree, pid_t pid);
/* It ended, and another process has its number now. */
void tree_process_replaced(const struct tree *tree, const struct tree_process *by);

/* /proc/stat with that many busy ticks on two processors. */
void tree_busy(const struct tree *tree, unsigned long long ticks);

#endif
