#include "orchestrator/job.h"

#include "base/clock.h"
#include "base/log.h"
#include "worker/gpu_share.h"
#include "worker/ledger.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* How long the end waits for the workers; and for what was sent to leave when ranks have died.
 */
#define PARTING_S 5.0
#define FLUSH_S 0.2
#define LOOK_S 1e-3

/* What the others of the host must know to divide its GPUs. */
static struct gpu_list see_gpus(void)
{
    struct gpu_list list = {0};
    struct gpu_devices *devices;
    struct strbuf report = STRBUF_INIT;
    if (gpu_devices_open(&devices, meter_root(), &report) == METER_PRESENT) {
        list = gpu_list_of(devices);
        gpu_devices_close(devices);
    }
    strbuf_free(&report);
    return list;
}

static enum status join(struct job *job, struct error *err)
{
    struct gpu_list gpus = see_gpus();
    struct transport_entry entry = {
        .shared_size = ledger_shared_size, .notice = &gpus, .notice_size = sizeof gpus};
    return transport_mpi_open(&job->transport, &entry, err);
}

enum status job_open(struct job **out, struct error *err)
{
    struct job *job = calloc(1, sizeof *job);
    if (!job)
        return error_set(err, ST_NOMEM, "no memory for the job");
    if (transport_mpi_wanted()) {
        enum status status = join(job, err);
        if (status) {
            free(job);
            return status;
        }
    }
    job->lost = calloc((size_t)job_size(job), sizeof *job->lost);
    if (!job->lost) {
        error_set(err, ST_NOMEM, "no memory for the job");
        job_close(job, EXIT_FAILED);
        return ST_NOMEM;
    }
    *out = job;
    return ST_OK;
}

int job_rank(const struct job *job)
{
    return job->transport ? job->transport->rank : 0;
}

int job_size(const struct job *job)
{
    return job->transport ? job->transport->size : 1;
}

enum status job_send(struct job *job, int to, const struct message *message)
{
    return message_send(message, job->transport, to);
}

enum status job_send_all(struct job *job, const struct message *message)
{
    struct strbuf text = STRBUF_INIT;
    enum status status = message_write(message, &text);
    for (int rank = 0; rank < job_size(job) && !status; rank++)
        if (rank != job_rank(job))
            status = transport_send(job->transport, rank, text.text, text.length);
    strbuf_free(&text);
    return status;
}

/* Count the workers that have said goodbye since; whatever else they say is too late. */
static int count_byes(struct job *job)
{
    struct strbuf text = STRBUF_INIT;
    int from, n = 0;
    while (transport_receive(job->transport, &from, &text) == ST_OK && from >= 0) {
        struct message message;
        if (message_read(&message, text.text, text.length, NULL))
            continue;
        n += message.kind == MESSAGE_KIND_BYE;
        message_clear(&message);
    }
    strbuf_free(&text);
    return n;
}

/* Rank 0: send everyone home. True when all are there to finalize. */
static bool dismiss(struct job *job)
{
    int away = 0, missing = job_size(job) - 1;
    if (missing == 0)
        return true;
    for (int rank = 1; job->lost && rank < job_size(job); rank++)
        away += job->lost[rank];
    if (!job->told)
        job_send_all(job, &(struct message){.kind = MESSAGE_KIND_SHUT_DOWN});
    double until_s = clock_monotonic_s() + PARTING_S;
    while (missing > away && clock_monotonic_s() < until_s) {
        missing -= count_byes(job);
        if (missing > away)
            clock_sleep(LOOK_S);
    }
    job_send_all(job, &(struct message){.kind = MESSAGE_KIND_LEAVE, .flag = missing == 0});
    until_s = clock_monotonic_s() + (missing ? FLUSH_S : PARTING_S);
    while (!transport_sent(job->transport) && clock_monotonic_s() < until_s)
        clock_sleep(LOOK_S);
    return missing == 0 && transport_sent(job->transport);
}

void job_close(struct job *job, int exit_status)
{
    if (job->transport) {
        bool clean = job_rank(job) == 0 ? dismiss(job) : job->clean;
        if (!clean) {
            if (job_rank(job) == 0)
                log_warn("ranks of this job have died: it ends without them");
            fflush(NULL);
            _exit(exit_status);
        }
        transport_close(job->transport, true);
    }
    free(job->lost);
    free(job);
}
