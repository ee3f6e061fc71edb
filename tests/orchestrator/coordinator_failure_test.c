/* What failed attempts mean for a study. */
#include "tests/check.h"
#include "tests/orchestrator/script.h"

static const struct script scripts[] = {
    {"five failed attempts break the study",
     {.n_workers = 2},
     {TWO_BEGIN,
      {"fail 1", "end 0.0#1 failed, set 0.0 failed"},
      {"fail 2", "end 0.1#1 failed, set 0.1 failed"},
      {"tick 0", "add 0.2, set 0.2 running, assign 0.2#1 to 1, add 0.3, set 0.3 running, "
                 "assign 0.3#1 to 2"},
      {"fail 1", "end 0.2#1 failed, set 0.2 failed"},
      {"fail 2", "end 0.3#1 failed, set 0.3 failed"},
      {"tick 0", "add 0.4, set 0.4 running, assign 0.4#1 to 1, add 0.5, set 0.5 running, "
                 "assign 0.5#1 to 2"},
      {"fail 1", "end 0.4#1 failed, set 0.4 failed"},
      {"tick 0", "cancel 0.5#1 (the first five attempts have all failed)"},
      {"cancelled 2", "end 0.5#1 cancelled, set 0.5 cancelled"},
      {"tick 0", "collect"},
      {"answer 1", ""},
      {"answer 2", ""},
      {"answer -1", ""},
      {"tick 0", "overhead 0 1 J, overhead 0 1 J, overhead 0 1 J, shut down, exit 1: the first "
                 "five attempts have all failed"}}},
    {"unless it is to keep going",
     {.keep_going = true, .budget = {.trials = 6}},
     {ONE_BEGINS,
      {"fail 1", "end 0.0#1 failed, set 0.0 failed"},
      {"tick 0", "add 0.1, set 0.1 running, assign 0.1#1 to 1"},
      {"fail 1", "end 0.1#1 failed, set 0.1 failed"},
      {"tick 0", "add 0.2, set 0.2 running, assign 0.2#1 to 1"},
      {"fail 1", "end 0.2#1 failed, set 0.2 failed"},
      {"tick 0", "add 0.3, set 0.3 running, assign 0.3#1 to 1"},
      {"fail 1", "end 0.3#1 failed, set 0.3 failed"},
      {"tick 0", "add 0.4, set 0.4 running, assign 0.4#1 to 1"},
      {"fail 1", "end 0.4#1 failed, set 0.4 failed"},
      {"tick 0", "add 0.5, set 0.5 running, assign 0.5#1 to 1"},
      {"fail 1", "end 0.5#1 failed, set 0.5 failed"},
      {"tick 0", "collect"},
      {"tick 3", "shut down, exit 0"}}},
    {"or one before them succeeded",
     {.budget = {.trials = 8}},
     {ONE_BEGINS,
      {"done 1 0.5", "end 0.0#1 complete, set 0.0 complete"},
      {"tick 0", "add 0.1, set 0.1 running, assign 0.1#1 to 1"},
      {"fail 1", "end 0.1#1 failed, set 0.1 failed"},
      {"tick 0", "add 0.2, set 0.2 running, assign 0.2#1 to 1"},
      {"fail 1", "end 0.2#1 failed, set 0.2 failed"},
      {"tick 0", "add 0.3, set 0.3 running, assign 0.3#1 to 1"},
      {"fail 1", "end 0.3#1 failed, set 0.3 failed"},
      {"tick 0", "add 0.4, set 0.4 running, assign 0.4#1 to 1"},
      {"fail 1", "end 0.4#1 failed, set 0.4 failed"},
      {"tick 0", "add 0.5, set 0.5 running, assign 0.5#1 to 1"},
      {"fail 1", "end 0.5#1 failed, set 0.5 failed"},
      {"tick 0", "add 0.6, set 0.6 running, assign 0.6#1 to 1"}}},
    {"a study whose every trial failed has failed",
     {.budget = {.trials = 2}},
     {ONE_BEGINS,
      {"fail 1", "end 0.0#1 failed, set 0.0 failed"},
      {"tick 0", "add 0.1, set 0.1 running, assign 0.1#1 to 1"},
      {"fail 1", "end 0.1#1 failed, set 0.1 failed"},
      {"tick 0", "collect"},
      {"tick 3", "shut down, exit 1: every trial has failed"}}},
};

int main(void)
{
    struct CMUnitTest tests[sizeof scripts / sizeof scripts[0]];
    script_tests(scripts, sizeof scripts / sizeof scripts[0], tests);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
