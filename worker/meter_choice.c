/* Which of the machine's meters are booked, and which run beside them. */
#include "worker/meter_set.h"

#include <stdio.h>
#include <string.h>

/* Does table entry a come before b? Higher priorities first; among equals, the order of the
 * table. */
static bool comes_before(size_t a, size_t b)
{
    int difference = meter_types[a]->priority - meter_types[b]->priority;
    return difference != 0 ? difference > 0 : a < b;
}

/* The entry that follows `last` (NONE: the first of all) by priority; NONE after the last one.
 */
static const size_t NONE = (size_t)-1;
static size_t next_by_priority(size_t last)
{
    size_t best = NONE;
    for (size_t i = 0; meter_types[i]; i++)
        if ((last == NONE || comes_before(last, i)) && (best == NONE || comes_before(i, best)))
            best = i;
    return best;
}

/* Those that nothing better covers. */
static void choose_best(struct meter_set *set, const char *root)
{
    for (size_t i = next_by_priority(NONE); i != NONE; i = next_by_priority(i)) {
        const struct meter_type *type = meter_types[i];
        struct strbuf report = STRBUF_INIT;
        struct meter *meter;
        if (type->priority != METER_NAMED_ONLY &&
            meter_open(type, root, &meter, &report) == METER_PRESENT) {
            if (meter_set_is_taken(set, type, meter))
                meter_close(type, meter);
            else
                meter_set_add(set, type, meter);
        }
        strbuf_free(&report);
    }
}

static enum status unknown_name(const char *name, struct error *err)
{
    struct strbuf names = STRBUF_INIT;
    for (size_t i = 0; meter_types[i]; i++)
        strbuf_printf(&names, "%s%s", i ? ", " : "", meter_types[i]->name);
    error_set(err, ST_NOTFOUND, "there is no meter \"%s\"", name);
    error_remedy(err, "name \"auto\" or some of: %s", strbuf_text(&names));
    strbuf_free(&names);
    return ST_NOTFOUND;
}

/* The first line of what the meter found says which file is the trouble. */
static enum status refuse(const char *name, enum meter_presence presence, const char *report,
                          struct error *err)
{
    bool forbidden = presence == METER_FORBIDDEN;
    enum status status = forbidden ? ST_FORBIDDEN : ST_UNAVAILABLE;
    error_set(err, status, "the meter %s is %s here: %.*s", name,
              forbidden ? "forbidden" : "absent", (int)strcspn(report, "\n"), report);
    error_remedy(err, "wattune meters shows %s",
                 forbidden ? "how to allow it" : "what can be measured here");
    return status;
}

/* Book it, or else let it run beside. */
static enum status add(struct meter_choice *choice, const struct meter_type *type,
                       struct meter *meter, struct error *err)
{
    struct meter_set *set = &choice->booked;
    if (meter_set_is_taken(set, type, meter)) {
        if (choice->n_beside == ENERGY_BESIDE_MAX) {
            meter_close(type, meter);
            error_set(err, ST_INVALID, "no more than %d meters can run beside the booked ones",
                      ENERGY_BESIDE_MAX);
            error_remedy(err, "name fewer: %s is one too many", type->name);
            return ST_INVALID;
        }
        set = &choice->beside[choice->n_beside++];
    }
    meter_set_add(set, type, meter);
    return ST_OK;
}

static enum status choose_named(struct meter_choice *choice, const char *root,
                                const struct meter_type *type, struct error *err)
{
    struct strbuf report = STRBUF_INIT;
    struct meter *meter;
    enum meter_presence presence = meter_open(type, root, &meter, &report);
    enum status status = presence == METER_PRESENT
                             ? add(choice, type, meter, err)
                             : refuse(type->name, presence, strbuf_text(&report), err);
    strbuf_free(&report);
    return status;
}

static bool is_named_before(const char *const *names, size_t i)
{
    for (size_t j = 0; j < i; j++)
        if (strcmp(names[j], names[i]) == 0)
            return true;
    return false;
}

static bool is_booked(const struct meter_set *set, const struct meter_type *type)
{
    for (size_t i = 0; i < set->n; i++)
        if (set->types[i] == type)
            return true;
    return false;
}

static enum status choose(struct meter_choice *choice, const char *root,
                          const char *const *names, size_t i, struct error *err)
{
    bool automatic = strcmp(names[i], "auto") == 0;
    const struct meter_type *type = meter_type_find(names[i]);
    if (!automatic && !type)
        return unknown_name(names[i], err);
    if (is_named_before(names, i)) {
        error_set(err, ST_INVALID, "the meter %s is named twice", names[i]);
        error_remedy(err, "name it once");
        return ST_INVALID;
    }
    if (automatic && i > 0) {
        error_set(err, ST_INVALID, "\"auto\" stands behind other meters");
        error_remedy(err, "name it first: what it finds is booked, the others run beside");
        return ST_INVALID;
    }
    if (automatic)
        choose_best(&choice->booked, root);
    else if (!is_booked(&choice->booked, type))
        return choose_named(choice, root, type, err);
    return ST_OK;
}

enum status meter_choice_open(struct meter_choice *choice, const char *root,
                              const char *const *names, size_t n_names, struct error *err)
{
    *choice = (struct meter_choice){0};
    enum status status = ST_OK;
    if (!names || n_names == 0)
        choose_best(&choice->booked, root);
    for (size_t i = 0; names && i < n_names && status == ST_OK; i++)
        status = choose(choice, root, names, i, err);
    if (status == ST_OK)
        status = meter_set_describe(&choice->booked, err);
    for (size_t i = 0; i < choice->n_beside && status == ST_OK; i++)
        status = meter_set_describe(&choice->beside[i], err);
    if (status != ST_OK)
        meter_choice_close(choice);
    return status;
}

void meter_choice_close(struct meter_choice *choice)
{
    meter_set_close(&choice->booked);
    for (size_t i = 0; i < choice->n_beside; i++)
        meter_set_close(&choice->beside[i]);
    choice->n_beside = 0;
}

bool meter_is_of_gpus(const struct meter_set *set, size_t i)
{
    return set->types[i]->scopes(set->meters[i]) == 1u << SCOPE_GPU;
}

static void append_booked(const struct meter_set *set, struct strbuf *text)
{
    size_t before = text->length;
    for (size_t i = 0; i < set->n; i++) {
        if (meter_is_of_gpus(set, i))
            continue;
        strbuf_append(text, text->length > before ? "+" : "");
        set->types[i]->describe(set->meters[i], text);
    }
    strbuf_append(text, text->length > before ? "" : "no meter but of GPUs");
}

static void append_beside(const struct meter_set *set, struct strbuf *text)
{
    if (meter_is_of_gpus(set, 0))
        strbuf_append(text, set->types[0]->name);
    else
        strbuf_append(text, set->text);
}

enum status meter_choice_text(const struct meter_choice *choice, char *text, size_t size)
{
    struct strbuf all = STRBUF_INIT;
    append_booked(&choice->booked, &all);
    for (size_t i = 0; i < choice->n_beside; i++) {
        strbuf_append(&all, i ? ", " : ", beside ");
        append_beside(&choice->beside[i], &all);
    }
    bool ok = strbuf_ok(&all);
    snprintf(text, size, "%s", strbuf_text(&all));
    strbuf_free(&all);
    return ok ? ST_OK : ST_NOMEM;
}
