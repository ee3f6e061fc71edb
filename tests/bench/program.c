#include "tests/bench/program.h"

#include "base/clock.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* In the child. */
static _Noreturn void become(const char *command, int in, int out)
{
    setpgid(0, 0);
    signal(SIGPIPE, SIG_DFL);
    if (dup2(in, STDIN_FILENO) >= 0 && dup2(out, STDOUT_FILENO) >= 0)
        execl("/bin/sh", "sh", "-c", command, (char *)NULL);
    _exit(127);
}

static void close_pair(const int pair[2])
{
    close(pair[0]);
    close(pair[1]);
}

enum status program_start(struct program *program, const char *command, struct error *err)
{
    int to[2], from[2];
    *program = (struct program){0};
    if (pipe2(to, O_CLOEXEC))
        return error_errno(err, errno, "a pipe to '%s'", command);
    if (pipe2(from, O_CLOEXEC)) {
        close_pair(to);
        return error_errno(err, errno, "a pipe from '%s'", command);
    }
    signal(SIGPIPE, SIG_IGN);
    pid_t pid = fork();
    if (pid == 0)
        become(command, to[0], from[1]);
    close(to[0]);
    close(from[1]);
    if (pid < 0) {
        close(to[1]);
        close(from[0]);
        return error_errno(err, errno, "cannot start '%s'", command);
    }
    setpgid(pid, pid); /* whoever is first: the child does the same */
    *program = (struct program){.pid = pid, .to = to[1], .from = from[0]};
    return ST_OK;
}

void program_end(struct program *program)
{
    if (program->pid == 0)
        return;
    close(program->to);
    close(program->from);
    kill(-program->pid, SIGTERM);
    while (waitpid(program->pid, NULL, 0) < 0 && errno == EINTR)
        continue;
    strbuf_free(&program->ahead);
    *program = (struct program){0};
}

static enum status write_all(struct program *program, const char *bytes, size_t length,
                             struct error *err)
{
    while (length > 0) {
        ssize_t written = write(program->to, bytes, length);
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return error_set(err, ST_IO, "it ended before it was done: %s", strerror(errno));
        bytes += written;
        length -= (size_t)written;
    }
    return ST_OK;
}

enum status program_send(struct program *program, const char *line, struct error *err)
{
    enum status status = write_all(program, line, strlen(line), err);
    return status ? status : write_all(program, "\n", 1, err);
}

/* Read what there is, once there is something. */
static enum status read_more(struct program *program, double limit_s, struct error *err)
{
    char bytes[4096];
    struct pollfd waiting = {.fd = program->from, .events = POLLIN};
    int ready = poll(&waiting, 1, (int)(limit_s * 1e3));
    if (ready < 0 && errno == EINTR)
        return ST_OK;
    if (ready == 0)
        return error_set(err, ST_TIMEOUT, "no answer within the time limit");
    ssize_t n = read(program->from, bytes, sizeof bytes);
    if (n <= 0)
        return error_set(err, ST_IO, "it ended without an answer");
    strbuf_append_bytes(&program->ahead, bytes, (size_t)n);
    return strbuf_ok(&program->ahead) ? ST_OK : error_set(err, ST_NOMEM, "out of memory");
}

enum status program_receive(struct program *program, struct strbuf *line, double limit_s,
                            struct error *err)
{
    double until = clock_monotonic_s() + limit_s;
    const char *end;
    while (!(end = strchr(strbuf_text(&program->ahead), '\n'))) {
        double left_s = until - clock_monotonic_s();
        enum status status = read_more(program, left_s > 0 ? left_s : 0, err);
        if (status)
            return status;
    }
    size_t length = (size_t)(end - program->ahead.text);
    strbuf_clear(line);
    strbuf_append_bytes(line, program->ahead.text, length);
    strbuf_consume(&program->ahead, length + 1);
    return strbuf_ok(line) ? ST_OK : error_set(err, ST_NOMEM, "out of memory");
}
