/* log.h - what the program tells its operator, line by line on standard error.
 *
 * Results go to standard output, never through here. Every line is one write(2), so that lines
 * of several ranks do not mix. Threading: setting up is for main(); the rest is safe from any
 * thread. */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include <stdbool.h>

enum log_level { LOG_ERROR, LOG_WARN, LOG_INFO, LOG_DEBUG };

/* Lines above this level are dropped; LOG_INFO at the start. */
void log_set_level(enum log_level level);

/* Put a name before every line ("rank 3"); NULL or "" for none. The text is copied. */
void log_set_name(const char *name);

/* Called before every line, to clear a progress line from the terminal; NULL for none. */
void log_set_before(void (*before)(void));

/* True when the environment and the stream allow colours: a terminal, no NO_COLOR, TERM not
 * "dumb". */
bool log_stream_has_colour(int fd);

void log_line(enum log_level level, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#define log_error(...) log_line(LOG_ERROR, __VA_ARGS__)
#define log_warn(...) log_line(LOG_WARN, __VA_ARGS__)
#define log_info(...) log_line(LOG_INFO, __VA_ARGS__)
#define log_debug(...) log_line(LOG_DEBUG, __VA_ARGS__)

#endif
