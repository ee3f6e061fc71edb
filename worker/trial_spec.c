#include "worker/trial_spec.h"

#include "worker/command_line.h"
#include "worker/trial_table.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The longest times that make sense: ten years. */
#define TIME_MAX_S 3.2e8

/* What the reading of a spec needs everywhere. */
struct spec_reader {
    struct json_reader *object;
    const char *base_dir;
    bool out_of_memory;
};

/* What the fitting of one to a space needs. */
struct spec_fit {
    const struct trial_params *params;
    const struct json *object;
    const char *path;
    struct json_problems *problems;
};

static char *copy_text(struct spec_reader *reader, const char *text)
{
    char *copy = text ? strdup(text) : NULL;
    reader->out_of_memory |= text && !copy;
    return copy;
}

/* A path of the study file, seen from where Wattune runs. */
static char *resolve_path(struct spec_reader *reader, const char *path)
{
    const char *base = reader->base_dir;
    if (!path || !*path || *path == '/' || !base || !*base)
        return copy_text(reader, path);
    struct strbuf joined = STRBUF_INIT;
    strbuf_printf(&joined, "%s/%s", base, path);
    char *text = strbuf_take(&joined);
    reader->out_of_memory |= !text;
    return text;
}

/* Room for n strings and the NULL at their end. */
static char **strings_create(struct spec_reader *reader, size_t n)
{
    char **strings = calloc(n + 1, sizeof *strings);
    reader->out_of_memory |= !strings;
    return strings;
}

static void read_argv(struct trial_spec *spec, struct spec_reader *reader)
{
    const struct json *list = json_require(reader->object, "argv", "a list of texts");
    if (!list)
        return;
    if (json_kind(list) != JSON_ARRAY || json_count(list) == 0) {
        json_reader_problem(reader->object, "argv",
                            "expected the program and its arguments as a list of texts, got %s",
                            json_kind(list) == JSON_ARRAY ? "an empty list"
                                                          : json_kind_text(list));
        return;
    }
    spec->argv = strings_create(reader, json_count(list));
    size_t n = 0;
    for (const struct json *item = json_first(list); item && spec->argv;
         item = json_next(item)) {
        const char *text = json_string(item);
        if (!text)
            json_reader_problem(reader->object, "argv", "item %zu: expected a text, got %s",
                                n + 1, json_kind_text(item));
        else if (n == 0 && !*text)
            json_reader_problem(reader->object, "argv", "the program's name is empty");
        spec->argv[n++] = copy_text(reader, text ? text : "");
    }
}

static bool env_name_is_good(struct spec_reader *reader, const struct json *member)
{
    const char *name = json_key(member);
    if (!*name || strchr(name, '='))
        json_reader_problem(reader->object, "env", "'%s' cannot name a variable", name);
    else if (strncmp(name, "WATTUNE_", 8) == 0)
        json_reader_problem(reader->object, "env",
                            "'%s': names that begin with WATTUNE_ are Wattune's own", name);
    else
        return true;
    return false;
}

static void read_env(struct trial_spec *spec, struct spec_reader *reader)
{
    const struct json *object = json_read_any(reader->object, "env");
    if (!object)
        return;
    if (json_kind(object) != JSON_OBJECT) {
        json_reader_problem(reader->object, "env", "expected an object of texts, got %s",
                            json_kind_text(object));
        return;
    }
    spec->env = strings_create(reader, json_count(object));
    size_t n = 0;
    for (const struct json *m = json_first(object); m && spec->env; m = json_next(m)) {
        if (!json_string(m))
            json_reader_problem(reader->object, "env", "'%s': expected a text, got %s",
                                json_key(m), json_kind_text(m));
        if (!env_name_is_good(reader, m) || !json_string(m))
            continue;
        struct strbuf pair = STRBUF_INIT;
        strbuf_printf(&pair, "%s=%s", json_key(m), json_string(m));
        spec->env[n] = strbuf_take(&pair);
        reader->out_of_memory |= !spec->env[n++];
    }
}

static void read_command(struct trial_spec *spec, struct spec_reader *reader)
{
    read_argv(spec, reader);
    read_env(spec, reader);
    spec->cwd = resolve_path(reader, json_read_string(reader->object, "cwd", NULL));
}

static enum status fit_command(struct trial_spec *spec, const struct spec_fit *fit)
{
    const struct json *item = json_first(json_member(fit->object, "argv"));
    struct strbuf path = STRBUF_INIT;
    strbuf_printf(&path, "%s.argv", fit->path);
    for (char **argument = spec->argv; *argument; argument++, item = json_next(item))
        command_line_check(*argument, fit->params->names, fit->params->n, item,
                           strbuf_text(&path), fit->problems);
    strbuf_free(&path);
    return ST_OK;
}

/* Does the setting name a file or a folder? A list of layers may stand there itself. */
static bool is_path(const char *name, const char *text)
{
    if (strcmp(name, "layers") == 0)
        return text && text[strspn(text, " \t\r\n")] != '[';
    return text && strcmp(name, "dataset_path") == 0;
}

