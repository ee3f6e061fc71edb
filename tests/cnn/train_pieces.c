#include "tests/cnn/train_pieces.h"

#include "tests/check.h"
#include "tests/cnn/scratch_folder.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool on_epoch(void *context, const struct train_report *report)
{
    struct log *log = context;
    assert_true(log->n_reports < EPOCHS_MAX);
    log->reports[log->n_reports++] = *report;
    return report->epoch != log->stop_at;
}

static bool on_step(void *context, const struct train_step *step)
{
    struct log *log = context;
    assert_true(step->step >= 1 && step->step <= step->steps && step->images > 0);
    assert_true(isfinite(step->loss) && step->time_s >= 0);
    log->steps++;
    return log->end_in == 0 || --log->end_in > 0;
}

static void on_warning(void *context, const struct error *warning)
{
    struct log *log = context;
    log->warning = *warning;
    log->n_warnings++;
}

enum status run(const struct train_settings *settings,
                const struct train_checkpoints *checkpoints, struct log *log,
                struct train_result *result, struct error *err)
{
    struct train_events events = {
        .context = log, .on_epoch = on_epoch, .on_step = on_step, .on_warning = on_warning};
    return train_run(settings, checkpoints, &events, result, err);
}

struct train_result must_run(const struct train_settings *settings,
                             const struct train_checkpoints *checkpoints, struct log *log)
{
    struct train_result result;
    struct error err;
    assert_ok(run(settings, checkpoints, log, &result, &err), err);
    return result;
}

struct train_settings settings_of(const char *text)
{
    struct train_settings settings;
    struct error err;
    settings_init(&settings);
    settings.width = 4;
    settings.epochs = 4;
    settings.batch_size = 16;
    settings.train_limit = 48;
    settings.val_limit = 20;
    assert_ok(settings_read(&settings, text, strlen(text), "test", &err), err);
    return settings;
}

struct place make_place(const char *name)
{
    struct place place;
    snprintf(place.path, sizeof place.path, "%s", scratch_path(name));
    assert_int_equal(mkdir(place.path, 0777), 0);
    return place;
}

void remove_place(const struct place *place)
{
    checkpoint_delete(place->path);
    assert_int_equal(rmdir(place->path), 0);
}

size_t read_checkpoint(const struct place *place, const char *name, char **bytes)
{
    char path[1024];
    snprintf(path, sizeof path, "%s/%s", place->path, name);
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    assert_int_equal(fseek(file, 0, SEEK_END), 0);
    size_t size = (size_t)ftell(file);
    rewind(file);
    *bytes = malloc(size);
    assert_non_null(*bytes);
    assert_int_equal(fread(*bytes, 1, size, file), size);
    fclose(file);
    return size;
}

/* What stands before the speed of the last epoch and the checksum. */
void must_hold_equal(const struct place *a, const char *name_a, const struct place *b,
                     const char *name_b)
{
    char *x, *y;
    size_t n = read_checkpoint(a, name_a, &x);
    assert_int_equal(read_checkpoint(b, name_b, &y), n);
    assert_memory_equal(x, y, n - sizeof(double) - sizeof(uint32_t));
    free(x);
    free(y);
}

void must_be_equal(const struct place *a, const struct place *b)
{
    must_hold_equal(a, CHECKPOINT_LATEST, b, CHECKPOINT_LATEST);
}

void damage(const struct place *place, const char *name)
{
    char *bytes, path[1024];
    size_t n = read_checkpoint(place, name, &bytes);
    bytes[n / 2] ^= 4;
    snprintf(path, sizeof path, "%s/%s", place->path, name);
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, n, file), n);
    assert_int_equal(fclose(file), 0);
    free(bytes);
}

void must_tell_the_same(const struct train_report *a, const struct train_report *b)
{
    assert_int_equal(a->epoch, b->epoch);
    assert_true(a->train_loss == b->train_loss && a->train_accuracy == b->train_accuracy);
    assert_true(a->val_loss == b->val_loss && a->val_accuracy == b->val_accuracy);
}
