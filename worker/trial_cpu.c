#include "worker/trial_cpu.h"

#include "worker/tree_cpu.h"

#include <stdlib.h>
#include <unistd.h>

struct trial_cpu {
    int usage;             /* of its control group; -1: it has none that we can read */
    uint64_t total_ns;     /* of that, when it was read last */
    struct tree_cpu *tree; /* otherwise */
};

enum status trial_cpu_create(struct trial_cpu **out, const struct cgroup_mount *mount,
                             pid_t leader, pid_t keeper)
{
    struct trial_cpu *cpu = calloc(1, sizeof *cpu);
    char path[CGROUP_PATH];
    if (!cpu)
        return ST_NOMEM;
    cpu->usage = cgroup_find(mount, leader, keeper, path) ? cgroup_open_usage(path) : -1;
    if (cpu->usage < 0 && tree_cpu_create(&cpu->tree, mount->root, leader, keeper)) {
        free(cpu);
        return ST_NOMEM;
    }
    *out = cpu;
    return ST_OK;
}

void trial_cpu_free(struct trial_cpu *cpu)
{
    if (!cpu)
        return;
    if (cpu->usage >= 0)
        close(cpu->usage);
    tree_cpu_free(cpu->tree);
    free(cpu);
}

bool trial_cpu_has_cgroup(const struct trial_cpu *cpu)
{
    return cpu->usage >= 0;
}

void trial_cpu_adopt(struct trial_cpu *cpu, const struct process_table *table)
{
    if (cpu->tree)
        tree_cpu_adopt(cpu->tree, table);
}

uint64_t trial_cpu_ns(struct trial_cpu *cpu, bool thorough)
{
    uint64_t now_ns;
    if (cpu->tree)
        return tree_cpu_ns(cpu->tree, thorough);
    if (cgroup_usage_ns(cpu->usage, &now_ns) && now_ns > cpu->total_ns)
        cpu->total_ns = now_ns;
    return cpu->total_ns;
}
