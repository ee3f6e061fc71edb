/* run.h - carry a study out: what `wattune run` and `wattune resume` call.
 *
 * Every process of the job calls job_open(). Rank 0 then reads the study, opens the store and
 * calls run_study(); the others call run_worker(), which returns when the study is over. All
 * of them end with job_close(). A process that was started alone is rank 0 of 1, never touches
 * MPI, and does both parts. Threading: one thread. */
#ifndef ORCHESTRATOR_RUN_H
#define ORCHESTRATOR_RUN_H

#include "base/status.h"
#include "orchestrator/exit_status.h"
#include "orchestrator/study.h"
#include "results/store.h"
#include "worker/energy.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct job;

/* Join the job that this process was started in, by the environment of mpirun or srun; alone
 * when there is none. In an MPI job all ranks must call it. Errors: ST_NOMEM; ST_FAILED. */
enum status job_open(struct job **out, struct error *err);
int job_rank(const struct job *job);
int job_size(const struct job *job);
/* Leave the job: sends home the workers that still wait for a study, and finalizes MPI. Does
 * not return, but exits with `exit_status`, when ranks have died and MPI could not finalize. */
void job_close(struct job *job, int exit_status);

/* A trial that runs, for the display. */
struct run_trial {
    char id[64]; /* "bayes.0.17" */
    double running_s;
    double step; /* of its last report: the epoch; NaN: none */
};

struct run_arm {
    const char *strategy; /* its label */
    uint32_t repeat;
    bool started, ended;
    size_t asked; /* trials so far */
    size_t limit; /* trials that its budget allows; 0: no limit */
    size_t complete, pruned, failed;
    size_t feasible; /* of those complete, how many keep all constraints; all without any */
    double best;     /* of the first objective, among the feasible; NaN: none yet */
    double energy_j; /* attempts, waiting and search; NaN: unknown */
};

/* How far a study is. Everything is valid during the call only. */
struct run_snapshot {
    const char *study;
    const char *metric; /* of the first objective */
    double elapsed_s;   /* of this run, without what came before a resume */
    double left_s;      /* a guess; NaN while there is none */
    size_t arm;         /* the one that runs */
    const struct run_arm *arms;
    size_t n_arms;
    const struct run_trial *running;
    size_t n_running;
    size_t n_workers; /* alive */
    /* Sums over the arms. */
    size_t asked, complete, pruned, failed, feasible;
    bool constrained; /* the study has constraints */
    double best;
    char best_id[64]; /* "" for none */
    double energy_j;
    enum energy_quality quality; /* the worst of what was booked; ENERGY_NONE: no figure */
    bool interrupted;            /* no more work is given out */
    /* Before the first trial: the quiet window in which hosts measure their idle power; 0:
     * none, or over. */
    double quiet_s;
};

/* An attempt that ended. */
struct run_ended {
    const char *id;
    uint32_t attempt;
    enum trial_state state; /* of the attempt */
    bool retried;           /* another attempt follows */
    const char *reason;     /* NULL when complete */
    double value;           /* of the first objective; NaN: none */
    double energy_j;        /* of this attempt; NaN: unknown */
    enum energy_quality quality;
    double duration_s;
    int worker;
    const char *host;
};

/* Who watches. Members may be NULL. */
struct run_observer {
    void *context;
    /* At most four times a second, and once at the end. */
    void (*snapshot)(void *context, const struct run_snapshot *snapshot);
    void (*ended)(void *context, const struct run_ended *ended);
};

struct run_options {
    const struct study *study;
    struct store *store; /* open for writing; with trials in it, the study goes on from them */
    const char *store_path; /* for the line that resumes */
    bool keep_going;        /* even when the first five attempts failed */
    bool coordinator_works; /* rank 0 of several runs trials too */
    struct run_observer observer;
    /* 0 for the defaults; for tests. */
    double heartbeat_s; /* between signs of life: 2 */
    double patience_s;  /* without one until a rank is lost: 20 */
};

/* Make the database of a new study, after checking that this host can measure what the study
 * requires. `replace`: a study that is there already is deleted first, but nothing that is not
 * one. Errors: ST_UNAVAILABLE, which has no other cause: it cannot be measured
 * (EXIT_UNMEASURED), and what was there stays; those of store_open() and store_create(). */
enum status run_create_store(struct store **out, const char *path, const struct study *study,
                             bool replace, struct error *err);

/* Rank 0: run the study, or what is left of it, to its end. Answers the exit status; err says
 * why when it is EXIT_FAILED or EXIT_UNMEASURED. The store stays the caller's. */
int run_study(struct job *job, const struct run_options *options, struct error *err);

/* The other ranks: work until the coordinator ends it. Answers the exit status. */
int run_worker(struct job *job, struct error *err);

#endif
