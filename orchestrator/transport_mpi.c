/* Messages between the ranks of an MPI job, without a single blocking call while a study runs:
 * MPI's own waiting spins, and never ends when the other side has died. The collective calls
 * are those of opening and of a clean close. */
#include "orchestrator/transport.h"

#include <mpi.h>

#include <sched.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define TAG 1
#define CACHE_LINE 64

/* A message on its way out or in. */
struct parcel {
    struct parcel *next;
    MPI_Request request;
    int rank; /* the other side */
    bool arrived;
    size_t length;
    char text[];
};

struct transport_mpi {
    struct transport base;
    MPI_Comm world, host;
    MPI_Win window; /* MPI_WIN_NULL: none */
    struct parcel *outbound;
    struct parcel *inbound, **last_inbound;
};

static struct transport_mpi *mpi_of(struct transport *transport)
{
    return (struct transport_mpi *)transport;
}

static struct parcel *new_parcel(int rank, size_t length)
{
    struct parcel *parcel = malloc(sizeof *parcel + length);
    if (parcel)
        *parcel = (struct parcel){
            .request = MPI_REQUEST_NULL, .rank = rank, .arrived = false, .length = length};
    return parcel;
}

static bool completed(struct parcel *parcel)
{
    int done = 0;
    MPI_Test(&parcel->request, &done, MPI_STATUS_IGNORE);
    return done != 0;
}

/* Free what has left. What was sent to a dead rank stays for good. */
static void clear_outbound(struct transport_mpi *mpi)
{
    for (struct parcel **at = &mpi->outbound; *at;) {
        struct parcel *parcel = *at;
        if (!completed(parcel)) {
            at = &parcel->next;
            continue;
        }
        *at = parcel->next;
        free(parcel);
    }
}

static enum status mpi_send(struct transport *transport, int to, const char *text,
                            size_t length)
{
    struct transport_mpi *mpi = mpi_of(transport);
    struct parcel *parcel = new_parcel(to, length);
    if (!parcel)
        return ST_NOMEM;
    memcpy(parcel->text, text, length);
    MPI_Isend(parcel->text, (int)length, MPI_CHAR, to, TAG, mpi->world, &parcel->request);
    parcel->next = mpi->outbound;
    mpi->outbound = parcel;
    clear_outbound(mpi);
    return ST_OK;
}

/* Start to receive whatever has been announced. A large message needs its sender to live on, so
 * it is not waited for. */
static enum status accept_inbound(struct transport_mpi *mpi)
{
    for (;;) {
        int there = 0, length = 0;
        MPI_Status status;
        MPI_Iprobe(MPI_ANY_SOURCE, TAG, mpi->world, &there, &status);
        if (!there)
            return ST_OK;
        MPI_Get_count(&status, MPI_CHAR, &length);
        struct parcel *parcel = new_parcel(status.MPI_SOURCE, (size_t)length);
        if (!parcel)
            return ST_NOMEM;
        MPI_Irecv(parcel->text, length, MPI_CHAR, status.MPI_SOURCE, TAG, mpi->world,
                  &parcel->request);
        *mpi->last_inbound = parcel;
        mpi->last_inbound = &parcel->next;
    }
}

/* An earlier message of the same sender is still arriving. */
static bool overtakes(const struct transport_mpi *mpi, const struct parcel *parcel)
{
    for (const struct parcel *p = mpi->inbound; p != parcel; p = p->next)
        if (p->rank == parcel->rank)
            return true;
    return false;
}

/* The first message that is there whole, taken out of the list; NULL when there is none. */
static struct parcel *take_inbound(struct transport_mpi *mpi)
{
    for (struct parcel **at = &mpi->inbound; *at; at = &(*at)->next) {
        struct parcel *parcel = *at;
        parcel->arrived = parcel->arrived || completed(parcel);
        if (!parcel->arrived || overtakes(mpi, parcel))
            continue;
        *at = parcel->next;
        if (mpi->last_inbound == &parcel->next)
            mpi->last_inbound = at;
        return parcel;
    }
    return NULL;
}

static enum status mpi_receive(struct transport *transport, int *from, struct strbuf *text)
{
    struct transport_mpi *mpi = mpi_of(transport);
    *from = -1;
    enum status status = accept_inbound(mpi);
    if (status)
        return status;
    if (mpi->outbound)
        clear_outbound(mpi);
    struct parcel *parcel = take_inbound(mpi);
    if (!parcel)
        return ST_OK;
    strbuf_clear(text);
    strbuf_append_bytes(text, parcel->text, parcel->length);
    *from = parcel->rank;
    free(parcel);
    return strbuf_ok(text) ? ST_OK : ST_NOMEM;
}

static bool mpi_sent(struct transport *transport)
{
    struct transport_mpi *mpi = mpi_of(transport);
    clear_outbound(mpi);
    return mpi->outbound == NULL;
}

/* Messages that nobody reads any more, the rest of those that are still arriving included. */
static void drop_inbound(struct transport_mpi *mpi)
{
    for (struct parcel *parcel = mpi->inbound; parcel;) {
        struct parcel *next = parcel->next;
        if (parcel->request != MPI_REQUEST_NULL) {
            MPI_Cancel(&parcel->request);
            MPI_Wait(&parcel->request, MPI_STATUS_IGNORE);
        }
        free(parcel);
        parcel = next;
    }
}

static void mpi_close(struct transport *transport, bool clean)
{
    struct transport_mpi *mpi = mpi_of(transport);
    if (!clean)
        return; /* MPI_Finalize would wait for the dead: the process ends by _exit() */
    drop_inbound(mpi);
    if (mpi->window != MPI_WIN_NULL)
        MPI_Win_free(&mpi->window);
    MPI_Comm_free(&mpi->host);
    MPI_Comm_free(&mpi->world);
    MPI_Finalize();
    free(mpi->base.host.notices);
    free(mpi);
}

