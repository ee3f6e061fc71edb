/* wattune run: a study from its file to its database. */
#include "base/log.h"
#include "base/strbuf.h"
#include "orchestrator/carry_out.h"
#include "orchestrator/commands.h"
#include "orchestrator/output.h"
#include "orchestrator/progress.h"
#include "orchestrator/run.h"
#include "orchestrator/study.h"

#include <stdio.h>
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
    {.name = "strategy",
     .kind = CLI_TEXT,
     .placeholder = "A,B",
     .help = "only these strategies, of the study or by name",
     .offset = AT(overrides.strategies)},
    {.name = "trials",
     .kind = CLI_INTEGER,
     .placeholder = "N",
     .help = "trials for each strategy and repeat, instead of the study's budget",
     .offset = AT(overrides.trials),
     .low = 1,
     .high = 1e9},
    {.name = "energy",
     .kind = CLI_NUMBER,
     .placeholder = "J",
     .help = "joules for each strategy and repeat, instead of the study's budget",
     .offset = AT(overrides.energy_j),
     .low = 1e-6,
     .high = 1e15},
    {.name = "time",
     .kind = CLI_NUMBER,
     .placeholder = "S",
     .help = "seconds for each strategy and repeat, instead of the study's budget",
     .offset = AT(overrides.time_s),
     .low = 1e-3,
     .high = 1e10},
    {.name = "seed",
     .kind = CLI_INTEGER,
     .placeholder = "N",
     .help = "instead of the study's seed",
     .offset = AT(overrides.seed),
     .low = 0,
     .high = 9007199254740991.0},
    CARRY_OUT_OPTIONS(struct run_command_options),
    {.name = "force",
     .kind = CLI_FLAG,
     .help = "replace the results of an earlier run in the same file",
     .offset = AT(force)},
    {0},
};

/* NAME.db beside the study file; a slash in the name does not lead elsewhere. */
static char *default_db(const struct study *study)
{
    struct strbuf path = STRBUF_INIT;
    strbuf_printf(&path, "%s/", study->base_dir);
    for (const char *c = study->name; *c; c++)
        strbuf_append_char(&path, *c == '/' ? '_' : *c);
    strbuf_append(&path, ".db");
    return strbuf_take(&path);
}

static enum exit_status run_study_file(const struct cli_command *command, struct job *job,
                                       const char *path,
                                       const struct run_command_options *chosen)
{
    struct json_problems problems = {0};
    struct error err = {0};
    struct study *study;
    enum status status = study_read_file(&study, path, &chosen->overrides, &problems, &err);
    if (status) {
        fputs(strbuf_text(&problems.text), stderr);
        output_error(command, &err);
        json_problems_free(&problems);
        return status == ST_NOMEM ? EXIT_FAILED : EXIT_USAGE;
    }
    json_problems_free(&problems);
    char *db = chosen->db ? strdup(chosen->db) : default_db(study);
    struct carry_out how = {
        .study = study, .db = db, .replace = chosen->force, .options = chosen->how};
    enum exit_status exit_status;
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
    struct run_command_options chosen = {.overrides.seed = -1};
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
