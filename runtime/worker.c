/*
 * Life and death of worker threads (worker.h). Called by the parent's bindings, by the worker
 * itself at both ends of its life, and by the I/O thread that repeats kill signals. Invariant:
 * `engine` and `mailbox` are valid whenever they are not NULL under the lock.
 */
#include "runtime/worker.h"

#include "base/clock.h"
#include "runtime/environment.h"
#include "runtime/host.h"
#include "runtime/isolate.h"

#include <stdlib.h>

/*
 * Address space, not memory: only what is touched becomes resident. Never below Node's default of
 * 4 MB: the engine keeps script within less. Sanitizers make frames several times as large.
 */
#define STACK_BYTES (UINT64_C(4) << 20)
#if defined(__SANITIZE_THREAD__) || defined(__SANITIZE_ADDRESS__)
#define STACK_SCALE 8
#else
#define STACK_SCALE 1
#endif

struct worker *worker_new(struct host *host)
{
    struct worker *worker = calloc(1, sizeof *worker);
    struct letter *last = calloc(1, sizeof *last);

    if (worker == NULL || last == NULL) {
        free(worker);
        free(last);
        return NULL;
    }
    worker->host = host;
    worker->last = last;
    worker->start_ns = WIRE_UNKNOWN;
    atomic_store(&worker->refs, 1);
    pthread_mutex_init(&worker->lock, NULL);
    return worker;
}

struct worker *worker_ref(struct worker *worker)
{
    atomic_fetch_add(&worker->refs, 1);
    return worker;
}

static void free_early(struct worker *worker)
{
    while (worker->early != NULL) {
        struct letter *letter = worker->early;
        worker->early = letter->next;
        mailbox_free_letter(&letter);
    }
}

static void free_texts(char **texts)
{
    for (char **text = texts; text != NULL && *text != NULL; text++) {
        free(*text);
    }
    free(texts);
}

void worker_unref(struct worker **place)
{
    struct worker *worker = *place;

    *place = NULL;
    if (worker == NULL || atomic_fetch_sub(&worker->refs, 1) != 1) {
        return;
    }
    port_unref(&worker->port);
    port_unref(&worker->parent_port);
    message_free(&worker->data);
    message_free(&worker->error);
    free_texts(worker->argv);
    free_texts(worker->exec_argv);
    environment_unref(&worker->environment);
    free((char *)(uintptr_t)worker->birth.name);
    free(worker->source);
    free(worker->error_text);
    mailbox_free_letter(&worker->last);
    free_early(worker);
    pthread_mutex_destroy(&worker->lock);
    free(worker);
}

static void *thread_main(void *argument)
{
    struct worker *worker = argument;

    engine_limit_stack(worker->stack_bytes, STACK_SCALE);
    isolate_run_worker(worker);
    return NULL;
}

static size_t stack_size(const struct worker *worker)
{
    return STACK_SCALE *
           (size_t)(worker->stack_bytes > STACK_BYTES ? worker->stack_bytes : STACK_BYTES);
}

int worker_start(struct worker *worker)
{
    pthread_attr_t attributes;

    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, stack_size(worker));
    worker_ref(worker);
    worker->created_ns = clock_now_ns();
    int code = pthread_create(&worker->thread, &attributes, thread_main, worker);
    pthread_attr_destroy(&attributes);
    if (code != 0) {
        struct worker *own = worker;
        worker_unref(&own);
        return -code;
    }
    worker->is_started = true;
    return 0;
}

void worker_terminate(struct worker *worker)
{
    if (atomic_exchange(&worker->is_terminating, true)) {
        return;
    }
    pthread_mutex_lock(&worker->lock);
    bool is_running = worker->engine != NULL;
    if (is_running) {
        engine_terminate(worker->engine);
        mailbox_wake(worker->mailbox);
    }
    pthread_mutex_unlock(&worker->lock);
    if (is_running) {
        host_kill(worker->host, worker);
    }
}

void worker_join(struct worker *worker)
{
    if (worker->is_started) {
        pthread_join(worker->thread, NULL);
        worker->is_started = false;
    }
}

void worker_enter(struct worker *worker, struct engine *engine, struct mailbox *mailbox,
                  const struct wire_slot *slot)
{
    pthread_mutex_lock(&worker->lock);
    worker->slot = slot;
    worker->engine = engine;
    worker->mailbox = mailbox;
    while (worker->early != NULL) {
        struct letter *letter = worker->early;
        worker->early = letter->next;
        mailbox_push(mailbox, letter);
    }
    worker->early_last = NULL;
    pthread_mutex_unlock(&worker->lock);
    if (atomic_load(&worker->is_terminating)) {
        engine_terminate(engine); /* asked for before there was an engine to tell */
    }
}

void worker_leave(struct worker *worker)
{
    pthread_mutex_lock(&worker->lock);
    worker->engine = NULL;
    worker->mailbox = NULL;
    worker->slot = NULL;
    worker->has_left = true;
    pthread_mutex_unlock(&worker->lock);
}

bool worker_read_slot(struct worker *worker, struct wire_slot *slot)
{
    pthread_mutex_lock(&worker->lock);
    bool has_slot = worker->slot != NULL;
    for (size_t i = 0; has_slot && i < sizeof *slot / sizeof(uint64_t); i++) {
        ((uint64_t *)slot)[i] = atomic_load_explicit(
            (const _Atomic uint64_t *)(const void *)worker->slot + i, memory_order_relaxed);
    }
    pthread_mutex_unlock(&worker->lock);
    return has_slot;
}

bool worker_send(struct worker *worker, struct letter *letter)
{
    pthread_mutex_lock(&worker->lock);
    bool is_late = worker->has_left;
    if (worker->mailbox != NULL) {
        mailbox_push(worker->mailbox, letter);
    } else if (!is_late) {
        *(worker->early_last != NULL ? &worker->early_last->next : &worker->early) = letter;
        worker->early_last = letter;
    }
    pthread_mutex_unlock(&worker->lock);
    if (is_late) {
        mailbox_free_letter(&letter);
    }
    return !is_late;
}

bool worker_send_errand(struct worker *worker, struct letter *letter)
{
    bool is_sent = worker_send(worker, letter);

    pthread_mutex_lock(&worker->lock);
    if (worker->engine != NULL) {
        engine_notice(worker->engine);
    }
    pthread_mutex_unlock(&worker->lock);
    return is_sent;
}

bool worker_signal(struct worker *worker, int signal)
{
    pthread_mutex_lock(&worker->lock);
    bool is_running = worker->engine != NULL;
    if (is_running) {
        pthread_kill(worker->thread, signal);
    }
    pthread_mutex_unlock(&worker->lock);
    return is_running;
}
