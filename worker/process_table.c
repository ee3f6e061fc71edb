#include "worker/process_table.h"

#include "worker/process_stat.h"
#include "worker/sysfile.h"

#include <ctype.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum status process_table_create(struct process_table **out, const char *root)
{
    struct process_table *table = calloc(1, sizeof *table);
    char *copy = strdup(root);
    if (!table || !copy) {
        free(table);
        free(copy);
        return ST_NOMEM;
    }
    table->root = copy;
    *out = table;
    return ST_OK;
}

void process_table_free(struct process_table *table)
{
    if (!table)
        return;
    free(table->root);
    free(table->entries);
    free(table);
}

/* The number of the newest process, the last field of /proc/loadavg; 0 when unknown. */
static pid_t newest_process(const char *root)
{
    char path[SYSFILE_PATH], text[128];
    int newest;
    if (!sysfile_path(path, root, "/proc/loadavg") || sysfile_read(path, text, sizeof text) ||
        sscanf(text, "%*s %*s %*s %*s %d", &newest) != 1)
        return 0;
    return newest;
}

static int compare_pids(const void *a, const void *b)
{
    const struct process_entry *x = a, *y = b;
    return (x->pid > y->pid) - (x->pid < y->pid);
}

static bool grow(struct process_entry **entries, size_t *capacity)
{
    size_t wanted = *capacity ? 2 * *capacity : 256;
    struct process_entry *more = realloc(*entries, wanted * sizeof *more);
    if (!more)
        return false;
    *entries = more;
    *capacity = wanted;
    return true;
}

/* The numbers of all processes, sorted. False when memory ran out. */
static bool list_processes(const char *root, struct process_entry **out, size_t *n)
{
    char path[SYSFILE_PATH];
    struct process_entry *entries = NULL;
    size_t capacity = 0, used = 0;
    DIR *dir = sysfile_path(path, root, "/proc") ? opendir(path) : NULL;
    struct dirent *entry;
    bool ok = true;
    while (dir && ok && (entry = readdir(dir))) {
        if (!isdigit((unsigned char)entry->d_name[0]))
            continue;
        ok = used < capacity || grow(&entries, &capacity);
        if (ok)
            entries[used++] =
                (struct process_entry){.pid = atoi(entry->d_name), .inode = entry->d_ino};
    }
    if (dir)
        closedir(dir);
    if (!ok) {
        free(entries);
        return false;
    }
    if (used > 0)
        qsort(entries, used, sizeof *entries, compare_pids);
    *out = entries;
    *n = used;
    return true;
}

/* Fill in the list from what was known, and read what was not. Processes that have gone
 * meanwhile are left out. Answers the number that stays. */
static size_t complete(const struct process_table *table, struct process_entry *entries,
                       size_t n)
{
    size_t kept = 0, known = 0;
    for (size_t i = 0; i < n; i++) {
        struct process_entry entry = entries[i];
        struct process_stat stat;
        while (known < table->n && table->entries[known].pid < entry.pid)
            known++;
        if (known < table->n && table->entries[known].pid == entry.pid &&
            table->entries[known].inode == entry.inode) {
            entry = table->entries[known];
            entry.fresh = false;
        } else if (process_stat_read(table->root, entry.pid, &stat)) {
            entry = (struct process_entry){.pid = stat.pid,
                                           .parent = stat.parent,
                                           .group = stat.group,
                                           .session = stat.session,
                                           .start_ticks = stat.start_ticks,
                                           .inode = entry.inode,
                                           .fresh = true};
        } else {
            continue;
        }
        entries[kept++] = entry;
    }
    return kept;
}

bool process_table_refresh(struct process_table *table)
{
    pid_t newest = newest_process(table->root);
    if (newest > 0 && newest == table->last_fork)
        return false;
    struct process_entry *entries;
    size_t n;
    if (!list_processes(table->root, &entries, &n))
        return false;
    n = complete(table, entries, n);
    free(table->entries);
    table->entries = entries;
    table->n = n;
    table->last_fork = newest;
    return true;
}
