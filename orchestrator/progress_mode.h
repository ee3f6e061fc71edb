/* progress_mode.h - how a command tells of its progress. */
#ifndef ORCHESTRATOR_PROGRESS_MODE_H
#define ORCHESTRATOR_PROGRESS_MODE_H

enum progress_mode {
    PROGRESS_AUTO,
    PROGRESS_PLAIN,
    PROGRESS_JSON,
    PROGRESS_NONE,
    PROGRESS_LIVE
};

/* The names of the modes that a user may ask for, ended by NULL (progress.c). */
extern const char *const progress_mode_names[];

#endif
