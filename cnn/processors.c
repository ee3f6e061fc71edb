#include "cnn/processors.h"

#include "cnn/control_group.h"

#include <inttypes.h>
#include <limits.h>
#include <omp.h>
#include <stdio.h>
#include <stdlib.h>

/* A group may run for `quota` of every `period` of time. What is left of a processor is not
 * counted: a thread that has to stop halfway lets all others wait. */
static int whole(int64_t quota, int64_t period)
{
    if (quota < 0 || period <= 0 || quota / period > INT_MAX)
        return INT_MAX;
    return quota < period ? 1 : (int)(quota / period);
}

static int quota_2(const struct control_group *group)
{
    char text[64];
    int64_t quota, period;
    if (!control_group_read(group, "cpu.max", text, sizeof text) ||
        sscanf(text, "%" SCNd64 " %" SCNd64, &quota, &period) != 2)
        return INT_MAX;
    return whole(quota, period);
}

static int quota_1(const struct control_group *group)
{
    int64_t quota, period;
    if (!control_group_number(group, "cpu.cfs_quota_us", &quota) ||
        !control_group_number(group, "cpu.cfs_period_us", &period))
        return INT_MAX;
    return whole(quota, period);
}

static int lowest_quota(const char *root, const char *controller,
                        int (*quota)(const struct control_group *group))
{
    struct control_group group;
    int lowest = INT_MAX;
    bool is_in = control_group_own(&group, root, controller);
    for (; is_in; is_in = control_group_up(&group))
        if (quota(&group) < lowest)
            lowest = quota(&group);
    return lowest;
}

int processors_available(const char *root)
{
    int bound = omp_get_num_procs();
    int quota = lowest_quota(root, NULL, quota_2), older = lowest_quota(root, "cpu", quota_1);
    quota = older < quota ? older : quota;
    return quota < bound ? quota : bound;
}

/* What the process shall take of what is available. */
static int share(void)
{
    const char *text = getenv("OMP_NUM_THREADS");
    long asked = text ? strtol(text, NULL, 10) : 0; /* of a list, that of the outermost level */
    int available = processors_available("");
    return asked > 0 && asked < available ? (int)asked : available;
}

int processors_threads(int64_t setting)
{
    return setting > 0 ? (int)setting : share();
}

bool processors_spare(int threads)
{
    return threads < share();
}

enum status processors_check(int threads, struct error *warning)
{
    int available = processors_available("");
    if (threads <= available)
        return ST_OK;
    error_set(warning, ST_INVALID, "%d threads, and only %d processor%s to run them", threads,
              available, available == 1 ? "" : "s");
    error_remedy(warning, "threads that share a processor wait for one another: set threads "
                          "to 0, or ask for more processors");
    return ST_INVALID;
}
