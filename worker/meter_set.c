#include "worker/meter_set.h"

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

const struct meter_type *meter_type_find(const char *name)
{
    for (size_t i = 0; meter_types[i]; i++)
        if (strcmp(meter_types[i]->name, name) == 0)
            return meter_types[i];
    return NULL;
}

enum meter_presence meter_open(const struct meter_type *type, const char *root,
                               struct meter **out, struct strbuf *report)
{
    struct meter *meter = calloc(1, type->size);
    if (!meter) {
        strbuf_append(report, "out of memory\n");
        return METER_ABSENT;
    }
    enum meter_presence presence = type->examine(root, meter, report);
    if (presence != METER_PRESENT)
        free(meter);
    else if (out)
        *out = meter;
    else
        meter_close(type, meter);
    return presence;
}

void meter_close(const struct meter_type *type, struct meter *meter)
{
    if (type->release)
        type->release(meter);
    free(meter);
}

enum energy_quality meter_quality(const struct meter_type *type, const struct meter *meter)
{
    return type->actual_quality ? type->actual_quality(meter) : type->quality;
}

unsigned meter_set_scopes(const struct meter_set *set)
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

bool meter_set_is_taken(const struct meter_set *set, const struct meter_type *type,
                        const struct meter *meter)
{
    return set->n == METERS_MAX || overlaps(meter_set_scopes(set), type->scopes(meter));
}

void meter_set_add(struct meter_set *set, const struct meter_type *type, struct meter *meter)
{
    set->types[set->n] = type;
    set->meters[set->n] = meter;
    set->n++;
}

/* The worst quality, and all descriptions joined by a plus. */
enum status meter_set_describe(struct meter_set *set, struct error *err)
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

void meter_set_close(struct meter_set *set)
{
    for (size_t i = 0; i < set->n; i++)
        meter_close(set->types[i], set->meters[i]);
    *set = (struct meter_set){.quality = ENERGY_NONE};
}
