#include "orchestrator/run.h"

#include "base/log.h"
#include "orchestrator/agent.h"
#include "orchestrator/backoff.h"
#include "orchestrator/checkpoints.h"
#include "orchestrator/job.h"
#include "orchestrator/loop.h"
#include "orchestrator/signals.h"
#include "orchestrator/study_store.h"

#include <stdio.h>
#include <stdlib.h>

/* How long a worker waits to be given the study: rank 0 may first have to read a large one. */
#define FIRST_WORD_S 120.0

enum status run_create_store(struct store **out, const char *path, const struct study *study,
                             bool replace, struct error *err)
{
    struct meter_choice meters;
    enum status status = station_open_meters(&meters, study, err);
    if (status)
        return status;
    struct arm_record *arms = arms_to_records(study);
    struct study_store wanted = {.study = study,
                                 .arms = arms,
                                 .n_arms = study->n_arms,
                                 .energy_meters = meters.booked.text,
                                 .energy_quality = energy_quality_text(meters.booked.quality),
                                 .replace = replace};
    status = arms ? study_store_create(out, path, &wanted, err)
                  : error_set(err, ST_NOMEM, "no memory for the study's arms");
    free(arms);
    meter_choice_close(&meters);
    return status;
}

/* Why a study that was carried to an end did not end well. */
static void explain(const struct loop *loop, struct error *err)
{
    if (loop->exit_status == EXIT_INTERRUPTED) {
        log_warn("%s: go on with 'wattune resume %s'", loop->why, loop->options->store_path);
    } else if (loop->exit_status == EXIT_UNMEASURED) {
        error_set(err, ST_UNAVAILABLE, "%s", loop->why);
    } else if (loop->exit_status != EXIT_DONE) {
        error_set(err, ST_FAILED, "%s", loop->why);
        error_remedy(err, "'wattune trials %.150s' shows the reasons; --keep-going goes on",
                     loop->options->store_path);
    }
}

/* The study cannot go on: what is stored stands, and can be resumed. */
static int give_up(struct job *job, const struct run_options *options, enum status status,
                   struct error *err)
{
    if (!err->what[0])
        error_set(err, status, "%s", status_text(status));
    if (!err->remedy[0])
        error_remedy(err, "what is stored stands: go on with 'wattune resume %.150s'",
                     options->store_path);
    store_set_state(options->store, STUDY_INTERRUPTED, err->what, NULL);
    if (job_size(job) > 1) {
        job_send_all(job, &(struct message){.kind = MESSAGE_KIND_SHUT_DOWN});
        job->told = true;
    }
    return status == ST_UNAVAILABLE ? EXIT_UNMEASURED : EXIT_FAILED;
}

/* Nobody waits for the goodbye of a rank that is dead. */
static void note_lost(struct job *job, const struct loop *loop)
{
    for (int rank = 1; rank < job_size(job); rank++)
        job->lost[rank] = coordinator_lost(loop->coordinator, rank);
}

int run_study(struct job *job, const struct run_options *options, struct error *err)
{
    struct loop loop;
    struct error own = {0};
    err = err ? err : &own;
    *err = (struct error){0};
    enum status status = loop_open(&loop, job, options, err);
    if (status)
        return give_up(job, options, status, err);
    status = loop_run(&loop, err);
    note_lost(job, &loop);
    int exit_status = loop.exit_status;
    if (status)
        exit_status = give_up(job, options, status, err);
    else
        explain(&loop, err);
    if (exit_status == EXIT_DONE && options->study->trial->kind == TRIAL_CNN &&
        loop.checkpoints)
        checkpoints_clear(loop.checkpoints);
    loop_close(&loop);
    return exit_status;
}

int run_worker(struct job *job, struct error *err)
{
    struct agent *agent;
    struct backoff backoff = {0};
    enum agent_state state = AGENT_WORKS;
    bool active = true;
    char name[32];
    snprintf(name, sizeof name, "rank %d", job_rank(job));
    log_set_name(name);
    enum status status = agent_create_remote(&agent, job->transport, FIRST_WORD_S, err);
    if (status)
        return EXIT_FAILED;
    signals_watch(); /* the coordinator decides what a signal means */
    while (!status && state == AGENT_WORKS)
        status = agent_step(agent, backoff_next(&backoff, active), &active, &state, err);
    agent_free(agent);
    signals_restore();
    job->clean = state == AGENT_LEAVES;
    return status ? EXIT_FAILED : EXIT_DONE;
}
