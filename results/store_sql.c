#include "results/store_sql.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char *const statement_texts[] = {
#define STORE_STATEMENT_TEXT(name, sql) sql,
    STORE_STATEMENT_LIST(STORE_STATEMENT_TEXT)
#undef STORE_STATEMENT_TEXT
};

/* What SQLite's primary result codes mean to the user of a study. */
static const struct {
    int code;
    enum status status;
    const char *remedy;
} meanings[] = {
    {SQLITE_NOMEM, ST_NOMEM, "free memory, then `wattune resume`"},
    {SQLITE_FULL, ST_IO,
     "the disk or your quota on it is full: free space, then `wattune resume`"},
    {SQLITE_READONLY, ST_FORBIDDEN,
     "the file or its folder is read-only: make both writable, or give another place with "
     "--db"},
    {SQLITE_CANTOPEN, ST_FORBIDDEN,
     "check that the folder exists and that you may write to it, or give another place with "
     "--db"},
    {SQLITE_PERM, ST_FORBIDDEN, "check the permissions of the file and of its folder"},
    {SQLITE_AUTH, ST_FORBIDDEN, "check the permissions of the file and of its folder"},
    {SQLITE_BUSY, ST_BUSY,
     "another program holds the database locked: close it (sqlite3, a viewer) and try again"},
    {SQLITE_LOCKED, ST_BUSY, "finish the reads that are open on it"},
    {SQLITE_NOTADB, ST_FORMAT, "give the database that `wattune run` wrote, NAME.db"},
    {SQLITE_CORRUPT, ST_FORMAT,
     "the file is damaged: take a copy of it, or save what is readable with `sqlite3 FILE "
     ".recover`"},
    {SQLITE_CONSTRAINT, ST_INVALID, "this is a mistake in Wattune: please report it"},
    {SQLITE_IOERR, ST_IO,
     "check the disk, your quota on it and the file size limit (ulimit -f), then `wattune "
     "resume`"},
};

enum status store_sql_error(struct store *store, int code, struct error *err, const char *what)
{
    enum status status = ST_IO;
    const char *remedy = "check the disk and the file, then `wattune resume`";
    for (size_t i = 0; i < sizeof meanings / sizeof meanings[0]; i++) {
        if (meanings[i].code == (code & 0xff)) {
            status = meanings[i].status;
            remedy = meanings[i].remedy;
        }
    }
    bool of_sqlite = store->db && (sqlite3_errcode(store->db) & 0xff) == (code & 0xff);
    int cause = of_sqlite && (status == ST_IO || status == ST_FORBIDDEN)
                    ? sqlite3_system_errno(store->db)
                    : 0;
    error_set(err, status, "%s: cannot %s: %s%s%s", store->path, what,
              of_sqlite ? sqlite3_errmsg(store->db) : sqlite3_errstr(code), cause ? ": " : "",
              cause ? strerror(cause) : "");
    error_remedy(err, "%s", remedy);
    return status;
}

enum status store_execute(struct store *store, const char *sql, struct error *err,
                          const char *what)
{
    int code = sqlite3_exec(store->db, sql, NULL, NULL, NULL);
    return code == SQLITE_OK ? ST_OK : store_sql_error(store, code, err, what);
}

void query_open(struct query *query, struct store *store, enum store_statement statement)
{
    *query = (struct query){.store = store, .code = SQLITE_OK};
    sqlite3_stmt **cached = &store->statements[statement];
    if (!*cached)
        query->code = sqlite3_prepare_v3(store->db, statement_texts[statement], -1,
                                         SQLITE_PREPARE_PERSISTENT, cached, NULL);
    query->stmt = *cached;
}

static void note(struct query *query, int code)
{
    if (query->code == SQLITE_OK)
        query->code = code;
}

void query_bind_integer(struct query *query, int64_t value)
{
    if (query->code == SQLITE_OK)
        note(query, sqlite3_bind_int64(query->stmt, ++query->bound, value));
}

