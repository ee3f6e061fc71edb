/* view.h - what the commands that read a database have in common. */
#ifndef ORCHESTRATOR_VIEW_H
#define ORCHESTRATOR_VIEW_H

#include "base/status.h"
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

/* Open the database, make a table of it and put it out. `make` gets the command's own options.
 */
enum exit_status view_show(const struct cli_command *command, const char *db,
                           enum status (*make)(struct table **, const struct snapshot *,
                                               const void *chosen, struct error *),
                           const void *chosen, const struct output_options *output);

#endif
