#include "worker/tree_cpu.h"

#include "worker/cpu_clock.h"
#include "worker/process_stat.h"

#include <stdlib.h>
#include <string.h>

struct member {
    clockid_t clock;          /* when clocks may be read */
    struct process_stat seen; /* its times are counted in the total */
    struct process_stat now;  /* as just read */
    uint64_t owed_ns; /* counted while children lived that vanished since; comes again with
                         reaped_ns */
    bool gone;
};

struct tree_cpu {
    char *root;
    pid_t leader, keeper;
    pid_t keeper_group, keeper_session; /* shared with processes that are not the trial's */
    uint64_t start_ticks;               /* of the leader: what is older is not its doing */
    struct member *members;
    size_t n, capacity;
    bool exact;         /* the members' clocks may be read */
    bool has_newcomers; /* whose clocks are not known */
    bool looked;
    uint64_t total_ns;
};

static bool add_member(struct tree_cpu *tree, const struct process_entry *entry)
{
    if (tree->n == tree->capacity) {
        size_t capacity = tree->capacity ? 2 * tree->capacity : 16;
        struct member *members = realloc(tree->members, capacity * sizeof *members);
        if (!members)
            return false;
        tree->members = members;
        tree->capacity = capacity;
    }
    /* Nothing of it is counted yet, its life so far included. */
    tree->members[tree->n++] = (struct member){.seen = {.pid = entry->pid,
                                                        .parent = entry->parent,
                                                        .group = entry->group,
                                                        .session = entry->session}};
    tree->has_newcomers = true;
    return true;
}

enum status tree_cpu_create(struct tree_cpu **out, const char *root, pid_t leader, pid_t keeper)
{
    struct tree_cpu *tree = calloc(1, sizeof *tree);
    if (!tree)
        return ST_NOMEM;
    tree->root = strdup(root);
    tree->leader = leader;
    tree->keeper = keeper;
    tree->exact = cpu_clock_covers(root);
    struct process_entry entry = {.pid = leader, .parent = keeper, .group = leader};
    if (!tree->root || !add_member(tree, &entry)) {
        tree_cpu_free(tree);
        return ST_NOMEM;
    }
    struct process_stat stat;
    if (process_stat_read(root, keeper, &stat)) {
        tree->keeper_group = stat.group;
        tree->keeper_session = stat.session;
    }
    /* When the leader has been waited for, nothing tells its processes from older ones. */
    tree->start_ticks = process_stat_read(root, leader, &stat) ? stat.start_ticks : UINT64_MAX;
    *out = tree;
    return ST_OK;
}

void tree_cpu_free(struct tree_cpu *tree)
{
    if (!tree)
        return;
    free(tree->root);
    free(tree->members);
    free(tree);
}

static struct member *find_member(const struct tree_cpu *tree, pid_t pid)
{
    for (size_t i = 0; i < tree->n; i++)
        if (tree->members[i].seen.pid == pid)
            return &tree->members[i];
    return NULL;
}

static bool belongs(const struct tree_cpu *tree, const struct process_entry *entry)
{
    if (entry->start_ticks < tree->start_ticks)
        return false;
    if (entry->parent == tree->keeper || entry->group == tree->leader ||
        entry->session == tree->leader)
        return true;
    for (size_t i = 0; i < tree->n; i++) {
        const struct process_stat *seen = &tree->members[i].seen;
        if (entry->parent == seen->pid)
            return true;
        /* 0: not looked at yet. It is the group and session of the kernel's own threads, too.
         */
        if (seen->group && entry->group == seen->group && entry->group != tree->keeper_group)
            return true;
        if (seen->session && entry->session == seen->session &&
            entry->session != tree->keeper_session)
            return true;
    }
    return false;
}

