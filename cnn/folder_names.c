#include "cnn/folder_names.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static enum status out_of_memory(const char *folder, struct error *err)
{
    return error_set(err, ST_NOMEM, "%s: out of memory for the list of folders", folder);
}

int folder_entry_is_shown(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

static int by_bytes(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

void folder_names_free(struct folder_names *names)
{
    for (size_t i = 0; i < names->n; i++)
        free(names->names[i]);
    free(names->names);
    *names = (struct folder_names){0};
}

static bool is_folder(int parent, const char *name)
{
    struct stat info;
    return fstatat(parent, name, &info, 0) == 0 && S_ISDIR(info.st_mode);
}

static enum status add_name(struct folder_names *names, const char *name, const char *folder,
                            struct error *err)
{
    names->names[names->n] = strdup(name);
    if (!names->names[names->n])
        return out_of_memory(folder, err);
    names->n++;
    return ST_OK;
}

/* The folders among n entries of the folder that is open as `parent`. */
static enum status take_folders(struct folder_names *names, struct dirent **entries, size_t n,
                                int parent, const char *folder, struct error *err)
{
    enum status status = ST_OK;
    names->names = calloc(n + 1, sizeof *names->names);
    if (!names->names)
        return out_of_memory(folder, err);
    for (size_t i = 0; status == ST_OK && i < n; i++)
        if (is_folder(parent, entries[i]->d_name))
            status = add_name(names, entries[i]->d_name, folder, err);
    return status;
}

static void entries_free(struct dirent **entries, size_t n)
{
    for (size_t i = 0; i < n; i++)
        free(entries[i]);
    free(entries);
}

enum status folder_names_read(struct folder_names *names, const char *folder, struct error *err)
{
    struct dirent **entries;
    int parent = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int n = parent < 0 ? -1 : scandirat(parent, ".", &entries, folder_entry_is_shown, by_bytes);
    enum status status = ST_OK;
    if (n < 0) {
        status = error_errno(err, errno, "%s: cannot list the folder", folder);
    } else {
        status = take_folders(names, entries, (size_t)n, parent, folder, err);
        entries_free(entries, (size_t)n);
    }
    if (parent >= 0)
        close(parent);
    return status;
}

bool folder_name_is_text(const char *name)
{
    for (const unsigned char *c = (const unsigned char *)name; *c; c++) {
        int more = *c < 0x80 ? 0 : *c >= 0xf0 ? 3 : *c >= 0xe0 ? 2 : 1;
        if (*c < 0x20 || *c == 0x7f || (*c >= 0x80 && *c < 0xc2) || *c > 0xf4)
            return false;
        for (; more > 0; more--)
            if ((*++c & 0xc0) != 0x80)
                return false;
    }
    return true;
}
