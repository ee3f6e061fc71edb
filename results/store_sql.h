/* store_sql.h - SQLite as the store's files use it: prepared statements by name, typed binding
 * and reading, and errors that name the file and the remedy.
 *
 * Private to results/store*.c. */
#ifndef RESULTS_STORE_SQL_H
#define RESULTS_STORE_SQL_H

#include "results/store.h"

#include <sqlite3.h>
#include <sys/types.h>

/* X(name, SQL): every statement of the store. Compiled at the first use, kept until the close.
 */
#define STORE_STATEMENT_LIST(X)                                                                \
    X(BEGIN_WRITE, "BEGIN IMMEDIATE")                                                          \
    X(BEGIN_READ, "BEGIN")                                                                     \
    X(COMMIT, "COMMIT")                                                                        \
    X(ROLLBACK, "ROLLBACK")                                                                    \
    X(ADD_STUDY, "INSERT INTO study VALUES (1, ?, ?, ?, ?, ?, ?, ?, ?, ?, NULL)")              \
    X(ADD_OBJECTIVE, "INSERT INTO objective VALUES (?, ?, ?)")                                 \
    X(ADD_PARAM, "INSERT INTO param VALUES (?, ?)")                                            \
    X(ADD_ARM, "INSERT INTO arm VALUES (?, ?, ?, ?)")                                          \
    X(SET_STATE, "UPDATE study SET state = ?, reason = ?")                                     \
    X(ADD_TRIAL, "INSERT INTO trial (arm, trial, seed, state, told, params, energy_j,"         \
                 " continues) VALUES (?, ?, ?, ?, ?, ?, ?, ?)")                                \
    X(SET_TRIAL, "UPDATE trial SET seed = ?3, state = ?4, told = ?5, params = ?6,"             \
                 " energy_j = ?7, continues = ?8 WHERE arm = ?1 AND trial = ?2")               \
    X(DROP_VALUES, "DELETE FROM trial_value WHERE arm = ? AND trial = ?")                      \
    X(ADD_VALUE, "INSERT INTO trial_value VALUES (?, ?, ?, ?)")                                \
    X(ADD_CONSTRAINT, "INSERT INTO study_constraint VALUES (?, ?, ?, ?)")                      \
    X(DROP_CONSTRAINED, "DELETE FROM trial_constraint WHERE arm = ? AND trial = ?")            \
    X(ADD_CONSTRAINED, "INSERT INTO trial_constraint VALUES (?, ?, ?, ?)")                     \
    X(ADD_EARLIER, "INSERT INTO earlier_trial VALUES (?, ?, ?, ?, ?)")                         \
    X(ADD_EARLIER_VALUE, "INSERT INTO earlier_value VALUES (?, ?, ?)")                         \
    X(ADD_EARLIER_CONSTRAINED, "INSERT INTO earlier_constraint VALUES (?, ?, ?)")              \
    X(START_ATTEMPT, "INSERT INTO attempt (arm, trial, attempt, state, host, worker,"          \
                     " started_at_us) VALUES (?, ?, ?, 'running', ?, ?, ?)")                   \
    X(FINISH_ATTEMPT,                                                                          \
      "INSERT OR REPLACE INTO attempt SELECT ?1, ?2, ?3,"                                      \
      " (SELECT coalesce(max(ending) + 1, 0) FROM attempt WHERE arm = ?1),"                    \
      " ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20,"        \
      " ?21, ?22, ?23, ?24, ?25")                                                              \
    X(DROP_BESIDE, "DELETE FROM attempt_meter WHERE arm = ? AND trial = ? AND attempt = ?")    \
    X(ADD_BESIDE, "INSERT INTO attempt_meter VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?,"   \
                  " ?, ?)")                                                                    \
    X(LOAD_BESIDE, "SELECT trial, attempt, energy_quality, energy_meters, dynamic_uj,"         \
                   " idle_uj, low_uj, high_uj, wraps, gaps, energy_method, ambiguous, skews"   \
                   " FROM attempt_meter WHERE arm = ? ORDER BY trial, attempt, position")      \
    X(DROP_METRICS, "DELETE FROM metric WHERE arm = ? AND trial = ? AND attempt = ?")          \
    X(ADD_METRIC, "INSERT INTO metric VALUES (?, ?, ?, ?, ?, ?)")                              \
    X(ADD_REPORT, "INSERT OR REPLACE INTO report VALUES (?, ?, ?, ?, ?, ?)")                   \
    X(PUT_SAMPLES, "INSERT OR REPLACE INTO sample VALUES (?, ?, ?, ?, ?)")                     \
    X(LOAD_SAMPLES,                                                                            \
      "SELECT begin_us, series FROM (SELECT begin_us, series FROM sample WHERE arm = ?"        \
      " AND trial = ? AND attempt = ? ORDER BY begin_us DESC LIMIT ?) ORDER BY begin_us")      \
    X(ADD_OVERHEAD,                                                                            \
      "INSERT INTO overhead SELECT ?1,"                                                        \
      " (SELECT coalesce(max(ending) + 1, 0) FROM attempt WHERE arm = ?1),"                    \
      " ?2, ?3, ?4, ?5, ?6, ?7 WHERE true"                                                     \
      " ON CONFLICT DO UPDATE SET waiting_uj = waiting_uj + excluded.waiting_uj,"              \
      " search_uj = search_uj + excluded.search_uj,"                                           \
      " orchestrator_uj = orchestrator_uj + excluded.orchestrator_uj,"                         \
      " search_cpu_s = search_cpu_s + excluded.search_cpu_s")                                  \
    X(LOAD_STUDY, "SELECT name, json, path, seed, state, idle_policy, energy_meters,"          \
                  " energy_quality, reason FROM study")                                        \
    X(LOAD_OBJECTIVES, "SELECT metric, goal FROM objective ORDER BY position")                 \
    X(LOAD_CONSTRAINTS, "SELECT metric, sense, bound FROM study_constraint ORDER BY position") \
    X(LOAD_CONSTRAINED, "SELECT trial, position, value FROM trial_constraint WHERE arm = ?"    \
                        " ORDER BY trial, position")                                           \
    X(LOAD_EARLIER, "SELECT earlier, source, name, params, energy_j FROM earlier_trial"        \
                    " ORDER BY earlier")                                                       \
    X(LOAD_EARLIER_VALUES, "SELECT earlier, objective, value FROM earlier_value")              \
    X(LOAD_EARLIER_CONSTRAINED, "SELECT earlier, position, value FROM earlier_constraint")     \
    X(LOAD_PARAMS, "SELECT name FROM param ORDER BY position")                                 \
    X(LOAD_ARMS, "SELECT arm, strategy, repeat, seed FROM arm ORDER BY arm")                   \
    X(LOAD_TRIALS, "SELECT trial, seed, state, told, params, energy_j, continues, (SELECT"     \
                   " count(*) FROM attempt a WHERE a.arm = trial.arm AND a.trial ="            \
                   " trial.trial) FROM trial WHERE arm = ? ORDER BY trial")                    \
    X(LOAD_VALUES, "SELECT trial, objective, value FROM trial_value WHERE arm = ?"             \
                   " ORDER BY trial, objective")                                               \
    X(LOAD_ATTEMPTS,                                                                           \
      "SELECT trial, attempt, ending, state, reason, stderr_tail, host, worker,"               \
      " started_at_us, ended_at_us, duration_s, cpu_s, peak_memory_mb,"                        \
      " epochs_done, energy_quality, energy_meters, dynamic_uj, idle_uj,"                      \
      " low_uj, high_uj, wraps, gaps, energy_method, ambiguous, skews FROM attempt"            \
      " WHERE arm = ?"                                                                         \
      " ORDER BY trial, attempt")                                                              \
    X(LOAD_METRICS, "SELECT trial, attempt, name, value FROM metric WHERE arm = ?"             \
                    " ORDER BY trial, attempt, position")                                      \
    X(LOAD_REPORTS, "SELECT trial, attempt, step, name, value FROM report WHERE arm = ?"       \
                    " ORDER BY trial, attempt, step, name")                                    \
    X(LOAD_LAST_REPORT,                                                                        \
      "SELECT trial, attempt, step, name, value FROM report WHERE arm = ?1 AND trial = ?2"     \
      " AND attempt = ?3 AND step = (SELECT max(step) FROM report WHERE arm = ?1"              \
      " AND trial = ?2 AND attempt = ?3) ORDER BY name")                                       \
    X(LOAD_OVERHEAD, "SELECT after_ending, host, quality, waiting_uj, search_uj,"              \
                     " orchestrator_uj, search_cpu_s FROM overhead WHERE arm = ?"              \
                     " ORDER BY after_ending, host, quality")                                  \
    X(ADD_HOST, "INSERT OR IGNORE INTO host_ledger VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?,"   \
                " ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")                                        \
    X(LOAD_HOSTS, "SELECT * FROM host_ledger ORDER BY host, opened_at_us, intervals")          \
    X(PUT_IDLE, "INSERT OR REPLACE INTO idle_power VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")     \
    X(LOAD_IDLE, "SELECT * FROM idle_power ORDER BY host, opened_at_us, position")             \
    X(LOAD_SPENT_ENERGY,                                                                       \
      "SELECT sum(uj) FROM (SELECT dynamic_uj + idle_uj AS uj FROM attempt WHERE arm = ?1"     \
      " UNION ALL SELECT waiting_uj + search_uj + orchestrator_uj FROM overhead"               \
      " WHERE arm = ?1)")                                                                      \
    X(LOAD_SPENT_TIME, "SELECT min(started_at_us), max(ended_at_us) FROM attempt"              \
                       " WHERE arm = ?")

