#include "orchestrator/transport.h"

#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

bool transport_mpi_wanted(void)
{
    /* Open MPI's mpirun; PMIx, also under srun --mpi=pmix; PMI-2 and PMI-1. */
    static const char *const names[] = {"OMPI_COMM_WORLD_SIZE", "PMIX_RANK", "PMI_RANK"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (getenv(names[i]))
            return true;
    return false;
}

void transport_host_alone(struct transport_host *host)
{
    cpu_set_t processors;
    *host = (struct transport_host){.size = 1, .has_coordinator = true, .processors = 1};
    if (gethostname(host->name, sizeof host->name - 1))
        strcpy(host->name, "localhost");
    if (!sched_getaffinity(0, sizeof processors, &processors))
        host->processors = CPU_COUNT(&processors);
    host->own_processors = host->processors;
}

enum status transport_send(struct transport *transport, int to, const char *text, size_t length)
{
    return transport->type->send(transport, to, text, length);
}

enum status transport_receive(struct transport *transport, int *from, struct strbuf *text)
{
    return transport->type->receive(transport, from, text);
}

bool transport_sent(struct transport *transport)
{
    return transport->type->sent(transport);
}

void transport_close(struct transport *transport, bool clean)
{
    if (transport)
        transport->type->close(transport, clean);
}
