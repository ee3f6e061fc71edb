#include "base/json.h"
#include "tests/bench/cnn/report.h"

static void put_spread(struct json *object, const char *name, struct spread spread)
{
    struct json *value = json_object_create();
    json_put_number(value, "median", spread.median);
    json_put_number(value, "low", spread.low);
    json_put_number(value, "high", spread.high);
    json_put_value(object, name, value);
}

static struct json *describe_entry(const struct heat *heat, int i)
{
    const struct entry *entry = &heat->entries[i];
    struct json *object = json_object_create();
    json_put_string(object, "runner", runner_rows[i].name);
    json_put_string(object, "precision", runner_rows[i].precision);
    if (entry->rounds == 0) {
        json_put_string(object, "not_measured", entry->why);
        return object;
    }
    put_spread(object, "images_per_cpu_s", results_spread(entry->per_cpu_s, entry->rounds));
    put_spread(object, "images_per_s", results_spread(entry->per_s, entry->rounds));
    json_put_number(object, "peak_bytes", entry->peak_bytes);
    json_put_number(object, "allocations", entry->allocations);
    if (entry->start_s > 0)
        json_put_number(object, "start_s", entry->start_s);
    return object;
}

static struct json *describe_heat(const struct heat *heat)
{
    struct json *object = json_object_create(), *entries = json_array_create();
    json_put_string(object, "part", heat->part);
    json_put_string(object, "network", heat->network->name);
    json_put_number(object, "batch", (double)heat->batch);
    json_put_number(object, "threads", (double)heat->threads);
    json_put_number(object, "rounds", (double)heat->rounds);
    for (int i = 0; i < RUNNERS; i++)
        if (heat->runners & 1u << i)
            json_append_value(entries, describe_entry(heat, i));
    json_put_value(object, "figures", entries);
    return object;
}

static struct json *describe_start(const struct start_times *start)
{
    struct json *object = json_object_create();
    json_put_number(object, "starts", (double)start->n);
    if (start->n > 0) {
        put_spread(object, "wall_s", results_spread(start->wall_s, start->n));
        put_spread(object, "cpu_s", results_spread(start->cpu_s, start->n));
    } else {
        json_put_string(object, "not_measured", start->why);
    }
    return object;
}

static struct json *describe_goal(const struct goal *goal)
{
    struct json *object = json_object_create();
    json_put_string(object, "goal", goal->text);
    json_put_number(object, goal->at_most ? "at_most" : "at_least", goal->wanted);
    if (goal->measured) {
        put_spread(object, "reached", goal->reached);
        json_put_bool(object, "met", goal->met);
    } else {
        json_put_string(object, "not_measured", goal->why);
    }
    return object;
}

enum status report_json(FILE *out, const struct results *results)
{
    struct json *root = json_object_create(), *heats = json_array_create();
    struct json *list = json_array_create();
    struct goal goals[GOALS_MAX];
    struct strbuf text = STRBUF_INIT;
    size_t n = results_goals(results, goals);
    for (size_t i = 0; i < results->n; i++)
        json_append_value(heats, describe_heat(&results->heats[i]));
    for (size_t i = 0; i < n; i++)
        json_append_value(list, describe_goal(&goals[i]));
    json_put_value(root, "heats", heats);
    if (results->start.wanted)
        json_put_value(root, "start", describe_start(&results->start));
    json_put_value(root, "goals", list);
    enum status status = json_print(root, true, &text);
    if (!status)
        fprintf(out, "%s\n", strbuf_text(&text));
    strbuf_free(&text);
    json_free(root);
    return status;
}
