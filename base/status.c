#include "base/status.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const char *const texts[] = {
#define STATUS_TEXT(name, text) text,
    STATUS_LIST(STATUS_TEXT)
#undef STATUS_TEXT
};

const char *status_text(enum status status)
{
    size_t i = (size_t)status;
    return i < sizeof texts / sizeof texts[0] ? texts[i] : "unknown status";
}

static enum status status_of_errno(int errnum)
{
    switch (errnum) {
    case ENOMEM:
        return ST_NOMEM;
    case ENOENT:
    case ESRCH:
        return ST_NOTFOUND;
    case EEXIST:
        return ST_EXISTS;
    case EACCES:
    case EPERM:
    case EROFS:
        return ST_FORBIDDEN;
    case EBUSY:
    case ETXTBSY:
        return ST_BUSY;
    case EINVAL:
        return ST_INVALID;
    case ETIMEDOUT:
        return ST_TIMEOUT;
    case EINTR:
        return ST_INTERRUPTED;
    default:
        return ST_IO;
    }
}

/* Names of files and texts from files may hold what a terminal obeys; a message is one line. */
static void mask_controls(char *text)
{
    for (; *text; text++)
        if (*text == '\n' || *text == '\t')
            *text = ' ';
        else if ((unsigned char)*text < 0x20 || *text == 0x7F)
            *text = '?';
}

enum status error_set(struct error *err, enum status status, const char *format, ...)
{
    if (err) {
        va_list args;
        err->status = status;
        err->remedy[0] = '\0';
        va_start(args, format);
        vsnprintf(err->what, sizeof err->what, format, args);
        va_end(args);
        mask_controls(err->what);
    }
    return status;
}

enum status error_errno(struct error *err, int errnum, const char *format, ...)
{
    enum status status = status_of_errno(errnum);
    if (err) {
        va_list args;
        err->status = status;
        err->remedy[0] = '\0';
        va_start(args, format);
        vsnprintf(err->what, sizeof err->what, format, args);
        va_end(args);
        mask_controls(err->what);
        size_t used = strlen(err->what);
        snprintf(err->what + used, sizeof err->what - used, ": %s", strerror(errnum));
    }
    return status;
}

void error_remedy(struct error *err, const char *format, ...)
{
    if (!err)
        return;
    va_list args;
    va_start(args, format);
    vsnprintf(err->remedy, sizeof err->remedy, format, args);
    va_end(args);
    mask_controls(err->remedy);
}
