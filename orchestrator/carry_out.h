/* carry_out.h - what `wattune run` and `wattune resume` have in common: the job, the store, the
 * display, the end. */
#ifndef ORCHESTRATOR_CARRY_OUT_H
#define ORCHESTRATOR_CARRY_OUT_H

#include "orchestrator/cli.h"
#include "orchestrator/progress.h"
#include "orchestrator/run.h"
#include "orchestrator/study.h"

/* The members that CARRY_OUT_OPTIONS fills. */
struct carry_out_options {
    int progress; /* enum progress_mode */
    bool keep_going, coordinator_works;
};

/* Rows for a command's option table; `type` has a member `how` of struct carry_out_options. */
#define CARRY_OUT_OPTIONS(type)                                                                \
    {.name = "progress",                                                                       \
     .kind = CLI_CHOICE,                                                                       \
     .placeholder = "FORM",                                                                    \
     .help = "auto (a live line on a terminal, else plain), plain, json or none",              \
     .offset = offsetof(type, how.progress),                                                   \
     .choices = progress_mode_names},                                                          \
        {.name = "keep-going",                                                                 \
         .kind = CLI_FLAG,                                                                     \
         .help = "go on even when the first five attempts have all failed",                    \
         .offset = offsetof(type, how.keep_going)},                                            \
    {                                                                                          \
        .name = "coordinator-works", .kind = CLI_FLAG,                                         \
        .help = "under mpirun, rank 0 runs trials too",                                        \
        .offset = offsetof(type, how.coordinator_works)                                        \
    }

struct carry_out {
    const struct study *study;
    const char *db;
    bool replace; /* an existing study in db is deleted first */
    struct carry_out_options options;
};

/* Join the job that this process belongs to; on rank 0 call `coordinate`, work on the others;
 * leave it. Only rank 0 reads the command line, so that mistakes are told once. */
enum exit_status carry_out_job(const struct cli_command *command, int argc, char **argv,
                               enum exit_status (*coordinate)(const struct cli_command *,
                                                              struct job *, int, char **));

/* Rank 0: make the database and run the study; go on with one that is there (db open for
 * writing as `store`, which stays the caller's). Mistakes and the summary are printed. */
enum exit_status carry_out_new(const struct cli_command *command, struct job *job,
                               const struct carry_out *how);
enum exit_status carry_out_store(const struct cli_command *command, struct job *job,
                                 const struct carry_out *how, struct store *store);

/* Say where the results of a study are that has been carried to its end. */
enum exit_status carry_out_done(const char *db);

#endif
