/* strategy.h - ask and tell: the interface of every search strategy, and the history that they
 * work from.
 *
 * A strategy never owns the loop. It is a pure function of (space, options, seed, history):
 * what it proposes may depend on nothing else. So whatever a strategy type keeps in its own
 * state is only a cache, and replaying a stored history restores it: strategy_restore() for
 * every trial in number order, strategy_restore_report() for their reports, then
 * strategy_tell() in the order of the first run, and the next strategy_ask() proposes what it
 * would have. Threading: one strategy belongs to one thread at a time. */
#ifndef SEARCH_STRATEGY_H
#define SEARCH_STRATEGY_H

#include "base/json.h"
#include "base/status.h"
#include "search/space.h"
#include "search/trial.h"

/* The whole past of an arm. Read-only for strategy types. */
struct history {
    const struct space *space;
    size_t n_objectives, n_constraints;
    struct trial *trials; /* by number */
    size_t n;
    size_t *told; /* indices into trials in the order that their results were told */
    size_t n_told;
    /* Not yet told: indices into trials, ascending. */
    size_t *pending;
    size_t n_pending;
    const struct trial *earlier; /* [n_earlier] the problem's */
    size_t n_earlier;
    /* Different points among the trials and the earlier ones. */
    size_t n_distinct;
    /* A hash table of those points: index plus one into the earlier trials with these behind
     * them, or 0; of equal points the first of its own. Use history_contains(). */
    size_t *slots;
    size_t n_slots; /* a power of two */
};

/* True when a trial of this point was asked for, or an earlier study had it: it is known. In
 * constant time. */
bool history_contains(const struct history *history, const double *point);

/* True when a trial of this point was asked for here, whatever earlier studies had. */
bool history_asked(const struct history *history, const double *point);

/* What a strategy works on. The pointers are borrowed and outlive the strategy; the struct
 * itself is copied, and types may keep the pointer that they are given. */
struct problem {
    const struct space *space;
    const struct objective *objectives;
    size_t n_objectives;
    const struct constraint *constraints;
    size_t n_constraints;
    /* Trials of earlier studies in this space, told before the first of its own: each with its
     * point, values, constrained metrics and joules; complete ones only. They are no part of
     * the history, but their points count as asked, except to types that go by configuration
     * (asha, hyperband): those train anew, as an earlier study's checkpoints are not at hand.
     */
    const struct trial *earlier;
    size_t n_earlier;
    uint64_t seed;          /* the arm's own */
    size_t budget_trials;   /* 0 when the study sets none */
    double budget_energy_j; /* likewise */
    bool allow_duplicates;  /* the study wants points evaluated again (noise) */
};

/* What a strategy proposes. */
struct proposal {
    double *point;     /* [space_count()], to be filled in */
    int64_t continues; /* a told trial from whose checkpoint it goes on; TRIAL_NONE as given */
};

enum ask { ASK_PROPOSED, ASK_WAIT, ASK_DONE, ASK_FAILED };

enum verdict { VERDICT_GO_ON, VERDICT_STOP };

/* A strategy type. `count`, `continues`, `told`, `report` and `end_reason` may be missing. */
struct strategy_type {
    const char *name;
    const char *summary; /* one line for `wattune check` and the documentation */

    /* Make the type's own state. Options are read from `options` (opened by the caller on the
     * study's strategy object, "name" already read, closed by the caller); mistakes go to its
     * problems. Errors: ST_INVALID for a problem that this type cannot work on (said in err);
     * ST_NOMEM. */
    enum status (*create)(void **state, const struct problem *problem,
                          struct json_reader *options, struct error *err);
    void (*free)(void *state);

    /* How many trials it proposes at most, enqueued ones apart. NULL, or INFINITY: all points
     * of the space. */
    double (*count)(const void *state);

    /* Whether its proposals may continue told trials, whose checkpoints are kept for that.
     * NULL: they never do. */
    bool (*continues)(const void *state);

    /* Propose trial number history->n. WAIT: a pending result is needed first. DONE: there will
     * never be another proposal. FAILED: out of memory; asking again must be possible. Never a
     * duplicate in a finite space unless the problem allows it or the trial continues another
     * one. */
    enum ask (*ask)(void *state, const struct history *history, struct proposal *proposal);

    /* A result has just been added to the history; for types that keep caches. May be NULL. */
    void (*told)(void *state, const struct history *history, const struct trial *trial);

    /* A report has just been added to those of a pending trial. NULL: never stops. */
    enum verdict (*report)(void *state, const struct history *history,
                           const struct trial *trial);

    /* Why it answered DONE, when it did so before the space was used up: half a sentence, or
     * NULL. Borrowed until the next ask. May be NULL. */
    const char *(*end_reason)(const void *state);
};

/* The table of all types (strategy_table.c), ended by NULL, and look-up by name (NULL when
 * unknown). */
extern const struct strategy_type *const strategy_types[];
const struct strategy_type *strategy_type_find(const char *name);

struct strategy;

/* Read one entry of a study's "strategies" (a name, or an object with "name", the type's
 * options and "prune", see median_rule.h) and make it. `enqueue` (may be NULL) is a list of
 * points to propose before the type is asked. Mistakes are noted under `path`. A problem with
 * seed 0 and no budget is fine for validation. Errors: ST_INVALID (see the problems); ST_NOMEM.
 */
enum status strategy_create(struct strategy **out, const struct problem *problem,
                            const struct json *entry, const struct json *enqueue,
                            const char *path, struct json_problems *problems);
void strategy_free(struct strategy *strategy);

const char *strategy_name(const struct strategy *strategy);
/* Its proposals may continue told trials. */
bool strategy_continues(const struct strategy *strategy);
const struct history *strategy_history(const struct strategy *strategy);

/* How many trials it proposes at most, enqueued ones included; INFINITY when it never ends. */
double strategy_count(const struct strategy *strategy);

/* Propose the next trial: it is added to the history as pending, and *trial points to it until
 * the next call that takes the strategy. */
enum ask strategy_ask(struct strategy *strategy, const struct trial **trial);

/* Why the last ask was answered DONE, when the type says so; else NULL. Borrowed until the next
 * ask. */
const char *strategy_end_reason(const struct strategy *strategy);

/* The outcome of a pending trial: its final state and its figures. Errors: ST_INVALID for a
 * trial that is not pending, for a state that is not a final one and for a complete trial
 * without finite values. */
enum status strategy_tell(struct strategy *strategy, uint64_t number, enum trial_state state,
                          const struct trial_result *result);

/* A value of the first objective of a pending trial while it runs. What is not finite or of no
 * pending trial is passed over, and so is what memory does not suffice for. */
enum verdict strategy_report(struct strategy *strategy, uint64_t number,
                             struct intermediate report);

/* Put the next stored trial back as pending, without asking: the n-th call restores trial n
 * - 1. Errors: ST_INVALID when it continues a trial that is not there; ST_NOMEM. */
enum status strategy_restore(struct strategy *strategy, const double *point, int64_t continues);

/* Put a stored report of a pending trial back, without a verdict. Errors: ST_INVALID when the
 * trial is not pending; ST_NOMEM. */
enum status strategy_restore_report(struct strategy *strategy, uint64_t number,
                                    struct intermediate report);

#endif
