/* Grid search: every cell once, in order or shuffled by the seed. */
#include "search/cells.h"
#include "search/permutation.h"
#include "search/strategy.h"

#include <stdlib.h>

struct grid_search {
    const struct problem *problem;
    struct cells *cells;
    bool shuffled;
    uint64_t next; /* all cells before this one, in the order of the search, were asked */
};

static void grid_free(void *state)
{
    struct grid_search *search = state;
    cells_free(search->cells);
    free(search);
}

static enum status make_cells(struct grid_search *search, struct error *err)
{
    enum status status = cells_create(&search->cells, search->problem->space, CELLS_GRID, err);
    if (status || cells_count(search->cells) <= CELLS_MAX)
        return status;
    error_set(err, ST_INVALID, "the grid has %.3g cells, more than can be counted",
              cells_count(search->cells));
    error_remedy(err,
                 "give integer parameters a \"grid\" number of levels, or search at random");
    return ST_INVALID;
}

static enum status grid_create(void **state, const struct problem *problem,
                               struct json_reader *options, struct error *err)
{
    static const char *const orders[] = {"plain", "shuffled"};
    struct grid_search *search = calloc(1, sizeof *search);
    if (!search)
        return error_set(err, ST_NOMEM, "out of memory");
    search->problem = problem;
    search->shuffled = json_read_choice(options, "order", 0, orders, 2) == 1;
    enum status status = make_cells(search, err);
    if (status)
        grid_free(search);
    else
        *state = search;
    return status;
}

static double grid_count(const void *state)
{
    return cells_count(((const struct grid_search *)state)->cells);
}

static void cell(struct grid_search *search, uint64_t index, double *point)
{
    if (search->shuffled)
        index = permutation_at(rng_derive(search->problem->seed, "grid", 0, 0),
                               (uint64_t)cells_count(search->cells), index);
    cells_point(search->cells, index, point);
}

/* The first cell that was not asked yet, which is a function of the history wherever `next`
 * stands. A cell that was asked as an enqueued point is not asked again, unless duplicates are
 * allowed. */
static enum ask grid_ask(void *state, const struct history *history, struct proposal *proposal)
{
    struct grid_search *search = state;
    uint64_t n = (uint64_t)cells_count(search->cells);
    if (search->problem->allow_duplicates) {
        cell(search, history->n % n, proposal->point);
        return ASK_PROPOSED;
    }
    for (; search->next < n; search->next++) {
        cell(search, search->next, proposal->point);
        if (!history_contains(history, proposal->point))
            return ASK_PROPOSED;
    }
    return ASK_DONE;
}

const struct strategy_type strategy_grid = {
    .name = "grid",
    .summary = "every combination once, real parameters in \"grid\" levels",
    .create = grid_create,
    .free = grid_free,
    .count = grid_count,
    .ask = grid_ask,
};
