#include "orchestrator/predict_run.h"

#include "base/clock.h"
#include "base/log.h"
#include "cnn/predict_image.h"
#include "orchestrator/predict_table.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* A batch and what the network says of it. */
struct work {
    const uint8_t **images; /* [batch] */
    const char **names;     /* [batch], of files */
    uint8_t *pixels;        /* [batch] images, of files */
    float *probabilities;   /* [batch][n_classes] */
    size_t filled;
};

static void free_work(struct work *work)
{
    free(work->images);
    free(work->names);
    free(work->pixels);
    free(work->probabilities);
}

/* files: room for their pixels too. It is the caller's to free_work(), also after an error. */
static enum status make_work(struct work *work, const struct predict_run *run, bool files,
                             struct error *err)
{
    size_t batch = run->batch, bytes = image_bytes(&run->model->images.shape);
    *work = (struct work){.images = calloc(batch, sizeof *work->images),
                          .names = calloc(batch, sizeof *work->names),
                          .pixels = files ? calloc(batch, bytes) : NULL,
                          .probabilities = calloc(batch, run->model->images.n_classes *
                                                             sizeof *work->probabilities)};
    if (work->images && work->names && work->probabilities && (work->pixels || !files))
        return ST_OK;
    return error_set(err, ST_NOMEM, "out of memory for %zu images", batch);
}

/* What the i-th image of the batch came to. */
static const float *row_of(const struct predict_run *run, const struct work *work, size_t i)
{
    return work->probabilities + i * run->model->images.n_classes;
}

static enum status finish_files(struct predict_run *run, struct work *work, struct error *err)
{
    enum status status =
        predictor_run(run->predictor, work->images, work->filled, work->probabilities, err);
    for (size_t i = 0; i < work->filled && status == ST_OK; i++, run->n++)
        predict_table_add(run->table, run->model, run->top, work->names[i], NULL,
                          row_of(run, work, i));
    work->filled = 0;
    return status;
}

static void take_file(struct predict_run *run, struct work *work, const char *path)
{
    const struct image_shape *shape = &run->model->images.shape;
    uint8_t *pixels = work->pixels + work->filled * image_bytes(shape);
    struct error why = {0};
    if (predict_image_read(pixels, shape, path, &why)) {
        log_error("%s%s%s", why.what, why.remedy[0] ? "; " : "", why.remedy);
        run->failed++;
        return;
    }
    work->images[work->filled] = pixels;
    work->names[work->filled++] = path;
}

enum status predict_run_files(struct predict_run *run, const char *const *paths, size_t n,
                              struct error *err)
{
    struct work work;
    double start_s = clock_monotonic_s();
    enum status status = predict_image_check(&run->model->images.shape, err);
    if (status)
        return status;
    status = make_work(&work, run, true, err);
    for (size_t i = 0; i < n && status == ST_OK; i++) {
        take_file(run, &work, paths[i]);
        if (work.filled == run->batch)
            status = finish_files(run, &work, err);
    }
    if (status == ST_OK && work.filled > 0)
        status = finish_files(run, &work, err);
    free_work(&work);
    run->time_s = clock_monotonic_s() - start_s;
    return status;
}

static void take_result(struct predict_run *run, size_t index, size_t label,
                        const float *probabilities)
{
    size_t best;
    predict_top(probabilities, run->model->images.n_classes, 1, &best);
    confusion_add(&run->confusion, label, best);
    run->loss_sum -= log(fmax((double)probabilities[label], DBL_MIN));
    run->n++;
    if (!run->table)
        return;
    char name[32];
    snprintf(name, sizeof name, "%zu", index);
    predict_table_add(run->table, run->model, run->top, name, &label, probabilities);
}

enum status predict_run_data(struct predict_run *run, const struct predict_data *data, size_t n,
                             struct error *err)
{
    struct work work;
    double start_s = clock_monotonic_s();
    enum status status = make_work(&work, run, false, err);
    for (size_t begin = 0; begin < n && status == ST_OK; begin += work.filled) {
        work.filled = n - begin < run->batch ? n - begin : run->batch;
        for (size_t i = 0; i < work.filled; i++)
            work.images[i] = data->images->images[predict_data_index(data, begin + i)];
        status =
            predictor_run(run->predictor, work.images, work.filled, work.probabilities, err);
        for (size_t i = 0; i < work.filled && status == ST_OK; i++) {
            size_t index = predict_data_index(data, begin + i);
            take_result(run, index, data->images->labels[index], row_of(run, &work, i));
        }
    }
    free_work(&work);
    run->time_s = clock_monotonic_s() - start_s;
    return status;
}
