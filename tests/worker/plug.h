/* plug.h - a program for the command meter that prints what a test tells it to, when it tells
 * it to. */
#ifndef TESTS_WORKER_PLUG_H
#define TESTS_WORKER_PLUG_H

#include "tests/worker/tree.h"

struct plug {
    int lines, confirm; /* FIFOs */
    char command[640];
};

/* Make the FIFOs `name`.lines and `name`.confirm in the tree; `command` runs the program, whose
 * first line is `first`. */
void plug_open(struct plug *plug, const struct tree *tree, const char *name, const char *first);
void plug_close(struct plug *plug);

/* Wait until the program has started and printed its first line. */
void plug_wait(struct plug *plug);
/* Have a line printed, and wait until it is. Words of its own: "die" closes the output, "flood"
 * fills the pipe, and a line that begins with "error" goes to standard error. */
void plug_say(struct plug *plug, const char *line);

#endif
