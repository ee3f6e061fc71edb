#include "base/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static enum log_level threshold = LOG_INFO;
static char prefix[64];
static void (*before_line)(void);

static const char *const level_names[] = {"error: ", "warning: ", "", "debug: "};
static const char *const level_colours[] = {"\033[31m", "\033[33m", "", "\033[2m"};

void log_set_level(enum log_level level)
{
    threshold = level;
}

void log_set_name(const char *name)
{
    snprintf(prefix, sizeof prefix, "%s%s", name ? name : "", name && *name ? ": " : "");
}

void log_set_before(void (*before)(void))
{
    before_line = before;
}

bool log_stream_has_colour(int fd)
{
    const char *no_color = getenv("NO_COLOR");
    const char *term = getenv("TERM");
    return isatty(fd) && !(no_color && *no_color) && term && strcmp(term, "dumb") != 0;
}

void log_line(enum log_level level, const char *format, ...)
{
    if (level > threshold)
        return;
    char text[2048];
    bool colour = *level_colours[level] && log_stream_has_colour(STDERR_FILENO);
    int head =
        snprintf(text, sizeof text, "%s%s%s%s", prefix, colour ? level_colours[level] : "",
                 level_names[level], colour ? "\033[0m" : "");
    size_t used = (size_t)head;
    va_list args;
    va_start(args, format);
    int body = vsnprintf(text + used, sizeof text - used - 1, format, args);
    va_end(args);
    if (body > 0)
        used += (size_t)body;
    if (used > sizeof text - 2)
        used = sizeof text - 2;
    text[used++] = '\n';
    if (before_line)
        before_line();
    /* There is nobody to tell when standard error is gone. */
    ssize_t written = write(STDERR_FILENO, text, used);
    (void)written;
}
