#include "worker/cpu_power.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SERVER_BOUND 0.15
/* Desktops and laptops, and servers of other makers, are outside what the default averages. */
#define DEFAULT_BOUND 0.5

struct generation {
    const char *name;
    int family, model_low, model_high; /* as in /proc/cpuinfo */
    double idle_w, max_w;
};

static const struct generation generations[] = {
    {"EPYC 7002", 23, 0x30, 0x3f, 0.474, 1.693}, /* Rome */
    {"EPYC 7003", 25, 0x00, 0x0f, 0.456, 1.957}, /* Milan */
    {"EPYC 9004", 25, 0x10, 0x1f, 0.283, 1.567}, /* Genoa */
    {"EPYC 9004", 25, 0xa0, 0xaf, 0.283, 1.567}, /* Bergamo, Siena */
    {"EPYC 9005", 26, 0x00, 0x1f, 0.235, 1.323}, /* Turin */
};

#define GENERATIONS (sizeof generations / sizeof generations[0])

/* The text after "key : " of the first line with that key, or NULL. */
static const char *field(const char *cpuinfo, const char *key)
{
    size_t length = strlen(key);
    for (const char *line = cpuinfo; line; line = strchr(line, '\n')) {
        line += *line == '\n';
        if (strncmp(line, key, length) != 0)
            continue;
        const char *value = line + length + strspn(line + length, " \t");
        if (*value == ':')
            return value + 1 + strspn(value + 1, " \t");
    }
    return NULL;
}

static int number(const char *cpuinfo, const char *key)
{
    const char *text = field(cpuinfo, key);
    return text ? (int)strtol(text, NULL, 10) : -1;
}

static const struct generation *find_generation(const char *cpuinfo)
{
    const char *vendor = field(cpuinfo, "vendor_id");
    const char *name = field(cpuinfo, "model name");
    if (!vendor || strncmp(vendor, "AuthenticAMD", 12) != 0 || !name)
        return NULL;
    /* Threadrippers share families and models with the servers, but not their power. */
    size_t line = strcspn(name, "\n");
    const char *epyc = strstr(name, "EPYC");
    if (!epyc || epyc >= name + line)
        return NULL;
    int family = number(cpuinfo, "cpu family"), model = number(cpuinfo, "model");
    for (size_t i = 0; i < GENERATIONS; i++)
        if (generations[i].family == family && generations[i].model_low <= model &&
            model <= generations[i].model_high)
            return &generations[i];
    return NULL;
}

void cpu_power_identify(struct cpu_power *power, const char *cpuinfo)
{
    const struct generation *found = find_generation(cpuinfo);
    if (found) {
        *power = (struct cpu_power){.origin = "SPECpower results of its CPU generation",
                                    .idle_w = found->idle_w,
                                    .max_w = found->max_w,
                                    .bound = SERVER_BOUND};
        snprintf(power->name, sizeof power->name, "%s", found->name);
        return;
    }
    *power = (struct cpu_power){
        .name = "default",
        .origin = "the mean of EPYC 7002 to 9005, because this CPU is in no table",
        .idle_w = (0.474 + 0.456 + 0.283 + 0.235) / 4,
        .max_w = (1.693 + 1.957 + 1.567 + 1.323) / 4,
        .bound = DEFAULT_BOUND};
}

void cpu_power_site(struct cpu_power *power, double idle_w, double max_w)
{
    *power = (struct cpu_power){.name = "site",
                                .origin = "WATTUNE_MODEL_IDLE_W and WATTUNE_MODEL_MAX_W",
                                .idle_w = idle_w,
                                .max_w = max_w,
                                .bound = SERVER_BOUND};
}

double cpu_power_curve(double utilisation)
{
    static const double curve[] = {0,     0.213, 0.285, 0.352, 0.415, 0.489,
                                   0.571, 0.652, 0.738, 0.858, 1};
    if (!(utilisation > 0))
        return 0;
    if (utilisation >= 1)
        return 1;
    double at = utilisation * 10;
    int i = (int)at;
    return curve[i] + (curve[i + 1] - curve[i]) * (at - i);
}
