/* status.h - what a call answers, and the sentence that goes with a failure.
 *
 * Every call that can fail returns an enum status. Calls that meet the outside world (files,
 * processes, study files, other programs) also take a struct error, which may be NULL, and fill
 * it when they fail. Threading: no shared state. */
#ifndef BASE_STATUS_H
#define BASE_STATUS_H

/* X(name, text): the one list of outcomes. The texts stand alone in a message. */
#define STATUS_LIST(X)                                                                         \
    X(OK, "success")                                                                           \
    X(NOMEM, "out of memory")                                                                  \
    X(IO, "input or output failed")                                                            \
    X(FORMAT, "malformed data")                                                                \
    X(INVALID, "invalid argument")                                                             \
    X(NOTFOUND, "not found")                                                                   \
    X(EXISTS, "already exists")                                                                \
    X(FORBIDDEN, "permission denied")                                                          \
    X(UNAVAILABLE, "not available here")                                                       \
    X(BUSY, "in use by another process")                                                       \
    X(NUMERIC, "numerical failure")                                                            \
    X(TIMEOUT, "timed out")                                                                    \
    X(INTERRUPTED, "interrupted")                                                              \
    X(FAILED, "failed")

enum status {
#define STATUS_ENUM(name, text) ST_##name,
    STATUS_LIST(STATUS_ENUM)
#undef STATUS_ENUM
};

/* The text of a status; "unknown status" for a value outside the list. Static storage. */
const char *status_text(enum status status);

/* A failure in words: what failed and where ("study.json:12: ..."), and what to do about it
 * (may be empty). */
struct error {
    enum status status;
    char what[512];
    char remedy[256];
};

/* Fill err (which may be NULL) and return status, so that a caller can `return error_set(...)`.
 * format makes the sentence of what failed; longer texts are cut, and control characters
 * are replaced ('?', or a space), here and in the remedy: both are shown on terminals. */
enum status error_set(struct error *err, enum status status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* The same for a system call that failed: appends ": " and the text of errno, and picks the
 * status that errno stands for (ENOENT is ST_NOTFOUND, EACCES is ST_FORBIDDEN, ENOSPC is ST_IO,
 * ...). */
enum status error_errno(struct error *err, int errnum, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Say what to do about an error that was set. Does nothing when err is NULL. */
void error_remedy(struct error *err, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
