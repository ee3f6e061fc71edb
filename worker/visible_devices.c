#include "worker/visible_devices.h"

#include <ctype.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

/* One entry of the list: a number, or the beginning of a UUID. */
static bool names_device(const char *entry, size_t length, unsigned number, const char *uuid)
{
    if (isdigit((unsigned char)*entry))
        return strtoul(entry, NULL, 10) == number;
    return strncmp(entry, uuid, length) == 0;
}

static bool is_entry(const char *entry, size_t length, unsigned n_devices)
{
    if (length > 4 && (strncmp(entry, "GPU-", 4) == 0 || strncmp(entry, "MIG-", 4) == 0))
        return true;
    return length > 0 && strspn(entry, "0123456789") == length &&
           strtoul(entry, NULL, 10) < n_devices;
}

bool visible_devices_has(const char *list, unsigned number, const char *uuid,
                         unsigned n_devices)
{
    if (!list)
        return true;
    for (;;) {
        list += strspn(list, " ");
        size_t field = strcspn(list, ","), length = field;
        while (length > 0 && list[length - 1] == ' ')
            length--;
        if (!is_entry(list, length, n_devices))
            return false;
        if (names_device(list, length, number, uuid))
            return true;
        if (list[field] == '\0')
            return false;
        list += field + 1;
    }
}
