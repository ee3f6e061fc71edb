/* wattune run: a study from its file to its database. */
#include "base/log.h"
#include "orchestrator/carry_out.h"
#include "orchestrator/commands.h"
#include "orchestrator/output.h"
#include "orchestrator/progress.h"
#include "orchestrator/run.h"
#include "orchestrator/study_options.h"
#include "orchestrator/study_store.h"
#include "orchestrator/warm_start.h"

#include <stdlib.h>
#include <string.h>

struct run_command_options {
    const char *db;
    struct study_overrides overrides;
    struct carry_out_options how;
    bool force;
};

#define AT(member) offsetof(struct run_command_options, member)

static const struct cli_option options[] = {
    {.name = "db",
     .kind = CLI_TEXT,
     .placeholder = "FILE",
     .help = "where the results go (NAME.db beside the study file unless given)",
     .offset = AT(db)},
    STUDY_OPTIONS(struct run_command_options),
    CARRY_OUT_OPTIONS(struct run_command_options),
    {.name = "force",
     .kind = CLI_FLAG,
     .help = "replace the results of an earlier run in the same file",
     .offset = AT(force)},
    {0},
};

static enum exit_status run_study_file(const struct cli_command *command, struct job *job,
                                       const char *path,
                                       const struct run_command_options *chosen)
{
    struct error err = {0};
    struct study *study;
    enum exit_status exit_status =
        study_options_read(&study, command, path, &chosen->overrides);
    if (exit_status != EXIT_DONE)
        return exit_status;
    warm_start_log(study->warm);
    char *db = chosen->db ? strdup(chosen->db) : study_store_path(study, "");
    struct carry_out how = {
        .study = study, .db = db, .replace = chosen->force, .options = chosen->how};
    if (db) {
        exit_status = carry_out_new(command, job, &how);
    } else {
        error_set(&err, ST_NOMEM, "no memory for the name of the database");
        exit_status = output_error(command, &err);
    }
    free(db);
    study_free(study);
    return exit_status;
}

static enum exit_status coordinate(const struct cli_command *command, struct job *job, int argc,
                                   char **argv)
{
    struct run_command_options chosen = {.overrides = STUDY_OVERRIDES_INIT};
    const char *path;
    enum cli_outcome outcome = cli_parse(command, argc, argv, &chosen, &path);
    if (outcome != CLI_GO_ON)
        return cli_exit_status(outcome);
    return run_study_file(command, job, path, &chosen);
}

static enum exit_status run(const struct cli_command *command, int argc, char **argv)
{
    return carry_out_job(command, argc, argv, coordinate);
}

const struct cli_command cmd_run = {
    .name = "run",
    .arguments = "STUDY.json",
    .n_arguments = 1,
    .summary = "Run a study: search with its strategies, and book what every trial costs.",
    .details = "Alone it uses the machine it is on; under mpirun or srun rank 0 coordinates "
               "and the other ranks "
               "work. Ctrl-C lets running trials end and leaves a database that 'wattune "
               "resume' completes.",
    .example = "  wattune run examples/quickstart.json\n"
               "  mpirun -n 3 wattune run examples/cifar10.json --db cifar10.db --trials 9",
    .options = options,
    .run = run,
};
