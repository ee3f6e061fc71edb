#include "orchestrator/table_coverage.h"

#include "search/cells.h"
#include "worker/trial_table.h"

#include <math.h>
#include <stdlib.h>

/* Rows looked at: some seconds. */
#define LOOKS_MAX 1e9

/* One point's answer counted. */
static enum status look_up(const struct study *study, const double *point, uint64_t *found,
                           struct error *err)
{
    const struct table_row *row;
    struct json *object = space_point_to_json(study->space, point);
    enum status status =
        object ? trial_table_find(&row, study->trial->table, object, 0, err) : ST_NOMEM;
    json_free(object);
    *found += status == ST_OK;
    return status == ST_NOMEM ? ST_NOMEM : ST_OK;
}

static enum status count(const struct study *study, struct cells *cells, uint64_t *found,
                         struct error *err)
{
    uint64_t n = (uint64_t)cells_count(cells);
    double *point = calloc(space_count(study->space) + 1, sizeof *point);
    enum status status = point ? ST_OK : ST_NOMEM;
    *found = 0;
    for (uint64_t i = 0; i < n && !status; i++) {
        cells_point(cells, i, point);
        status = look_up(study, point, found, err);
    }
    free(point);
    return status;
}

enum status table_coverage_append(const struct study *study, struct strbuf *out,
                                  struct error *err)
{
    const struct trial_table *table = study->trial->table;
    double points = space_size(study->space), rows = (double)trial_table_count(table);
    struct cells *cells;
    uint64_t found;
    strbuf_printf(out, "table\n  %s: %.0f recorded trial%s\n", study->trial->table_path, rows,
                  rows == 1 ? "" : "s");
    if (points * rows > LOOKS_MAX) {
        strbuf_append(out,
                      isinf(points)
                          ? "  a real parameter varies: only its recorded values are found\n"
                          : "  too many points to look each of them up\n");
        return ST_OK;
    }
    enum status status = cells_create(&cells, study->space, CELLS_ALL, err);
    if (status)
        return status;
    status = count(study, cells, &found, err);
    if (!status)
        strbuf_printf(out, "  it covers %llu of the space's %.0f points%s\n",
                      (unsigned long long)found, points,
                      (double)found < points ? ": trials of the others will fail" : "");
    cells_free(cells);
    return status ? error_set(err, status, "out of memory") : ST_OK;
}
