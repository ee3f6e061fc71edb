#include "worker/process_tree.h"

#include "worker/process_stat.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

/* A process of the machine, and whether it is one of ours. */
struct entry {
    pid_t pid, parent;
    bool ours;
};

/* All processes that could be seen. */
struct listing {
    struct entry *entries;
    size_t n, room;
};

/* Read /proc/PID/NAME into text; false when it cannot be, because it ended or is hidden. */
static bool read_proc(pid_t pid, const char *name, char *text, size_t size)
{
    char path[64];
    if (pid > 0)
        snprintf(path, sizeof path, "/proc/%d/%s", (int)pid, name);
    else
        snprintf(path, sizeof path, "/proc/%s", name);
    FILE *file = fopen(path, "re");
    if (!file)
        return false;
    size_t n = fread(text, 1, size - 1, file);
    text[n] = '\0';
    fclose(file);
    return n > 0;
}

static bool add_entry(struct listing *list, pid_t pid, pid_t parent)
{
    if (list->n == list->room) {
        size_t room = list->room ? 2 * list->room : 256;
        struct entry *grown = realloc(list->entries, room * sizeof *grown);
        if (!grown)
            return false;
        list->entries = grown;
        list->room = room;
    }
    list->entries[list->n++] = (struct entry){pid, parent, false};
    return true;
}

/* False when out of memory or without /proc; the listing is the caller's to free either way. */
static bool list_processes(struct listing *list)
{
    DIR *proc = opendir("/proc");
    if (!proc)
        return false;
    bool ok = true;
    struct dirent *item;
    while (ok && (item = readdir(proc))) {
        if (!isdigit((unsigned char)item->d_name[0]))
            continue;
        struct process_stat stat;
        if (process_stat_read("", (pid_t)strtol(item->d_name, NULL, 10), &stat) &&
            stat.parent > 0)
            ok = add_entry(list, stat.pid, stat.parent);
    }
    closedir(proc);
    return ok;
}

static bool is_foreign(const struct process_tree *tree, pid_t pid)
{
    if (pid == tree->guard)
        return true;
    for (size_t i = 0; i < tree->n_foreign; i++)
        if (tree->foreign[i] == pid)
            return true;
    return false;
}

static int compare_pids(const void *a, const void *b)
{
    const struct entry *x = a, *y = b;
    return (x->pid > y->pid) - (x->pid < y->pid);
}

static bool has_parent_in_tree(const struct listing *list, const struct entry *entry)
{
    struct entry key = {.pid = entry->parent};
    const struct entry *parent =
        bsearch(&key, list->entries, list->n, sizeof key, compare_pids);
    return parent && parent->ours;
}

/* Mark the descendants of this process, except for foreign children and theirs. */
static void mark_ours(const struct process_tree *tree, struct listing *list)
{
    pid_t self = getpid();
    bool changed = list->n > 0;
    if (changed)
        qsort(list->entries, list->n, sizeof *list->entries, compare_pids);
    while (changed) {
        changed = false;
        for (size_t i = 0; i < list->n; i++) {
            struct entry *e = &list->entries[i];
            if (e->ours || is_foreign(tree, e->pid))
                continue;
            e->ours = e->parent == self || has_parent_in_tree(list, e);
            changed |= e->ours;
        }
    }
}

/* True when this process has no child, which is the usual case and costs no listing. A child
 * without SIGCHLD does not count: those of a trial that come to us are given one. */
static bool is_childless(void)
{
    siginfo_t info;
    return waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) && errno == ECHILD;
}

enum status process_tree_begin(struct process_tree *tree, pid_t guard)
{
    *tree = (struct process_tree){.guard = guard};
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    if (is_childless())
        return ST_OK;
    struct listing list = {0};
    bool ok = list_processes(&list);
    tree->foreign = ok ? calloc(list.n + 1, sizeof *tree->foreign) : NULL;
    for (size_t i = 0; tree->foreign && i < list.n; i++)
        if (list.entries[i].parent == getpid())
            tree->foreign[tree->n_foreign++] = list.entries[i].pid;
    free(list.entries);
    return tree->foreign ? ST_OK : ST_NOMEM;
}

void process_tree_end(struct process_tree *tree)
{
    free(tree->foreign);
    *tree = (struct process_tree){0};
}

/* Add what a reaped process, and what that has reaped, used. */
static void add_usage(struct process_tree *tree, const struct rusage *usage)
{
    tree->cpu_s += (double)(usage->ru_utime.tv_sec + usage->ru_stime.tv_sec) +
                   (double)(usage->ru_utime.tv_usec + usage->ru_stime.tv_usec) * 1e-6;
    if (usage->ru_maxrss > tree->peak_kb)
        tree->peak_kb = usage->ru_maxrss;
}

bool process_tree_reap_root(struct process_tree *tree, int *wait_status)
{
    struct rusage usage;
    if (tree->root <= 0 || wait4(tree->root, wait_status, WNOHANG, &usage) != tree->root)
        return false;
    add_usage(tree, &usage);
    tree->root = 0;
    return true;
}

void process_tree_signal(const struct process_tree *tree, int number)
{
    /* Right after the fork there may be no group yet: then there is but one process. */
    if (tree->root > 0 && kill(-tree->root, number))
        kill(tree->root, number);
}

/* Kill one process that was listed, and reap it when that falls to us. */
static void kill_entry(struct process_tree *tree, const struct entry *entry)
{
    struct rusage usage;
    kill(entry->pid, SIGKILL);
    if (entry->pid != tree->root && entry->parent == getpid() &&
        wait4(entry->pid, NULL, WNOHANG | __WALL, &usage) == entry->pid)
        add_usage(tree, &usage);
}

bool process_tree_kill(struct process_tree *tree)
{
    if (is_childless())
        return true;
    process_tree_signal(tree, SIGKILL);
    struct listing list = {0};
    size_t found = 0;
    if (list_processes(&list)) {
        mark_ours(tree, &list);
        for (size_t i = 0; i < list.n; i++)
            if (list.entries[i].ours) {
                kill_entry(tree, &list.entries[i]);
                found += list.entries[i].pid != tree->root;
            }
    }
    free(list.entries);
    /* What was found may have forked meanwhile: only a look that finds nothing is the last. */
    return found == 0 || is_childless();
}

/* The number after `key` in a text of lines "key value"; -1 when there is none. */
static long number_after(const char *text, const char *key)
{
    long value;
    const char *line = strstr(text, key);
    return line && sscanf(line + strlen(key), " %ld", &value) == 1 ? value : -1;
}

long process_peak_kb(pid_t pid)
{
    char text[4096];
    return read_proc(pid, "status", text, sizeof text) ? number_after(text, "VmHWM:") : -1;
}

long process_resident_kb(pid_t pid)
{
    char text[4096];
    return read_proc(pid, "status", text, sizeof text) ? number_after(text, "VmRSS:") : -1;
}

long process_oom_kills(void)
{
    char text[16384];
    return read_proc(0, "vmstat", text, sizeof text) ? number_after(text, "\noom_kill ") : -1;
}
