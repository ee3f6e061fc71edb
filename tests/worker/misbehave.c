/* misbehave - a trial that does what it is told to, mostly wrong: misbehave MODE [ARGUMENT]. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static const char result[] = "{\"event\": \"result\", \"value\": 1.5}\n";

/* Write all of the text, whatever the pipe takes at once. */
static void say_to(int fd, const char *text)
{
    size_t left = strlen(text);
    while (left > 0) {
        ssize_t n = write(fd, text, left);
        if (n <= 0)
            exit(90);
        text += n;
        left -= (size_t)n;
    }
}

static void say(const char *text)
{
    say_to(atoi(getenv("WATTUNE_FD")), text);
}

static void report_number(const char *name, long number)
{
    char line[128];
    snprintf(line, sizeof line, "{\"event\": \"report\", \"%s\": %ld}\n", name, number);
    say(line);
}

static void hang(void)
{
    for (;;)
        pause();
}

static void mode_exit(const char *argument)
{
    fprintf(stderr, "about to exit\n");
    exit(atoi(argument));
}

static void mode_signal(const char *argument)
{
    int number = atoi(argument);
    signal(number, SIG_DFL); /* sanitizers catch some */
    raise(number);
}

/* The argument with braces for angles, which mean something else in a study's argv, and a
 * newline for '|'. */
static char *unmask(const char *argument)
{
    char *text = strdup(argument);
    for (char *c = text; *c; c++)
        *c = *c == '<' ? '{' : *c == '>' ? '}' : *c == '|' ? '\n' : *c;
    return text;
}

static void mode_say(const char *argument)
{
    char *text = unmask(argument);
    say(text);
    free(text);
}

static void mode_print(const char *argument)
{
    char *text = unmask(argument);
    say_to(STDOUT_FILENO, text);
    free(text);
}

static void mode_result_and_exit(const char *argument)
{
    say(result);
    exit(atoi(argument));
}

static void mode_hang(const char *argument)
{
    (void)argument;
    report_number("pid", getpid());
    hang();
}

static void mode_ignore_term(const char *argument)
{
    signal(SIGTERM, SIG_IGN);
    mode_hang(argument);
}

static void mode_linger(const char *argument)
{
    say(result);
    mode_hang(argument);
}

static void mode_grandchild(const char *argument)
{
    (void)argument;
    pid_t pid = fork();
    if (pid == 0)
        hang();
    report_number("pid", pid);
    say(result);
}

/* A daemon by the book: another session, another parent; it keeps the pipes. */
static void become_daemon(int ready)
{
    setsid();
    signal(SIGTERM, SIG_IGN);
    signal(SIGHUP, SIG_IGN);
    if (fork() != 0)
        _exit(0);
    report_number("pid", getpid());
    say_to(ready, "!");
    hang();
}

static void mode_daemon(const char *argument)
{
    (void)argument;
    int ready[2];
    char byte;
    if (pipe(ready))
        exit(93);
    pid_t pid = fork();
    if (pid == 0)
        become_daemon(ready[1]);
    waitpid(pid, NULL, 0);
    if (read(ready[0], &byte, 1) != 1)
        exit(94);
    say(result);
}

/* A crowd: each member starts the next. All hang, even when their worker is gone before it has
 * read what the last one says. */
static void mode_crowd(const char *argument)
{
    signal(SIGPIPE, SIG_IGN);
    for (int left = atoi(argument); left > 0; left--) {
        if (fork() != 0)
            hang();
        setsid();
        report_number("pid", getpid());
    }
    ssize_t written = write(atoi(getenv("WATTUNE_FD")), result, strlen(result));
    (void)written;
    hang();
}

/* Processes that keep nothing by which they could be told: another session, no variable. */
static void mode_escape(const char *argument)
{
    char name[] = "misbehave", mode[] = "escaped", variable[32];
    char *argv[] = {name, mode, NULL}, *envp[] = {variable, NULL};
    snprintf(variable, sizeof variable, "WATTUNE_FD=%s", getenv("WATTUNE_FD"));
    for (int left = atoi(argument); left > 0; left--)
        if (fork() == 0) {
            setsid();
            execve("/proc/self/exe", argv, envp);
            exit(95);
        }
    hang();
}

