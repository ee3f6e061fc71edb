/* sampler.h - who proposes the points of a run: a strategy of search/, or another program.
 *
 * A sampler is opened once and makes one run after another, of which each begins and ends. Its
 * trials count from 0. Threading: one sampler belongs to one thread. */
#ifndef TESTS_BENCH_SEARCH_SAMPLER_H
#define TESTS_BENCH_SEARCH_SAMPLER_H

#include "search/strategy.h"
#include "tests/bench/search/target.h"

struct sampler_choice {
    char label[48]; /* of the tables, unique */
    char *entry;    /* a strategy as in a study: a name in quotes or an object, JSON; or */
    char *command;  /* what starts a program (README.md has the protocol) */
};

/* A run has so many trials, or spends the joules that so many random ones do on average. */
struct run_plan {
    uint64_t seed;
    size_t trials, workers;
    bool by_joules; /* for targets with a random_j */
};

/* A trial that a sampler has asked for. */
struct asked {
    double *point;     /* [space_count()] */
    double from_epoch; /* that its checkpoint is of; 0: it starts from nothing */
    double cpu_s;      /* processor time so far */
};

/* A kind of sampler. `state` is what open() made. Processor times are added. */
struct sampler_type {
    enum status (*open)(void **state, const struct sampler_choice *choice, struct error *err);
    void (*close)(void *state);
    enum status (*begin)(void *state, const struct target *target, const struct run_plan *plan,
                         struct error *err);
    void (*end)(void *state);
    enum ask (*ask)(void *state, struct asked *asked, struct error *err);
    /* The value after an epoch of a trial; NULL: it goes on. */
    enum verdict (*report)(void *state, uint64_t number, struct intermediate value,
                           double *cpu_s);
    enum status (*tell)(void *state, uint64_t number, const struct measurement *measurement,
                        double *cpu_s, struct error *err);
};

extern const struct sampler_type sampler_strategy; /* sampler_strategy.c */
extern const struct sampler_type sampler_program;  /* sampler_program.c */

struct sampler {
    const struct sampler_type *type;
    void *state;
    const char *label; /* the choice's */
};

/* The choice outlives the sampler. Errors: ST_UNAVAILABLE when a program says that it cannot
 * work here, what the system says of it, ST_INVALID for a strategy that there is not; all said
 * in err. */
enum status sampler_open(struct sampler *sampler, const struct sampler_choice *choice,
                         struct error *err);
/* Safe on a zeroed sampler. */
void sampler_close(struct sampler *sampler);

/* The other calls are those of the type. begin: ST_INVALID when this sampler cannot work on
 * that target. ask: ASK_WAIT when something must be told first, ASK_FAILED with err. */

#endif
