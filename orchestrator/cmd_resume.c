/* wattune resume: go on with a study that was interrupted. */
#include "orchestrator/carry_out.h"
#include "orchestrator/commands.h"
#include "orchestrator/output.h"
#include "orchestrator/simulate.h"
#include "orchestrator/warm_start.h"
#include "results/store.h"

#include <stdio.h>
#include <string.h>

struct resume_options {
    struct carry_out_options how;
};

static const struct cli_option options[] = {CARRY_OUT_OPTIONS(struct resume_options), {0}};

/* Its clock was no real one, and it is quickly run again. */
static enum status refuse_simulated(const struct study_record *record, struct error *err)
{
    error_set(err, ST_INVALID, "%s was simulated, and is not gone on with", record->name);
    error_remedy(err, "run 'wattune simulate' again with --force");
    return ST_INVALID;
}

static bool is_cut_simulation(const struct study_record *record, enum study_state state)
{
    return state != STUDY_DONE && study_is_simulated(record);
}

/* The study as it was run, from the database: the file may have changed or gone. */
static enum status load_study(struct store *store, struct study **out, enum study_state *state,
                              struct error *err)
{
    struct study_record *record;
    enum status status = store_load_study(store, &record, state, err);
    if (status)
        return status;
    struct json_problems problems = {0};
    if (is_cut_simulation(record, *state))
        status = refuse_simulated(record, err);
    else
        status = study_read_text(out, record->json, record->path, &problems, err);
    if (!status && warm_start_load(*out, store, err)) {
        status = err->status;
        study_free(*out);
    }
    if (status)
        fputs(strbuf_text(&problems.text), stderr);
    json_problems_free(&problems);
    store_study_free(record);
    return status;
}

static enum exit_status coordinate(const struct cli_command *command, struct job *job, int argc,
                                   char **argv)
{
    struct resume_options chosen = {0};
    const char *db;
    enum cli_outcome outcome = cli_parse(command, argc, argv, &chosen, &db);
    if (outcome != CLI_GO_ON)
        return cli_exit_status(outcome);
    struct error err = {0};
    struct store *store;
    if (store_open(&store, db, STORE_WRITE, &err))
        return output_error(command, &err);
    struct study *study;
    enum study_state state;
    enum exit_status exit_status;
    if (load_study(store, &study, &state, &err)) {
        exit_status = output_error(command, &err);
    } else {
        struct carry_out how = {.study = study, .db = db, .options = chosen.how};
        /* A study that is done would keep this machine quiet, and measure it, for nothing. */
        exit_status = state == STUDY_DONE ? carry_out_done(db)
                                          : carry_out_store(command, job, &how, store);
        study_free(study);
    }
    store_close(store);
    return exit_status;
}

static enum exit_status run(const struct cli_command *command, int argc, char **argv)
{
    return carry_out_job(command, argc, argv, coordinate);
}

const struct cli_command cmd_resume = {
    .name = "resume",
    .arguments = "DB",
    .n_arguments = 1,
    .summary = "Go on with a study that was interrupted, exactly as it would have gone on.",
    .details = "Finished trials stand; trials that were running start again. The study is "
               "taken from the database, so neither the file that it was read from nor the "
               "databases of its warm start are needed.",
    .example = "  mpirun -n 3 wattune resume cifar10.db",
    .options = options,
    .run = run,
};
