#include "orchestrator/simulated_books.h"

#include "orchestrator/persist.h"

#include <assert.h>

static void move(struct action *to, struct action *from)
{
    enum action_kind kind = from->kind;
    *to = *from;
    *from = (struct action){.kind = kind};
}

static enum status append(struct action_list *list, struct action *action)
{
    struct action *kept = action_append(list, action->kind);
    if (!kept)
        return ST_NOMEM;
    move(kept, action);
    return ST_OK;
}

/* A new trial comes next in the order of the numbers. */
static enum status keep_trial(struct action_list *trials, struct action *action)
{
    if (action->id.trial == trials->n)
        return append(trials, action);
    assert(action->id.trial < trials->n);
    struct action *kept = &trials->items[action->id.trial];
    action_clear(kept);
    move(kept, action);
    kept->kind = ACTION_ADD_TRIAL; /* it is stored once, as it was at last */
    return ST_OK;
}

enum status simulated_books_keep(struct simulated_books *books, struct action *action)
{
    switch (action->kind) {
    case ACTION_ADD_TRIAL:
    case ACTION_SET_TRIAL:
        return keep_trial(&books->trials, action);
    case ACTION_START_ATTEMPT: /* its end holds all of it */
        return ST_OK;
    case ACTION_ADD_OVERHEAD:
        return action->overhead.quality == ENERGY_NONE ? ST_OK : append(&books->others, action);
    case ACTION_ADD_REPORT:
        return append(&books->reports, action);
    default:
        return append(&books->others, action);
    }
}

static void set_arm(struct action_list *list, uint32_t arm)
{
    for (size_t i = 0; i < list->n; i++)
        list->items[i].id.arm = arm;
}

enum status simulated_books_write(struct simulated_books *books, struct store *store,
                                  uint32_t arm, struct error *err)
{
    set_arm(&books->trials, arm);
    set_arm(&books->others, arm);
    set_arm(&books->reports, arm);
    enum status status = persist_within(store, &books->trials, err);
    if (!status)
        status = persist_within(store, &books->others, err);
    return status ? status : persist_within(store, &books->reports, err);
}

void simulated_books_free(struct simulated_books *books)
{
    action_list_free(&books->trials);
    action_list_free(&books->others);
    action_list_free(&books->reports);
}
