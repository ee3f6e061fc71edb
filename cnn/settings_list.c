#include "cnn/settings_list.h"

#include <string.h>

/* Check the list and write it down. */
static enum status keep(const struct setting *setting, const struct json *list,
                        const char *source, char text[SETTING_LIST_SIZE], struct error *err)
{
    struct strbuf line = STRBUF_INIT;
    enum status status = setting->check(list, source, err);
    if (status == ST_OK && json_print(list, false, &line))
        status = error_set(err, ST_NOMEM, "out of memory for the setting %s", setting->name);
    if (status == ST_OK && line.length >= SETTING_LIST_SIZE) {
        status = error_set(err, ST_INVALID, "%s: a list of %zu bytes, at most %d fit", source,
                           line.length, SETTING_LIST_SIZE - 1);
        error_remedy(err, "leave out keys that have their default, and take shorter names");
    }
    if (status == ST_OK)
        memcpy(text, line.text, line.length + 1);
    strbuf_free(&line);
    return status;
}

enum status settings_list_read(const struct setting *setting, const struct json *value,
                               char text[SETTING_LIST_SIZE], struct error *err)
{
    const char *given = json_string(value);
    struct json *list;
    if (json_kind(value) == JSON_ARRAY)
        return keep(setting, value, setting->name, text, err);
    if (!given)
        return error_set(err, ST_INVALID, "%s: expected a list or the path of one, got %s",
                         setting->name, json_kind_text(value));
    /* Nothing, a list, or an object, which is no list, but no path either. */
    bool inline_text = strchr("[{", given[strspn(given, " \t\r\n")]) != NULL;
    const char *source = inline_text ? setting->name : given;
    const char *parsed = *given ? given : "[]";
    enum status status = inline_text ? json_parse(&list, parsed, strlen(parsed), source, err)
                                     : json_parse_file(&list, given, err);
    if (status)
        return status;
    status = keep(setting, list, source, text, err);
    json_free(list);
    return status;
}

struct json *settings_list_parse(const char *text)
{
    struct json *list;
    return json_parse(&list, text, strlen(text), "a list", NULL) ? NULL : list;
}
