#include "orchestrator/study_options.h"

#include "orchestrator/output.h"

#include <stdio.h>

enum exit_status study_options_read(struct study **out, const struct cli_command *command,
                                    const char *path, const struct study_overrides *overrides)
{
    struct json_problems problems = {0};
    struct error err = {0};
    enum status status = study_read_file(out, path, overrides, &problems, &err);
    if (status) {
        fputs(strbuf_text(&problems.text), stderr);
        output_error(command, &err);
    }
    json_problems_free(&problems);
    if (status)
        return status == ST_NOMEM ? EXIT_FAILED : EXIT_USAGE;
    return EXIT_DONE;
}
