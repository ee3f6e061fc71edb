/* message.h - what the ranks of a job say to each other, as one line of JSON a message.
 *
 * A worker says JOIN, is given the study with SETUP, answers READY (or REFUSED), and then takes
 * what comes until SHUT_DOWN, BYE and LEAVE. Reading is strict: a message of another version,
 * with a missing, wrong or unknown member, is an error. Threading: plain data. */
#ifndef ORCHESTRATOR_MESSAGE_H
#define ORCHESTRATOR_MESSAGE_H

#include "base/json.h"
#include "base/status.h"
#include "base/strbuf.h"
#include "orchestrator/action.h"
#include "orchestrator/transport.h"
#include "worker/idle_power.h"
#include "worker/ledger.h"
#include "worker/monitor.h"
#include "worker/outcome.h"

#include <stdbool.h>
#include <stdint.h>

/* The version of the messages; every process of a job must have the same. */
#define MESSAGE_VERSION 2

/* What a message carries besides its kind. */
enum message_field {
    MESSAGE_ID = 1 << 0,
    MESSAGE_SEED = 1 << 1,
    MESSAGE_NAME = 1 << 2,
    MESSAGE_TEXT = 1 << 3,
    MESSAGE_PATH = 1 << 4,
    MESSAGE_OBJECT = 1 << 5,
    MESSAGE_OUTCOME = 1 << 6,
    MESSAGE_OVERHEAD = 1 << 7,
    MESSAGE_TIMES = 1 << 8,
    MESSAGE_GRACE = 1 << 9,
    MESSAGE_FLAG = 1 << 10,
    MESSAGE_SAMPLES = 1 << 11,
    MESSAGE_IDLE = 1 << 12,
    MESSAGE_CONTINUES = 1 << 13
};

/* X(name, text, fields): all kinds. From a worker: */
#define MESSAGE_LIST(X)                                                                        \
    /* I am here. name: the program's version */                                               \
    X(JOIN, "join", MESSAGE_NAME)                                                              \
    /* give me work. name: my host; text: my meters; idle: what it draws at rest, from the one \
     * of its ranks that has found out */                                                      \
    X(READY, "ready", MESSAGE_NAME | MESSAGE_TEXT | MESSAGE_IDLE)                              \
    /* I cannot take part. name: my host; text: why; flag: for want of a meter */              \
    X(REFUSED, "refused", MESSAGE_NAME | MESSAGE_TEXT | MESSAGE_FLAG)                          \
    /* text: the phase's name */                                                               \
    X(PHASE, "phase", MESSAGE_ID | MESSAGE_TEXT)                                               \
    /* object: what the trial reported */                                                      \
    X(REPORT, "report", MESSAGE_ID | MESSAGE_OBJECT)                                           \
    /* what my trial has used since the last ones */                                           \
    X(SAMPLES, "samples", MESSAGE_ID | MESSAGE_SAMPLES)                                        \
    X(FINISHED, "finished", MESSAGE_ID | MESSAGE_OUTCOME)                                      \
    /* with the books of my host. flag: it answers COLLECT */                                  \
    X(OVERHEAD, "overhead", MESSAGE_OVERHEAD | MESSAGE_FLAG)                                   \
    /* I have stopped working */                                                               \
    X(BYE, "bye", 0)                                                                           \
    /* From both: I live */                                                                    \
    X(HEARTBEAT, "heartbeat", 0)                                                               \
    /* From the coordinator. text, path: the study; name: where checkpoints go; flag: rank 0   \
     * runs trials too; heartbeat_s, patience_s */                                             \
    X(SETUP, "setup",                                                                          \
      MESSAGE_TEXT | MESSAGE_PATH | MESSAGE_NAME | MESSAGE_TIMES | MESSAGE_FLAG)               \
    /* name: the trial's; text: its parameters as JSON; continues: where it goes on from */    \
    X(ASSIGN, "assign",                                                                        \
      MESSAGE_ID | MESSAGE_SEED | MESSAGE_NAME | MESSAGE_TEXT | MESSAGE_CONTINUES)             \
    /* finish early, with a result */                                                          \
    X(STOP, "stop", MESSAGE_ID)                                                                \
    /* end now. text: the reason */                                                            \
    X(CANCEL, "cancel", MESSAGE_ID | MESSAGE_GRACE | MESSAGE_TEXT)                             \
    /* say your overhead */                                                                    \
    X(COLLECT, "collect", 0)                                                                   \
    /* stop working */                                                                         \
    X(SHUT_DOWN, "shut-down", 0)                                                               \
    /* end your process. flag: all ranks are there to finalize together */                     \
    X(LEAVE, "leave", MESSAGE_FLAG)

enum message_kind {
#define MESSAGE_ENUM(name, text, fields) MESSAGE_KIND_##name,
    MESSAGE_LIST(MESSAGE_ENUM)
#undef MESSAGE_ENUM
};

/* The trial that another one goes on from. */
struct message_continued {
    const char *name; /* NULL or "": there is none */
    uint64_t seed;
    const char *params; /* as JSON */
    double stopped_at;  /* the step after which it was stopped early; 0: it was not */
};

struct message {
    enum message_kind kind;
    struct attempt_id id;
    uint64_t seed;
    const char *name, *text, *path;
    struct message_continued continues;
    const struct json *object;
    struct outcome *outcome;
    const struct monitor_sample *samples;
    size_t n_samples;
    const struct idle_figures *idle; /* NULL is written as none */
    struct ledger_overhead overhead;
    struct ledger_host host; /* OVERHEAD: the books of the host */
    double heartbeat_s, patience_s;
    double grace_s;
    bool flag;
    /* Of a message that was read: what the pointers point into. */
    struct json *document;
    struct outcome received;
    struct monitor_sample *received_samples;
    struct idle_figures received_idle;
};

/* Append the message as text. Everything in it is borrowed. Errors: ST_NOMEM. */
enum status message_write(const struct message *message, struct strbuf *text);

/* Write it and queue the text for a rank. Errors: ST_NOMEM. */
enum status message_send(const struct message *message, struct transport *transport, int to);

/* Read a text. Errors: ST_FORMAT (what is wrong with it); ST_NOMEM. */
enum status message_read(struct message *message, const char *text, size_t length,
                         struct error *err);

/* Free what reading has made. */
void message_clear(struct message *message);

#endif
