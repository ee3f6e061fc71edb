#include "worker/energy.h"

#include <string.h>

static const char *const texts[] = {
#define ENERGY_QUALITY_TEXT(name, text) text,
    ENERGY_QUALITY_LIST(ENERGY_QUALITY_TEXT)
#undef ENERGY_QUALITY_TEXT
};

#define QUALITIES (sizeof texts / sizeof texts[0])

const char *energy_quality_text(enum energy_quality quality)
{
    size_t i = (size_t)quality;
    return i < QUALITIES ? texts[i] : "unknown";
}

int energy_quality_from_text(const char *text)
{
    for (size_t i = 0; text && i < QUALITIES; i++)
        if (strcmp(text, texts[i]) == 0)
            return (int)i;
    return -1;
}

enum energy_quality energy_quality_worse(enum energy_quality a, enum energy_quality b)
{
    return a == ENERGY_NONE || (b != ENERGY_NONE && b < a) ? b : a;
}