/* Put one setting of the trainer, which the study calls `value`'s key; each may be given once,
 * in whichever place. */
static void put_setting(struct trial_spec *spec, struct spec_reader *parent,
                        struct json_reader *reader, const char *name, const struct json *value)
{
    if (json_member(spec->settings, name)) {
        json_reader_problem(reader, json_key(value), "the trainer's '%s' is given twice", name);
    } else if (is_path(name, json_string(value))) {
        char *path = resolve_path(parent, json_string(value));
        json_put_string(spec->settings, name, path);
        free(path);
    } else {
        json_put_value(spec->settings, name, json_copy(value));
    }
}

/* What "dataset" calls a setting whose own name begins with "dataset_". */
static const char *dataset_setting(const char *key)
{
    static const char *const names[] = {"dataset_format", "dataset_path", "dataset_options"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (strcmp(names[i] + strlen("dataset_"), key) == 0)
            return names[i];
    return key;
}

static void read_cnn(struct trial_spec *spec, struct spec_reader *reader)
{
    spec->settings = json_object_create();
    reader->out_of_memory |= !spec->settings;
    if (!spec->settings)
        return;
    const struct json *model = json_read_any(reader->object, "model");
    if (model)
        put_setting(spec, reader, reader->object, "model", model);
    struct json_reader dataset, settings;
    json_reader_enter(&dataset, reader->object, "dataset");
    for (const struct json *m = json_first(dataset.object); m; m = json_next(m))
        put_setting(spec, reader, &dataset, dataset_setting(json_key(m)), m);
    json_reader_enter(&settings, reader->object, "settings");
    for (const struct json *m = json_first(settings.object); m; m = json_next(m))
        put_setting(spec, reader, &settings, json_key(m), m);
}

static void unknown_function(struct json_reader *reader, const struct json *name)
{
    size_t n;
    const struct test_function *table = functions_table(&n);
    const char *text = json_string(name);
    const char *near = text ? functions_closest(text) : NULL;
    struct strbuf list = STRBUF_INIT;
    for (size_t i = 0; i < n; i++)
        strbuf_printf(&list, "%s%s", i == 0 ? "" : i + 1 == n ? " or " : ", ", table[i].name);
    json_reader_problem(reader, "function", "expected %s, got %s%s%s%s", strbuf_text(&list),
                        text ? text : json_kind_text(name), near ? "; did you mean '" : "",
                        near ? near : "", near ? "'?" : "");
    strbuf_free(&list);
}

static void read_function(struct trial_spec *spec, struct spec_reader *reader)
{
    const struct json *name =
        json_require(reader->object, "function", "the name of a built-in function");
    spec->function = json_string(name) ? functions_find(json_string(name)) : NULL;
    if (name && !spec->function)
        unknown_function(reader->object, name);
    spec->duration_s = json_read_number(reader->object, "duration_s", 0, 0, TIME_MAX_S);
    spec->energy_j = json_read_number(reader->object, "energy_j", 0, 0, 1e9);
    spec->noise = json_read_number(reader->object, "noise", 0, 0, 1e300);
}

static enum status fit_function(struct trial_spec *spec, const struct spec_fit *fit)
{
    const struct test_function *function = spec->function;
    size_t n = fit->params->n_numeric;
    if (n >= function->dims_min && n <= function->dims_max)
        return ST_OK;
    struct strbuf path = STRBUF_INIT;
    strbuf_printf(&path, "%s.function", fit->path);
    json_problem(fit->problems, json_member(fit->object, "function"), strbuf_text(&path),
                 "%s takes %s%zu numeric parameters, the space has %zu", function->name,
                 function->dims_min == function->dims_max ? "" : "at least ",
                 function->dims_min, n);
    strbuf_free(&path);
    return ST_OK;
}

static void read_table(struct trial_spec *spec, struct spec_reader *reader)
{
    json_require(reader->object, "path", "a CSV file of recorded trials");
    spec->table_path = resolve_path(reader, json_read_string(reader->object, "path", NULL));
    spec->duration_scale = json_read_number(reader->object, "duration_scale", 0, 0, 1000);
    spec->fidelity = copy_text(reader, json_read_string(reader->object, "fidelity", "epochs"));
}

/* A space without epochs is fine, unless the study names them. */
static void fit_fidelity(struct trial_spec *spec, const struct spec_fit *fit)
{
    const struct json *at = json_member(fit->object, "fidelity");
    bool found = trial_table_set_fidelity(spec->table, fit->params, spec->fidelity);
    struct strbuf path = STRBUF_INIT;
    strbuf_printf(&path, "%s.fidelity", fit->path);
    if (at && !found)
        json_problem(fit->problems, at, strbuf_text(&path),
                     "'%s' is no numeric parameter of the space", spec->fidelity);
    strbuf_free(&path);
}

static enum status fit_table(struct trial_spec *spec, const struct spec_fit *fit)
{
    struct strbuf path = STRBUF_INIT;
    strbuf_printf(&path, "%s.path", fit->path);
    struct table_source source = {.file = spec->table_path,
                                  .at = json_member(fit->object, "path"),
                                  .path = strbuf_text(&path),
                                  .problems = fit->problems};
    enum status status = trial_table_read(&spec->table, &source, fit->params);
    if (!status)
        fit_fidelity(spec, fit);
    strbuf_free(&path);
    return status == ST_NOMEM ? status : ST_OK;
}

/* A kind of trial. */
struct kind {
    const char *name;
    void (*read)(struct trial_spec *spec, struct spec_reader *reader);
    enum status (*fit)(struct trial_spec *spec, const struct spec_fit *fit); /* or NULL */
};

static const struct kind kinds[] = {
    [TRIAL_CNN] = {"cnn", read_cnn, NULL},
    [TRIAL_COMMAND] = {"command", read_command, fit_command},
    [TRIAL_FUNCTION] = {"function", read_function, fit_function},
    [TRIAL_TABLE] = {"table", read_table, fit_table},
};

#define KIND_NAMES "'cnn', 'command', 'function' or 'table'"
enum { KINDS = sizeof kinds / sizeof kinds[0] };

/* The row of "kind", or NULL when it is missing or unknown, which is noted. */
static const struct kind *read_kind(struct json_reader *reader)
{
    const char *names[KINDS];
    for (size_t i = 0; i < KINDS; i++)
        names[i] = kinds[i].name;
    const struct json *value = json_require(reader, "kind", KIND_NAMES);
    const char *name = json_string(value);
    for (size_t i = 0; name && i < KINDS; i++)
        if (strcmp(name, names[i]) == 0)
            return &kinds[i];
    const char *near = name ? json_closest_name(name, names, KINDS) : NULL;
    if (near)
        json_reader_problem(reader, "kind", "unknown kind '%s', did you mean '%s'?", name,
                            near);
    else if (value)
        json_reader_problem(reader, "kind", "expected " KIND_NAMES ", got %s",
                            name ? name : json_kind_text(value));
    return NULL;
}

static int read_threads(struct json_reader *reader)
{
    const char *text = json_string(json_read_any(reader, "threads"));
    if (text && strcmp(text, "auto") == 0)
        return 0;
    if (text)
        json_reader_problem(reader, "threads", "expected \"auto\" or a whole number, got '%s'",
                            text);
    return text ? 0 : (int)json_read_integer(reader, "threads", 0, 1, 4096);
}

static void read_limits(struct trial_spec *spec, struct json_reader *reader)
{
    spec->timeout_s = json_read_number(reader, "timeout_s", 0, 0, TIME_MAX_S);
    spec->grace_s = json_read_number(reader, "grace_s", 10, 0, 86400);
    spec->retries = (int)json_read_integer(reader, "retries", 0, 0, 1000);
    spec->threads = read_threads(reader);
}

enum status trial_spec_read(struct trial_spec **out, const struct json *object,
                            const char *path, const char *base_dir,
                            struct json_problems *problems)
{
    size_t problems_before = problems->count;
    *out = NULL;
    struct trial_spec *spec = calloc(1, sizeof *spec);
    if (!spec)
        return ST_NOMEM;
    struct json_reader reader;
    json_reader_open(&reader, object, path, problems);
    struct spec_reader kind_reader = {.object = &reader, .base_dir = base_dir};
    const struct kind *kind = reader.object || !object ? read_kind(&reader) : NULL;
    read_limits(spec, &reader);
    if (kind) {
        spec->kind = (enum trial_kind)(kind - kinds);
        kind->read(spec, &kind_reader);
        json_reader_close(&reader); /* without a kind, its keys cannot be known */
    }
    enum status status = kind_reader.out_of_memory           ? ST_NOMEM
                         : problems->count > problems_before ? ST_INVALID
                                                             : ST_OK;
    if (status)
        trial_spec_free(spec);
    else
        *out = spec;
    return status;
}

void trial_spec_free(struct trial_spec *spec)
{
    if (!spec)
        return;
    strings_free(spec->argv);
    strings_free(spec->env);
    free(spec->cwd);
    free(spec->table_path);
    free(spec->fidelity);
    json_free(spec->settings);
    trial_table_free(spec->table);
    free(spec);
}

enum status trial_spec_fit(struct trial_spec *spec, const struct trial_params *params,
                           const struct json *object, const char *path,
                           struct json_problems *problems)
{
    struct spec_fit fit = {params, object, path, problems};
    return kinds[spec->kind].fit ? kinds[spec->kind].fit(spec, &fit) : ST_OK;
}

bool trial_spec_simulates_energy(const struct trial_spec *spec)
{
    return spec->kind == TRIAL_TABLE || (spec->kind == TRIAL_FUNCTION && spec->energy_j > 0);
}
