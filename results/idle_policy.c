#include "results/idle_policy.h"

#include <stdbool.h>
#include <string.h>

const char *const idle_policy_names[IDLE_POLICIES] = {
    [IDLE_EQUAL] = "equal",
    [IDLE_SEPARATE] = "separate",
    [IDLE_PROPORTIONAL] = "proportional",
};

/* True when the text names this policy. */
static bool names(const char *text, enum idle_policy policy)
{
    return text && strcmp(text, idle_policy_names[policy]) == 0;
}

static bool same_host(const struct attempt_record *a, const struct attempt_record *b)
{
    return strcmp(a->host ? a->host : "", b->host ? b->host : "") == 0;
}

/* Hand out the idle energy of the host of attempts[first], where no earlier attempt ran. */
static void share_host(const struct attempt_record *attempts, size_t n, size_t first,
                       double *energy_j)
{
    double dynamic_uj = 0, idle_uj = 0;
    for (size_t i = first; i < n; i++) {
        if (attempt_has_energy(&attempts[i]) && same_host(&attempts[first], &attempts[i])) {
            dynamic_uj += (double)attempts[i].energy.dynamic_uj;
            idle_uj += (double)attempts[i].energy.idle_uj;
        }
    }
    for (size_t i = first; i < n && dynamic_uj > 0; i++)
        if (attempt_has_energy(&attempts[i]) && same_host(&attempts[first], &attempts[i]))
            energy_j[i] =
                (double)attempts[i].energy.dynamic_uj * (1 + idle_uj / dynamic_uj) / 1e6;
}

static bool first_of_host(const struct attempt_record *attempts, size_t i)
{
    /* Hosts are few and come early: the search ends soon. */
    for (size_t j = 0; j < i; j++)
        if (same_host(&attempts[j], &attempts[i]))
            return false;
    return true;
}

void idle_policy_apply(const char *policy, const struct attempt_record *attempts, size_t n,
                       double *energy_j)
{
    bool separate = names(policy, IDLE_SEPARATE);
    for (size_t i = 0; i < n; i++) {
        energy_j[i] = attempt_energy_j(&attempts[i]);
        if (separate && attempt_has_energy(&attempts[i]))
            energy_j[i] = (double)attempts[i].energy.dynamic_uj / 1e6;
    }
    if (!names(policy, IDLE_PROPORTIONAL))
        return;
    for (size_t i = 0; i < n; i++)
        if (first_of_host(attempts, i))
            share_host(attempts, n, i, energy_j);
}
