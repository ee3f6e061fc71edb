#include "tests/bench/search/trace.h"

#include "tests/bench/search/hypervolume.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double REGRET_MIN = 1e-6;

void trace_free(struct trace *trace)
{
    free(trace->steps);
    *trace = (struct trace){0};
}

enum status trace_add(struct trace *trace, const struct measurement *measured, double time_s)
{
    if (trace->n == trace->capacity) {
        size_t capacity = trace->capacity ? 2 * trace->capacity : 64;
        struct step *steps = realloc(trace->steps, capacity * sizeof *steps);
        if (!steps)
            return ST_NOMEM;
        trace->steps = steps;
        trace->capacity = capacity;
    }
    trace->steps[trace->n++] =
        (struct step){.measured = *measured, .time_s = time_s, .regret = INFINITY};
    return ST_OK;
}

static double log_regret(double regret)
{
    return log10(fmax(regret, REGRET_MIN));
}

static bool is_complete(const struct measurement *measured)
{
    return !measured->failed && !measured->pruned;
}

static void judge_values(struct trace *trace, const struct target *target)
{
    double looks = INFINITY, regret = INFINITY;
    for (size_t i = 0; i < trace->n; i++) {
        const struct measurement *measured = &trace->steps[i].measured;
        if (is_complete(measured) && measured->told[0] < looks) {
            looks = measured->told[0];
            regret = log_regret(measured->values[0] - target->minimum);
        }
        trace->steps[i].regret = regret;
    }
}

/* The front after each trial anew, of copies, because measuring it sorts them. */
static enum status judge_fronts(struct trace *trace, const struct target *target)
{
    double(*found)[2] = calloc(trace->n + 1, sizeof *found);
    double(*sorted)[2] = calloc(trace->n + 1, sizeof *sorted);
    size_t n = 0, on_front = 0;
    for (size_t i = 0; found && sorted && i < trace->n; i++) {
        if (is_complete(&trace->steps[i].measured))
            memcpy(found[n++], trace->steps[i].measured.values, sizeof *found);
        memcpy(sorted, found, n * sizeof *found);
        trace->volume = hypervolume(sorted, n, target->reference, &on_front);
        trace->front_points = (double)on_front;
        if (n > 0)
            trace->steps[i].regret = log_regret(1 - trace->volume / target->volume);
    }
    bool enough = found && sorted;
    free(found);
    free(sorted);
    return enough ? ST_OK : ST_NOMEM;
}

enum status trace_judge(struct trace *trace, const struct target *target)
{
    if (target->n_values == 2)
        return judge_fronts(trace, target);
    judge_values(trace, target);
    return ST_OK;
}

double trace_regret(const struct trace *trace, size_t trials)
{
    size_t n = trials < trace->n ? trials : trace->n;
    return n == 0 ? (double)INFINITY : trace->steps[n - 1].regret;
}

/* Joules of a trial; what is not known counts nothing. */
static double spent_j(const struct step *step)
{
    return isfinite(step->measured.energy_j) ? step->measured.energy_j : 0;
}

double trace_regret_at(const struct trace *trace, double energy_j)
{
    double spent = 0;
    size_t n = 0;
    while (n < trace->n && spent + spent_j(&trace->steps[n]) <= energy_j)
        spent += spent_j(&trace->steps[n++]);
    return trace_regret(trace, n);
}

double trace_energy_j(const struct trace *trace, size_t trials)
{
    double sum = 0;
    for (size_t i = 0; i < trace->n && i < trials; i++)
        sum += spent_j(&trace->steps[i]);
    return sum;
}

double trace_energy_to_j(const struct trace *trace, double regret)
{
    for (size_t i = 0; i < trace->n; i++)
        if (trace->steps[i].regret <= regret)
            return trace_energy_j(trace, i + 1);
    return INFINITY;
}

double trace_time_s(const struct trace *trace)
{
    double sum = 0;
    for (size_t i = 0; i < trace->n; i++)
        sum += trace->steps[i].time_s;
    return sum;
}
