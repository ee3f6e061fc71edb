/* What is stored besides trials and attempts: reports, samples, idle power, books. */
#include "tests/check.h"
#include "tests/orchestrator/script.h"

static const struct script scripts[] = {
    {"reports are stored, and may stop a trial once",
     {.stop_at = 2, .budget = {.trials = 2}},
     {ONE_BEGINS,
      {"report 1 1", "report 0.0#1 at 1"},
      {"report 1 2", "report 0.0#1 at 2, stop 0.0#1"},
      {"report 1 3", "report 0.0#1 at 3"},
      {"prune 1", "end 0.0#1 pruned, set 0.0 pruned"},
      {"tick 0", "add 0.1, set 0.1 running, assign 0.1#1 to 1"}}},
    {"a host's idle power is stored when the worker that knows it joins",
     {.n_workers = 2, .budget = {.trials = 3}},
     {{"join 1", ""},
      {"measured 2 85.5", "idle power of h1 85.5 W"},
      {"tick 0", "add 0.0, set 0.0 running, assign 0.0#1 to 1, add 0.1, set 0.1 running, "
                 "assign 0.1#1 to 2"}}},
    {"samples are stored while the worker runs the attempt",
     {.budget = {.trials = 1}},
     {{"join 1", ""},
      {"samples 1 1", ""},
      {"tick 0", "add 0.0, set 0.0 running, assign 0.0#1 to 1"},
      {"samples 1 2.5", "samples 0.0#1 2 to 2.5 s"},
      {"done 1 0.5", "end 0.0#1 complete, set 0.0 complete"},
      {"samples 1 3", ""}}},
    {"what was never given out is ignored",
     {.budget = {.trials = 1}},
     {{"join 1", ""},
      {"stray 1", ""},
      {"tick 0", "add 0.0, set 0.0 running, assign 0.0#1 to 1"},
      {"stray 2", ""},
      {"stray 1", ""},
      {"done 1 0.5", "end 0.0#1 complete, set 0.0 complete"},
      {"again 1 0.5", ""}}},
    {"the books of a host are stored once, as they were told last",
     {.n_workers = 2, .budget = {.trials = 2}},
     {TWO_BEGIN,
      {"books 1 5", ""},
      {"books 2 4", ""},
      {"tick 1", ""},
      {"tick 10", "books of node to 5"},
      {"tick 10", ""},
      {"books 2 6", ""},
      {"done 1 0.5", "end 0.0#1 complete, set 0.0 complete"},
      {"done 2 0.5", "end 0.1#1 complete, set 0.1 complete"},
      {"tick 0", "overhead 0 0 J, overhead 0 0 J, collect"},
      {"books 2 7", ""},
      {"tick 3", "overhead 0 0 J, books of node to 7, shut down, exit 0"}}},
};

int main(void)
{
    struct CMUnitTest tests[sizeof scripts / sizeof scripts[0]];
    script_tests(scripts, sizeof scripts / sizeof scripts[0], tests);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
