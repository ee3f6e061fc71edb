#include "base/columns.h"

#include <stddef.h>
#include <string.h>

bool column_is_reserved(const char *name)
{
    static const char *const columns[] = {
        "study",
        "arm",
        "strategy",
        "repeat",
        "trial",
        "attempt",
        "state",
        "reason",
        "energy_j",
        "energy_low_j",
        "energy_high_j",
        "energy_idle_j",
        "energy_quality",
        "energy_meters",
        "duration_s",
        "cpu_s",
        "peak_memory_mb",
        "epochs_done",
        "host",
        "worker",
        "started_at",
        "ended_at",
        "seed",
        "co2e_kg",
        "co2e_low_kg",
        "co2e_high_kg",
        "co2e_basis",
        "energy_method",
        "energy_wraps",
        "energy_gaps",
        "energy_ambiguous",
        "energy_skews",
        "feasible",
        "continues",
    };
    for (size_t i = 0; i < sizeof columns / sizeof columns[0]; i++)
        if (strcmp(name, columns[i]) == 0)
            return true;
    return false;
}
