/* train_options.h - the trainer's settings as options of a command.
 *
 * Every row of settings_table() becomes a text option, converted by settings_set() like a
 * member of a study, so that a setting is known to every command as soon as it is in the table.
 * Threading: main thread only (see cli.h). */
#ifndef ORCHESTRATOR_TRAIN_OPTIONS_H
#define ORCHESTRATOR_TRAIN_OPTIONS_H

#include "base/status.h"
#include "cnn/settings.h"
#include "orchestrator/cli.h"

#include <stddef.h>

/* What was given; a member of the command's struct of options. Borrowed from argv. */
struct train_options {
    const char *params;               /* a JSON object of settings; NULL: none */
    const char *values[SETTINGS_MAX]; /* a row of settings_table() each; NULL: not given */
};

/* As cli_parse(), with the settings' options behind the command's own; `target` has its struct
 * train_options at `offset`. Running out of memory is told, and answered as CLI_WRONG. */
enum cli_outcome train_options_parse(const struct cli_command *command, int argc, char **argv,
                                     void *target, size_t offset, const char **arguments);

/* Set what was given: first --params, then the single options. Errors: those of settings_read()
 * and settings_set(). */
enum status train_options_apply(const struct train_options *options,
                                struct train_settings *settings, struct error *err);

/* Set one setting from a word of a command line. Errors: those of settings_set(). */
enum status train_options_set(struct train_settings *settings, const struct setting *setting,
                              const char *text, struct error *err);

#endif
