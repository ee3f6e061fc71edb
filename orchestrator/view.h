/* view.h - what the commands that read a database have in common. */
#ifndef ORCHESTRATOR_VIEW_H
#define ORCHESTRATOR_VIEW_H

#include "base/status.h"
#include "orchestrator/carbon_options.h"
#include "orchestrator/output.h"
#include "results/snapshot.h"
#include "results/store.h"
#include "results/table.h"

/* A database open for reading, and everything in it at one moment. */
struct view {
    struct store *store;
    struct snapshot *snapshot;
};

/* Errors: those of store_open() and snapshot_load(); nothing is left open then. */
enum status view_open(struct view *view, const char *db, struct error *err);
void view_close(struct view *view);

/* A command that shows a database as one table. */
struct view_request {
    void *chosen; /* the command's own options, with their defaults; filled here */
    const struct output_options *output; /* a part of them */
    struct carbon_options *carbon;       /* so is this; NULL: the command shows no CO2 */
    /* What of the options does not go together or makes no sense; NULL: nothing. */
    enum status (*check)(const void *chosen, struct error *err);
    enum status (*make)(struct table **out, const struct view *view, const void *chosen,
                        struct error *err);
};

/* Read the options, open the database, make the table and put it out. Mistakes are told on
 * standard error. */
enum exit_status view_run(const struct cli_command *command, int argc, char **argv,
                          const struct view_request *request);

#endif
