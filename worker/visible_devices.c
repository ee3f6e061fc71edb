#include "worker/visible_devices.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* No unit, or more than one. */
static const size_t NONE = (size_t)-1;

/* Leading digits count, whatever is behind them. */
static size_t find_number(const char *entry, const struct visible_unit *units, size_t n)
{
    unsigned long number = strtoul(entry, NULL, 10);
    for (size_t i = 0; i < n; i++)
        if (units[i].gpu == number)
            return i;
    return NONE;
}

static const char *name_of(const struct visible_unit *unit, bool by_gpu)
{
    return by_gpu ? unit->gpu_uuid : unit->uuid;
}

/* By a UUID or enough of its beginning to tell it from the others. */
static size_t find_uuid(const char *entry, size_t length, const struct visible_unit *units,
                        size_t n, bool by_gpu)
{
    size_t found = NONE;
    for (size_t i = 0; i < n; i++) {
        const char *name = name_of(&units[i], by_gpu);
        if (strncmp(name, entry, length) != 0)
            continue;
        if (name[length] == '\0')
            return i;
        if (found == NONE)
            found = i;
        else if (strcmp(name, name_of(&units[found], by_gpu)) != 0)
            return NONE;
    }
    return found;
}

static size_t find_unit(const char *entry, size_t length, const struct visible_unit *units,
                        size_t n)
{
    if (length > 0 && isdigit((unsigned char)*entry))
        return find_number(entry, units, n);
    bool gpu = strncmp(entry, "GPU-", 4) == 0, instance = strncmp(entry, "MIG-", 4) == 0;
    return length > 4 && (gpu || instance) ? find_uuid(entry, length, units, n, gpu) : NONE;
}

static size_t pick_all(size_t n, size_t *picked)
{
    for (size_t i = 0; i < n; i++)
        picked[i] = i;
    return n;
}

size_t visible_devices_pick(const char *list, const struct visible_unit *units, size_t n,
                            size_t *picked)
{
    if (!list)
        return pick_all(n, picked);
    size_t n_picked = 0;
    for (;;) {
        list += strspn(list, " ");
        size_t field = strcspn(list, ","), length = field;
        while (length > 0 && list[length - 1] == ' ')
            length--;
        size_t unit = find_unit(list, length, units, n);
        if (unit == NONE)
            return n_picked;
        for (size_t i = 0; i < n_picked; i++)
            if (picked[i] == unit)
                return 0;
        picked[n_picked++] = unit;
        if (list[field] == '\0')
            return n_picked;
        list += field + 1;
    }
}
