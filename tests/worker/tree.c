#include "tests/worker/tree.h"
#include "tests/check.h"

#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int tree_setup(void **state)
{
    struct tree *tree = malloc(sizeof *tree);
    if (!tree)
        return -1;
    strcpy(tree->root, "/tmp/wattune-tree-XXXXXX");
    /* Open to all, because one test reads as another user. */
    if (!mkdtemp(tree->root) || chmod(tree->root, 0755))
        return -1;
    *state = tree;
    return 0;
}

static int remove_entry(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
    (void)st, (void)type, (void)ftw;
    return remove(path);
}

int tree_teardown(void **state)
{
    struct tree *tree = *state;
    int failure = nftw(tree->root, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
    free(tree);
    return failure;
}

static void full_path(char full[512], const struct tree *tree, const char *path)
{
    assert_in_range(snprintf(full, 512, "%s%s", tree->root, path), 1, 511);
}

static void make_parents(char *full)
{
    for (char *slash = strchr(full + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        if (mkdir(full, 0755) && errno != EEXIST)
            fail_msg("%s: %s", full, strerror(errno));
        *slash = '/';
    }
}

void tree_write(const struct tree *tree, const char *path, const char *format, ...)
{
    char full[512];
    full_path(full, tree, path);
    make_parents(full);
    FILE *file = fopen(full, "we");
    assert_non_null(file);
    va_list args;
    va_start(args, format);
    vfprintf(file, format, args);
    va_end(args);
    assert_int_equal(fclose(file), 0);
}

void tree_remove(const struct tree *tree, const char *path)
{
    char full[512];
    full_path(full, tree, path);
    assert_int_equal(remove(full), 0);
}

/* Nobody has memory at address 0. */
void tree_fail(const struct tree *tree, const char *path)
{
    char full[512];
    full_path(full, tree, path);
    unlink(full);
    assert_int_equal(symlink("/proc/self/mem", full), 0);
}

void tree_chmod(const struct tree *tree, const char *path, mode_t mode)
{
    char full[512];
    full_path(full, tree, path);
    assert_int_equal(chmod(full, mode), 0);
}

void tree_energy(const struct tree *tree, const char *folder, unsigned long long energy_uj)
{
    char path[256];
    snprintf(path, sizeof path, "/sys/class/powercap/%s/energy_uj", folder);
    tree_write(tree, path, "%llu\n", energy_uj);
}

void tree_zone(const struct tree *tree, const char *folder, const char *name,
               unsigned long long energy_uj, unsigned long long range_uj)
{
    char path[256];
    snprintf(path, sizeof path, "/sys/class/powercap/%s/name", folder);
    tree_write(tree, path, "%s\n", name);
    if (range_uj > 0) {
        snprintf(path, sizeof path, "/sys/class/powercap/%s/max_energy_range_uj", folder);
        tree_write(tree, path, "%llu\n", range_uj);
    }
    tree_energy(tree, folder, energy_uj);
}

void tree_process(const struct tree *tree, const struct tree_process *p)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/stat", (int)p->pid);
    tree_write(
        tree, path,
        "%d (a) S (name) %c %d %d %d 0 -1 4194304 1 2 3 4 %llu %llu %llu %llu 20 0 1 0 %llu "
        "0 0\n",
        (int)p->pid, p->state ? p->state : 'S', (int)p->parent, (int)p->group, (int)p->session,
        p->cpu - p->cpu / 3, p->cpu / 3, p->reaped - p->reaped / 4, p->reaped / 4, p->start);
}

void tree_process_gone(const struct tree *tree, pid_t pid)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
    tree_remove(tree, path);
    *strrchr(path, '/') = '\0';
    tree_remove(tree, path);
}

/* Both are there for a moment, because file systems give an inode away again at once. */
void tree_process_replaced(const struct tree *tree, const struct tree_process *by)
{
    enum { ELSEWHERE = 4194401 };
    char from[512], to[512], path[64];
    struct tree_process process = *by;
    process.pid = ELSEWHERE;
    tree_process(tree, &process);
    tree_process_gone(tree, by->pid);
    snprintf(path, sizeof path, "/proc/%d", ELSEWHERE);
    full_path(from, tree, path);
    snprintf(path, sizeof path, "/proc/%d", (int)by->pid);
    full_path(to, tree, path);
    assert_int_equal(rename(from, to), 0);
}

void tree_busy(const struct tree *tree, unsigned long long ticks)
{
    tree_write(tree, "/proc/stat", "cpu  %llu 0 0 0 0 0 0 0 0 0\ncpu0 1 2 3\ncpu1 1 2 3\n",
               ticks);
}