void tree_cpu_adopt(struct tree_cpu *tree, const struct process_table *table)
{
    bool found = true;
    while (found) { /* a child may be listed before its parent */
        found = false;
        for (size_t i = 0; i < table->n; i++) {
            const struct process_entry *entry = &table->entries[i];
            if ((tree->looked && !entry->fresh) || entry->pid == tree->keeper ||
                find_member(tree, entry->pid) || !belongs(tree, entry))
                continue;
            if (!add_member(tree, entry))
                return;
            found = true;
        }
    }
    tree->looked = true;
}

/* The reaped time first: a child that ends in between is missed, not counted twice. */
static void look(const struct tree_cpu *tree, struct member *member)
{
    struct process_stat *now = &member->now;
    const struct process_stat *seen = &member->seen;
    member->gone = !process_stat_read(tree->root, seen->pid, now) ||
                   (seen->start_ticks && now->start_ticks != seen->start_ticks) ||
                   (tree->exact && !(cpu_clock_find(seen->pid, &member->clock) &&
                                     cpu_clock_read(member->clock, &now->cpu_ns)));
}

/* Count what a living member used since the last look. */
static void count(struct tree_cpu *tree, struct member *member)
{
    struct process_stat *seen = &member->seen, *now = &member->now;
    /* The kernel scales ticks, so a time may slip back by one. */
    if (now->cpu_ns < seen->cpu_ns)
        now->cpu_ns = seen->cpu_ns;
    if (now->reaped_ns < seen->reaped_ns)
        now->reaped_ns = seen->reaped_ns;
    uint64_t reaped_ns = now->reaped_ns - seen->reaped_ns;
    uint64_t known_ns = reaped_ns < member->owed_ns ? reaped_ns : member->owed_ns;
    member->owed_ns -= known_ns;
    tree->total_ns += now->cpu_ns - seen->cpu_ns + reaped_ns - known_ns;
    *seen = *now;
}

/* What was counted of a process comes a second time, in the reaped time of the ancestor that
 * waited for it. */
static void charge_ancestor(struct tree_cpu *tree, const struct member *gone)
{
    struct member *ancestor = find_member(tree, gone->seen.parent);
    /* Numbers that are used again could close a circle: never climb higher than the tree. */
    for (size_t climbed = 0; ancestor && ancestor->gone; climbed++)
        ancestor = climbed < tree->n ? find_member(tree, ancestor->seen.parent) : NULL;
    if (ancestor)
        ancestor->owed_ns += gone->seen.cpu_ns + gone->seen.reaped_ns + gone->owed_ns;
}

/* Parents were added before their children and are read before them. So a child that ends in
 * between is missed for one look and found in the reaped time at the next; the other way round
 * it would count twice. */
static void count_all(struct tree_cpu *tree)
{
    for (size_t i = 0; i < tree->n; i++)
        look(tree, &tree->members[i]);
    for (size_t i = 0; i < tree->n; i++)
        if (tree->members[i].gone)
            charge_ancestor(tree, &tree->members[i]);
    size_t kept = 0;
    for (size_t i = 0; i < tree->n; i++) {
        if (tree->members[i].gone)
            continue;
        count(tree, &tree->members[i]);
        tree->members[kept++] = tree->members[i];
    }
    tree->n = kept;
    tree->has_newcomers = false;
}

/* Count what the clocks say. False, and nothing counted, when one is gone or goes back (its
 * process ended), or is not known yet. */
static bool count_clocks(struct tree_cpu *tree)
{
    if (!tree->exact || tree->has_newcomers)
        return false;
    for (size_t i = 0; i < tree->n; i++) {
        struct member *member = &tree->members[i];
        if (!cpu_clock_read(member->clock, &member->now.cpu_ns) ||
            member->now.cpu_ns < member->seen.cpu_ns)
            return false;
    }
    for (size_t i = 0; i < tree->n; i++) {
        struct member *member = &tree->members[i];
        tree->total_ns += member->now.cpu_ns - member->seen.cpu_ns;
        member->seen.cpu_ns = member->now.cpu_ns;
    }
    return true;
}

uint64_t tree_cpu_ns(struct tree_cpu *tree, bool thorough)
{
    if (thorough || !count_clocks(tree))
        count_all(tree);
    return tree->total_ns;
}
