/* progress.h - how a run looks while it goes on, on standard error.
 *
 * live: one line that is redrawn, and a line for each attempt that failed; plain: a line for
 * each attempt that ended and one a minute in between; json: a JSON object a line, for other
 * programs. Threading: one struct progress at a time, on the main thread. */
#ifndef ORCHESTRATOR_PROGRESS_H
#define ORCHESTRATOR_PROGRESS_H

#include "orchestrator/progress_mode.h"
#include "orchestrator/run.h"

#include <stdbool.h>
#include <stddef.h>

struct progress {
    enum progress_mode mode;
    bool introduced;    /* the first snapshot with workers has been seen */
    bool told_quiet;    /* the quiet window was announced */
    double last_line_s; /* when the last plain or JSON line was written */
    char metric[64];    /* of the first objective */
};

/* AUTO becomes live on a terminal and plain elsewhere. */
void progress_open(struct progress *progress, enum progress_mode mode);
/* The callbacks for run_study(); `progress` must outlive the run. */
struct run_observer progress_observer(struct progress *progress);
/* Clear the live line. */
void progress_close(struct progress *progress);

/* The live line of a snapshot, cut to `width` columns. */
void progress_line(const struct run_snapshot *snapshot, size_t width, struct strbuf *out);

#endif
