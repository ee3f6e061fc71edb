#include "results/store_sql.h"

#include "base/clock.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <sys/stat.h>

/* The subject of an error's text: "store trial 3 of arm 0". */
struct subject {
    char text[96];
};

static struct subject subject_of(const char *what, uint32_t arm, uint64_t trial)
{
    struct subject subject;
    snprintf(subject.text, sizeof subject.text, "store %s %" PRIu64 " of arm %" PRIu32, what,
             trial, arm);
    return subject;
}

static enum status run_plain(struct store *store, enum store_statement statement,
                             struct error *err, const char *what)
{
    struct query query;
    query_open(&query, store, statement);
    return query_run(&query, err, what);
}

/* SQLite would go on writing to a file that was deleted, and nobody would ever read it. */
static enum status check_place(const struct store *store, struct error *err)
{
    struct stat st;
    if (stat(store->path, &st) == 0 && st.st_dev == store->device && st.st_ino == store->inode)
        return ST_OK;
    error_set(err, ST_IO, "%s: the file was deleted or replaced while it was written to",
              store->path);
    error_remedy(err, "put it back and `wattune resume`, or run the study again");
    return ST_IO;
}

enum status store_begin(struct store *store, struct error *err)
{
    if (store->mode != STORE_WRITE)
        return error_set(err, ST_INVALID, "%s: opened for reading, not writing", store->path);
    if (store->transaction == TX_OPEN)
        return error_set(err, ST_INVALID, "%s: a transaction is open already", store->path);
    enum status status = check_place(store, err);
    if (!status)
        status = run_plain(store, SQL_BEGIN_WRITE, err, "begin to write");
    store->transaction = status ? TX_NONE : TX_OPEN;
    return status;
}

void store_rollback(struct store *store)
{
    if (store->db && !sqlite3_get_autocommit(store->db))
        run_plain(store, SQL_ROLLBACK, NULL, "roll back");
    store->transaction = TX_NONE;
}

static enum status refuse_rest(struct store *store, struct error *err)
{
    error_set(err, ST_FAILED, "%s: an earlier write of this transaction failed", store->path);
    error_remedy(err, "nothing of it was stored: the first error says why");
    return ST_FAILED;
}

enum status store_commit(struct store *store, struct error *err)
{
    if (store->transaction == TX_BROKEN) {
        store->transaction = TX_NONE;
        return refuse_rest(store, err);
    }
    if (store->transaction != TX_OPEN)
        return error_set(err, ST_INVALID, "%s: no transaction is open", store->path);
    enum status status = run_plain(store, SQL_COMMIT, err, "commit");
    store_rollback(store); /* does nothing after a commit */
    return status;
}

enum status store_write_begin(struct store *store, bool *own, struct error *err)
{
    *own = store->transaction == TX_NONE;
    if (store->transaction == TX_BROKEN)
        return refuse_rest(store, err);
    return *own ? store_begin(store, err) : ST_OK;
}

enum status store_write_end(struct store *store, bool own, enum status status,
                            struct error *err)
{
    if (!status)
        return own ? store_commit(store, err) : ST_OK;
    store_rollback(store);
    store->transaction = own ? TX_NONE : TX_BROKEN;
    return status;
}

static enum status add_objectives(struct store *store, const struct study_record *study,
                                  struct error *err)
{
    enum status status = ST_OK;
    for (size_t i = 0; i < study->n_objectives && !status; i++) {
        struct query query;
        query_open(&query, store, SQL_ADD_OBJECTIVE);
        query_bind_integer(&query, (int64_t)i);
        query_bind_text(&query, study->objectives[i].metric);
        query_bind_text(&query,
                        study->objectives[i].goal == GOAL_MAXIMIZE ? "maximize" : "minimize");
        status = query_run(&query, err, "store an objective");
    }
    return status;
}

static enum status add_params(struct store *store, const struct study_record *study,
                              struct error *err)
{
    enum status status = ST_OK;
    for (size_t i = 0; i < study->n_params && !status; i++) {
        struct query query;
        query_open(&query, store, SQL_ADD_PARAM);
        query_bind_integer(&query, (int64_t)i);
        query_bind_text(&query, study->params[i]);
        status = query_run(&query, err, "store a parameter's name");
    }
    return status;
}

