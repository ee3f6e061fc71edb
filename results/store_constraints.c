/* The constraints of a study, and the metrics of its trials that they are on. */
#include "results/store_rows.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char at_least[] = "at_least";

enum status store_add_constraints(struct store *store, const struct study_record *study,
                                  struct error *err)
{
    enum status status = ST_OK;
    for (size_t i = 0; i < study->n_constraints && !status; i++) {
        const struct constraint *constraint = &study->constraints[i];
        struct query query;
        query_open(&query, store, SQL_ADD_CONSTRAINT);
        query_bind_integer(&query, (int64_t)i);
        query_bind_text(&query, constraint->metric);
        query_bind_text(&query, constraint->at_least ? at_least : "at_most");
        query_bind_number(&query, constraint->bound);
        status = query_run(&query, err, "store a constraint");
    }
    return status;
}

enum status store_load_constraints(struct store *store, struct study_record *study,
                                   struct error *err)
{
    struct constraint *constraints = NULL;
    size_t room = 0;
    struct query query;
    query_open(&query, store, SQL_LOAD_CONSTRAINTS);
    while (query_step(&query)) {
        struct constraint *constraint = store_next_row(&constraints, &study->n_constraints,
                                                       &room, sizeof *constraint, &query);
        if (!constraint)
            break;
        constraint->metric = query_text(&query);
        char *sense = query_text(&query);
        constraint->at_least = sense && strcmp(sense, at_least) == 0;
        constraint->bound = query_number(&query);
        free(sense);
    }
    study->constraints = constraints;
    return query_close(&query, err, "read its constraints");
}

enum status store_write_constrained(struct store *store, const struct trial_record *trial,
                                    struct error *err, const char *what)
{
    struct query query;
    if (store->n_constraints == 0)
        return ST_OK;
    query_open(&query, store, SQL_DROP_CONSTRAINED);
    query_bind_integer(&query, trial->arm);
    query_bind_integer(&query, (int64_t)trial->number);
    enum status status = query_run(&query, err, what);
    for (size_t i = 0; trial->constrained && i < store->n_constraints && !status; i++) {
        if (isnan(trial->constrained[i]))
            continue;
        query_open(&query, store, SQL_ADD_CONSTRAINED);
        query_bind_integer(&query, trial->arm);
        query_bind_integer(&query, (int64_t)trial->number);
        query_bind_integer(&query, (int64_t)i);
        query_bind_number(&query, trial->constrained[i]);
        status = query_run(&query, err, what);
    }
    return status;
}

/* The rows come in the order of the trials. */
enum status store_load_constrained(struct store *store, uint32_t arm,
                                   struct trial_record *trials, size_t n, struct error *err)
{
    struct query query;
    query_open(&query, store, SQL_LOAD_CONSTRAINED);
    query_bind_integer(&query, arm);
    size_t i = 0;
    while (query_step(&query)) {
        uint64_t number = (uint64_t)query_integer(&query, 0);
        size_t position = (size_t)query_integer(&query, 0);
        while (i < n && trials[i].number < number)
            i++;
        if (i < n && trials[i].number == number && position < store->n_constraints)
            ((double *)(uintptr_t)trials[i].constrained)[position] = query_number(&query);
    }
    return query_close(&query, err, "read its constrained metrics");
}
