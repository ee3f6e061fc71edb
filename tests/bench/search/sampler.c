#include "tests/bench/search/sampler.h"

enum status sampler_open(struct sampler *sampler, const struct sampler_choice *choice,
                         struct error *err)
{
    const struct sampler_type *type = choice->command ? &sampler_program : &sampler_strategy;
    *sampler = (struct sampler){.label = choice->label};
    enum status status = type->open(&sampler->state, choice, err);
    if (!status)
        sampler->type = type;
    return status;
}

void sampler_close(struct sampler *sampler)
{
    if (sampler->type)
        sampler->type->close(sampler->state);
    *sampler = (struct sampler){0};
}
