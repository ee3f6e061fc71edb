/* folder_names.h - the folders in a folder. Hidden ones are passed over, links are followed.
 * Threading: no shared state. */
#ifndef CNN_FOLDER_NAMES_H
#define CNN_FOLDER_NAMES_H

#include "base/status.h"

#include <dirent.h>
#include <stdbool.h>
#include <stddef.h>

struct folder_names {
    char **names; /* [n], in the order of their bytes, whatever the locale */
    size_t n;
};

/* *names, which is empty, is the caller's to folder_names_free(), also after an error.
 * Errors: those of the system; ST_NOMEM. */
enum status folder_names_read(struct folder_names *names, const char *folder,
                              struct error *err);
/* Safe to repeat. */
void folder_names_free(struct folder_names *names);

/* Well-formed UTF-8 (RFC 3629, but for overlong forms and surrogates) without control
 * characters? */
bool folder_name_is_text(const char *name);

/* For scandir(): false for hidden entries. */
int folder_entry_is_shown(const struct dirent *entry);

#endif
