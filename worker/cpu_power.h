/* cpu_power.h - what a server draws at the wall for each hardware thread, by CPU generation.
 *
 * Source: SPECpower_ssj2008 results, whole tuned servers divided by their hardware threads.
 * Threading: no shared state. */
#ifndef WORKER_CPU_POWER_H
#define WORKER_CPU_POWER_H

/* No hardware thread draws more; what is more is a mistake of units. */
#define CPU_POWER_MAX_W 1e4

struct cpu_power {
    char name[32];        /* "EPYC 9005", "default" or "site" */
    const char *origin;   /* where the watts come from, a sentence without a stop */
    double idle_w, max_w; /* per hardware thread, at no and at full load */
    double bound;         /* the figures may be wrong by this fraction, either way */
};

/* The generation of the first processor that the text of /proc/cpuinfo describes, or the
 * default with wider bounds. */
void cpu_power_identify(struct cpu_power *power, const char *cpuinfo);

/* The watts that a site gives. */
void cpu_power_site(struct cpu_power *power, double idle_w, double max_w);

/* Power between idle (0) and max (1) at a utilisation of 0 to 1: the mean curve of the results,
 * linear between its eleven points. Values outside are clamped. */
double cpu_power_curve(double utilisation);

#endif