enum store_statement {
#define STORE_STATEMENT_ENUM(name, sql) SQL_##name,
    STORE_STATEMENT_LIST(STORE_STATEMENT_ENUM)
#undef STORE_STATEMENT_ENUM
        SQL_COUNT
};

enum store_transaction {
    TX_NONE,
    TX_OPEN,
    TX_BROKEN /* an error rolled it back: refuse the rest of it */
};

struct store {
    sqlite3 *db;
    char *path;
    enum store_mode mode;
    int lock_fd;
    dev_t device; /* of a writer's file: a name that leads elsewhere loses what is written */
    ino_t inode;
    enum store_transaction transaction;
    size_t n_objectives, n_constraints;
    sqlite3_stmt *statements[SQL_COUNT];
};

/* One use of a statement: open it, bind the parameters in their order, then run it or step
 * through its rows. Mistakes are remembered and answered at the end. */
struct query {
    struct store *store;
    sqlite3_stmt *stmt;
    int bound;
    int column;         /* the next to read */
    int code;           /* SQLITE_OK or the first error */
    bool out_of_memory; /* while copying what was read */
    bool out_of_bounds; /* a number that no study can have */
};

void query_open(struct query *query, struct store *store, enum store_statement statement);
/* One about an attempt, whose three numbers are its first parameters. */
void query_open_attempt(struct query *query, struct store *store,
                        enum store_statement statement, uint32_t arm, uint64_t trial,
                        uint32_t attempt);
