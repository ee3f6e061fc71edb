/* What ranks say to each other. A message that is read and written again is the same the third
 * time. */
#include "orchestrator/message.h"
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>
#include <string.h>

static const struct idle_figures idle = {
    .opened_at_us = 5,
    .n = 1,
    .items = {{.set = 1, .meters = "perf:dram", .power = {IDLE_MEASURED, 85, 1, 0.01, 20, 2}}}};
static const struct attempt_id id = {.arm = 1, .attempt = 2, .trial = 3};

size_t fuzz_seed(size_t i, uint8_t *out)
{
    struct outcome outcome = {0};
    outcome_clear(&outcome);
    outcome.started_at_us = 1;
    outcome.ended_at_us = 2;
    const struct message messages[] = {
        {.kind = MESSAGE_KIND_READY, .name = "host", .text = "model", .idle = &idle},
        {.kind = MESSAGE_KIND_FINISHED, .id = id, .outcome = &outcome},
        {.kind = MESSAGE_KIND_SETUP,
         .text = "{}",
         .path = "/s",
         .name = "",
         .heartbeat_s = 1,
         .patience_s = 9},
        {.kind = MESSAGE_KIND_ASSIGN,
         .id = id,
         .seed = 7,
         .name = "grid.0.3",
         .text = "{\"x\":1}"},
        {.kind = MESSAGE_KIND_OVERHEAD, .flag = true},
        {.kind = MESSAGE_KIND_SAMPLES,
         .id = id,
         .samples = &(const struct monitor_sample){1000000, 5, 7, 9, -1, -1, -1, -1},
         .n_samples = 1},
        {.kind = MESSAGE_KIND_CANCEL, .id = id, .grace_s = 0.5, .text = "timeout"},
    };
    if (i >= sizeof messages / sizeof messages[0])
        return 0;
    struct strbuf text = STRBUF_INIT;
    if (outcome_add_metric(&outcome, "loss", 0.1) || message_write(&messages[i], &text))
        abort();
    size_t length = text.length;
    memcpy(out, text.text, length);
    strbuf_free(&text);
    outcome_clear(&outcome);
    return length;
}

/* The text of a message that is read, or of length 0. */
static void rewrite(struct strbuf *out, const char *text, size_t length)
{
    struct message message;
    struct error err;
    if (message_read(&message, text, length, &err))
        return;
    if (message_write(&message, out))
        abort();
    message_clear(&message);
}

bool fuzz_read(const uint8_t *bytes, size_t size)
{
    struct strbuf once = STRBUF_INIT, twice = STRBUF_INIT;
    rewrite(&once, (const char *)bytes, size);
    bool sound = once.length > 0;
    if (sound) {
        rewrite(&twice, once.text, once.length);
        if (twice.length != once.length || memcmp(once.text, twice.text, once.length) != 0)
            abort();
    }
    strbuf_free(&once);
    strbuf_free(&twice);
    return sound;
}
