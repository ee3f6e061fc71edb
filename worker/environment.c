#include "worker/environment.h"

#include "worker/command_line.h"
#include "worker/guard.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Beginnings of names. SLURM_ variables that speak of the job, not of the process, stay: a
 * trial may want to know its allocation. */
static const char *const launcher_prefixes[] = {
    "OMPI_",        "PMIX_",          "PMI_",           "PMI2_",        "PRTE_",
    "ORTE_",        "MPI_LOCAL",      "MV2_COMM_",      "HYDRA_",       "HYDI_",
    "PALS_",        "SLURM_PROCID",   "SLURM_LOCALID",  "SLURM_NODEID", "SLURM_STEP_",
    "SLURM_STEPID", "SLURM_TASK_PID", "SLURM_GTIDS",    "SLURM_PMIX",   "SLURM_PMI2",
    "SLURM_SRUN_",  "SLURM_LAUNCH_",  "SLURM_MPI_TYPE",
};

/* A person's permission for mpirun, not a description of this process. */
static const char kept_prefix[] = "OMPI_ALLOW_RUN_AS_ROOT";

static bool begins_with(const char *text, const char *prefix)
{
    return strncmp(text, prefix, strlen(prefix)) == 0;
}

bool environment_is_launcher(const char *variable)
{
    if (begins_with(variable, kept_prefix))
        return false;
    for (size_t i = 0; i < sizeof launcher_prefixes / sizeof launcher_prefixes[0]; i++)
        if (begins_with(variable, launcher_prefixes[i]))
            return true;
    return false;
}

/* Folders of another trial, when Wattune itself runs in one. */
static bool is_folder_of_trial(const char *variable)
{
    return begins_with(variable, "WATTUNE_CHECKPOINT_DIR=") ||
           begins_with(variable, "WATTUNE_CONTINUE_DIR=");
}

/* A list of "NAME=value" in which each name stands once. */
struct variables {
    char **items; /* ended by NULL; room for `room` and the NULL */
    size_t n, room;
    bool failed;
};

static bool same_name(const char *a, const char *b)
{
    size_t length = strcspn(a, "=");
    return strncmp(a, b, length) == 0 && b[length] == '=';
}

/* Set a variable to a pair that the list takes over (NULL: out of memory). */
static void set_pair(struct variables *list, char *pair)
{
    if (!pair) {
        list->failed = true;
        return;
    }
    for (size_t i = 0; i < list->n; i++)
        if (same_name(list->items[i], pair)) {
            free(list->items[i]);
            list->items[i] = pair;
            return;
        }
    if (list->n == list->room) {
        free(pair);
        list->failed = true;
        return;
    }
    list->items[list->n++] = pair;
}

static void set_text(struct variables *list, const char *name, const char *value)
{
    struct strbuf pair = STRBUF_INIT;
    strbuf_printf(&pair, "%s=%s", name, value);
    set_pair(list, strbuf_take(&pair));
}

static void set_number(struct variables *list, const char *name, uint64_t value)
{
    char text[24];
    snprintf(text, sizeof text, "%llu", (unsigned long long)value);
    set_text(list, name, text);
}

/* Add the members that the object does not have yet. */
static void add_missing(struct json *object, const struct json *members)
{
    for (const struct json *m = json_first(members); m; m = json_next(m))
        if (!json_member(object, json_key(m)))
            json_put_value(object, json_key(m), json_copy(m));
}

/* What a cnn trial trains with: the point's parameters, the study's settings where it has none,
 * and the seed and the threads where neither says. */
static struct json *trainer_settings(const struct attempt *attempt, int threads)
{
    struct json *merged = json_object_create(), *own = json_object_create();
    json_put_number(own, "seed", (double)attempt->seed);
    json_put_number(own, "threads", threads);
    add_missing(merged, attempt->params);
    add_missing(merged, attempt->spec->settings);
    add_missing(merged, own);
    json_free(own);
    return merged;
}

static void set_params(struct variables *list, const struct attempt *attempt, int threads)
{
    struct strbuf text = STRBUF_INIT;
    bool cnn = attempt->spec->kind == TRIAL_CNN;
    struct json *merged = cnn ? trainer_settings(attempt, threads) : NULL;
    if (json_print(cnn ? merged : attempt->params, false, &text))
        list->failed = true;
    else
        set_text(list, "WATTUNE_PARAMS", strbuf_text(&text));
    json_free(merged);
    strbuf_free(&text);
}

static void set_own(struct variables *list, const struct attempt *attempt)
{
    int threads = attempt->spec->threads > 0 ? attempt->spec->threads : attempt->threads;
    set_params(list, attempt, threads);
    set_text(list, "WATTUNE_TRIAL", attempt->id);
    set_number(list, "WATTUNE_SEED", attempt->seed);
    set_number(list, "WATTUNE_THREADS", (uint64_t)threads);
    set_number(list, "OMP_NUM_THREADS", (uint64_t)threads);
    set_number(list, "WATTUNE_FD", TRIAL_REPORT_FD);
    set_number(list, "WATTUNE_CONTROL_FD", TRIAL_CONTROL_FD);
    if (attempt->checkpoint_dir)
        set_text(list, "WATTUNE_CHECKPOINT_DIR", attempt->checkpoint_dir);
    if (attempt->continue_dir)
        set_text(list, "WATTUNE_CONTINUE_DIR", attempt->continue_dir);
    if (attempt->gpus)
        set_text(list, "CUDA_VISIBLE_DEVICES", attempt->gpus);
}

static size_t count(char *const *strings)
{
    size_t n = 0;
    while (strings && strings[n])
        n++;
    return n;
}

enum status environment_create(char ***out, char *const *inherited,
                               const struct attempt *attempt, pid_t guard)
{
    enum { OWN = 11 };
    char *const *study = attempt->spec->env;
    struct variables list = {.room = count(inherited) + OWN + count(study)};
    *out = NULL;
    list.items = calloc(list.room + 1, sizeof *list.items);
    if (!list.items)
        return ST_NOMEM;
    for (size_t i = 0; inherited[i]; i++)
        if (!environment_is_launcher(inherited[i]) && !is_folder_of_trial(inherited[i]))
            set_pair(&list, strdup(inherited[i]));
    set_own(&list, attempt);
    set_number(&list, GUARD_VARIABLE, (uint64_t)guard);
    for (size_t i = 0; study && study[i]; i++)
        set_pair(&list, strdup(study[i]));
    if (list.failed) {
        strings_free(list.items);
        return ST_NOMEM;
    }
    *out = list.items;
    return ST_OK;
}
