#include "orchestrator/train_options.h"

#include "base/json.h"
#include "base/log.h"

#include <stdlib.h>
#include <string.h>

static size_t count_options(const struct cli_option *options)
{
    size_t n = 0;
    while (options && options[n].name)
        n++;
    return n;
}

/* --params, one row a setting, and the end of the table. */
static void append_options(struct cli_option *options, size_t offset)
{
    size_t n;
    const struct setting *table = settings_table(&n);
    *options++ = (struct cli_option){.name = "params",
                                     .kind = CLI_TEXT,
                                     .placeholder = "JSON",
                                     .help = "settings as one JSON object, as a study has them",
                                     .offset = offset + offsetof(struct train_options, params)};
    for (size_t i = 0; i < n; i++)
        *options++ = (struct cli_option){
            .name = table[i].name,
            .kind = CLI_TEXT,
            .placeholder = table[i].kind == SETTING_TEXT ? "TEXT" : "VALUE",
            .help = table[i].summary,
            .offset = offset + offsetof(struct train_options, values) + i * sizeof(char *)};
    *options = (struct cli_option){0};
}

enum cli_outcome train_options_parse(const struct cli_command *command, int argc, char **argv,
                                     void *target, size_t offset, const char **arguments)
{
    size_t own = count_options(command->options);
    struct cli_option *options = calloc(own + SETTINGS_MAX + 2, sizeof *options);
    if (!options) {
        log_error("out of memory");
        return CLI_WRONG;
    }
    if (own > 0)
        memcpy(options, command->options, own * sizeof *options);
    append_options(options + own, offset);
    struct cli_command with_settings = *command;
    with_settings.options = options;
    enum cli_outcome outcome = cli_parse(&with_settings, argc, argv, target, arguments);
    free(options);
    return outcome;
}

/* As the JSON value that the setting wants. */
enum status train_options_set(struct train_settings *settings, const struct setting *setting,
                              const char *text, struct error *err)
{
    struct json *object = json_object_create();
    bool is_text = setting->kind == SETTING_TEXT || setting->kind == SETTING_CHOICE;
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
