#include "search/history.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

void history_init(struct history *history, const struct problem *problem)
{
    *history = (struct history){.space = problem->space,
                                .n_objectives = problem->n_objectives,
                                .n_constraints = problem->n_constraints,
                                .earlier = problem->earlier,
                                .n_earlier = problem->n_earlier};
}

void history_free(struct history *history)
{
    for (size_t i = 0; i < history->n; i++) {
        free(history->trials[i].point);
        free(history->trials[i].reports);
    }
    free(history->trials);
    free(history->told);
    free(history->pending);
    free(history->slots);
    *history = (struct history){0};
}

/* By the index that slots hold. */
static const double *point_of(const struct history *history, size_t index)
{
    return index < history->n_earlier ? history->earlier[index].point
                                      : history->trials[index - history->n_earlier].point;
}

/* The slot of a point: the one that holds it, or the empty one where it belongs. */
static size_t find_slot(const struct history *history, const double *point)
{
    size_t mask = history->n_slots - 1;
    size_t slot = (size_t)space_hash(history->space, point) & mask;
    while (history->slots[slot] &&
           !space_equal(history->space, point_of(history, history->slots[slot] - 1), point))
        slot = (slot + 1) & mask;
    return slot;
}

bool history_contains(const struct history *history, const double *point)
{
    return history->n_slots > 0 && history->slots[find_slot(history, point)] != 0;
}

bool history_asked(const struct history *history, const double *point)
{
    return history->n_slots > 0 &&
           history->slots[find_slot(history, point)] > history->n_earlier;
}

static void remember(struct history *history, size_t index)
{
    size_t *slot = &history->slots[find_slot(history, point_of(history, index))];
    history->n_distinct += *slot == 0;
    if (*slot == 0 || (*slot <= history->n_earlier && index >= history->n_earlier))
        *slot = index + 1;
}

/* Twice as many slots as are filled at most, so that probes stay short. */
static enum status grow_slots(struct history *history, size_t n_slots)
{
    size_t *slots = calloc(n_slots, sizeof *slots);
    if (!slots)
        return ST_NOMEM;
    free(history->slots);
    history->slots = slots;
    history->n_slots = n_slots;
    history->n_distinct = 0;
    for (size_t i = 0; i < history->n_earlier + history->n; i++)
        remember(history, i);
    return ST_OK;
}

/* Make room for one more everywhere, so that what follows cannot fail. */
static enum status reserve(struct history *history)
{
    size_t n = history->n_earlier + history->n, n_slots = history->n_slots;
    if (n < n_slots / 2)
        return ST_OK;
    for (n_slots = n_slots ? n_slots : 64; n >= n_slots / 2;)
        n_slots *= 2;
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

enum status history_enter_earlier(struct history *history)
{
    return history->n_earlier > 0 ? reserve(history) : ST_OK;
}

enum status history_append(struct history *history, const struct proposal *proposal)
{
    size_t n = space_count(history->space);
    size_t figures = history->n_objectives + history->n_constraints;
    if (reserve(history))
        return ST_NOMEM;
    double *numbers = calloc(n + figures, sizeof *numbers);
    if (!numbers)
        return ST_NOMEM;
    memcpy(numbers, proposal->point, n * sizeof *numbers);
    for (size_t i = 0; i < figures; i++)
        numbers[n + i] = NAN;
    size_t number = history->n++;
    history->trials[number] = (struct trial){.number = number,
                                             .state = TRIAL_RUNNING,
                                             .point = numbers,
                                             .continues = proposal->continues,
                                             .values = numbers + n,
                                             .constrained = numbers + n + history->n_objectives,
                                             .energy_j = NAN};
    history->pending[history->n_pending++] = number;
    remember(history, history->n_earlier + number);
    return ST_OK;
}

size_t history_find_pending(const struct history *history, uint64_t number)
{
    size_t place = 0;
    while (place < history->n_pending && history->pending[place] != number)
        place++;
    return place;
}

enum status history_report(struct history *history, size_t place, struct intermediate report)
{
    struct trial *trial = &history->trials[history->pending[place]];
    while (trial->n_reports > 0 && trial->reports[trial->n_reports - 1].step >= report.step)
        trial->n_reports--; /* an attempt that went back there has its own way from there on */
    if (trial->n_reports == trial->reports_capacity) {
        size_t capacity = trial->reports_capacity ? 2 * trial->reports_capacity : 8;
        struct intermediate *reports = realloc(trial->reports, capacity * sizeof *reports);
        if (!reports)
            return ST_NOMEM;
        trial->reports = reports;
        trial->reports_capacity = capacity;
    }
    trial->reports[trial->n_reports++] = report;
    return ST_OK;
}

void history_conclude(struct history *history, size_t place, enum trial_state state,
                      const struct trial_result *result)
{
    size_t index = history->pending[place];
    struct trial *trial = &history->trials[index];
    trial->state = state;
    trial->energy_j = result->energy_j;
    if (result->values)
        memcpy(trial->values, result->values, history->n_objectives * sizeof *trial->values);
    if (result->constrained)
        memcpy(trial->constrained, result->constrained,
               history->n_constraints * sizeof *trial->constrained);
    history->n_pending--;
    memmove(history->pending + place, history->pending + place + 1,
            (history->n_pending - place) * sizeof *history->pending);
    history->told[history->n_told++] = index;
}
