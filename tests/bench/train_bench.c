/* train_bench.c - run the trainer by hand: train_bench name=value ... prints a line an epoch.
 * The first line is the time from the start of the process to the first training step. */
#include "base/clock.h"
#include "cnn/train.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static double started_s;
static bool stepping;

static void on_phase(void *context, const char *phase)
{
    (void)context;
    if (stepping || strcmp(phase, "train") != 0)
        return;
    stepping = true;
    printf("startup_s %.3f\n", clock_monotonic_s() - started_s);
}

static bool on_epoch(void *context, const struct train_report *report)
{
    (void)context;
    printf("epoch %d train_loss %.4f train_accuracy %.4f val_loss %.4f val_accuracy %.4f "
           "images_per_s %.1f\n",
           report->epoch, report->train_loss, report->train_accuracy, report->val_loss,
           report->val_accuracy, report->images_per_s);
    fflush(stdout);
    return true;
}

/* A value is JSON where it reads as such, or else a string. */
static enum status set(struct train_settings *settings, const char *name, const char *text,
                       struct error *err)
{
    struct json *holder = json_object_create(), *value = NULL;
    const struct json *use;
    if (json_parse(&value, text, strlen(text), name, NULL) == ST_OK) {
        use = value;
    } else {
        json_put_string(holder, name, text);
        use = json_first(holder);
    }
    enum status status = settings_set(settings, name, use, err);
    json_free(value);
    json_free(holder);
    return status;
}

int main(int argc, char **argv)
{
    started_s = clock_monotonic_s();
    struct train_settings settings;
    struct error err = {0};
    settings_init(&settings);
    for (int i = 1; i < argc; i++) {
        char *equals = strchr(argv[i], '=');
        if (!equals) {
            fprintf(stderr, "usage: train_bench name=value ...\n");
            return 2;
        }
        *equals = 0;
        if (set(&settings, argv[i], equals + 1, &err)) {
            fprintf(stderr, "%s %s\n", err.what, err.remedy);
            return 2;
        }
    }
    struct train_events events = {.on_phase = on_phase, .on_epoch = on_epoch};
    struct train_result result;
    if (train_run(&settings, NULL, &events, &result, &err)) {
        fprintf(stderr, "%s; %s\n", err.what, err.remedy);
        return 1;
    }
    printf("params %lld forward_flops %lld test_accuracy %.4f\n", (long long)result.params,
           (long long)result.forward_flops, result.test_accuracy);
    return 0;
}
