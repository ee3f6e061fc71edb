#include "search/history.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

void history_init(struct history *history, const struct space *space)
{
    *history = (struct history){.space = space};
}

void history_free(struct history *history)
{
    for (size_t i = 0; i < history->n; i++)
        free(history->trials[i].point);
    free(history->trials);
    free(history->told);
    free(history->pending);
    free(history->slots);
    history_init(history, NULL);
}

/* The slot of a point: the one that holds it, or the empty one where it belongs. */
static size_t find_slot(const struct history *history, const double *point)
{
    size_t mask = history->n_slots - 1;
    size_t slot = (size_t)space_hash(history->space, point) & mask;
    while (history->slots[slot] &&
           !space_equal(history->space, history->trials[history->slots[slot] - 1].point, point))
        slot = (slot + 1) & mask;
    return slot;
}

bool history_contains(const struct history *history, const double *point)
{
    return history->n_slots > 0 && history->slots[find_slot(history, point)] != 0;
}

static void remember(struct history *history, size_t trial)
{
    size_t slot = find_slot(history, history->trials[trial].point);
    if (history->slots[slot] == 0) {
        history->slots[slot] = trial + 1;
        history->n_distinct++;
    }
}

/* Room for twice as many trials as slots are filled at most, so that probes stay short. */
static enum status grow_slots(struct history *history, size_t n_slots)
{
    size_t *slots = calloc(n_slots, sizeof *slots);
    if (!slots)
        return ST_NOMEM;
    free(history->slots);
    history->slots = slots;
    history->n_slots = n_slots;
    history->n_distinct = 0;
    for (size_t i = 0; i < history->n; i++)
        remember(history, i);
    return ST_OK;
}

/* Make room for one more everywhere, so that what follows cannot fail. */
static enum status reserve(struct history *history)
{
    if (history->n < history->n_slots / 2)
        return ST_OK;
    size_t n_slots = history->n_slots ? 2 * history->n_slots : 64;
    struct trial *trials = realloc(history->trials, n_slots / 2 * sizeof *trials);
    if (!trials)
        return ST_NOMEM;
    history->trials = trials;
    size_t *told = realloc(history->told, n_slots / 2 * sizeof *told);
    if (!told)
        return ST_NOMEM;
    history->told = told;
    size_t *pending = realloc(history->pending, n_slots / 2 * sizeof *pending);
    if (!pending)
        return ST_NOMEM;
    history->pending = pending;
    return grow_slots(history, n_slots);
}

enum status history_append(struct history *history, const double *point, size_t n_objectives)
{
    size_t n = space_count(history->space);
    if (reserve(history))
        return ST_NOMEM;
    double *numbers = calloc(n + n_objectives, sizeof *numbers);
    if (!numbers)
        return ST_NOMEM;
    memcpy(numbers, point, n * sizeof *numbers);
    for (size_t i = 0; i < n_objectives; i++)
        numbers[n + i] = NAN;
    size_t number = history->n++;
    history->trials[number] = (struct trial){.number = number,
                                             .state = TRIAL_RUNNING,
                                             .point = numbers,
                                             .values = numbers + n,
                                             .energy_j = NAN};
    history->pending[history->n_pending++] = number;
    remember(history, number);
    return ST_OK;
}

size_t history_find_pending(const struct history *history, uint64_t number)
{
    size_t place = 0;
    while (place < history->n_pending && history->pending[place] != number)
        place++;
    return place;
}

void history_conclude(struct history *history, size_t place, enum trial_state state,
                      const double *values, size_t n_objectives, double energy_j)
{
    size_t index = history->pending[place];
    struct trial *trial = &history->trials[index];
    trial->state = state;
    trial->energy_j = energy_j;
    if (values)
        memcpy(trial->values, values, n_objectives * sizeof *values);
    history->n_pending--;
    memmove(history->pending + place, history->pending + place + 1,
            (history->n_pending - place) * sizeof *history->pending);
    history->told[history->n_told++] = index;
}
