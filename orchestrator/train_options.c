#include "orchestrator/train_options.h"

#include "base/json.h"
#include "base/log.h"
#include "base/strbuf.h"

#include <stdlib.h>
#include <string.h>

static size_t count_options(const struct cli_option *options)
{
    size_t n = 0;
    while (options && options[n].name)
        n++;
    return n;
}

/* The rows of an option table, and the texts that they point to. */
struct rows {
    struct cli_option *options;
    struct strbuf help[SETTINGS_MAX];
};

/* What the setting means, its choices and its default. */
static void describe(const struct setting *setting, struct strbuf *out)
{
    strbuf_append(out, setting->summary);
    strbuf_append(out, " (");
    for (size_t i = 0; setting->kind == SETTING_CHOICE && setting->choices[i]; i++)
        strbuf_printf(out, "%s%s", i == 0 ? "" : ", ", setting->choices[i]);
    strbuf_append(out, setting->kind == SETTING_CHOICE ? "; default " : "default ");
    if (setting->kind == SETTING_CHOICE)
        strbuf_append(out, setting->choices[(size_t)setting->fallback]);
    else if (setting->kind == SETTING_BOOL)
        strbuf_append(out, setting->fallback != 0 ? "true" : "false");
    else if (setting->kind == SETTING_LIST)
        strbuf_append(out, "none");
    else if (setting->kind == SETTING_TEXT)
        strbuf_append(out, setting->fallback_text[0] ? setting->fallback_text : "none");
    else
        strbuf_printf(out, "%.9g", setting->fallback);
    strbuf_append_char(out, ')');
}

static const char *placeholder(const struct setting *setting)
{
    static const char *const words[] = {
        [SETTING_INTEGER] = "N", [SETTING_REAL] = "X",    [SETTING_CHOICE] = "NAME",
        [SETTING_TEXT] = "TEXT", [SETTING_LIST] = "FILE", [SETTING_BOOL] = NULL};
    bool off = setting->kind == SETTING_BOOL && setting->fallback != 0;
    return off ? "true|false" : words[setting->kind];
}

/* --params, one row a setting, and the end of the table. */
static void append_rows(struct rows *rows, size_t own, size_t offset)
{
    size_t n;
    const struct setting *table = settings_table(&n);
    struct cli_option *row = rows->options + own;
    *row++ = (struct cli_option){.name = "params",
                                 .kind = CLI_TEXT,
                                 .placeholder = "JSON",
                                 .help = "settings as one JSON object, as a study has them",
                                 .offset = offset + offsetof(struct train_options, params)};
    for (size_t i = 0; i < n; i++) {
        describe(&table[i], &rows->help[i]);
        *row++ = (struct cli_option){
            .name = table[i].name,
            .kind = table[i].kind == SETTING_BOOL ? CLI_SWITCH : CLI_TEXT,
            .placeholder = placeholder(&table[i]),
            .help = strbuf_text(&rows->help[i]),
            .section = table[i].section,
            .offset = offset + offsetof(struct train_options, values) + i * sizeof(char *)};
    }
}

enum cli_outcome train_options_parse(const struct cli_command *command, int argc, char **argv,
                                     void *target, size_t offset, const char **arguments)
{
    size_t own = count_options(command->options);
    struct rows rows = {.options = calloc(own + SETTINGS_MAX + 2, sizeof *rows.options)};
    if (!rows.options) {
        log_error("out of memory");
        return CLI_WRONG;
    }
    if (own > 0)
        memcpy(rows.options, command->options, own * sizeof *rows.options);
    append_rows(&rows, own, offset);
    struct cli_command with_settings = *command;
    with_settings.options = rows.options;
    enum cli_outcome outcome = cli_parse(&with_settings, argc, argv, target, arguments);
    for (size_t i = 0; i < SETTINGS_MAX; i++)
        strbuf_free(&rows.help[i]);
    free(rows.options);
    return outcome;
}

/* As the JSON value that the setting wants. */
enum status train_options_set(struct train_settings *settings, const struct setting *setting,
                              const char *text, struct error *err)
{
    struct json *object = json_object_create();
    bool is_text = setting->kind == SETTING_TEXT || setting->kind == SETTING_CHOICE ||
                   setting->kind == SETTING_LIST;
    char *end;
    double number = strtod(text, &end);
    if (!is_text && (strcmp(text, "true") == 0 || strcmp(text, "false") == 0))
        json_put_bool(object, setting->name, text[0] == 't');
    else if (!is_text && end != text && *end == '\0')
        json_put_number(object, setting->name, number);
    else
        json_put_string(object, setting->name, text);
    const struct json *value = json_member(object, setting->name);
    enum status status = value ? settings_set(settings, setting->name, value, err)
                               : error_set(err, ST_NOMEM, "out of memory");
    json_free(object);
    return status;
}

enum status train_options_apply(const struct train_options *options,
                                struct train_settings *settings, struct error *err)
{
    enum status status = ST_OK;
    if (options->params)
        status =
            settings_read(settings, options->params, strlen(options->params), "--params", err);
    size_t n;
    const struct setting *table = settings_table(&n);
    for (size_t i = 0; i < n && !status; i++)
        if (options->values[i])
            status = train_options_set(settings, &table[i], options->values[i], err);
    return status;
}
