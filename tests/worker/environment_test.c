#include "base/rng.h"
#include "tests/check.h"
#include "worker/command_line.h"
#include "worker/environment.h"

#include <string.h>

/* The value of a variable of a list; NULL when it is not there. */
static const char *value_of(char **list, const char *name)
{
    const char *value = NULL;
    size_t length = strlen(name);
    int found = 0;
    for (; *list; list++)
        if (strncmp(*list, name, length) == 0 && (*list)[length] == '=') {
            value = *list + length + 1;
            found++;
        }
    assert_true(found <= 1);
    return value;
}

static char inherited[][40] = {"PATH=/bin",
                               "OMPI_COMM_WORLD_RANK=1",
                               "OMPI_ALLOW_RUN_AS_ROOT=1",
                               "PMIX_RANK=1",
                               "PMI_RANK=1",
                               "SLURM_PROCID=1",
                               "SLURM_JOB_ID=17",
                               "SLURM_STEP_ID=0",
                               "SLURM_CPUS_PER_TASK=4",
                               "OMP_NUM_THREADS=99",
                               "WATTUNE_TRIAL=outer",
                               "CUDA_VISIBLE_DEVICES=0,1,2,3",
                               "WATTUNE_CHECKPOINT_DIR=/outer",
                               "WATTUNE_CONTINUE_DIR=/outer"};
enum { INHERITED = sizeof inherited / sizeof inherited[0] };

static char **create(const struct attempt *attempt)
{
    char *list[INHERITED + 1] = {0};
    for (size_t i = 0; i < INHERITED; i++)
        list[i] = inherited[i];
    char **out;
    assert_int_equal(environment_create(&out, list, attempt, 4711), ST_OK);
    return out;
}

static void a_trial_is_no_rank_of_ours(void **state)
{
    (void)state;
    struct trial_spec spec = {.kind = TRIAL_COMMAND};
    struct json *params = json_object_create();
    struct attempt attempt = {.spec = &spec, .params = params, .id = "a", .threads = 3};
    char **list = create(&attempt);
    static const char *const gone[] = {
        "OMPI_COMM_WORLD_RANK", "PMIX_RANK",     "PMI_RANK",
        "SLURM_PROCID",         "SLURM_STEP_ID", "WATTUNE_CHECKPOINT_DIR",
        "WATTUNE_CONTINUE_DIR"};
    for (size_t i = 0; i < sizeof gone / sizeof gone[0]; i++)
        assert_null(value_of(list, gone[i]));
    assert_string_equal(value_of(list, "PATH"), "/bin");
    assert_string_equal(value_of(list, "OMPI_ALLOW_RUN_AS_ROOT"), "1");
    assert_string_equal(value_of(list, "SLURM_JOB_ID"), "17");
    assert_string_equal(value_of(list, "SLURM_CPUS_PER_TASK"), "4");
    assert_string_equal(value_of(list, "WATTUNE_TRIAL"), "a");
    assert_string_equal(value_of(list, "WATTUNE_THREADS"), "3");
    assert_string_equal(value_of(list, "OMP_NUM_THREADS"), "3");
    assert_string_equal(value_of(list, "WATTUNE_GUARD"), "4711");
    assert_string_equal(value_of(list, "CUDA_VISIBLE_DEVICES"), "0,1,2,3");
    strings_free(list);
    json_free(params);
}

static void the_study_has_the_last_word(void **state)
{
    (void)state;
    char own[] = "OMP_NUM_THREADS=1", more[] = "DATA=/d=x";
    char *env[] = {own, more, NULL};
    struct trial_spec spec = {.kind = TRIAL_COMMAND, .env = env, .threads = 8};
    struct json *params = json_object_create();
    json_put_number(params, "lr", 0.1);
    struct attempt attempt = {.spec = &spec,
                              .params = params,
                              .id = "a",
                              .seed = RNG_SEED_MAX,
                              .threads = 3,
                              .checkpoint_dir = "/c",
                              .continue_dir = "/b",
                              .gpus = "GPU-a,GPU-b"};
    char **list = create(&attempt);
    assert_string_equal(value_of(list, "OMP_NUM_THREADS"), "1");
    assert_string_equal(value_of(list, "WATTUNE_THREADS"), "8");
    assert_string_equal(value_of(list, "DATA"), "/d=x");
    assert_string_equal(value_of(list, "WATTUNE_SEED"), "9007199254740991");
    assert_string_equal(value_of(list, "WATTUNE_CHECKPOINT_DIR"), "/c");
    assert_string_equal(value_of(list, "WATTUNE_CONTINUE_DIR"), "/b");
    assert_string_equal(value_of(list, "CUDA_VISIBLE_DEVICES"), "GPU-a,GPU-b");
    assert_string_equal(value_of(list, "WATTUNE_PARAMS"), "{\"lr\":0.1}");
    strings_free(list);
    json_free(params);
}

static void a_trainer_gets_settings_under_parameters(void **state)
{
    (void)state;
    struct json *settings = json_object_create(), *params = json_object_create();
    json_put_string(settings, "model", "vgg");
    json_put_number(settings, "momentum", 0.5);
    json_put_number(params, "momentum", 0.9);
    json_put_number(params, "threads", 1);
    struct trial_spec spec = {.kind = TRIAL_CNN, .settings = settings};
    struct attempt attempt = {
        .spec = &spec, .params = params, .id = "a", .seed = 5, .threads = 3};
    char **list = create(&attempt);
    const char *text = value_of(list, "WATTUNE_PARAMS");
    struct json *merged;
    struct error err;
    assert_ok(json_parse(&merged, text, strlen(text), "params", &err), err);
    assert_int_equal(json_count(merged), 4);
    assert_string_equal(json_string(json_member(merged, "model")), "vgg");
    assert_near(json_number(json_member(merged, "momentum")), 0.9, 0);
    assert_near(json_number(json_member(merged, "threads")), 1, 0);
    assert_near(json_number(json_member(merged, "seed")), 5, 0);
    json_free(merged);
    strings_free(list);
    json_free(settings);
    json_free(params);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_trial_is_no_rank_of_ours),
        cmocka_unit_test(the_study_has_the_last_word),
        cmocka_unit_test(a_trainer_gets_settings_under_parameters),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
