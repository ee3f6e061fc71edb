#include "results/store_lock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Beside the file itself: a database has one lock, through whatever links it is named. */
static char *lock_path(const char *path)
{
    char *out = NULL, *real = realpath(path, NULL);
    int length = asprintf(&out, "%s-lock", real ? real : path);
    free(real);
    return length < 0 ? NULL : out;
}

/* A file that was locked after its last holder removed it locks nothing. */
static bool still_there(int fd, const char *lock)
{
    struct stat held, named;
    return fstat(fd, &held) == 0 && stat(lock, &named) == 0 && held.st_dev == named.st_dev &&
           held.st_ino == named.st_ino;
}

static enum status refuse(int fd, const char *path, struct error *err)
{
    char holder[160];
    ssize_t n = pread(fd, holder, sizeof holder - 1, 0);
    holder[n > 0 ? n : 0] = '\0';
    holder[strcspn(holder, "\n")] = '\0';
    error_set(err, ST_BUSY, "%s: %s is writing to it", path,
              *holder ? holder : "another process");
    error_remedy(err, "wait for it or stop it; `wattune status` shows what it does");
    return ST_BUSY;
}

static void say_who(int fd)
{
    char host[64] = "", text[128];
    gethostname(host, sizeof host - 1);
    int n = snprintf(text, sizeof text, "process %ld on %s\n", (long)getpid(), host);
    /* Only for the message of refuse(): the lock holds without it. */
    if (ftruncate(fd, 0) == 0 && pwrite(fd, text, (size_t)n, 0) != n)
        return;
}

/* One try; *again when the file was removed between the opening and the locking. */
static enum status try_lock(int *fd, const char *path, const char *lock, bool *again,
                            struct error *err)
{
    *again = false;
    *fd = open(lock, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    if (*fd < 0) {
        enum status status = error_errno(err, errno, "%s", lock);
        error_remedy(err, "the folder must exist and be writable; or give another place with "
                          "--db");
        return status;
    }
    struct flock whole = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    enum status status = ST_OK;
    if (fcntl(*fd, F_OFD_SETLK, &whole) != 0) {
        if (errno == EAGAIN || errno == EACCES) {
            status = refuse(*fd, path, err);
        } else {
            status = error_errno(err, errno, "%s: cannot lock it", lock);
            error_remedy(err, "this file system has no locks: put the database on another one "
                              "with --db");
        }
    } else if (!still_there(*fd, lock)) {
        *again = true;
    }
    if (status || *again) {
        close(*fd);
        *fd = -1;
    }
    return status;
}

enum status store_lock(int *fd, const char *path, struct error *err)
{
    char *lock = lock_path(path);
    if (!lock)
        return error_set(err, ST_NOMEM, "%s: out of memory", path);
    bool again;
    enum status status;
    do {
        status = try_lock(fd, path, lock, &again, err);
    } while (again);
    if (!status)
        say_who(*fd);
    free(lock);
    return status;
}

void store_unlock(int fd, const char *path)
{
    if (fd < 0)
        return;
    char *lock = lock_path(path);
    if (lock)
        unlink(lock); /* while it is held: nobody else can hold a file of this name */
    free(lock);
    close(fd);
}

bool store_is_locked(const char *path)
{
    char *lock = lock_path(path);
    int fd = lock ? open(lock, O_RDONLY | O_CLOEXEC) : -1;
    struct flock whole = {.l_type = F_RDLCK, .l_whence = SEEK_SET};
    bool held = fd >= 0 && fcntl(fd, F_OFD_GETLK, &whole) == 0 && whole.l_type != F_UNLCK;
    if (fd >= 0)
        close(fd);
    free(lock);
    return held;
}
