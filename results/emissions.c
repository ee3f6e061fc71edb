#include "results/emissions.h"

#include "base/clock.h"

#include <math.h>
#include <stdlib.h>

static enum status not_covered(const struct carbon_series *series,
                               const struct snapshot_arm *arm,
                               const struct attempt_record *attempt, struct error *err)
{
    char times[4][CLOCK_TEXT_SIZE];
    clock_format(attempt->started_at_us, times[0]);
    clock_format(attempt->ended_at_us, times[1]);
    clock_format(series->times_us[0], times[2]);
    clock_format(series->times_us[series->n], times[3]);
    error_set(err, ST_NOTFOUND,
              "%s: trial %llu of %s (repeat %u) ran from %s to %s, but the series goes from %s "
              "to %s",
              series->path, (unsigned long long)attempt->trial, arm->arm->strategy,
              (unsigned)arm->arm->repeat, times[0], times[1], times[2], times[3]);
    error_remedy(err, "add the points that are missing, or take a yearly mean with --region");
    return ST_NOTFOUND;
}

static enum status add_arm(struct emissions *emissions, const struct snapshot_arm *arm,
                           size_t place, struct error *err)
{
    int64_t from_us = INT64_MAX, to_us = INT64_MIN;
    for (size_t i = 0; i < arm->n_attempts; i++) {
        const struct attempt_record *attempt = &arm->attempts[i];
        double *factor = &emissions->attempts[place][i];
        *factor = (double)NAN;
        if (!attempt_has_energy(attempt))
            continue;
        *factor =
            carbon_factor(emissions->carbon, attempt->started_at_us, attempt->ended_at_us);
        if (isnan(*factor))
            return not_covered(carbon_series(emissions->carbon), arm, attempt, err);
        from_us = attempt->started_at_us < from_us ? attempt->started_at_us : from_us;
        to_us = attempt->ended_at_us > to_us ? attempt->ended_at_us : to_us;
    }
    emissions->overhead[place] = carbon_factor(emissions->carbon, from_us, to_us);
    return ST_OK;
}

enum status emissions_create(struct emissions **out, const struct carbon *carbon,
                             const struct snapshot *snapshot, struct error *err)
{
    *out = NULL;
    if (!carbon)
        return ST_OK;
    size_t n = snapshot->n_arms;
    struct emissions *emissions = calloc(1, sizeof *emissions);
    if (!emissions)
        return error_set(err, ST_NOMEM, "out of memory");
    *emissions = (struct emissions){.carbon = carbon,
                                    .attempts = calloc(n + 1, sizeof *emissions->attempts),
                                    .overhead = calloc(n + 1, sizeof *emissions->overhead),
                                    .n_arms = n};
    enum status status = emissions->attempts && emissions->overhead ? ST_OK : ST_NOMEM;
    for (size_t i = 0; i < n && !status; i++) {
        emissions->attempts[i] = calloc(snapshot->arms[i].n_attempts + 1, sizeof(double));
        status =
            emissions->attempts[i] ? add_arm(emissions, &snapshot->arms[i], i, err) : ST_NOMEM;
    }
    if (status) {
        emissions_free(emissions);
        return status == ST_NOMEM ? error_set(err, ST_NOMEM, "out of memory") : status;
    }
    *out = emissions;
    return ST_OK;
}

void emissions_free(struct emissions *emissions)
{
    if (!emissions)
        return;
    for (size_t i = 0; emissions->attempts && i < emissions->n_arms; i++)
        free(emissions->attempts[i]);
    free(emissions->attempts);
    free(emissions->overhead);
    free(emissions);
}

double emissions_of_arm(const struct emissions *emissions, const struct snapshot *snapshot,
                        size_t arm)
{
    const struct snapshot_arm *of = &snapshot->arms[arm];
    double kg = 0;
    bool any = false;
    for (size_t i = 0; i < of->n_attempts; i++) {
        if (isnan(of->attempt_j[i]))
            continue;
        kg += of->attempt_j[i] * emissions->attempts[arm][i];
        any = true;
    }
    for (size_t i = 0; i < of->n_overhead; i++) {
        double row_j = overhead_joules(&of->overhead[i]);
        if (isnan(row_j))
            continue;
        kg += row_j * emissions->overhead[arm];
        any = true;
    }
    return any ? kg : (double)NAN;
}
