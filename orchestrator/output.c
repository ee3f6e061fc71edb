#include "orchestrator/output.h"

#include "base/log.h"
#include "base/strbuf.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

const char *const output_format_names[] = {"table", "csv", "json", NULL};

size_t output_width(int fd)
{
    struct winsize size;
    if (!isatty(fd) || ioctl(fd, TIOCGWINSZ, &size) != 0)
        return 0;
    return size.ws_col;
}

/* Write, flush to the disk and close, whatever fails first deciding errno. */
static bool write_and_close(int fd, const char *text, size_t length)
{
    FILE *file = fdopen(fd, "w");
    if (!file) {
        close(fd);
        return false;
    }
    bool ok = fwrite(text, 1, length, file) == length && fflush(file) == 0 && fsync(fd) == 0;
    int saved = errno;
    ok = fclose(file) == 0 && ok;
    if (!ok && saved)
        errno = saved;
    return ok;
}

/* Things like /dev/stdout and /dev/null cannot be replaced by a rename. */
static bool is_special(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 && !S_ISREG(st.st_mode);
}

static enum status write_special(const char *text, size_t length, const char *path,
                                 struct error *err)
{
    FILE *file = fopen(path, "w");
    if (!file)
        return error_errno(err, errno, "%s: cannot write", path);
    bool ok = fwrite(text, 1, length, file) == length;
    ok = fclose(file) == 0 && ok;
    return ok ? ST_OK : error_errno(err, errno, "%s: cannot write", path);
}

/* A slip of the fingers must not cost the results of a study: `trials a.db -o a.db`. */
static enum status spare_database(const char *path, struct error *err)
{
    static const char magic[] = "SQLite format 3"; /* with its NUL */
    char begin[sizeof magic] = "";
    FILE *file = fopen(path, "rb");
    size_t n = file ? fread(begin, 1, sizeof begin, file) : 0;
    if (file)
        fclose(file);
    if (n < sizeof begin || memcmp(begin, magic, sizeof magic) != 0)
        return ST_OK;
    error_set(err, ST_EXISTS, "%s: a database, which is not written over", path);
    error_remedy(err, "give another file with -o");
    return ST_EXISTS;
}

static enum status write_file(const char *text, size_t length, const char *path,
                              struct error *err)
{
    if (is_special(path))
        return write_special(text, length, path, err);
    enum status status = spare_database(path, err);
    if (status)
        return status;
    struct strbuf temporary = STRBUF_INIT;
    strbuf_printf(&temporary, "%s.XXXXXX", path);
    if (!strbuf_ok(&temporary))
        return error_set(err, ST_NOMEM, "%s: out of memory", path);
    int fd = mkstemp(temporary.text);
    mode_t mask = umask(0);
    umask(mask);
    if (fd < 0) {
        status = error_errno(err, errno, "%s: cannot write", path);
    } else if (fchmod(fd, 0666 & ~mask) != 0 || !write_and_close(fd, text, length) ||
               rename(temporary.text, path) != 0) {
        status = error_errno(err, errno, "%s: cannot write", path);
        unlink(temporary.text);
    }
    strbuf_free(&temporary);
    return status;
}

enum status output_text(const char *text, size_t length, const char *path, struct error *err)
{
    if (path)
        return write_file(text, length, path, err);
    if (fwrite(text, 1, length, stdout) != length || fflush(stdout) != 0)
        return error_errno(err, errno, "cannot write to standard output");
    return ST_OK;
}

enum status output_table(const struct table *table, const struct output_options *options,
                         struct error *err)
{
    struct strbuf text = STRBUF_INIT;
    bool colour = !options->path && log_stream_has_colour(STDOUT_FILENO);
    size_t width = options->path ? 0 : output_width(STDOUT_FILENO);
    enum status status =
        table_write(table, (enum table_format)options->format, width, colour, &text);
    if (status)
        error_set(err, status, "cannot lay out the table: %s", status_text(status));
    else
        status = output_text(strbuf_text(&text), text.length, options->path, err);
    strbuf_free(&text);
    return status;
}

enum exit_status output_error(const struct cli_command *command, const struct error *err)
{
    fprintf(stderr, "wattune %s: %s\n", command->name, err->what);
    if (*err->remedy)
        fprintf(stderr, "  %s\n", err->remedy);
    return EXIT_FAILED;
}
