/* The study file. A study that is accepted is accepted again from the text that it keeps. */
#include "orchestrator/study.h"
#include "tests/fuzz/seed_texts.h"

#include <stdlib.h>

static const char *const texts[] = {
    "{\"name\":\"toy\",\"seed\":5,\"trial\":{\"kind\":\"function\",\"function\":\"branin\","
    "\"duration_s\":0.01,\"noise\":0.1},\"space\":{\"x\":{\"type\":\"real\",\"low\":-5,"
    "\"high\":10,"
    "\"grid\":4},\"y\":{\"type\":\"real\",\"low\":1e-3,\"high\":15,\"scale\":\"log\"}},"
    "\"objectives\":"
    "[{\"metric\":\"value\",\"goal\":\"minimize\"}],\"strategies\":[\"random\",\"sobol\","
    "\"bayes\"],"
    "\"budget\":{\"trials\":16},\"repeats\":2}",
    "{\"trial\":{\"kind\":\"command\",\"argv\":[\"sh\",\"{opt}\",\"{{x}}\"],\"env\":{\"A\":"
    "\"b\"},"
    "\"cwd\":\".\",\"timeout_s\":60,\"grace_s\":2,\"retries\":1,\"threads\":2},\"space\":{"
    "\"opt\":"
    "{\"type\":\"categorical\",\"values\":[\"sgd\",\"adam\"]},\"momentum\":{\"type\":\"real\","
    "\"low\":0,"
    "\"high\":1,\"when\":{\"opt\":[\"sgd\"]}},\"n\":{\"type\":\"integer\",\"low\":2,\"high\":9,"
    "\"step\":2},\"b\":{\"type\":\"ordinal\",\"values\":[1,2,4]}},\"objectives\":[{\"metric\":"
    "\"acc\","
    "\"goal\":\"maximize\"},{\"metric\":\"energy_j\",\"goal\":\"minimize\"}],\"strategies\":[{"
    "\"name\":"
    "\"bayes\",\"start\":4}],\"enqueue\":[{\"opt\":\"adam\",\"n\":4,\"b\":2}],\"allow_"
    "duplicates\":true,"
    "\"budget\":{\"energy_j\":1e5,\"time_s\":60,\"trials\":9},\"energy\":{\"meters\":["
    "\"model\"],"
    "\"require\":\"any\",\"idle_policy\":\"separate\",\"idle_window_s\":5,\"idle_w\":85,"
    "\"model\":{\"idle_w\":0.3,\"max_w\":1.7}}}",
    "{\"name\":\"net\",\"trial\":{\"kind\":\"cnn\",\"model\":\"resnet8\",\"dataset\":{"
    "\"format\":"
    "\"synthetic\"},\"settings\":{\"optimizer\":\"sgd\",\"momentum\":0.9}},\"space\":{\"batch_"
    "size\":"
    "{\"type\":\"ordinal\",\"values\":[32,64]},\"learning_rate\":{\"type\":\"real\",\"low\":0."
    "001,"
    "\"high\":1,\"scale\":\"log\",\"grid\":3}},\"objectives\":[{\"metric\":\"val_accuracy\","
    "\"goal\":"
    "\"maximize\"}],\"strategies\":[\"grid\"]}",
};

size_t fuzz_seed(size_t i, uint8_t *out)
{
    return fuzz_seed_text(texts, sizeof texts / sizeof texts[0], i, out);
}

static struct study *read_study(const char *text)
{
    struct study *study = NULL;
    struct json_problems problems = {0};
    struct error err;
    enum status status = study_read_text(&study, text, "/tmp/fuzz.json", &problems, &err);
    if ((status == ST_OK) != (study != NULL) || (status == ST_INVALID) != (problems.count > 0))
        abort();
    json_problems_free(&problems);
    return study;
}

bool fuzz_read(const uint8_t *bytes, size_t size)
{
    char *text = malloc(size + 1);
    if (!text)
        return false;
    memcpy(text, bytes, size);
    text[size] = '\0';
    struct study *study = read_study(text);
    free(text);
    if (!study)
        return false;
    struct study *again = read_study(study->json);
    if (!again || again->n_arms != study->n_arms)
        abort();
    study_free(again);
    study_free(study);
    return true;
}
