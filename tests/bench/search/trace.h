/* trace.h - what happened in one run of a sampler on a target, and how good it was after every
 * trial.
 *
 * Goodness is one number, the lower the better: log10 of the regret. With one value the regret
 * is that of the trial that looks best, which is the one told the lowest: its true value minus
 * the least that there is. With two it is the part of the hypervolume that is still missing, of
 * what the whole front has. Regrets below 1e-6 count as 1e-6: who is nearer than that has found
 * it. Threading: one owner at a time. */
#ifndef TESTS_BENCH_SEARCH_TRACE_H
#define TESTS_BENCH_SEARCH_TRACE_H

#include "tests/bench/search/target.h"

struct step {
    struct measurement measured;
    double time_s; /* processor time of the sampler for this trial */
    double regret; /* log10, after this trial; INFINITY before any was complete */
};

/* Trials in the order in which they were told. */
struct trace {
    struct step *steps;
    size_t n, capacity;
    double volume, front_points; /* two values: at the end */
};

void trace_free(struct trace *trace);

/* Add a trial. Errors: ST_NOMEM. */
enum status trace_add(struct trace *trace, const struct measurement *measured, double time_s);

/* Fill in the regrets. Errors: ST_NOMEM. */
enum status trace_judge(struct trace *trace, const struct target *target);

/* log10 regret after so many trials (fewer when the run was shorter), and once so many joules
 * were spent; INFINITY before the first complete one. */
double trace_regret(const struct trace *trace, size_t trials);
double trace_regret_at(const struct trace *trace, double energy_j);

/* Joules of the first trials, and those spent until the log10 regret was at most `regret`;
 * INFINITY when it never was. */
double trace_energy_j(const struct trace *trace, size_t trials);
double trace_energy_to_j(const struct trace *trace, double regret);

/* Processor time of the sampler, of the whole run. */
double trace_time_s(const struct trace *trace);

#endif
