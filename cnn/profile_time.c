#include "cnn/profile_time.h"

#include "base/clock.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* More rounds make no better median. */
#define ROUNDS_MAX 2000

struct recorder {
    struct profile *profile;
    const struct profile_progress *progress; /* may be NULL */
    int64_t threads;
    double begun_s, budget_s;
    size_t n_rows; /* two for each part, and one for the step */
    size_t n_rounds, capacity;
    double *seconds; /* [capacity][n_rows]: of rounds that are done */
    double *this;    /* [n_rows]: of the one that goes on */
    double part_s;   /* when the part that runs began */
    double running;  /* as in struct profile_times */
};

static size_t row_of(size_t part, enum profile_direction direction)
{
    return part * PROFILE_DIRECTIONS + (size_t)direction;
}

static double share_of(const struct recorder *recorder)
{
    return (clock_monotonic_s() - recorder->begun_s) / recorder->budget_s;
}

static bool goes_on(const struct recorder *recorder)
{
    const struct profile_progress *progress = recorder->progress;
    return !progress || progress->go_on(progress->context, fmin(share_of(recorder), 1));
}

static size_t begin(void *context, size_t part, enum profile_direction direction)
{
    struct recorder *recorder = context;
    (void)part;
    (void)direction;
    recorder->part_s = profile_clock_s(recorder->threads);
    return 1;
}

static bool end(void *context, size_t part, enum profile_direction direction, size_t times)
{
    struct recorder *recorder = context;
    (void)times;
    recorder->this[row_of(part, direction)] +=
        profile_clock_s(recorder->threads) - recorder->part_s;
    return goes_on(recorder);
}

static bool keep_round(struct recorder *recorder)
{
    if (recorder->n_rounds == recorder->capacity) {
        size_t capacity = recorder->capacity ? 2 * recorder->capacity : 16;
        double *grown =
            reallocarray(recorder->seconds, capacity * recorder->n_rows, sizeof *grown);
        if (!grown)
            return false;
        recorder->seconds = grown;
        recorder->capacity = capacity;
    }
    memcpy(recorder->seconds + recorder->n_rounds * recorder->n_rows, recorder->this,
           recorder->n_rows * sizeof *recorder->this);
    recorder->n_rounds++;
    return true;
}

/* A step alone, then one that is watched. */
static enum status run_round(struct recorder *recorder, struct error *err)
{
    struct profile_watcher watcher = {recorder, begin, end};
    memset(recorder->this, 0, recorder->n_rows * sizeof *recorder->this);
    double begun_s = profile_clock_s(recorder->threads);
    enum status status = profile_step(recorder->profile, NULL, err);
    recorder->this[recorder->n_rows - 1] = profile_clock_s(recorder->threads) - begun_s;
    if (!status)
        status = profile_step(recorder->profile, &watcher, err);
    if (!status && !keep_round(recorder))
        return error_set(err, ST_NOMEM, "out of memory for the times of a profile");
    return status;
}

static enum status run_rounds(struct recorder *recorder, struct error *err)
{
    enum status status = profile_step(recorder->profile, NULL, err); /* touches all memory */
    double begun_cpu_s = clock_thread_cpu_s();
    recorder->begun_s = clock_monotonic_s();
    do {
        if (!status)
            status = goes_on(recorder) ? run_round(recorder, err) : ST_INTERRUPTED;
    } while (!status && share_of(recorder) < 1 && recorder->n_rounds < ROUNDS_MAX);
    recorder->running =
        (clock_thread_cpu_s() - begun_cpu_s) / (clock_monotonic_s() - recorder->begun_s);
    return status == ST_INTERRUPTED && recorder->n_rounds > 0 ? ST_OK : status;
}

static int compare_numbers(const void *a, const void *b)
{
    double p = *(const double *)a, q = *(const double *)b;
    return (p > q) - (p < q);
}

static double median_of(double *values, size_t n)
{
    qsort(values, n, sizeof *values, compare_numbers);
    return (values[(n - 1) / 2] + values[n / 2]) / 2;
}

/* Over all rounds, of one row; values is [n_rounds]. */
static double row_median(const struct recorder *recorder, size_t row, double *values)
{
    for (size_t i = 0; i < recorder->n_rounds; i++)
        values[i] = recorder->seconds[i * recorder->n_rows + row];
    return median_of(values, recorder->n_rounds);
}

/* Within the rounds, where whatever disturbs the machine has disturbed both steps. */
static double find_gap(const struct recorder *recorder, double *values)
{
    for (size_t i = 0; i < recorder->n_rounds; i++) {
        const double *round = recorder->seconds + i * recorder->n_rows;
        double sum = 0;
        for (size_t row = 0; row + 1 < recorder->n_rows; row++)
            sum += round[row];
        values[i] = sum / round[recorder->n_rows - 1] - 1;
    }
    return median_of(values, recorder->n_rounds);
}

static enum status conclude(struct profile_times *times, const struct recorder *recorder,
                            struct error *err)
{
    size_t n = profile_count(recorder->profile);
    double *values = reallocarray(NULL, recorder->n_rounds, sizeof *values);
    times->part_s = calloc(n, sizeof *times->part_s);
    if (!values || !times->part_s) {
        free(values);
        return error_set(err, ST_NOMEM, "out of memory for the times of a profile");
    }
    times->n_rounds = recorder->n_rounds;
    times->running = recorder->running;
    times->step_s = row_median(recorder, recorder->n_rows - 1, values);
    times->gap = find_gap(recorder, values);
    for (size_t i = 0; i < n; i++)
        for (int d = 0; d < PROFILE_DIRECTIONS; d++)
            times->part_s[i][d] =
                profile_part(recorder->profile, i)->work[d].runs
                    ? row_median(recorder, row_of(i, (enum profile_direction)d), values)
                    : (double)NAN;
    free(values);
    return ST_OK;
}

enum status profile_time(struct profile_times *times, struct profile *profile, double budget_s,
                         const struct profile_progress *progress, struct error *err)
{
    *times = (struct profile_times){.n_rounds = 0};
    struct recorder recorder = {.profile = profile,
                                .progress = progress,
                                .threads = profile_threads(profile),
                                .budget_s = budget_s,
                                .n_rows = profile_count(profile) * PROFILE_DIRECTIONS + 1};
    recorder.this = calloc(recorder.n_rows, sizeof *recorder.this);
    enum status status =
        recorder.this ? run_rounds(&recorder, err)
                      : error_set(err, ST_NOMEM, "out of memory for the times of a profile");
    if (!status)
        status = conclude(times, &recorder, err);
    free(recorder.seconds);
    free(recorder.this);
    return status;
}

void profile_times_free(struct profile_times *times)
{
    free(times->part_s);
    times->part_s = NULL;
}
