/* energy.h - what an attempt cost, and how well that is known. */
#ifndef WORKER_ENERGY_H
#define WORKER_ENERGY_H

#include <stdint.h>

/* X(name, text), from worst to best. NONE: no meter worked, there is no figure. */
#define ENERGY_QUALITY_LIST(X)                                                                 \
    X(NONE, "none")                                                                            \
    X(ESTIMATED, "estimated")                                                                  \
    X(REPORTED, "reported")                                                                    \
    X(MODELLED, "modelled")                                                                    \
    X(INTEGRATED, "integrated")                                                                \
    X(MEASURED, "measured")

enum energy_quality {
#define ENERGY_QUALITY_ENUM(name, text) ENERGY_##name,
    ENERGY_QUALITY_LIST(ENERGY_QUALITY_ENUM)
#undef ENERGY_QUALITY_ENUM
};

const char *energy_quality_text(enum energy_quality quality);
/* The quality of a text, or -1. */
int energy_quality_from_text(const char *text);
/* The worse of two, of which ENERGY_NONE says nothing. */
enum energy_quality energy_quality_worse(enum energy_quality a, enum energy_quality b);

/* The joules of one attempt, in whole microjoules. Unless quality is ENERGY_NONE, all fields
 * hold. */
struct energy {
    enum energy_quality quality; /* the worst of the scopes booked */
    char meters[96];             /* "powercap:package-0,package-1,dram" or "model:EPYC 9005" */
    int64_t dynamic_uj;          /* this trial's share of what was used above idle */
    int64_t idle_uj;         /* its worker's equal share of the node's idle energy meanwhile */
    int64_t low_uj, high_uj; /* bounds on dynamic + idle */
    uint32_t wraps;          /* counter wraps that were corrected */
    uint32_t gaps;           /* reads that failed: their time is not in the figures */
    uint32_t ambiguous;      /* intervals in which a counter may have gone round unseen */
    uint32_t skews;          /* clocks that disagreed and were clamped */
    char method[64];         /* how the figure was made: "cpu time (/proc), idle measured" */
};

/* How many meters can run beside the booked ones, each with a figure of its own. */
#define ENERGY_BESIDE_MAX 4

#endif
