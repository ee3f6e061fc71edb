/* Rows of an export whose trials went on from others: their joules and seconds are those of the
 * last part alone, while a recorded trial is one that was trained from the beginning. */
#include "worker/trial_table_columns.h"

#include <math.h>

/* A whole number of a trial or an arm; NaN for an empty cell, or without such a column. */
static double read_number(struct table_reader *reader, const char *name, size_t column)
{
    double number;
    if (column == NO_COLUMN || !*reader->table->csv.fields[column])
        return (double)NAN;
    if (csv_parse_number(reader->table->csv.fields[column], &number))
        return number;
    table_mistake(reader, name, "expected a number", reader->table->csv.fields[column]);
    return (double)NAN;
}

/* The earlier row of that trial's result, or NULL. */
static const struct table_row *find_result(const struct trial_table *table, double arm,
                                           double trial)
{
    for (size_t i = table->n_rows - 1; i-- > 0;) {
        enum outcome_state state = table->rows[i].state;
        if (table->origins[i].arm == arm && table->origins[i].trial == trial &&
            (state == OUTCOME_COMPLETE || state == OUTCOME_PRUNED))
            return &table->rows[i];
    }
    return NULL;
}

static void add(struct table_figures *figures, const struct table_figures *earlier)
{
    figures->energy_j += earlier->energy_j;
    figures->energy_low_j += earlier->energy_low_j;
    figures->energy_high_j += earlier->energy_high_j;
    figures->duration_s += earlier->duration_s;
    figures->cpu_s += earlier->cpu_s;
}

void table_add_earlier(struct table_reader *reader)
{
    const struct columns *columns = &reader->columns;
    struct trial_table *table = reader->table;
    size_t last = table->n_rows - 1;
    table->origins[last] = (struct table_origin){NAN, NAN};
    if (columns->trial == NO_COLUMN || columns->continues == NO_COLUMN)
        return;
    struct table_origin *origin = &table->origins[last];
    origin->arm = columns->arm == NO_COLUMN ? 0 : read_number(reader, "arm", columns->arm);
    origin->trial = read_number(reader, "trial", columns->trial);
    double continues = read_number(reader, "continues", columns->continues);
    if (isnan(continues))
        return;
    const struct table_row *earlier = find_result(table, origin->arm, continues);
    if (earlier)
        add(&table->rows[last].figures, &earlier->figures);
    else
        table_mistake(reader, "continues", "expected a trial with a row above this one",
                      table->csv.fields[columns->continues]);
}
