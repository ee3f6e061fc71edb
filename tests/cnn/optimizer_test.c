#include "cnn/optimizer.h"
#include "tests/check.h"

#include <string.h>

static struct train_settings with(const char *optimizer)
{
    struct train_settings settings;
    settings_init(&settings);
    settings.weight_decay = 0;
    for (settings.optimizer = 0; strcmp(optimizer_names[settings.optimizer], optimizer);)
        settings.optimizer++;
    return settings;
}

static struct optimizer *make(const struct train_settings *settings, size_t n)
{
    struct optimizer *optimizer;
    assert_int_equal(optimizer_create(&optimizer, settings, n), ST_OK);
    return optimizer;
}

/* By hand: velocity 2, 3.9, ...; the decay adds 0.1 * weight to the gradient. */
static void sgd_follows_its_formula(void **state)
{
    (void)state;
    struct train_settings settings = with("sgd");
    settings.weight_decay = 0.1;
    float x = 10, gradient = 1;
    struct optimizer *optimizer = make(&settings, 1);
    optimizer_step(optimizer, &x, &gradient, 0.5);
    assert_near((double)x, 10 - 0.5 * 2, 1e-5);
    optimizer_step(optimizer, &x, &gradient, 0.5);
    assert_near((double)x, 9 - 0.5 * (0.9 * 2 + 1.9), 1e-5);
    optimizer_free(optimizer);
    settings.nesterov = true;
    x = 10;
    optimizer = make(&settings, 1);
    optimizer_step(optimizer, &x, &gradient, 0.5);
    assert_near((double)x, 10 - 0.5 * (2 + 0.9 * 2), 1e-5);
    optimizer_free(optimizer);
}

/* Whatever the gradient's size, Adam's first step is the learning rate. */
static void adam_starts_with_the_learning_rate(void **state)
{
    (void)state;
    static const char *const names[] = {"adam", "adamw"};
    for (int i = 0; i < 2; i++) {
        struct train_settings settings = with(names[i]);
        float x[] = {1, 1, 1};
        const float gradients[] = {1e-3f, -50, 0};
        struct optimizer *optimizer = make(&settings, 3);
        optimizer_step(optimizer, x, gradients, 0.01);
        assert_near((double)x[0], 0.99, 1e-5);
        assert_near((double)x[1], 1.01, 1e-5);
        assert_near((double)x[2], 1, 0);
        optimizer_free(optimizer);
    }
}

static void adamw_decays_the_weight_and_adam_the_gradient(void **state)
{
    (void)state;
    struct train_settings settings = with("adamw");
    settings.weight_decay = 0.1;
    float x = 1, zero = 0;
    struct optimizer *optimizer = make(&settings, 1);
    optimizer_step(optimizer, &x, &zero, 0.5);
    assert_near((double)x, 0.95, 1e-6);
    optimizer_free(optimizer);
    settings = with("adam");
    settings.weight_decay = 0.1;
    x = 1;
    optimizer = make(&settings, 1);
    optimizer_step(optimizer, &x, &zero, 0.5);
    assert_near((double)x, 0.5, 1e-5);
    optimizer_free(optimizer);
}

/* Every rule finds the bottom of a bowl that is a hundred times steeper one way. */
static void every_rule_minimises(void **state)
{
    (void)state;
    for (int i = 0; optimizer_names[i]; i++) {
        struct train_settings settings = with(optimizer_names[i]);
        float x[2] = {1, -1};
        struct optimizer *optimizer = make(&settings, 2);
        for (int step = 0; step < 2000; step++) {
            const float gradients[] = {x[0], 100 * x[1]};
            optimizer_step(optimizer, x, gradients, 0.005 * (1 - step / 2000.0));
        }
        assert_near((double)x[0], 0, 0.01);
        assert_near((double)x[1], 0, 0.01);
        optimizer_free(optimizer);
    }
    optimizer_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sgd_follows_its_formula),
        cmocka_unit_test(adam_starts_with_the_learning_rate),
        cmocka_unit_test(adamw_decays_the_weight_and_adam_the_gradient),
        cmocka_unit_test(every_rule_minimises),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
