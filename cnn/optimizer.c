#include "cnn/optimizer.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

struct optimizer {
    const struct rule *rule;
    float decay, momentum, epsilon;
    double beta1, beta2; /* 1 - beta2 would lose digits in a float */
    bool nesterov;
    size_t n;
    float *first, *second; /* [n]: what the rule remembers of the gradients */
    double beta1_power, beta2_power;
};

struct rule {
    bool second; /* it remembers two numbers a parameter */
    void (*step)(struct optimizer *o, float *params, const float *gradients, float rate);
};

static void step_sgd(struct optimizer *o, float *params, const float *gradients, float rate)
{
    float *velocity = o->first, momentum = o->momentum, decay = o->decay;
    float ahead = o->nesterov ? momentum : 1, now = o->nesterov ? 1 : 0;
    for (size_t i = 0; i < o->n; i++) {
        float g = gradients[i] + decay * params[i];
        velocity[i] = momentum * velocity[i] + g;
        params[i] -= rate * (now * g + ahead * velocity[i]);
    }
}

/* Adam's step (Kingma & Ba 2015), with the decay in the gradient (l2) and in the weight. */
static void adam(struct optimizer *o, float *params, const float *gradients, float rate,
                 float l2, float shrink)
{
    o->beta1_power *= o->beta1;
    o->beta2_power *= o->beta2;
    float *mean = o->first, *square = o->second;
    float keep1 = (float)o->beta1, keep2 = (float)o->beta2;
    float add1 = (float)(1 - o->beta1), add2 = (float)(1 - o->beta2);
    float step = (float)((double)rate / (1 - o->beta1_power));
    float correction = (float)(1 / sqrt(1 - o->beta2_power));
    for (size_t i = 0; i < o->n; i++) {
        float g = gradients[i] + l2 * params[i];
        mean[i] = keep1 * mean[i] + add1 * g;
        square[i] = keep2 * square[i] + add2 * g * g;
        params[i] =
            shrink * params[i] - step * mean[i] / (sqrtf(square[i]) * correction + o->epsilon);
    }
}

static void step_adam(struct optimizer *o, float *params, const float *gradients, float rate)
{
    adam(o, params, gradients, rate, o->decay, 1);
}

static void step_adamw(struct optimizer *o, float *params, const float *gradients, float rate)
{
    adam(o, params, gradients, rate, 0, 1 - rate * o->decay);
}

const char *const optimizer_names[] = {"sgd", "adam", "adamw", NULL};
static const struct rule rules[] = {{false, step_sgd}, {true, step_adam}, {true, step_adamw}};

enum status optimizer_create(struct optimizer **out, const struct train_settings *settings,
                             size_t n)
{
    struct optimizer *o = *out = calloc(1, sizeof *o);
    if (!o)
        return ST_NOMEM;
    o->rule = &rules[settings->optimizer];
    o->decay = (float)settings->weight_decay;
    o->momentum = (float)settings->momentum;
    o->nesterov = settings->nesterov;
    o->beta1 = settings->beta1;
    o->beta2 = settings->beta2;
    o->epsilon = (float)settings->epsilon;
    o->beta1_power = o->beta2_power = 1;
    o->n = n;
    o->first = calloc(n + 1, sizeof *o->first);
    o->second = o->rule->second ? calloc(n + 1, sizeof *o->second) : NULL;
    if (o->first && (o->second || !o->rule->second))
        return ST_OK;
    optimizer_free(o);
    *out = NULL;
    return ST_NOMEM;
}

void optimizer_free(struct optimizer *optimizer)
{
    if (!optimizer)
        return;
    free(optimizer->first);
    free(optimizer->second);
    free(optimizer);
}

void optimizer_step(struct optimizer *optimizer, float *params, const float *gradients,
                    double learning_rate)
{
    optimizer->rule->step(optimizer, params, gradients, (float)learning_rate);
}

struct optimizer_memory optimizer_memory(struct optimizer *optimizer)
{
    return (struct optimizer_memory){optimizer->second ? 2 : 1,
                                     {optimizer->first, optimizer->second},
                                     {&optimizer->beta1_power, &optimizer->beta2_power}};
}
