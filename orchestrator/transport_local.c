/* Both ends of a conversation in one process: two queues. */
#include "orchestrator/transport.h"

#include <stdlib.h>
#include <string.h>

struct letter {
    struct letter *next;
    size_t length;
    char text[];
};

struct queue {
    struct letter *first, **last;
};

/* The queues belong to the pair; each end frees the one that it reads. */
struct transport_local {
    struct transport base;
    struct queue inbox;
    struct transport_local *peer; /* NULL once it is closed */
};

static enum status local_send(struct transport *transport, int to, const char *text,
                              size_t length)
{
    struct transport_local *peer = ((struct transport_local *)transport)->peer;
    (void)to;
    if (!peer)
        return ST_OK;
    struct letter *letter = malloc(sizeof *letter + length);
    if (!letter)
        return ST_NOMEM;
    letter->next = NULL;
    letter->length = length;
    memcpy(letter->text, text, length);
    *peer->inbox.last = letter;
    peer->inbox.last = &letter->next;
    return ST_OK;
}

static enum status local_receive(struct transport *transport, int *from, struct strbuf *text)
{
    struct queue *inbox = &((struct transport_local *)transport)->inbox;
    struct letter *letter = inbox->first;
    *from = letter ? 0 : -1;
    if (!letter)
        return ST_OK;
    strbuf_clear(text);
    strbuf_append_bytes(text, letter->text, letter->length);
    if (!strbuf_ok(text))
        return ST_NOMEM;
    inbox->first = letter->next;
    if (!inbox->first)
        inbox->last = &inbox->first;
    free(letter);
    return ST_OK;
}

static bool local_sent(struct transport *transport)
{
    (void)transport;
    return true;
}

static void local_close(struct transport *transport, bool clean)
{
    struct transport_local *end = (struct transport_local *)transport;
    (void)clean;
    for (struct letter *letter = end->inbox.first; letter;) {
        struct letter *next = letter->next;
        free(letter);
        letter = next;
    }
    if (end->peer)
        end->peer->peer = NULL;
    free(end);
}

static const struct transport_type local_type = {.name = "local",
                                                 .send = local_send,
                                                 .receive = local_receive,
                                                 .sent = local_sent,
                                                 .close = local_close};

static struct transport_local *open_end(const struct transport_host *host)
{
    struct transport_local *end = calloc(1, sizeof *end);
    if (!end)
        return NULL;
    end->base = (struct transport){.type = &local_type, .size = 1, .host = *host};
    end->inbox.last = &end->inbox.first;
    return end;
}

enum status transport_local_open(struct transport **coordinator, struct transport **worker,
                                 const struct transport_host *host)
{
    struct transport_host alone;
    if (!host) {
        transport_host_alone(&alone);
        host = &alone;
    }
    struct transport_local *a = open_end(host);
    struct transport_local *b = open_end(host);
    if (!a || !b) {
        free(a);
        free(b);
        return ST_NOMEM;
    }
    a->peer = b;
    b->peer = a;
    *coordinator = &a->base;
    *worker = &b->base;
    return ST_OK;
}
