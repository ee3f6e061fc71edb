#include "worker/open_files.h"

#include <stdbool.h>
#include <sys/resource.h>

/* The limit belongs to the process, and so does what it was at first. */
static struct rlimit given;
static bool is_changed;

void open_files_allow(size_t n)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit))
        return;
    if (!is_changed)
        given = limit;
    rlim_t wanted = limit.rlim_max;
    if (given.rlim_cur < limit.rlim_max && limit.rlim_max - given.rlim_cur > n)
        wanted = given.rlim_cur + n;
    if (wanted <= limit.rlim_cur)
        return;
    limit.rlim_cur = wanted;
    is_changed |= setrlimit(RLIMIT_NOFILE, &limit) == 0;
}

void open_files_restore(void)
{
    if (is_changed)
        setrlimit(RLIMIT_NOFILE, &given);
}
