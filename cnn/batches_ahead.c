#include "cnn/batches_ahead.h"

#include <omp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

static void *prepare(void *object)
{
    struct batches_ahead *ahead = object;
    omp_set_num_threads(1); /* of those that this thread would start */
    pthread_mutex_lock(&ahead->mutex);
    for (;;) {
        while (!ahead->wanted && !ahead->ends)
            pthread_cond_wait(&ahead->changed, &ahead->mutex);
        if (ahead->ends)
            break;
        pthread_mutex_unlock(&ahead->mutex);
        size_t n = batches_next(ahead->batches, ahead->images, ahead->labels);
        pthread_mutex_lock(&ahead->mutex);
        ahead->n = n;
        ahead->wanted = false;
        pthread_cond_broadcast(&ahead->changed);
    }
    pthread_mutex_unlock(&ahead->mutex);
    return NULL;
}

/* Signals are for the thread that trains. */
static bool start_thread(struct batches_ahead *ahead)
{
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    bool started = pthread_create(&ahead->thread, NULL, prepare, ahead) == 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return started;
}

static void release(struct batches_ahead *ahead)
{
    pthread_cond_destroy(&ahead->changed);
    pthread_mutex_destroy(&ahead->mutex);
    free(ahead->images);
    free(ahead->labels);
}

void batches_ahead_open(struct batches_ahead *ahead, struct batches *batches, bool threaded)
{
    *ahead = (struct batches_ahead){.batches = batches};
    if (!threaded)
        return;
    size_t size = batches_size(batches);
    ahead->images = malloc(size * batches_floats(batches) * sizeof *ahead->images);
    ahead->labels = malloc(size * sizeof *ahead->labels);
    ahead->wanted = true;
    pthread_mutex_init(&ahead->mutex, NULL);
    pthread_cond_init(&ahead->changed, NULL);
    ahead->threaded = ahead->images && ahead->labels && start_thread(ahead);
    if (!ahead->threaded)
        release(ahead);
}

void batches_ahead_close(struct batches_ahead *ahead)
{
    if (!ahead->threaded)
        return;
    pthread_mutex_lock(&ahead->mutex);
    ahead->ends = true;
    pthread_cond_broadcast(&ahead->changed);
    pthread_mutex_unlock(&ahead->mutex);
    pthread_join(ahead->thread, NULL);
    release(ahead);
}

size_t batches_ahead_next(struct batches_ahead *ahead, float *x, int32_t *labels)
{
    if (!ahead->threaded)
        return batches_next(ahead->batches, x, labels);
    pthread_mutex_lock(&ahead->mutex);
    while (ahead->wanted)
        pthread_cond_wait(&ahead->changed, &ahead->mutex);
    size_t n = ahead->n;
    memcpy(x, ahead->images, n * batches_floats(ahead->batches) * sizeof *x);
    memcpy(labels, ahead->labels, n * sizeof *labels);
    ahead->wanted = n > 0;
    pthread_cond_broadcast(&ahead->changed);
    pthread_mutex_unlock(&ahead->mutex);
    return n;
}
