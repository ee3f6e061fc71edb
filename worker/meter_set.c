#include "worker/meter.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const scope_texts[SCOPE_COUNT] = {"package", "dram", "gpu", "node"};

const char *meter_scope_text(enum meter_scope scope)
{
    size_t i = (size_t)scope;
    return i < SCOPE_COUNT ? scope_texts[i] : "unknown";
}

const char *meter_root(void)
{
    const char *root = getenv("WATTUNE_SYSROOT");
    return root ? root : "";
}

enum energy_quality meter_quality(const struct meter_type *type, const struct meter *meter)
{
    return type->actual_quality ? type->actual_quality(meter) : type->quality;
}

static unsigned set_scopes(const struct meter_set *set)
{
    unsigned mask = 0;
    for (size_t i = 0; i < set->n; i++)
        mask |= set->types[i]->scopes(set->meters[i]);
    return mask;
}

/* The node holds everything else, so it overlaps any scope. */
static bool overlaps(unsigned a, unsigned b)
{
    unsigned node = 1u << SCOPE_NODE;
    return (a & b) || (a && (b & node)) || (b && (a & node));
}

/* Take the meter when nothing chosen covers the same; else close it. */
static bool take(struct meter_set *set, const struct meter_type *type, struct meter *meter)
{
    if (set->n == METERS_MAX || overlaps(set_scopes(set), type->scopes(meter))) {
        type->close(meter);
        return false;
    }
    set->types[set->n] = type;
    set->meters[set->n] = meter;
    set->n++;
    return true;
}

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

static void choose_best(struct meter_set *set, const char *root)
{
    for (size_t i = next_by_priority(NONE); i != NONE; i = next_by_priority(i)) {
        const struct meter_type *type = meter_types[i];
        struct strbuf report = STRBUF_INIT;
        struct meter *meter;
        if (type->probe(root, &meter, &report) == METER_PRESENT)
            take(set, type, meter);
        strbuf_free(&report);
    }
}

static const struct meter_type *find_type(const char *name)
{
    for (size_t i = 0; meter_types[i]; i++)
        if (strcmp(meter_types[i]->name, name) == 0)
            return meter_types[i];
    return NULL;
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

static enum status choose_named(struct meter_set *set, const char *root, const char *name,
                                struct error *err)
{
    const struct meter_type *type = find_type(name);
    if (!type)
        return unknown_name(name, err);
    struct strbuf report = STRBUF_INIT;
    struct meter *meter;
    enum status status = ST_OK;
    enum meter_presence presence = type->probe(root, &meter, &report);
    if (presence != METER_PRESENT) {
        status = refuse(name, presence, strbuf_text(&report), err);
    } else if (!take(set, type, meter)) {
        status =
            error_set(err, ST_INVALID, "the meter %s covers what another named one does", name);
        error_remedy(err, "name one of them, or \"auto\"");
    }
    strbuf_free(&report);
    return status;
}

/* The worst quality, and all descriptions joined by a plus. */
static enum status describe_set(struct meter_set *set, struct error *err)
{
    struct strbuf text = STRBUF_INIT;
    for (size_t i = 0; i < set->n; i++) {
        enum energy_quality quality = meter_quality(set->types[i], set->meters[i]);
        if (i == 0 || quality < set->quality)
            set->quality = quality;
        strbuf_append(&text, i ? "+" : "");
        set->types[i]->describe(set->meters[i], &text);
    }
    bool ok = strbuf_ok(&text);
    snprintf(set->text, sizeof set->text, "%s", strbuf_text(&text));
    strbuf_free(&text);
    return ok ? ST_OK : error_set(err, ST_NOMEM, "out of memory while choosing meters");
}

enum status meter_set_open(struct meter_set *set, const char *root, const char *const *names,
                           size_t n_names, struct error *err)
{
    *set = (struct meter_set){.quality = ENERGY_NONE};
    enum status status = ST_OK;
    if (!names || n_names == 0 || (n_names == 1 && strcmp(names[0], "auto") == 0))
        choose_best(set, root);
    else
        for (size_t i = 0; i < n_names && status == ST_OK; i++)
            status = choose_named(set, root, names[i], err);
    if (status == ST_OK)
        status = describe_set(set, err);
    if (status != ST_OK)
        meter_set_close(set);
    return status;
}

void meter_set_close(struct meter_set *set)
{
    for (size_t i = 0; i < set->n; i++)
        set->types[i]->close(set->meters[i]);
    *set = (struct meter_set){.quality = ENERGY_NONE};
}
