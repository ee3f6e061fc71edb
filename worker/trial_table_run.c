/* What a recorded trial came to on its way, by the rows of its configuration with fewer epochs.
 */
#include "worker/trial_spec.h"
#include "worker/trial_table_impl.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The place where a trial that goes on begins. */
struct start {
    double fidelity;             /* 0: at the beginning */
    const struct table_row *row; /* NULL likewise */
};

bool trial_table_set_fidelity(struct trial_table *table, const struct trial_params *params,
                              const char *name)
{
    table->fidelity = NO_PARAM;
    for (size_t i = 0; i < params->n; i++)
        if (params->numeric[i] && strcmp(params->names[i], name) == 0)
            table->fidelity = i;
    return table->fidelity != NO_PARAM;
}

static double fidelity_of(const struct trial_table *table, const struct table_row *row)
{
    if (table->fidelity == NO_PARAM)
        return (double)NAN;
    return table->values[(size_t)(row - table->rows) * table->n_params + table->fidelity]
        .number;
}

/* What is left of a recorded figure after an earlier one, which may have been noisy. */
static double rest(double figure, double earlier)
{
    return isnan(figure) || isnan(earlier) ? (double)NAN : fmax(0, figure - earlier);
}

static struct table_figures own_figures(const struct table_row *row, const struct start *start)
{
    struct table_figures own = row->figures;
    if (!start->row)
        return own;
    const struct table_figures *before = &start->row->figures;
    own.energy_j = rest(own.energy_j, before->energy_j);
    own.energy_low_j = rest(own.energy_low_j, before->energy_low_j);
    own.energy_high_j = rest(own.energy_high_j, before->energy_high_j);
    own.duration_s = rest(own.duration_s, before->duration_s);
    own.cpu_s = rest(own.cpu_s, before->cpu_s);
    return own;
}

static void add_step(struct table_run *run, const struct trial_table *table,
                     const struct start *start, const struct table_row *row)
{
    run->steps[run->n++] = (struct table_step){.fidelity = fidelity_of(table, row),
                                               .at = 1,
                                               .row = row,
                                               .figures = own_figures(row, start)};
}

/* The complete rows of the configuration between the start and the end, in the table's order.
 */
static void collect(struct table_run *run, const struct trial_table *table,
                    const struct sought *sought, const struct start *start, double end)
{
    for (size_t i = 0; i < table->n_rows; i++) {
        const struct table_row *row = &table->rows[i];
        double fidelity = fidelity_of(table, row);
        if (fidelity > start->fidelity && fidelity < end && row->state == OUTCOME_COMPLETE &&
            trial_table_matches(table, i, sought, table->fidelity))
            add_step(run, table, start, row);
    }
}

static int by_fidelity(const void *a, const void *b)
{
    const struct table_step *x = a, *y = b;
    if (x->fidelity != y->fidelity)
        return (x->fidelity > y->fidelity) - (x->fidelity < y->fidelity);
    return (x->row > y->row) - (x->row < y->row);
}

/* Keep one row of each fidelity, which the seed chooses as it does at the point itself: tables
 * of repeats list them in one order. */
static void choose_one_each(struct table_run *run, uint64_t seed)
{
    size_t kept = 0;
    qsort(run->steps, run->n, sizeof *run->steps, by_fidelity);
    for (size_t i = 0, next; i < run->n; i = next) {
        for (next = i + 1;
             next < run->n && run->steps[next].fidelity == run->steps[i].fidelity;)
            next++;
        run->steps[kept++] = run->steps[i + trial_table_draw(seed, next - i)];
    }
    run->n = kept;
}

/* Is the time that every step took known, and longer than that of the one before? */
static bool times_rise(const struct table_run *run)
{
    double before = 0;
    for (size_t i = 0; i < run->n; before = run->steps[i++].figures.duration_s)
        if (!(run->steps[i].figures.duration_s > before))
            return false;
    return true;
}

/* By the recorded times; without them every epoch takes the same. */
static void place_steps(struct table_run *run, const struct start *start)
{
    const struct table_step *end = &run->steps[run->n - 1];
    double length = end->fidelity - start->fidelity;
    bool timed = times_rise(run);
    for (struct table_step *step = run->steps; step < end; step++)
        step->at = timed ? step->figures.duration_s / end->figures.duration_s
                         : (step->fidelity - start->fidelity) / length;
}

/* The way from there to the row of a point. */
static enum status lay_out(struct table_run *out, const struct trial_table *table,
                           const struct table_point *point, const struct start *start,
                           struct error *err)
{
    const struct table_row *row;
    *out = (struct table_run){0};
    enum status status = trial_table_find(&row, table, point->params, point->seed, err);
    if (status)
        return status;
    struct sought *sought = trial_table_seek(table, point->params);
    out->steps = malloc((table->n_rows + 1) * sizeof *out->steps); /* most stay untouched */
    if (!sought || !out->steps) {
        free(sought);
        table_run_free(out);
        return error_set(err, ST_NOMEM, "out of memory for the way of a recorded trial");
    }
    if (table->fidelity != NO_PARAM && row->state == OUTCOME_COMPLETE)
        collect(out, table, sought, start, fidelity_of(table, row));
    choose_one_each(out, point->seed);
    add_step(out, table, start, row);
    place_steps(out, start);
    free(sought);
    return ST_OK;
}

/* The last step that an earlier trial made. One without a row was not repeated, so there is
 * nothing to go on from. */
static enum status find_start(struct start *start, const struct trial_table *table,
                              const struct table_point *earlier, struct error *err)
{
    struct table_run way;
    *start = (struct start){0};
    enum status status = lay_out(&way, table, earlier, &(struct start){0}, err);
    for (size_t i = 0; i < way.n; i++)
        if (earlier->stopped_at == 0 || way.steps[i].fidelity <= earlier->stopped_at)
            *start = (struct start){way.steps[i].fidelity, way.steps[i].row};
    table_run_free(&way);
    return status == ST_NOMEM ? status : ST_OK;
}

enum status trial_table_run(struct table_run *out, const struct trial_table *table,
                            const struct table_point *point, const struct table_point *earlier,
                            struct error *err)
{
    struct start start = {0};
    *out = (struct table_run){0};
    enum status status = earlier ? find_start(&start, table, earlier, err) : ST_OK;
    return status ? status : lay_out(out, table, point, &start, err);
}

void table_run_free(struct table_run *run)
{
    free(run->steps);
    *run = (struct table_run){0};
}
