/* The section "energy" of a study. */
#include "orchestrator/study_read.h"

#include "results/idle_policy.h"
#include "worker/cpu_power.h"
#include "worker/idle_power.h"
#include "worker/meter.h"

#include <stdlib.h>
#include <string.h>

/* A shorter window has too few samples; nobody waits longer than ten minutes. */
#define WINDOW_MIN_S 1.0
#define WINDOW_MAX_S 600.0
#define WINDOW_S 2.0

/* Nothing that runs draws less. */
#define MIN_W 1e-3

static void unknown_meter(struct json_reader *reader, const char *name)
{
    struct strbuf list = STRBUF_INIT;
    for (size_t i = 0; meter_types[i]; i++)
        strbuf_printf(&list, ", '%s'", meter_types[i]->name);
    json_reader_problem(reader, "meters",
                        "expected \"auto\" or a list of meters%s; there is no '%s'",
                        strbuf_text(&list), name);
    strbuf_free(&list);
}

static bool is_named(const struct study_energy *energy, const char *name)
{
    for (size_t i = 0; i < energy->n_meters; i++)
        if (strcmp(energy->meters[i], name) == 0)
            return true;
    return false;
}

static void add_meter(struct study_energy *energy, struct json_reader *reader,
                      const struct json *item)
{
    const char *name = json_string(item);
    bool automatic = name && strcmp(name, "auto") == 0;
    if (!name || (!automatic && !meter_type_find(name)))
        unknown_meter(reader, name ? name : json_kind_text(item));
    else if (is_named(energy, name))
        json_reader_problem(reader, "meters", "'%s' is named twice", name);
    else if (automatic && energy->n_meters > 0)
        json_reader_problem(reader, "meters", "\"auto\" can only stand first");
    else
        energy->meters[energy->n_meters++] = name;
}

static enum status read_meters(struct study_energy *energy, struct json_reader *reader)
{
    const struct json *meters = json_read_any(reader, "meters");
    const char *word = json_string(meters);
    if (!meters || (word && strcmp(word, "auto") == 0))
        return ST_OK;
    if (word || json_kind(meters) != JSON_ARRAY) {
        unknown_meter(reader, word ? word : json_kind_text(meters));
        return ST_OK;
    }
    energy->n_meters = 0;
    energy->meters = calloc(json_count(meters) + 1, sizeof *energy->meters);
    if (!energy->meters)
        return ST_NOMEM;
    for (const struct json *item = json_first(meters); item; item = json_next(item))
        add_meter(energy, reader, item);
    return ST_OK;
}

static void read_idle(struct study_energy *energy, struct json_reader *reader)
{
    energy->idle_window_s =
        json_read_number(reader, "idle_window_s", WINDOW_S, 0, WINDOW_MAX_S);
    if (energy->idle_window_s > 0 && energy->idle_window_s < WINDOW_MIN_S)
        json_reader_problem(reader, "idle_window_s",
                            "expected 0 for none, or at least %g second", WINDOW_MIN_S);
    energy->idle_w = json_read_number(reader, "idle_w", 0, MIN_W, IDLE_POWER_MAX_W);
}

/* The watts of a hardware thread; one without the other says nothing. */
static void read_model(struct study_energy *energy, struct json_reader *reader)
{
    struct json_reader model;
    json_reader_enter(&model, reader, "model");
    energy->model_idle_w = json_read_number(&model, "idle_w", 0, MIN_W, CPU_POWER_MAX_W);
    energy->model_max_w = json_read_number(&model, "max_w", 0, MIN_W, CPU_POWER_MAX_W);
    if ((energy->model_idle_w > 0) != (energy->model_max_w > 0))
        json_reader_problem(&model, NULL, "it needs both \"idle_w\" and \"max_w\"");
    else if (energy->model_max_w < energy->model_idle_w)
        json_reader_problem(&model, "max_w", "%g is less than \"idle_w\" (%g)",
                            energy->model_max_w, energy->model_idle_w);
    json_reader_close(&model);
}

enum status study_read_energy(struct study *study, struct json_reader *reader)
{
    const char *qualities[ENERGY_MEASURED + 1] = {"any"};
    for (int q = ENERGY_NONE + 1; q <= ENERGY_MEASURED; q++)
        qualities[q] = energy_quality_text((enum energy_quality)q);
    struct study_energy *energy = &study->energy;
    struct json_reader section;
    json_reader_enter(&section, reader, "energy");
    enum status status = read_meters(energy, &section);
    energy->require = (enum energy_quality)json_read_choice(&section, "require", ENERGY_NONE,
                                                            qualities, ENERGY_MEASURED + 1);
    energy->idle_policy = idle_policy_names[json_read_choice(
        &section, "idle_policy", IDLE_EQUAL, idle_policy_names, IDLE_POLICIES)];
    read_idle(energy, &section);
    read_model(energy, &section);
    json_reader_close(&section);
    return status;
}
