#include "worker/trial_memory.h"

#include "worker/process_stat.h"
#include "worker/sysfile.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

struct trial_memory {
    pid_t leader, keeper, guard;
    uint64_t start_ticks; /* of the leader: what is older is not its doing */
    struct process_table *table;
    pid_t *members;
    size_t n, room;
};

static bool is_member(const struct trial_memory *memory, pid_t pid)
{
    for (size_t i = 0; i < memory->n; i++)
        if (memory->members[i] == pid)
            return true;
    return false;
}

static bool belongs(const struct trial_memory *memory, const struct process_entry *entry)
{
    if (entry->pid == memory->keeper || entry->pid == memory->guard ||
        entry->start_ticks < memory->start_ticks)
        return false;
    return entry->parent == memory->keeper || entry->group == memory->leader ||
           entry->session == memory->leader || is_member(memory, entry->parent);
}

/* Without memory for more it follows those that it has. */
static bool add_member(struct trial_memory *memory, pid_t pid)
{
    if (memory->n == memory->room) {
        size_t room = memory->room ? 2 * memory->room : 16;
        pid_t *grown = realloc(memory->members, room * sizeof *grown);
        if (!grown)
            return false;
        memory->members = grown;
        memory->room = room;
    }
    memory->members[memory->n++] = pid;
    return true;
}

static int compare_pids(const void *a, const void *b)
{
    const struct process_entry *x = a, *y = b;
    return (x->pid > y->pid) - (x->pid < y->pid);
}

/* Forget who has ended, whose number somebody else may get. */
static void drop_ended(struct trial_memory *memory)
{
    const struct process_table *table = memory->table;
    size_t kept = 0;
    for (size_t i = 0; i < memory->n; i++) {
        struct process_entry key = {.pid = memory->members[i]};
        if (table->n > 0 && bsearch(&key, table->entries, table->n, sizeof key, compare_pids))
            memory->members[kept++] = key.pid;
    }
    memory->n = kept;
}

/* Take in the processes that are new, and children that are listed before their parents. */
static void adopt(struct trial_memory *memory)
{
    const struct process_table *table = memory->table;
    for (bool found = true; found;) {
        found = false;
        for (size_t i = 0; i < table->n; i++) {
            const struct process_entry *entry = &table->entries[i];
            if (!entry->fresh || is_member(memory, entry->pid) || !belongs(memory, entry))
                continue;
            if (!add_member(memory, entry->pid))
                return;
            found = true;
        }
    }
}

enum status trial_memory_create(struct trial_memory **out, struct process_table *table,
                                pid_t leader, pid_t keeper, pid_t guard)
{
    struct process_stat stat;
    struct trial_memory *memory = calloc(1, sizeof *memory);
    if (!memory)
        return ST_NOMEM;
    memory->table = table;
    memory->leader = leader;
    memory->keeper = keeper;
    memory->guard = guard;
    if (process_stat_read(table->root, leader, &stat))
        memory->start_ticks = stat.start_ticks;
    if (!add_member(memory, leader)) {
        trial_memory_free(memory);
        return ST_NOMEM;
    }
    *out = memory;
    return ST_OK;
}

void trial_memory_free(struct trial_memory *memory)
{
    if (!memory)
        return;
    free(memory->members);
    free(memory);
}

/* The second number of statm counts pages. */
static bool read_resident_kb(const char *root, pid_t pid, int64_t *kb)
{
    char path[SYSFILE_PATH], text[128];
    int64_t pages;
    if (!sysfile_path(path, root, "/proc/%d/statm", (int)pid) ||
        sysfile_read(path, text, sizeof text) || sscanf(text, "%*d %" SCNd64, &pages) != 1)
        return false;
    *kb = pages * sysconf(_SC_PAGESIZE) / 1024;
    return true;
}

int64_t trial_memory_kb(struct trial_memory *memory)
{
    int64_t sum_kb = -1, kb;
    if (process_table_refresh(memory->table)) {
        drop_ended(memory);
        adopt(memory);
    }
    for (size_t i = 0; i < memory->n; i++)
        if (read_resident_kb(memory->table->root, memory->members[i], &kb))
            sum_kb = sum_kb < 0 ? kb : sum_kb + kb;
    return sum_kb;
}
