/* What a trial says. A result that is taken has its objective among its metrics, all of them
 * finite. */
#include "base/columns.h"
#include "tests/fuzz/seed_texts.h"
#include "worker/protocol.h"

#include <math.h>
#include <stdlib.h>

static const char *const texts[] = {
    "{\"event\": \"phase\", \"name\": \"train\"}",
    "{\"event\": \"report\", \"epoch\": 3, \"loss\": 0.84, \"note\": \"a \\\"NaN\\\" {\"}",
    "{\"event\": \"result\", \"loss\": 0.78, \"params\": 272474, \"best\": [1, 2, {}]}",
    "{\"loss\": -1e-300, \"other\": 1e300}",
    "{\"loss\": 2, \"energy_j\": 1234.5}",
};

size_t fuzz_seed(size_t i, uint8_t *out)
{
    return fuzz_seed_text(texts, sizeof texts / sizeof texts[0], i, out);
}

static void take(const struct json *result)
{
    static const char *const objectives[] = {"loss", NULL};
    struct protocol_terms terms = {.objectives = objectives, .takes_energy = true};
    struct outcome outcome = {0};
    struct error err;
    double energy_j;
    outcome_clear(&outcome);
    if (!protocol_take_result(&outcome, &energy_j, result, &terms, &err)) {
        if (!isnan(energy_j) && !(energy_j >= 0 && energy_j <= 9e9))
            abort();
        if (!isfinite(outcome_metric(&outcome, "loss")))
            abort();
        for (size_t i = 0; i < outcome.n_metrics; i++)
            if (!isfinite(outcome.metrics[i].value) ||
                column_is_reserved(outcome.metrics[i].name))
                abort();
    }
    outcome_clear(&outcome);
}

bool fuzz_read(const uint8_t *bytes, size_t size)
{
    const char *line = (const char *)bytes;
    enum protocol_event event;
    struct json *object, *output;
    struct error err;
    enum status status = protocol_read(&event, &object, line, size, &err);
    enum status output_status = protocol_read_output(&output, line, size, &err);
    if ((status == ST_OK) != (object != NULL) || (output_status == ST_OK) != (output != NULL))
        abort();
    if (object && event == PROTOCOL_RESULT)
        take(object);
    if (output)
        take(output);
    json_free(object);
    json_free(output);
    return status == ST_OK || output_status == ST_OK;
}
