/* program.h - another program, spoken to in lines over its standard input and output. What it
 * writes to standard error goes where ours does. Threading: one owner at a time. */
#ifndef TESTS_BENCH_PROGRAM_H
#define TESTS_BENCH_PROGRAM_H

#include "base/status.h"
#include "base/strbuf.h"

#include <sys/types.h>

struct program {
    pid_t pid;           /* of the shell that runs it, and its process group; 0: none */
    int to, from;        /* pipes */
    struct strbuf ahead; /* read, but not yet handed out */
};

/* Start `sh -c command`. From then on SIGPIPE is ignored. Errors: what the system says. */
enum status program_start(struct program *program, const char *command, struct error *err);
/* Close its input, and end it. Safe on a zeroed program. */
void program_end(struct program *program);

/* Send a line; the text has no newline. Errors: ST_IO, when it has ended. */
enum status program_send(struct program *program, const char *line, struct error *err);

/* Wait at most limit_s for a line, and put it into `line` without its newline. Errors: ST_IO
 * when it has ended; ST_TIMEOUT; ST_NOMEM. */
enum status program_receive(struct program *program, struct strbuf *line, double limit_s,
                            struct error *err);

#endif
