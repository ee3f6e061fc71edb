/* A program of the site or the user: wall plugs, power strips, management controllers. */
#include "worker/channel.h"
#include "worker/meter_program.h"
#include "worker/printable.h"
#include "worker/relay.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define VARIABLE "WATTUNE_METER_COMMAND"

/* How long the first reading may take. */
#define FIRST_S 5.0

/* An older reading says nothing about now. */
#define STALE_NS INT64_C(30000000000)

/* What a reading holds. The unit tells readings apart that another rank's program made. */
enum { VALUE, UNIT };

struct meter {
    struct meter_program program;
    struct channel channel;
    enum meter_unit unit;
    struct relay relay; /* of joules */
    char name[48];
};

/* The program's name: the first word without its folder. */
static void set_name(struct meter *meter, const char *command)
{
    char word[256];
    snprintf(word, sizeof word, "%.*s", (int)strcspn(command, " \t\n"), command);
    const char *slash = strrchr(word, '/');
    snprintf(meter->name, sizeof meter->name, "%.47s", slash ? slash + 1 : word);
    printable(meter->name, strlen(meter->name));
}

static void set_up(struct meter *meter, const char *command)
{
    set_name(meter, command);
    meter->unit = meter->program.unit;
    meter->channel = (struct channel){.kind = meter->unit == METER_UNIT_JOULE ? CHANNEL_ENERGY
                                                                              : CHANNEL_POWER,
                                      .scope = SCOPE_NODE,
                                      .ceiling_w = 20000,
                                      .refresh_s = STALE_NS * 1e-9};
}

static void release(struct meter *meter)
{
    meter_program_stop(&meter->program);
}

static enum meter_presence examine(const char *root, struct meter *meter, struct strbuf *report)
{
    (void)root; /* the program decides what it reads */
    const char *command = getenv(VARIABLE);
    if (!command || !*command) {
        strbuf_append(report, VARIABLE " is not set: it names a program that prints \"1234.5 "
                                       "J\" or \"87.2 W\" a line\n");
        return METER_ABSENT;
    }
    if (!meter_program_start(&meter->program, command, FIRST_S, report))
        return METER_ABSENT;
    set_up(meter, command);
    strbuf_printf(report, "%s prints %s\n", command,
                  meter->unit == METER_UNIT_JOULE ? "joules so far" : "watts");
    return METER_PRESENT;
}

static unsigned scopes(const struct meter *meter)
{
    return 1u << meter->channel.scope;
}

static void describe(const struct meter *meter, struct strbuf *text)
{
    strbuf_printf(text, "command:%s", meter->name);
}

static enum energy_quality actual_quality(const struct meter *meter)
{
    return meter->unit == METER_UNIT_JOULE ? ENERGY_MEASURED : ENERGY_INTEGRATED;
}

/* The ranks of a host run a program each. Their joules may start anew with each, and one may be
 * ahead of another by what passes between two lines: that is what a relay is for. */
static void read_counters(struct meter *meter, struct meter_reading *reading)
{
    struct meter_program *program = &meter->program;
    bool alive = meter_program_look(program);
    reading_begin(reading);
    bool ok =
        alive && program->unit == meter->unit && reading->time_ns - program->line_ns < STALE_NS;
    if (meter->unit == METER_UNIT_JOULE)
        relay_put(&meter->relay, reading, VALUE, ok, program->value);
    else
        reading_put(reading, VALUE, ok, program->value);
    reading->counters[UNIT] = meter->unit;
}

static void compute_step(const struct meter *meter, const struct meter_reading *from,
                         const struct meter_reading *to, struct meter_step *step)
{
    *step = (struct meter_step){0};
    if (from->counters[UNIT] != to->counters[UNIT])
        step->gaps = 1;
    else
        channel_step(&meter->channel, VALUE, from, to, step);
}

const struct meter_type meter_command = {.name = "command",
                                         .summary = "a program that prints joules or watts",
                                         .quality = ENERGY_MEASURED,
                                         .priority = 90,
                                         .size = sizeof(struct meter),
                                         .examine = examine,
                                         .release = release,
                                         .scopes = scopes,
                                         .describe = describe,
                                         .actual_quality = actual_quality,
                                         .read = read_counters,
                                         .step = compute_step};
