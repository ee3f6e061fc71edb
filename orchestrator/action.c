#include "orchestrator/action.h"

#include <stdlib.h>
#include <string.h>

struct action *action_append(struct action_list *list, enum action_kind kind)
{
    if (list->n == list->capacity) {
        size_t capacity = list->capacity ? 2 * list->capacity : 16;
        struct action *items = realloc(list->items, capacity * sizeof *items);
        if (!items)
            return NULL;
        list->items = items;
        list->capacity = capacity;
    }
    struct action *action = &list->items[list->n++];
    memset(action, 0, sizeof *action);
    action->kind = kind;
    return action;
}

bool action_for_store(enum action_kind kind)
{
    return kind <= ACTION_ADD_HOST;
}

enum trial_state action_trial_state(enum outcome_state state)
{
    static const enum trial_state states[] = {[OUTCOME_COMPLETE] = TRIAL_COMPLETE,
                                              [OUTCOME_PRUNED] = TRIAL_PRUNED,
                                              [OUTCOME_FAILED] = TRIAL_FAILED,
                                              [OUTCOME_CANCELLED] = TRIAL_CANCELLED};
    return states[state];
}

void action_clear(struct action *action)
{
    free(action->text);
    free(action->values);
    free(action->constrained);
    outcome_clear(&action->outcome);
    for (size_t m = 0; m < action->n_metrics; m++)
        free(action->metrics[m].name);
    free(action->metrics);
    free(action->samples);
    free(action->books);
    free(action->idle);
}

void action_list_clear(struct action_list *list)
{
    for (size_t i = 0; i < list->n; i++)
        action_clear(&list->items[i]);
    list->n = 0;
}

void action_list_free(struct action_list *list)
{
    action_list_clear(list);
    free(list->items);
    *list = (struct action_list){0};
}
