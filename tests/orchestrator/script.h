/* script.h - scripts of events, each with the actions that must follow, in words. */
#ifndef TESTS_ORCHESTRATOR_SCRIPT_H
#define TESTS_ORCHESTRATOR_SCRIPT_H

#include "tests/check.h"
#include "tests/orchestrator/world.h"

/* "join W", "measured W WATTS", "tick S", "done W VALUE", "prune W", "fail W", "cancelled W",
 * "nan W", "stray W", "again W VALUE" (the last attempt's end once more), "lost W", "beat W",
 * "report W STEP", "samples W SECOND", "int", "term", "refuse W", "unmeasured W", "overhead W
 * J", "answer W", "books W INTERVALS". Each attempt costs 10 J. */
struct step {
    const char *event;
    const char *actions;
};

#define SCRIPT_STEPS_MAX 40
struct script {
    const char *name;
    struct world_options options;
    struct step steps[SCRIPT_STEPS_MAX];
};

/* The steps that most scripts begin with: one worker has its first trial, or two have. */
#define ONE_BEGINS                                                                             \
    {"join 1", ""},                                                                            \
    {                                                                                          \
        "tick 0", "add 0.0, set 0.0 running, assign 0.0#1 to 1"                                \
    }
#define TWO_BEGIN                                                                              \
    {"join 1", ""}, {"join 2", ""},                                                            \
    {                                                                                          \
        "tick 0", "add 0.0, set 0.0 running, assign 0.0#1 to 1, add 0.1, set 0.1 running, "    \
                  "assign 0.1#1 to 2"                                                          \
    }

/* Fill in tests[n]: one for each script, which outlives it. */
void script_tests(const struct script *scripts, size_t n, struct CMUnitTest *tests);

#endif