void query_open_attempt(struct query *query, struct store *store,
                        enum store_statement statement, uint32_t arm, uint64_t trial,
                        uint32_t attempt)
{
    query_open(query, store, statement);
    query_bind_integer(query, arm);
    query_bind_integer(query, (int64_t)trial);
    query_bind_integer(query, attempt);
}

void query_bind_number(struct query *query, double value)
{
    if (query->code == SQLITE_OK) /* SQLite itself takes NaN for NULL */
        note(query, sqlite3_bind_double(query->stmt, ++query->bound, value));
}

void query_bind_text(struct query *query, const char *value)
{
    if (query->code == SQLITE_OK)
        note(query, sqlite3_bind_text(query->stmt, ++query->bound, value, -1, SQLITE_STATIC));
}

void query_bind_blob(struct query *query, const void *bytes, size_t size)
{
    if (query->code == SQLITE_OK)
        note(query,
             sqlite3_bind_blob64(query->stmt, ++query->bound, bytes, size, SQLITE_STATIC));
}

void query_bind_null(struct query *query)
{
    if (query->code == SQLITE_OK)
        note(query, sqlite3_bind_null(query->stmt, ++query->bound));
}

void query_bind_known(struct query *query, bool known, int64_t value)
{
    if (known)
        query_bind_integer(query, value);
    else
        query_bind_null(query);
}

enum status query_run(struct query *query, struct error *err, const char *what)
{
    while (query_step(query))
        ;
    return query_close(query, err, what);
}

bool query_step(struct query *query)
{
    if (query->code != SQLITE_OK || query->out_of_memory || query->out_of_bounds)
        return false;
    query->column = 0;
    int code = sqlite3_step(query->stmt);
    if (code == SQLITE_ROW)
        return true;
    if (code != SQLITE_DONE)
        note(query, code);
    return false;
}

int64_t query_integer(struct query *query, int64_t missing)
{
    int column = query->column++;
    if (sqlite3_column_type(query->stmt, column) == SQLITE_NULL)
        return missing;
    return sqlite3_column_int64(query->stmt, column);
}

int64_t query_bounded(struct query *query, int64_t missing)
{
    int64_t value = query_integer(query, missing);
    if (value >= -STORE_NUMBER_MAX && value <= STORE_NUMBER_MAX)
        return value;
    query->out_of_bounds = true;
    return missing;
}

double query_number(struct query *query)
{
    int column = query->column++;
    if (sqlite3_column_type(query->stmt, column) == SQLITE_NULL)
        return NAN;
    return sqlite3_column_double(query->stmt, column);
}

char *query_text(struct query *query)
{
    int column = query->column++;
    if (sqlite3_column_type(query->stmt, column) == SQLITE_NULL)
        return NULL;
    const unsigned char *text = sqlite3_column_text(query->stmt, column);
    char *copy = text ? strdup((const char *)text) : NULL;
    if (!copy)
        query->out_of_memory = true;
    return copy;
}

const unsigned char *query_blob(struct query *query, size_t *size)
{
    int column = query->column++;
    const unsigned char *bytes = sqlite3_column_blob(query->stmt, column);
    *size = (size_t)sqlite3_column_bytes(query->stmt, column);
    return bytes;
}

static enum status refuse_number(struct query *query, struct error *err, const char *what)
{
    error_set(err, ST_FORMAT, "%s: cannot %s: a number is beyond all that a study can have",
              query->store->path, what);
    error_remedy(err, "the file was edited or is damaged: take a copy of it that is older");
    return ST_FORMAT;
}

enum status query_close(struct query *query, struct error *err, const char *what)
{
    enum status status = ST_OK;
    if (query->code != SQLITE_OK)
        status = store_sql_error(query->store, query->code, err, what);
    else if (query->out_of_memory)
        status = store_sql_error(query->store, SQLITE_NOMEM, err, what);
    else if (query->out_of_bounds)
        status = refuse_number(query, err, what);
    if (query->stmt) {
        sqlite3_reset(query->stmt);
        sqlite3_clear_bindings(query->stmt);
    }
    return status;
}
