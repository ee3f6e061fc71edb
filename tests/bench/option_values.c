#include "tests/bench/option_values.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum status option_list(struct options *options, const char *value, option_reader *each,
                        struct error *err)
{
    char name[64];
    enum status status = ST_OK;
    while (!status) {
        size_t length = strcspn(value, ",");
        if (length == 0 || length >= sizeof name)
            return error_set(err, ST_INVALID, "'%s' is no list of names between commas", value);
        memcpy(name, value, length);
        name[length] = '\0';
        status = each(options, name, err);
        if (value[length] == '\0')
            break;
        value += length + 1;
    }
    return status;
}

enum status option_number(size_t *number, size_t most, const char *value, const char *option,
                          struct error *err)
{
    char *end;
    errno = 0;
    unsigned long long read = strtoull(value, &end, 10);
    if (*value < '0' || *value > '9' || *end || errno || read == 0 || read > most)
        return error_set(err, ST_INVALID, "%s: '%s' is no whole number from 1 to %zu", option,
                         value, most);
    *number = (size_t)read;
    return ST_OK;
}
