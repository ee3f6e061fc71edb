/* transport.h - how messages travel between the ranks of a job. Nothing here ever waits.
 *
 * Two kinds: the processes of an MPI job (transport_mpi.c), and one process that is both
 * coordinator and worker (transport_local.c). Messages of one sender arrive in their order. A
 * message to a rank that has died is lost without an error. Threading: one thread. */
#ifndef ORCHESTRATOR_TRANSPORT_H
#define ORCHESTRATOR_TRANSPORT_H

#include "base/status.h"
#include "base/strbuf.h"

#include <stdbool.h>
#include <stddef.h>

/* The ranks of one host. */
struct transport_host {
    char name[64];
    int rank, size;       /* of this process among them */
    bool has_coordinator; /* rank 0 is one of them */
    int processors;       /* that its ranks may use together */
    int own_processors;   /* that this rank is bound to */
    void *shared;         /* memory of all of them, zero at the start; NULL: alone */
    void *notices; /* what each of them told the others when it joined, one after another, this
                      rank's included; NULL: alone */
};

struct transport;

struct transport_type {
    const char *name;
    enum status (*send)(struct transport *transport, int to, const char *text, size_t length);
    enum status (*receive)(struct transport *transport, int *from, struct strbuf *text);
    bool (*sent)(struct transport *transport);
    void (*close)(struct transport *transport, bool clean);
};

struct transport {
    const struct transport_type *type;
    int rank, size;
    struct transport_host host;
};

/* True when the environment says that mpirun or srun has started this process with others. */
bool transport_mpi_wanted(void);

/* What a rank says when it joins. */
struct transport_entry {
    size_t (*shared_size)(size_t n_ranks); /* bytes that a host with that many ranks shares */
    const void *notice;                    /* plain data for the other ranks of the host */
    size_t notice_size;                    /* the same on all ranks */
};

/* Join the MPI job. All ranks must call it. Errors: ST_FAILED; ST_NOMEM. */
enum status transport_mpi_open(struct transport **out, const struct transport_entry *entry,
                               struct error *err);

/* The two ends of a pair inside this process, whose host is `host` (NULL: found out).
 * Errors: ST_NOMEM. */
enum status transport_local_open(struct transport **coordinator, struct transport **worker,
                                 const struct transport_host *host);

/* Queue a message; the text is copied. Errors: ST_NOMEM. */
enum status transport_send(struct transport *transport, int to, const char *text,
                           size_t length);
/* Take the next message that has arrived whole: the text replaces what `text` holds, *from is
 * its sender, or -1 when there is none. Errors: ST_NOMEM; ST_FAILED. */
enum status transport_receive(struct transport *transport, int *from, struct strbuf *text);
/* True when all that was queued has left. */
bool transport_sent(struct transport *transport);
/* `clean`: every rank of the job closes now. Otherwise the process must end by _exit(). */
void transport_close(struct transport *transport, bool clean);

/* Find out about the host of a process that is alone. */
void transport_host_alone(struct transport_host *host);

#endif
