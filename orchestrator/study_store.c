#include "orchestrator/study_store.h"

#include "base/strbuf.h"
#include "orchestrator/checkpoints.h"
#include "orchestrator/warm_start.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

char *study_store_path(const struct study *study, const char *suffix)
{
    struct strbuf path = STRBUF_INIT;
    strbuf_printf(&path, "%s/", study->base_dir);
    for (const char *c = study->name; *c; c++)
        strbuf_append_char(&path, *c == '/' ? '_' : *c);
    strbuf_printf(&path, "%s.db", suffix);
    return strbuf_take(&path);
}

static enum status write_study(struct store **out, const char *path,
                               const struct study_store *wanted, struct error *err)
{
    const struct study *study = wanted->study;
    size_t n = space_count(study->space);
    const char **params = calloc(n + 1, sizeof *params);
    if (!params)
        return error_set(err, ST_NOMEM, "no memory for the study's record");
    for (size_t i = 0; i < n; i++)
        params[i] = space_param(study->space, i)->name;
    struct study_record record = {.name = study->name,
                                  .json = study->json,
                                  .path = study->path,
                                  .seed = study->seed,
                                  .idle_policy = study->energy.idle_policy,
                                  .energy_meters = wanted->energy_meters,
                                  .energy_quality = wanted->energy_quality,
                                  .objectives = study->objectives,
                                  .n_objectives = study->n_objectives,
                                  .constraints = study->constraints,
                                  .n_constraints = study->n_constraints,
                                  .params = params,
                                  .n_params = n,
                                  .earlier = study->warm ? study->warm->records : NULL,
                                  .n_earlier = study->warm ? study->warm->n : 0};
    enum status status = store_create(out, path, &record, wanted->arms, wanted->n_arms, err);
    free(params);
    return status;
}

/* Delete an earlier study, and nothing that is not one. */
static enum status remove_study(const char *path, struct error *err)
{
    struct store *store;
    enum status status = store_open(&store, path, STORE_WRITE, err);
    if (status == ST_NOTFOUND)
        return ST_OK;
    if (status)
        return status;
    store_close(store);
    if (unlink(path))
        return error_errno(err, errno, "%s: cannot delete", path);
    /* Files that a reader has kept alive must not be taken for those of the new database. */
    static const char *const suffixes[] = {"-wal", "-shm"};
    for (size_t i = 0; i < sizeof suffixes / sizeof suffixes[0]; i++) {
        struct strbuf name = STRBUF_INIT;
        strbuf_printf(&name, "%s%s", path, suffixes[i]);
        unlink(strbuf_text(&name));
        strbuf_free(&name);
    }
    return ST_OK;
}

enum status study_store_create(struct store **out, const char *path,
                               const struct study_store *wanted, struct error *err)
{
    enum status status = wanted->replace ? remove_study(path, err) : ST_OK;
    if (!status &&
        access(path, F_OK) != 0) /* otherwise there is a study, which is told below */
        status = checkpoints_make_way(path, wanted->replace, err);
    return status ? status : write_study(out, path, wanted, err);
}