enum status store_add_study(struct store *store, const struct study_record *study,
                            struct error *err)
{
    struct query query;
    query_open(&query, store, SQL_ADD_STUDY);
    query_bind_text(&query, study->name);
    query_bind_text(&query, study->json);
    query_bind_text(&query, study->path);
    query_bind_integer(&query, (int64_t)study->seed);
    query_bind_text(&query, study_state_text(STUDY_RUNNING));
    query_bind_text(&query, study->idle_policy);
    query_bind_text(&query, study->energy_meters);
    query_bind_text(&query, study->energy_quality);
    query_bind_integer(&query, clock_realtime_us());
    enum status status = query_run(&query, err, "store the study");
    if (!status)
        status = add_objectives(store, study, err);
    if (!status)
        status = add_params(store, study, err);
    if (!status)
        status = store_add_constraints(store, study, err);
    return status ? status : store_add_earlier(store, study, err);
}

enum status store_add_arms(struct store *store, const struct arm_record *arms, size_t n_arms,
                           struct error *err)
{
    enum status status = ST_OK;
    for (size_t i = 0; i < n_arms && !status; i++) {
        struct query query;
        query_open(&query, store, SQL_ADD_ARM);
        query_bind_integer(&query, arms[i].number);
        query_bind_text(&query, arms[i].strategy);
        query_bind_integer(&query, arms[i].repeat);
        query_bind_integer(&query, (int64_t)arms[i].seed);
        status = query_run(&query, err, "store an arm");
    }
    return status;
}

enum status store_set_state(struct store *store, enum study_state state, const char *reason,
                            struct error *err)
{
    bool own;
    enum status status = store_write_begin(store, &own, err);
    if (status)
        return status;
    struct query query;
    query_open(&query, store, SQL_SET_STATE);
    query_bind_text(&query, study_state_text(state));
    query_bind_text(&query, reason);
    status = query_run(&query, err, "store the study's state");
    return store_write_end(store, own, status, err);
}

static enum status add_values(struct store *store, const struct trial_record *trial,
                              struct error *err, const char *what)
{
    enum status status = ST_OK;
    for (size_t i = 0; trial->values && i < store->n_objectives && !status; i++) {
        if (isnan(trial->values[i]))
            continue;
        struct query query;
        query_open(&query, store, SQL_ADD_VALUE);
        query_bind_integer(&query, trial->arm);
        query_bind_integer(&query, (int64_t)trial->number);
        query_bind_integer(&query, (int64_t)i);
        query_bind_number(&query, trial->values[i]);
        status = query_run(&query, err, what);
    }
    return status;
}

static enum status write_trial(struct store *store, enum store_statement statement,
                               const struct trial_record *trial, struct error *err,
                               const char *what)
{
    struct query query;
    query_open(&query, store, statement);
    query_bind_integer(&query, trial->arm);
    query_bind_integer(&query, (int64_t)trial->number);
    query_bind_integer(&query, (int64_t)trial->seed);
    query_bind_text(&query, trial_state_text(trial->state));
    if (trial->told < 0)
        query_bind_null(&query);
    else
        query_bind_integer(&query, trial->told);
    query_bind_text(&query, trial->params);
    query_bind_number(&query, trial->energy_j);
    query_bind_known(&query, trial->continues != TRIAL_NONE, trial->continues);
    enum status status = query_run(&query, err, what);
    if (!status && sqlite3_changes(store->db) == 0) {
        status = error_set(err, ST_INVALID, "%s: cannot %s: there is no such trial",
                           store->path, what);
        error_remedy(err, "this is a mistake in Wattune: please report it");
    }
    if (!status)
        status = add_values(store, trial, err, what);
    return status ? status : store_write_constrained(store, trial, err, what);
}

enum status store_add_trial(struct store *store, const struct trial_record *trial,
                            struct error *err)
{
    struct subject subject = subject_of("trial", trial->arm, trial->number);
    bool own;
    enum status status = store_write_begin(store, &own, err);
    if (status)
        return status;
    status = write_trial(store, SQL_ADD_TRIAL, trial, err, subject.text);
    return store_write_end(store, own, status, err);
}

enum status store_set_trial(struct store *store, const struct trial_record *trial,
                            struct error *err)
{
    struct subject subject = subject_of("trial", trial->arm, trial->number);
    bool own;
    enum status status = store_write_begin(store, &own, err);
    if (status)
        return status;
    struct query query;
    query_open(&query, store, SQL_DROP_VALUES);
    query_bind_integer(&query, trial->arm);
    query_bind_integer(&query, (int64_t)trial->number);
    status = query_run(&query, err, subject.text);
    if (!status)
        status = write_trial(store, SQL_SET_TRIAL, trial, err, subject.text);
    return store_write_end(store, own, status, err);
}
