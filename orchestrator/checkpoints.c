#include "orchestrator/checkpoints.h"

#include "base/strbuf.h"
#include "cnn/checkpoint_file.h"

#include <dirent.h>
#include <errno.h>
#include <ftw.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { FOLDERS_OPEN = 16 };

static char *folder_of(const char *store_path)
{
    struct strbuf text = STRBUF_INIT;
    strbuf_printf(&text, "%s-checkpoints", store_path);
    return strbuf_take(&text);
}

char *checkpoints_folder(const char *store_path)
{
    char absolute[PATH_MAX];
    return store_path && realpath(store_path, absolute) ? folder_of(absolute) : NULL;
}

static int delete_entry(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
    (void)st;
    (void)type;
    (void)ftw;
    return remove(path);
}

static enum status make_way(const char *folder, bool replace, struct error *err)
{
    /* An empty folder is deleted by the first call; one that is not there is as good. */
    if (rmdir(folder) == 0 || errno == ENOENT)
        return ST_OK;
    if (replace) {
        if (nftw(folder, delete_entry, FOLDERS_OPEN, FTW_DEPTH | FTW_PHYS) == 0)
            return ST_OK;
        return error_errno(err, errno, "%s: cannot delete", folder);
    }
    error_set(err, ST_EXISTS, "%s: holds checkpoints of an earlier study", folder);
    error_remedy(err, "delete it or let --force do that, or write to another file with --db");
    return ST_EXISTS;
}

enum status checkpoints_make_way(const char *store_path, bool replace, struct error *err)
{
    char *folder = folder_of(store_path);
    if (!folder)
        return error_set(err, ST_NOMEM, "%s: out of memory", store_path);
    enum status status = make_way(folder, replace, err);
    free(folder);
    return status;
}

/* Call `delete` with the path of every trial's folder whose name begins so, and with the folder
 * itself when it is empty then. */
static void for_each_trial(const char *folder, const char *prefix,
                           void (*delete)(const char *path))
{
    DIR *entries = opendir(folder);
    if (!entries)
        return;
    for (const struct dirent *e; (e = readdir(entries));) {
        char path[PATH_MAX];
        if (e->d_name[0] != '.' && strncmp(e->d_name, prefix, strlen(prefix)) == 0 &&
            snprintf(path, sizeof path, "%s/%s", folder, e->d_name) < PATH_MAX)
            delete (path);
    }
    closedir(entries);
    rmdir(folder);
}

static void delete_all(const char *path)
{
    nftw(path, delete_entry, FOLDERS_OPEN, FTW_DEPTH | FTW_PHYS);
}

static void delete_checkpoints(const char *path)
{
    checkpoint_delete(path);
    rmdir(path);
}

void checkpoints_drop_trial(const char *folder, const char *name)
{
    char path[PATH_MAX];
    if (snprintf(path, sizeof path, "%s/%s", folder, name) < PATH_MAX)
        delete_all(path);
}

void checkpoints_drop_arm(const char *folder, const char *prefix)
{
    for_each_trial(folder, prefix, delete_all);
}

void checkpoints_clear(const char *folder)
{
    for_each_trial(folder, "", delete_checkpoints);
}
