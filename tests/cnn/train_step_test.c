/* A step of a training that goes wrong. */
#include "cnn/train_state.h"
#include "tests/check.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char lenet5[] =
    "{\"model\": \"lenet5\", \"train_limit\": 32, \"batch_size\": 16, \"threads\": 1}";

static void set_all(struct network *network, size_t param, float value)
{
    size_t n = (size_t)shape_count(&network_param(network, param)->shape);
    float *plain = malloc(n * sizeof *plain);
    assert_non_null(plain);
    for (size_t i = 0; i < n; i++)
        plain[i] = value;
    assert_int_equal(network_write(network, param, plain), ST_OK);
    free(plain);
}

static enum status first_step(struct run *run, struct error *err)
{
    struct loss loss;
    batches_start(run->data.train, 1, 0);
    size_t n = batches_next(run->data.train, network_images(run->network), run->labels);
    assert_int_equal(n, 16);
    enum status status = run_step(run, 1, 0, n, &loss, err);
    assert_true(isfinite(loss.sum)); /* what the gradients are like is to be seen in them */
    return status;
}

/* Small weights before large ones: what flows forward has a usual size, while the gradient of
 * the small ones is beyond a float. */
static void a_gradient_beyond_a_float_fails_at_once(void **state)
{
    (void)state;
    struct train_settings settings;
    struct error err = {0};
    settings_init(&settings);
    assert_ok(settings_read(&settings, lenet5, strlen(lenet5), "test", &err), err);
    struct run run = {.settings = &settings};
    assert_ok(run_open(&run, &err), err);
    assert_ok(first_step(&run, &err), err);
    assert_string_equal(network_param(run.network, 2)->name, "weight");
    set_all(run.network, 0, 1e-37f);
    set_all(run.network, 1, 0);
    set_all(run.network, 2, 3e38f);
    set_all(run.network, 3, 0);
    assert_int_equal(first_step(&run, &err), ST_NUMERIC);
    assert_string_equal(err.what, "epoch 1, step 1: a gradient is not finite");
    assert_non_null(strstr(err.remedy, "learning_rate"));
    run_close(&run);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_gradient_beyond_a_float_fails_at_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
