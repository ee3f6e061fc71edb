#include "orchestrator/carry_out.h"

#include "base/log.h"
#include "orchestrator/output.h"
#include "results/store.h"

#include <signal.h>

enum exit_status carry_out_job(const struct cli_command *command, int argc, char **argv,
                               enum exit_status (*coordinate)(const struct cli_command *,
                                                              struct job *, int, char **))
{
    struct error err = {0};
    struct job *job;
    signal(SIGPIPE, SIG_IGN); /* a trial or a reader that is gone is no reason to die */
    if (job_open(&job, &err))
        return output_error(command, &err);
    enum exit_status status;
    if (job_rank(job) == 0) {
        status = coordinate(command, job, argc, argv);
    } else {
        status = (enum exit_status)run_worker(job, &err);
        if (status == EXIT_FAILED && *err.what)
            output_error(command, &err);
    }
    job_close(job, (int)status);
    return status;
}

enum exit_status carry_out_done(const char *db)
{
    log_info("done: the results are in %s; compare the strategies with 'wattune compare %s'",
             db, db);
    return EXIT_DONE;
}

enum exit_status carry_out_store(const struct cli_command *command, struct job *job,
                                 const struct carry_out *how, struct store *store)
{
    struct progress progress;
    progress_open(&progress, (enum progress_mode)how->options.progress);
    struct run_options options = {.study = how->study,
                                  .store = store,
                                  .store_path = how->db,
                                  .keep_going = how->options.keep_going,
                                  .coordinator_works = how->options.coordinator_works,
                                  .observer = progress_observer(&progress)};
    struct error err = {0};
    enum exit_status status = (enum exit_status)run_study(job, &options, &err);
    progress_close(&progress);
    if (status == EXIT_DONE)
        return carry_out_done(how->db);
    if (*err.what && status != EXIT_INTERRUPTED)
        output_error(command, &err);
    return status;
}

enum exit_status carry_out_new(const struct cli_command *command, struct job *job,
                               const struct carry_out *how)
{
    struct error err = {0};
    struct store *store;
    enum status status = run_create_store(&store, how->db, how->study, how->replace, &err);
    if (status) {
        output_error(command, &err);
        return status == ST_UNAVAILABLE ? EXIT_UNMEASURED : EXIT_FAILED;
    }
    enum exit_status exit_status = carry_out_store(command, job, how, store);
    store_close(store);
    return exit_status;
}
