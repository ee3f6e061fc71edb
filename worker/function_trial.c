#include "worker/function_trial.h"

#include "base/rng.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* The numbers of the point; *n is how many. NULL when out of memory. */
static double *numeric_params(const struct json *params, size_t *n)
{
    double *x = calloc(json_count(params) + 1, sizeof *x);
    *n = 0;
    for (const struct json *m = json_first(params); m && x; m = json_next(m))
        if (json_kind(m) == JSON_NUMBER)
            x[(*n)++] = json_number(m);
    return x;
}

static enum status add_values(struct outcome *outcome, const struct attempt *attempt,
                              const double *values, struct error *err)
{
    static const char *const names[FUNCTION_VALUES_MAX] = {"value", "value2"};
    struct rng rng;
    rng_seed(&rng, rng_derive(attempt->seed, "noise", 0, 0));
    for (size_t i = 0; i < attempt->spec->function->n_values; i++) {
        double value = values[i] + attempt->spec->noise * rng_normal(&rng);
        if (!isfinite(value))
            return error_set(err, ST_NUMERIC, "%s: '%s' is not finite at this point",
                             attempt->spec->function->name, names[i]);
        if (outcome_add_metric(outcome, names[i], value))
            return error_set(err, ST_NOMEM, "out of memory for the result");
    }
    return ST_OK;
}

enum status function_trial_run(struct outcome *outcome, const struct attempt *attempt,
                               struct error *err)
{
    const struct test_function *function = attempt->spec->function;
    size_t n;
    double *x = numeric_params(attempt->params, &n);
    if (!x)
        return error_set(err, ST_NOMEM, "out of memory for the parameters");
    enum status status;
    double values[FUNCTION_VALUES_MAX];
    if (n < function->dims_min || n > function->dims_max) {
        status = error_set(
            err, ST_INVALID, "%s: takes %s%zu numbers, the point has %zu", function->name,
            function->dims_min == function->dims_max ? "" : "at least ", function->dims_min, n);
    } else {
        function->evaluate(values, x, n);
        status = add_values(outcome, attempt, values, err);
    }
    free(x);
    return status;
}

void function_trial_book(struct outcome *outcome, double energy_j, double share)
{
    if (!(energy_j > 0))
        return;
    int64_t energy_uj = llround(energy_j * 1e6 * share);
    outcome->energy = (struct energy){.quality = ENERGY_REPORTED,
                                      .dynamic_uj = energy_uj,
                                      .low_uj = energy_uj,
                                      .high_uj = energy_uj};
    snprintf(outcome->energy.meters, sizeof outcome->energy.meters, "simulated");
    snprintf(outcome->energy.method, sizeof outcome->energy.method, "simulated");
}