void query_bind_integer(struct query *query, int64_t value);
void query_bind_number(struct query *query, double value);    /* NaN binds NULL */
void query_bind_text(struct query *query, const char *value); /* NULL binds NULL; borrowed */
void query_bind_blob(struct query *query, const void *bytes, size_t size); /* borrowed */
void query_bind_null(struct query *query);
void query_bind_known(struct query *query, bool known, int64_t value); /* else NULL */

/* Run a statement without rows. `what` is for the error's text: "store trial 3". */
enum status query_run(struct query *query, struct error *err, const char *what);

/* True at a row, whose columns are then read in their order; false at the end or an error. */
bool query_step(struct query *query);
int64_t query_integer(struct query *query, int64_t missing);
/* For joules, times and counts, which readers add and subtract: what is farther from 0 than
 * STORE_NUMBER_MAX (36 000 years in microseconds, 320 MWh in microjoules) is an error of
 * query_close(), ST_FORMAT. */
#define STORE_NUMBER_MAX (INT64_C(1) << 60)
int64_t query_bounded(struct query *query, int64_t missing);
double query_number(struct query *query); /* NaN for NULL */
char *query_text(struct query *query);    /* a copy, the caller's to free; NULL for NULL */
/* Borrowed until the next step; NULL and size 0 for none. */
const unsigned char *query_blob(struct query *query, size_t *size);
/* After the last row, or to stop early: release the statement and answer the first error. */
enum status query_close(struct query *query, struct error *err, const char *what);

