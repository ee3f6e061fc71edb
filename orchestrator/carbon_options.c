#include "orchestrator/carbon_options.h"

#include "orchestrator/output.h"

#include <math.h>

static enum status open_carbon(struct carbon_options *options, struct error *err)
{
    double pue = isnan(options->pue) ? 1 : options->pue;
    if (options->region && options->series)
        return error_set(err, ST_INVALID, "--region and --intensity exclude each other");
    if (options->region)
        return carbon_open_region(&options->carbon, options->region, pue, err);
    if (options->series)
        return carbon_open_series(&options->carbon, options->series, pue, err);
    if (isnan(options->pue))
        return ST_OK;
    error_set(err, ST_INVALID, "--pue alone gives no CO2 figure");
    error_remedy(err, "name the place with --region, or its grid with --intensity");
    return ST_INVALID;
}

enum exit_status carbon_options_open(struct carbon_options *options,
                                     const struct cli_command *command)
{
    struct error err = {0};
    enum status status = open_carbon(options, &err);
    if (!status)
        return EXIT_DONE;
    output_error(command, &err);
    return status == ST_INVALID ? EXIT_USAGE : EXIT_FAILED;
}