static void mode_escaped(const char *argument)
{
    signal(SIGPIPE, SIG_IGN);
    mode_hang(argument);
}

static void mode_flood(const char *argument)
{
    int fd = atoi(argument);
    char block[4096];
    for (size_t i = 0; i < sizeof block; i++)
        block[i] = (char)(i % 64 == 63 ? '\n' : 'a' + i % 26);
    for (int i = 0; i < 2000; i++) {
        ssize_t n = write(fd, block, sizeof block);
        if (n <= 0)
            exit(90);
    }
    say(result);
}

static void mode_reports(const char *argument)
{
    for (int i = 1; i <= atoi(argument); i++)
        report_number("epoch", i);
    say(result);
}

static void mode_endless_reports(const char *argument)
{
    (void)argument;
    signal(SIGTERM, SIG_IGN);
    for (;;)
        report_number("epoch", 1);
}

static void mode_long_line(const char *argument)
{
    char *line = malloc(100001);
    memset(line, ' ', 100000);
    line[100000] = '\0';
    say_to(atoi(argument), line);
    say_to(atoi(argument), "x");
    free(line);
}

static void mode_close(const char *argument)
{
    (void)argument;
    close(atoi(getenv("WATTUNE_FD")));
    close(atoi(getenv("WATTUNE_CONTROL_FD")));
    close(STDERR_FILENO);
    say_to(STDOUT_FILENO, "{\"value\": 2.5}");
}

static void mode_obey(const char *argument)
{
    char line[8] = "";
    report_number("epoch", 1);
    ssize_t n = read(atoi(getenv("WATTUNE_CONTROL_FD")), line, sizeof line - 1);
    if (n != 5 || strcmp(line, "stop\n") != 0)
        exit(91);
    if (*argument)
        mode_signal(argument);
    say(result);
}

static void mode_memory(const char *argument)
{
    size_t size = (size_t)atoi(argument) << 20;
    char *memory = malloc(size);
    if (!memory)
        exit(92);
    memset(memory, 1, size);
    report_number("byte", memory[size / 2]);
    free(memory);
    say(result);
}

/* How it was started: descriptors, environment, session. */
static void mode_inspect(const char *argument)
{
    long open_fds = 0;
    for (int fd = 0; fd < 1024; fd++) {
        char path[32];
        snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
        open_fds += access(path, F_OK) == 0;
    }
    sigset_t blocked;
    sigprocmask(SIG_BLOCK, NULL, &blocked);
    int ignored = 0; /* the sum of the ignored signals' numbers */
    for (int number = 1; number < NSIG; number++) {
        struct sigaction action;
        if (sigaction(number, NULL, &action) == 0 && action.sa_handler == SIG_IGN)
            ignored += number;
    }
    report_number("fds", open_fds);
    report_number("leader", getsid(0) == getpid());
    report_number("blocked", sigismember(&blocked, SIGUSR2));
    report_number("ignored", ignored);
    fprintf(stderr, "%s\n", getenv(argument) ? getenv(argument) : "unset");
    exit(3);
}

static const struct {
    const char *name;
    void (*run)(const char *argument);
} modes[] = {
    {"exit", mode_exit},
    {"signal", mode_signal},
    {"say", mode_say},
    {"print", mode_print},
    {"result-and-exit", mode_result_and_exit},
    {"hang", mode_hang},
    {"ignore-term", mode_ignore_term},
    {"linger", mode_linger},
    {"grandchild", mode_grandchild},
    {"daemon", mode_daemon},
    {"crowd", mode_crowd},
    {"escape", mode_escape},
    {"escaped", mode_escaped},
    {"flood", mode_flood},
    {"reports", mode_reports},
    {"endless-reports", mode_endless_reports},
    {"long-line", mode_long_line},
    {"close", mode_close},
    {"obey", mode_obey},
    {"memory", mode_memory},
    {"inspect", mode_inspect},
};

int main(int argc, char **argv)
{
    for (size_t i = 0; argc > 1 && i < sizeof modes / sizeof modes[0]; i++)
        if (strcmp(argv[1], modes[i].name) == 0) {
            modes[i].run(argc > 2 ? argv[2] : "");
            return 0;
        }
    fprintf(stderr, "usage: misbehave MODE [ARGUMENT]\n");
    return 99;
}