/* Statements that only set the connection or the schema up, without parameters. */
enum status store_execute(struct store *store, const char *sql, struct error *err,
                          const char *what);

/* Put an SQLite result code into words. Errors: what it answers. */
enum status store_sql_error(struct store *store, int code, struct error *err, const char *what);

/* store_version_N.c: what takes a database of version N - 1 to version N, and what stands in
 * for that, as temporary views that hide the tables of their names, when such a database is
 * only read; a later version's may name those of an earlier one, and no name twice. A version
 * that was released is never edited: databases of it exist. */
struct store_version {
    const char *tables, *views, *fill_in;
};
extern const struct store_version store_version_1, store_version_2, store_version_3;

/* store_schema.c: the application's mark in the file, and its newest version. */
enum { STORE_APPLICATION_ID = 0x57617474 }; /* "Watt" */
extern const int store_schema_version;
/* Bring the schema from `version` (0: an empty file) to the newest, inside the open
 * transaction. */
enum status store_migrate(struct store *store, int version, struct error *err);
/* What a reader of an older version adds for itself, in memory, so that the statements of the
 * newest find all that they name. */
enum status store_fill_in(struct store *store, int version, struct error *err);
/* The version of the file; ST_FORMAT for what is no database of this program, or a newer one's.
 */
enum status store_check_format(struct store *store, int *version, struct error *err);

/* store_write.c: one write, in a transaction of its own unless one is open. *own tells
 * store_write_end() which. */
enum status store_write_begin(struct store *store, bool *own, struct error *err);
enum status store_write_end(struct store *store, bool own, enum status status,
                            struct error *err);
/* The first rows of a new database. */
enum status store_add_study(struct store *store, const struct study_record *study,
                            struct error *err);
enum status store_add_arms(struct store *store, const struct arm_record *arms, size_t n_arms,
                           struct error *err);

/* store_constraints.c: the constraints of a new study; those of one that is read. */
enum status store_add_constraints(struct store *store, const struct study_record *study,
                                  struct error *err);
enum status store_load_constraints(struct store *store, struct study_record *study,
                                   struct error *err);
/* The constrained metrics of a trial, stored anew as a whole; and those of an arm's n trials.
 */
enum status store_write_constrained(struct store *store, const struct trial_record *trial,
                                    struct error *err, const char *what);
enum status store_load_constrained(struct store *store, uint32_t arm,
                                   struct trial_record *trials, size_t n, struct error *err);

/* store_earlier.c: the trials of earlier studies that a new one starts from. */
enum status store_add_earlier(struct store *store, const struct study_record *study,
                              struct error *err);

/* store_energy.c: the columns from energy_quality to skews, in the order of table attempt. */
void query_bind_energy(struct query *query, const struct energy_record *energy);
void query_read_energy(struct query *query, struct energy_record *energy);
/* What the meters beside found of an attempt; stored anew as a whole. */
enum status store_write_beside(struct store *store, const struct attempt_record *attempt,
                               struct error *err, const char *what);
/* Into the n attempts of an arm, in their order. */
enum status store_load_beside(struct store *store, uint32_t arm,
                              struct attempt_record *attempts, size_t n, struct error *err);

#endif
