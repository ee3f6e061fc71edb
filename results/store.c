#include "results/store.h"

#include "base/strbuf.h"
#include "results/store_lock.h"
#include "results/store_sql.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

/* Readers of a rollback-journal database hold a commit up for the length of one query. */
enum { BUSY_TIMEOUT_MS = 10000 };

/* Write-ahead logging needs memory that all processes share, which these do not have. */
static const unsigned long network_file_systems[] = {
    0x6969,     /* NFS */
    0xFF534D42, /* CIFS */
    0xFE534D42, /* SMB2 */
    0x0BD00BD0, /* Lustre */
    0x47504653, /* GPFS */
    0x19830326, /* BeeGFS */
    0x00C36400, /* Ceph */
    0x5346414F, /* AFS */
    0x01021997, /* 9P */
    0x65735546, /* FUSE: may be any of them */
};

static bool on_network(const char *path)
{
    struct statfs fs;
    if (statfs(path, &fs) != 0)
        return true; /* the safe choice */
    for (size_t i = 0; i < sizeof network_file_systems / sizeof network_file_systems[0]; i++)
        if (((unsigned long)fs.f_type & 0xFFFFFFFFUL) == network_file_systems[i])
            return true;
    return false;
}

static enum status store_new(struct store **out, const char *path, enum store_mode mode,
                             struct error *err)
{
    struct store *store = calloc(1, sizeof *store);
    char *copy = strdup(path);
    if (!store || !copy) {
        free(store);
        free(copy);
        return error_set(err, ST_NOMEM, "%s: out of memory", path);
    }
    store->path = copy;
    store->mode = mode;
    store->lock_fd = -1;
    *out = store;
    return ST_OK;
}

/* A path as an SQLite URI: '?', '#' and '%' have a meaning there. NULL when out of memory. */
static char *uri_of(const char *path, const char *query)
{
    struct strbuf uri = STRBUF_INIT;
    strbuf_append(&uri, *path == '/' ? "file://" : "file:");
    for (const char *c = path; *c; c++) {
        if (strchr("?#%", *c))
            strbuf_printf(&uri, "%%%02X", (unsigned)(unsigned char)*c);
        else
            strbuf_append_char(&uri, *c);
    }
    strbuf_append(&uri, query);
    char *text = strbuf_take(&uri);
    strbuf_free(&uri);
    return text;
}

static int connect_as(struct store *store, int flags, const char *query)
{
    sqlite3_close(store->db);
    store->db = NULL;
    char *uri = uri_of(store->path, query);
    if (!uri)
        return SQLITE_NOMEM;
    int code = sqlite3_open_v2(
        uri, &store->db, flags | SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE,
        NULL);
    free(uri);
    if (code == SQLITE_OK)
        code = sqlite3_busy_timeout(store->db, BUSY_TIMEOUT_MS);
    if (code == SQLITE_OK) /* the first look at the file */
        code = sqlite3_exec(store->db, "PRAGMA schema_version", NULL, NULL, NULL);
    return code;
}

/* The log or the journal of a writer that runs or was killed. */
static bool has_log(const char *path)
{
    static const char *const suffixes[] = {"-wal", "-journal"};
    bool there = false;
    for (size_t i = 0; i < 2 && !there; i++) {
        char *name = NULL;
        if (asprintf(&name, "%s%s", path, suffixes[i]) < 0)
            return true;
        there = access(name, F_OK) == 0;
        free(name);
    }
    return there;
}

static enum status connect_reader(struct store *store, struct error *err)
{
    int code = connect_as(store, SQLITE_OPEN_READONLY, "");
    int primary = code & 0xff;
    /* A finished database in a read-only folder has no log to read: nobody can write to it. */
    if ((primary == SQLITE_CANTOPEN || primary == SQLITE_READONLY) &&
        access(store->path, R_OK) == 0 && !has_log(store->path))
        code = connect_as(store, SQLITE_OPEN_READONLY, "?immutable=1");
    if (code == SQLITE_READONLY_ROLLBACK || code == SQLITE_READONLY_RECOVERY) {
        error_set(err, ST_BUSY, "%s: its writer was killed in the middle of a commit",
                  store->path);
        error_remedy(err, "`wattune resume %.150s` undoes that half and goes on", store->path);
        return ST_BUSY;
    }
    return code == SQLITE_OK ? ST_OK : store_sql_error(store, code, err, "open it");
}

static enum status connect_writer(struct store *store, struct error *err)
{
    struct stat st = {0};
    int code = connect_as(store, SQLITE_OPEN_READWRITE, "");
    if (code != SQLITE_OK)
        return store_sql_error(store, code, err, "open it");
    stat(store->path, &st);
    store->device = st.st_dev;
    store->inode = st.st_ino;
    if (sqlite3_db_readonly(store->db, "main") == 1)
        return store_sql_error(store, SQLITE_READONLY, err, "write to it");
    return store_execute(store, "PRAGMA foreign_keys = ON; PRAGMA synchronous = FULL", err,
                         "set it up");
}

static enum status choose_journal(struct store *store, struct error *err)
{
    const char *pragma =
        on_network(store->path) ? "PRAGMA journal_mode = DELETE" : "PRAGMA journal_mode = WAL";
    return store_execute(store, pragma, err, "choose its journal");
}

static enum status count_rows(struct store *store, enum store_statement statement, size_t *n,
                              struct error *err)
{
    struct query query;
    query_open(&query, store, statement);
    *n = 0;
    while (query_step(&query))
        ++*n;
    return query_close(&query, err, "read its objectives and constraints");
}

