/* Workers that are lost, and what comes from them late. */
#include "tests/check.h"
#include "tests/orchestrator/script.h"
#include "tests/orchestrator/world.h"

static const struct script scripts[] = {
    {"a lost worker's trial is run by another",
     {.n_workers = 2, .budget = {.trials = 2}},
     {TWO_BEGIN,
      {"lost 1", "end 0.0#1 failed again, set 0.0 queued"},
      {"tick 0", ""},
      {"done 2 0.5", "end 0.1#1 complete, set 0.1 complete"},
      {"tick 0", "set 0.0 running, assign 0.0#2 to 2"}}},
    {"silence is loss",
     {.n_workers = 2, .budget = {.trials = 2}},
     {TWO_BEGIN,
      {"tick 4", ""},
      {"beat 2", ""},
      {"tick 4", ""},
      {"beat 2", ""},
      {"tick 4", ""},
      {"beat 2", ""},
      {"tick 4", ""},
      {"beat 2", ""},
      {"tick 4", "end 0.0#1 failed again, set 0.0 queued"},
      {"beat 2", ""},
      {"tick 1", ""}}},
    {"a late result is taken when nobody has the trial",
     {.n_workers = 2, .budget = {.trials = 2}},
     {TWO_BEGIN,
      {"lost 1", "end 0.0#1 failed again, set 0.0 queued"},
      {"tick 0", ""},
      {"done 1 0.3", "end 0.0#1 complete, set 0.0 complete"},
      {"tick 0", ""},
      {"again 1 0.2", ""}}},
    {"a late result wins over the second attempt",
     {.n_workers = 2, .budget = {.trials = 2}},
     {TWO_BEGIN,
      {"lost 1", "end 0.0#1 failed again, set 0.0 queued"},
      {"done 2 0.5", "end 0.1#1 complete, set 0.1 complete"},
      {"tick 0", "set 0.0 running, assign 0.0#2 to 2"},
      {"done 1 0.3", "cancel 0.0#2 (its result came from an earlier attempt), end 0.0#1 "
                     "complete, set 0.0 complete"},
      {"tick 0", ""},
      {"cancelled 2", "end 0.0#2 cancelled"},
      {"tick 0", "collect"}}},
    {"a late result of a trial that is over is only booked",
     {.n_workers = 2, .budget = {.trials = 2}},
     {TWO_BEGIN,
      {"lost 1", "end 0.0#1 failed again, set 0.0 queued"},
      {"done 2 0.5", "end 0.1#1 complete, set 0.1 complete"},
      {"tick 0", "set 0.0 running, assign 0.0#2 to 2"},
      {"done 2 0.4", "end 0.0#2 complete, set 0.0 complete"},
      {"done 1 0.3", "end 0.0#1 complete"},
      {"tick 0", "collect"}}},
    {"a late failure is no failure of the trial",
     {.n_workers = 2, .budget = {.trials = 2}},
     {TWO_BEGIN,
      {"lost 1", "end 0.0#1 failed again, set 0.0 queued"},
      {"fail 1", "end 0.0#1 failed"},
      {"tick 0", "set 0.0 running, assign 0.0#2 to 1"}}},
    {"a worker that was thought lost goes on",
     {.n_workers = 2, .budget = {.trials = 2}},
     {TWO_BEGIN,
      {"lost 1", "end 0.0#1 failed again, set 0.0 queued"},
      {"beat 1", "set 0.0 running"},
      {"tick 0", ""},
      {"done 1 0.3", "end 0.0#1 complete, set 0.0 complete"},
      {"tick 0", ""}}},
    {"or leaves the trial that another has by now",
     {.n_workers = 2, .budget = {.trials = 2}},
     {TWO_BEGIN,
      {"lost 1", "end 0.0#1 failed again, set 0.0 queued"},
      {"done 2 0.5", "end 0.1#1 complete, set 0.1 complete"},
      {"tick 0", "set 0.0 running, assign 0.0#2 to 2"},
      {"beat 1", "cancel 0.0#1 (another worker has this trial)"},
      {"tick 0", ""},
      {"cancelled 1", "end 0.0#1 cancelled"},
      {"tick 0", ""}}},
    {"a trial that loses its workers has failed",
     {.n_workers = 3, .budget = {.trials = 1}},
     {{"join 1", ""},
      {"join 2", ""},
      {"join 3", ""},
      {"tick 0", "add 0.0, set 0.0 running, assign 0.0#1 to 1"},
      {"lost 1", "end 0.0#1 failed again, set 0.0 queued"},
      {"tick 0", "set 0.0 running, assign 0.0#2 to 2"},
      {"lost 2", "end 0.0#2 failed again, set 0.0 queued"},
      {"tick 0", "set 0.0 running, assign 0.0#3 to 3"},
      {"lost 3", "end 0.0#3 failed, set 0.0 failed"},
      {"tick 0", "collect"}}},
    {"a worker that starts anew lost its trial",
     {.budget = {.trials = 1}},
     {ONE_BEGINS,
      {"join 1", "end 0.0#1 failed again, set 0.0 queued"},
      {"tick 0", "set 0.0 running, assign 0.0#2 to 1"}}},
    {"when the last worker is gone the study is given up",
     {.budget = {.trials = 1}},
     {ONE_BEGINS,
      {"lost 1", "end 0.0#1 failed again, set 0.0 queued"},
      {"tick 4", ""},
      {"tick 4", ""},
      {"tick 4", ""},
      {"tick 4", ""},
      {"tick 4", "collect"},
      {"answer -1", ""},
      {"tick 0", "overhead 0 1 J, shut down, exit 3: no worker is left"}}},
    {"a pause of the whole job loses no one",
     {.budget = {.trials = 1}},
     {ONE_BEGINS, {"tick 3600", ""}, {"beat 1", ""}, {"tick 4", ""}}},
};

static void a_lost_worker_is_known(void **state)
{
    (void)state;
    struct world world;
    world_open(&world, &(struct world_options){.n_workers = 2});
    assert_false(coordinator_lost(world.coordinator, 1)); /* it may still come */
    world_join(&world, 0);
    world_join(&world, 1);
    assert_false(coordinator_lost(world.coordinator, 1));
    world_handle(&world, &(struct event){.kind = EVENT_LOST, .worker = 1});
    assert_true(coordinator_lost(world.coordinator, 1));
    assert_false(coordinator_lost(world.coordinator, 0));
    world_handle(&world, &(struct event){.kind = EVENT_HEARTBEAT, .worker = 1});
    assert_false(coordinator_lost(world.coordinator, 1));
    world_close(&world);
}

int main(void)
{
    enum { SCRIPTS = sizeof scripts / sizeof scripts[0] };
    struct CMUnitTest tests[SCRIPTS + 1] = {[SCRIPTS] =
                                                cmocka_unit_test(a_lost_worker_is_known)};
    script_tests(scripts, SCRIPTS, tests);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
