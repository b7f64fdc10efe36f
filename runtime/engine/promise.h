/*
 * Promises, for the other parts of the engine's unit (promise.c). Included by them only.
 */
#ifndef RUNTIME_ENGINE_PROMISE_H
#define RUNTIME_ENGINE_PROMISE_H

#include "runtime/engine/tasks.h"

enum promise_state { PROMISE_PENDING, PROMISE_FULFILLED, PROMISE_REJECTED };

struct promise {
    struct cell cell;
    enum promise_state state;
    bool is_handled;
    bool is_reported; /* its rejection was, as unhandled */
    uint32_t pairs;   /* of resolving functions made so far */
    uint32_t open;    /* number of the pair that may still decide; 0 for none */
    duk_tval value;   /* result or reason */
    struct task *first, *last;
};

/* Pushes a new pending promise. */
static struct promise *promise_push(duk_hthread *thr);
/* NULL when the value is none. */
static struct promise *promise_get(duk_hthread *thr, duk_idx_t index);
/* Settles the promise, or lets it follow the thenable at `value`. Never throws but for death. */
static void promise_resolve(duk_hthread *thr, duk_idx_t promise, duk_idx_t value);
static void promise_reject(duk_hthread *thr, duk_idx_t promise, duk_idx_t reason);
/* Takes the task; it is queued when the promise at `index` is settled, or at once. */
static void promise_subscribe(duk_hthread *thr, duk_idx_t index, struct task *task);
/* Pushes the promise that `await` waits for: the value itself or a new one resolved with it. */
static void promise_push_for(duk_hthread *thr, duk_idx_t value);

/* [ handler argument target ] -> [ ... ]: tasks that ran out of the queue. */
static void promise_run_reaction(duk_hthread *thr, enum task_kind kind, bool is_rejected);
static void promise_run_thenable(duk_hthread *thr);

#endif