static enum status count_figures(struct store *store, struct error *err)
{
    enum status status = count_rows(store, SQL_LOAD_OBJECTIVES, &store->n_objectives, err);
    return status ? status
                  : count_rows(store, SQL_LOAD_CONSTRAINTS, &store->n_constraints, err);
}

static void remove_files(const char *path)
{
    static const char *const suffixes[] = {"", "-journal", "-wal", "-shm"};
    for (size_t i = 0; i < sizeof suffixes / sizeof suffixes[0]; i++) {
        char *name = NULL;
        if (asprintf(&name, "%s%s", path, suffixes[i]) >= 0)
            unlink(name);
        free(name);
    }
}

static enum status refuse_existing(const char *path, struct error *err)
{
    error_set(err, ST_EXISTS, "%s: there is a file of that name already", path);
    error_remedy(err, "go on with `wattune resume %.120s`, or write to another file with --db",
                 path);
    return ST_EXISTS;
}

/* What a creation leaves that was cut off before its one commit. */
static bool is_empty_file(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 && S_ISREG(st.st_mode) && st.st_size == 0;
}

/* Claim the name, so that no file of somebody else's is ever written over. */
static enum status claim(const char *path, struct error *err)
{
    int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
    if (fd >= 0) {
        close(fd);
        return ST_OK;
    }
    if (errno == EEXIST)
        return is_empty_file(path) ? ST_OK : refuse_existing(path, err);
    enum status status = error_errno(err, errno, "%s", path);
    error_remedy(err, "the folder must exist and be writable; or give another place with --db");
    return status;
}

/* All of it in one commit, and with a rollback journal: cut off, it leaves an empty file. */
static enum status fill_new(struct store *store, const struct study_record *study,
                            const struct arm_record *arms, size_t n_arms, struct error *err)
{
    store->n_objectives = study->n_objectives;
    store->n_constraints = study->n_constraints;
    enum status status = connect_writer(store, err);
    if (!status)
        status = store_begin(store, err);
    if (!status)
        status = store_migrate(store, 0, err);
    if (!status)
        status = store_add_study(store, study, err);
    if (!status)
        status = store_add_arms(store, arms, n_arms, err);
    if (!status)
        status = store_commit(store, err);
    return status ? status : choose_journal(store, err);
}

static enum status create(struct store *store, const struct study_record *study,
                          const struct arm_record *arms, size_t n_arms, struct error *err)
{
    enum status status = claim(store->path, err);
    if (!status)
        status = store_lock(&store->lock_fd, store->path, err);
    if (status)
        return status;
    if (!is_empty_file(store->path)) /* somebody was faster, and is through already */
        return refuse_existing(store->path, err);
    status = fill_new(store, study, arms, n_arms, err);
    if (status)
        remove_files(store->path);
    return status;
}

enum status store_create(struct store **out, const char *path, const struct study_record *study,
                         const struct arm_record *arms, size_t n_arms, struct error *err)
{
    struct store *store = NULL;
    enum status status = store_new(&store, path, STORE_WRITE, err);
    if (status)
        return status;
    status = create(store, study, arms, n_arms, err);
    if (status) {
        store_close(store);
        return status;
    }
    *out = store;
    return ST_OK;
}

static enum status migrate_old(struct store *store, int version, struct error *err)
{
    if (version == store_schema_version)
        return ST_OK;
    enum status status = store_begin(store, err);
    if (!status)
        status = store_migrate(store, version, err);
    return status ? status : store_commit(store, err);
}

/* SQLite would wait for a pipe, and read devices and folders in ways of its own. */
static enum status check_file(const char *path, struct error *err)
{
    struct stat st;
    enum status status = ST_OK;
    if (stat(path, &st) != 0)
        status = error_errno(err, errno, "%s", path);
    else if (!S_ISREG(st.st_mode))
        status = error_set(err, ST_FORMAT, "%s: not a file but a %s", path,
                           S_ISDIR(st.st_mode) ? "folder" : "pipe or device");
    if (status)
        error_remedy(err, "give the database that `wattune run` wrote, NAME.db");
    return status;
}

static enum status open_as(struct store *store, struct error *err)
{
    bool writes = store->mode == STORE_WRITE;
    int version = 0;
    enum status status = check_file(store->path, err);
    if (!status && writes)
        status = store_lock(&store->lock_fd, store->path, err);
    if (!status)
        status = writes ? connect_writer(store, err) : connect_reader(store, err);
    if (!status)
        status = store_check_format(store, &version, err);
    if (!status && writes)
        status = choose_journal(store, err);
    if (!status && writes)
        status = migrate_old(store, version, err);
    if (!status && !writes)
        status = store_fill_in(store, version, err);
    return status ? status : count_figures(store, err);
}

enum status store_open(struct store **out, const char *path, enum store_mode mode,
                       struct error *err)
{
    struct store *store = NULL;
    enum status status = store_new(&store, path, mode, err);
    if (status)
        return status;
    status = open_as(store, err);
    if (status) {
        store_close(store);
        return status;
    }
    *out = store;
    return ST_OK;
}

void store_close(struct store *store)
{
    if (!store)
        return;
    store_rollback(store);
    for (size_t i = 0; i < SQL_COUNT; i++)
        sqlite3_finalize(store->statements[i]);
    /* Fold the log into the file; without waiting for readers, who keep it open. */
    if (store->mode == STORE_WRITE && store->db) {
        sqlite3_busy_timeout(store->db, 0);
        sqlite3_exec(store->db, "PRAGMA journal_mode = DELETE", NULL, NULL, NULL);
    }
    sqlite3_close(store->db);
    store_unlock(store->lock_fd, store->path);
    free(store->path);
    free(store);
}

bool store_has_writer(const struct store *store)
{
    return store_is_locked(store->path);
}
