/* How joules and seconds limit what is started. */
#include "tests/check.h"
#include "tests/orchestrator/script.h"

static const struct script scripts[] = {
    {"no joules, no new trial",
     {.budget = {.energy_j = 25}},
     {ONE_BEGINS,
      {"done 1 0.5", "end 0.0#1 complete, set 0.0 complete"},
      {"tick 0", "add 0.1, set 0.1 running, assign 0.1#1 to 1"},
      {"done 1 0.5", "end 0.1#1 complete, set 0.1 complete"},
      {"tick 0", "add 0.2, set 0.2 running, assign 0.2#1 to 1"},
      {"overhead 1 3", ""},
      {"done 1 0.5", "end 0.2#1 complete, set 0.2 complete"},
      {"tick 0", "overhead 0 3 J, collect"},
      {"tick 3", "shut down, exit 0"}}},
    {"waiting and search count as joules",
     {.budget = {.energy_j = 25}},
     {ONE_BEGINS,
      {"overhead 1 20", ""},
      {"overhead -1 5", ""},
      {"done 1 0.5", "end 0.0#1 complete, set 0.0 complete"},
      {"tick 0", "overhead 0 20 J, overhead 0 5 J, collect"}}},
    {"what runs may use the joules up",
     {.n_workers = 2, .budget = {.energy_j = 35}},
     {TWO_BEGIN,
      {"done 1 0.5", "end 0.0#1 complete, set 0.0 complete"},
      {"done 2 0.5", "end 0.1#1 complete, set 0.1 complete"},
      {"tick 0", "add 0.2, set 0.2 running, assign 0.2#1 to 1, add 0.3, set 0.3 running, "
                 "assign 0.3#1 to 2"},
      {"done 1 0.1", "end 0.2#1 complete, set 0.2 complete"},
      {"tick 0", ""}}},
    {"no time, no new trial",
     {.budget = {.time_s = 60}},
     {ONE_BEGINS,
      {"tick 10", ""},
      {"beat 1", ""},
      {"tick 10", ""},
      {"done 1 0.5", "end 0.0#1 complete, set 0.0 complete"},
      {"tick 0", "add 0.1, set 0.1 running, assign 0.1#1 to 1"},
      {"beat 1", ""},
      {"tick 10", ""},
      {"beat 1", ""},
      {"tick 10", ""},
      {"beat 1", ""},
      {"tick 10", ""},
      {"beat 1", ""},
      {"tick 10", ""},
      {"done 1 0.4", "end 0.1#1 complete, set 0.1 complete"},
      {"tick 0", "collect"}}},
    {"a retry that the budget does not allow is a failure",
     {.retries = 5, .budget = {.energy_j = 5}},
     {ONE_BEGINS,
      {"fail 1", "end 0.0#1 failed again, set 0.0 queued"},
      {"tick 0", "set 0.0 failed, collect"},
      {"tick 3", "shut down, exit 1: every trial has failed"}}},
};

int main(void)
{
    struct CMUnitTest tests[sizeof scripts / sizeof scripts[0]];
    script_tests(scripts, sizeof scripts / sizeof scripts[0], tests);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
