/*
 * Threads that come when there is something to close and go when there is not. Called by loader.c.
 * Owns the descriptors that were pushed and the threads. Invariant: `busy` counts the descriptors
 * that a thread has taken and not closed yet.
 */
#include "probes/closer.h"

#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

#define THREADS_MAX 64
#define QUEUE_MAX   256

struct closer {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    int queue[QUEUE_MAX];
    unsigned count;         /* in the queue */
    unsigned busy, threads; /* descriptors being closed; threads alive */
};

struct closer *closer_new(void)
{
    struct closer *closer = calloc(1, sizeof *closer);

    if (closer != NULL) {
        pthread_mutex_init(&closer->lock, NULL);
        pthread_cond_init(&closer->changed, NULL);
    }
    return closer;
}

static void *work(void *context)
{
    struct closer *closer = context;

    pthread_mutex_lock(&closer->lock);
    while (closer->count > 0) {
        int fd = closer->queue[--closer->count];
        closer->busy++;
        pthread_mutex_unlock(&closer->lock);
        close(fd);
        pthread_mutex_lock(&closer->lock);
        closer->busy--;
    }
    closer->threads--;
    pthread_cond_broadcast(&closer->changed);
    pthread_mutex_unlock(&closer->lock);
    return NULL;
}

/* Locked. A thread for each that waits, so that they wait together. */
static void need_thread(struct closer *closer)
{
    pthread_attr_t attributes;
    pthread_t thread;

    if (closer->threads >= closer->busy + closer->count || closer->threads == THREADS_MAX) {
        return;
    }
    pthread_attr_init(&attributes);
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    pthread_attr_setstacksize(&attributes, 65536);
    if (pthread_create(&thread, &attributes, work, closer) == 0) {
        closer->threads++;
    }
    pthread_attr_destroy(&attributes);
}

void closer_push(struct closer *closer, int fd)
{
    pthread_mutex_lock(&closer->lock);
    if (closer->count < QUEUE_MAX) {
        closer->queue[closer->count++] = fd;
        need_thread(closer);
        if (closer->threads > 0) {
            fd = -1;
        } else {
            closer->count--;
        }
    }
    pthread_mutex_unlock(&closer->lock);
    if (fd >= 0) {
        close(fd);
    }
}

void closer_wait(struct closer *closer)
{
    pthread_mutex_lock(&closer->lock);
    while (closer->threads > 0) {
        pthread_cond_wait(&closer->changed, &closer->lock);
    }
    pthread_mutex_unlock(&closer->lock);
}

void closer_free(struct closer **pointer)
{
    struct closer *closer = *pointer;

    *pointer = NULL;
    if (closer != NULL) {
        closer_wait(closer);
        pthread_mutex_destroy(&closer->lock);
        pthread_cond_destroy(&closer->changed);
        free(closer);
    }
}
