/* sample.h - what was seen of an attempt while it ran, interval after interval, and the figures
 * that people want of it.
 *
 * A sample holds whole numbers: what was counted between the sample before (or the begin of the
 * attempt) and this one, and what was there at its end. So the energies of all samples of an
 * attempt add up to the attempt's own. Threading: plain data. */
#ifndef RESULTS_SAMPLE_H
#define RESULTS_SAMPLE_H

#include <stddef.h>
#include <stdint.h>

/* X(member): the columns, in the order that they are stored in; new ones go to the end. Other
 * than the time they may be SAMPLE_UNKNOWN. */
#define SAMPLE_LIST(X)                                                                         \
    X(end_us)        /* since the attempt began */                                             \
    X(cpu_us)        /* processor time of all its processes */                                 \
    X(energy_uj)     /* booked to it, its part of the idle energy included */                  \
    X(node_uj)       /* counted by the meters of its node, whoever used it */                  \
    X(memory_kb)     /* resident, of all its processes, at the end */                          \
    X(gpu_permille)  /* how busy its GPUs were, the mean of them, at the end */                \
    X(gpu_memory_kb) /* used on its GPUs at the end, by whomever */                            \
    X(gpu_power_mw)  /* of its GPUs at the end */

struct sample_record {
#define SAMPLE_MEMBER(name) int64_t name;
    SAMPLE_LIST(SAMPLE_MEMBER)
#undef SAMPLE_MEMBER
};

enum { SAMPLE_UNKNOWN = -1, SAMPLE_COLUMNS = sizeof(struct sample_record) / sizeof(int64_t) };

/* Samples without a hole between them, by rising time. */
struct sample_series {
    int64_t begin_us; /* of the first interval, since the attempt began */
    struct sample_record *samples;
    size_t n;
};
void sample_series_free(struct sample_series *series);

/* X(name, stem, unit, heading): what can be asked of a sample; the stem and the unit make the
 * names of its columns, the heading is what people read. */
#define SAMPLE_FIGURE_LIST(X)                                                                  \
    X(POWER, "power", "_w", "power")                 /* of the trial */                        \
    X(NODE_POWER, "node_power", "_w", "node")        /* of all on its node */                  \
    X(CORES, "cores", "", "cores")                   /* processors kept busy */                \
    X(MEMORY, "memory", "_mb", "memory")             /* MiB resident */                        \
    X(GPU, "gpu_busy", "", "gpu")                    /* 0 .. 1 */                              \
    X(GPU_MEMORY, "gpu_memory", "_mb", "gpu memory") /* MiB */                                 \
    X(GPU_POWER, "gpu_power", "_w", "gpu power")

enum sample_figure {
#define SAMPLE_FIGURE_ENUM(name, stem, unit, heading) SAMPLE_##name,
    SAMPLE_FIGURE_LIST(SAMPLE_FIGURE_ENUM)
#undef SAMPLE_FIGURE_ENUM
        SAMPLE_FIGURES
};

/* The name of its column, of its mean and its highest value, and what people read: "power_w",
 * "power_mean_w", "power_peak_w", "power". */
struct sample_figure_names {
    const char *key, *mean_key, *peak_key, *heading;
};
extern const struct sample_figure_names sample_figure_names[SAMPLE_FIGURES];

/* The last n of them, borrowed. */
struct sample_series sample_series_last(const struct sample_series *series, size_t n);

/* A figure of sample i, and its length in seconds; NaN when unknown. */
double sample_figure_at(const struct sample_series *series, size_t i,
                        enum sample_figure figure);
double sample_length_s(const struct sample_series *series, size_t i);

/* Over all samples that know it: the mean by time, the highest and the last; NaN when none
 * does. Rates over less than 50 ms are noise and not taken for the highest. */
struct sample_summary {
    double mean, peak, last;
};
struct sample_summary sample_summarise(const struct sample_series *series,
                                       enum sample_figure figure);

#endif
