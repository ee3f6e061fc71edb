#include "tests/worker/plug.h"
#include "tests/check.h"

#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char script[] = "while read -r l; do "
                             "case $l in die) exec 1>&- ;; "
                             "flood) head -c 61000 /dev/zero | tr '\\0' x; echo; echo 10 W ;; "
                             "error*) echo \"$l\" >&2 ;; *) echo \"$l\" ;; esac; "
                             "echo >&3; done <%s/%s.lines 3<>%s/%s.confirm";

static int open_fifo(const struct tree *tree, const char *name, const char *kind)
{
    char path[256];
    snprintf(path, sizeof path, "%s/%s.%s", tree->root, name, kind);
    assert_int_equal(mkfifo(path, 0600), 0);
    int fd = open(path, O_RDWR | O_CLOEXEC); /* both ends, so that nobody's open() waits */
    assert_true(fd >= 0);
    return fd;
}

void plug_open(struct plug *plug, const struct tree *tree, const char *name, const char *first)
{
    plug->lines = open_fifo(tree, name, "lines");
    plug->confirm = open_fifo(tree, name, "confirm");
    snprintf(plug->command, sizeof plug->command, script, tree->root, name, tree->root, name);
    dprintf(plug->lines, "%s\n", first);
}

void plug_close(struct plug *plug)
{
    close(plug->lines);
    close(plug->confirm);
}

void plug_wait(struct plug *plug)
{
    char byte;
    struct pollfd wait = {.fd = plug->confirm, .events = POLLIN};
    assert_int_equal(poll(&wait, 1, 30000), 1);
    assert_int_equal(read(plug->confirm, &byte, 1), 1);
}

void plug_say(struct plug *plug, const char *line)
{
    assert_true(dprintf(plug->lines, "%s\n", line) > 0);
    plug_wait(plug);
}