static const struct transport_type mpi_type = {.name = "MPI",
                                               .send = mpi_send,
                                               .receive = mpi_receive,
                                               .sent = mpi_sent,
                                               .close = mpi_close};

/* The block that the ranks of this host share, zeroed by the first of them. Its address differs
 * between the ranks, but not what is left of it modulo a page. */
static enum status share_memory(struct transport_mpi *mpi, size_t size, struct error *err)
{
    struct transport_host *host = &mpi->base.host;
    MPI_Aint bytes = host->rank == 0 ? (MPI_Aint)(size + CACHE_LINE) : 0;
    char *memory = NULL;
    int unit;
    if (MPI_Win_allocate_shared(bytes, 1, MPI_INFO_NULL, mpi->host, &memory, &mpi->window) !=
            MPI_SUCCESS ||
        MPI_Win_shared_query(mpi->window, 0, &bytes, &unit, &memory) != MPI_SUCCESS) {
        error_set(err, ST_FAILED, "the ranks of %s cannot share memory", host->name);
        error_remedy(err, "see whether /dev/shm is there and has room");
        return ST_FAILED;
    }
    memory += (CACHE_LINE - (uintptr_t)memory % CACHE_LINE) % CACHE_LINE;
    if (host->rank == 0)
        memset(memory, 0, size);
    MPI_Barrier(mpi->host);
    host->shared = memory;
    return ST_OK;
}

/* mpirun binds each of two ranks to one core. A worker that is bound to less than its share of
 * the host's processors may use them all. */
static void share_processors(struct transport_mpi *mpi)
{
    struct transport_host *host = &mpi->base.host;
    cpu_set_t own, all;
    host->processors = host->own_processors = 1;
    if (sched_getaffinity(0, sizeof own, &own))
        CPU_ZERO(&own);
    MPI_Allreduce(&own, &all, sizeof own, MPI_BYTE, MPI_BOR, mpi->host);
    if (CPU_COUNT(&all) == 0)
        return;
    int workers = host->size - host->has_coordinator;
    host->processors = host->own_processors = CPU_COUNT(&all);
    if (CPU_COUNT(&own) * (workers > 0 ? workers : 1) >= CPU_COUNT(&all))
        host->own_processors = CPU_COUNT(&own);
    else
        sched_setaffinity(0, sizeof all, &all);
}

/* Let the ranks of this host know what each has to say. */
static enum status exchange_notices(struct transport_mpi *mpi,
                                    const struct transport_entry *entry, struct error *err)
{
    struct transport_host *host = &mpi->base.host;
    int size = (int)entry->notice_size;
    host->notices = calloc((size_t)host->size, entry->notice_size);
    if (!host->notices)
        return error_set(err, ST_NOMEM, "no memory for the notices of the ranks of %s",
                         host->name);
    if (MPI_Allgather(entry->notice, size, MPI_BYTE, host->notices, size, MPI_BYTE,
                      mpi->host) == MPI_SUCCESS)
        return ST_OK;
    error_set(err, ST_FAILED, "the ranks of %s cannot tell each other what they see",
              host->name);
    error_remedy(err, "see whether all of them are the same wattune");
    return ST_FAILED;
}

static enum status meet_host(struct transport_mpi *mpi, const struct transport_entry *entry,
                             struct error *err)
{
    struct transport_host *host = &mpi->base.host;
    int coordinator = mpi->base.rank == 0, has_coordinator = 0;
    MPI_Comm_split_type(mpi->world, MPI_COMM_TYPE_SHARED, mpi->base.rank, MPI_INFO_NULL,
                        &mpi->host);
    MPI_Comm_set_errhandler(mpi->host, MPI_ERRORS_RETURN);
    MPI_Comm_rank(mpi->host, &host->rank);
    MPI_Comm_size(mpi->host, &host->size);
    MPI_Allreduce(&coordinator, &has_coordinator, 1, MPI_INT, MPI_MAX, mpi->host);
    host->has_coordinator = has_coordinator;
    if (gethostname(host->name, sizeof host->name - 1))
        strcpy(host->name, "localhost");
    share_processors(mpi);
    enum status status = exchange_notices(mpi, entry, err);
    return status ? status : share_memory(mpi, entry->shared_size((size_t)host->size), err);
}

enum status transport_mpi_open(struct transport **out, const struct transport_entry *entry,
                               struct error *err)
{
    struct transport_mpi *mpi = calloc(1, sizeof *mpi);
    if (!mpi)
        return error_set(err, ST_NOMEM, "no memory for the messages of the job");
    if (MPI_Init(NULL, NULL) != MPI_SUCCESS) {
        free(mpi);
        return error_set(err, ST_FAILED, "MPI did not start");
    }
    mpi->base.type = &mpi_type;
    mpi->window = MPI_WIN_NULL;
    mpi->last_inbound = &mpi->inbound;
    MPI_Comm_dup(MPI_COMM_WORLD, &mpi->world);
    MPI_Comm_set_errhandler(mpi->world, MPI_ERRORS_RETURN);
    MPI_Comm_rank(mpi->world, &mpi->base.rank);
    MPI_Comm_size(mpi->world, &mpi->base.size);
    enum status status = meet_host(mpi, entry, err);
    if (status) /* all ranks must go: there is no way to go on without this one */
        MPI_Abort(MPI_COMM_WORLD, 1);
    *out = &mpi->base;
    return status;
}
