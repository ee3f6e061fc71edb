/* settings_list.h - settings that are JSON lists (see settings.h, which others use).
 * Threading: no shared state. */
#ifndef CNN_SETTINGS_LIST_H
#define CNN_SETTINGS_LIST_H

#include "cnn/settings.h"

/* Take a list, its text, the path of a file, or an empty text for an empty list, and write the
 * list on one line. A text that begins with "[", or with "{" by mistake, is no path. A list in
 * a file is thereby taken as it is now. Errors: ST_INVALID for what is none of these, not
 * sound, or longer than fits; those of json_parse_file(); ST_NOMEM. text is only written when
 * there is none. */
enum status settings_list_read(const struct setting *setting, const struct json *value,
                               char text[SETTING_LIST_SIZE], struct error *err);

/* The list of such a line, the caller's to free; NULL when out of memory. */
struct json *settings_list_parse(const char *text);

#endif
