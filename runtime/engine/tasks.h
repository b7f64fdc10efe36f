/*
 * Microtasks and rejections of one heap: what Promise (promise.c) and queueMicrotask() leave to be
 * done when no script runs. The loop's half (bind/script.c) goes through engine.h. Included by
 * unity.c's parts only.
 */
#ifndef RUNTIME_ENGINE_TASKS_H
#define RUNTIME_ENGINE_TASKS_H

#include "runtime/engine/cell.h"
#include "runtime/engine/table.h"

enum task_kind {
    TASK_CALL,     /* queueMicrotask: handlers[0]() */
    TASK_THEN,     /* a reaction: its result settles the promise `target` */
    TASK_FOREIGN,  /* a reaction whose result goes to the capability `target` */
    TASK_PASS,     /* the promise `target` takes over the outcome */
    TASK_AWAIT,    /* a handler is called with the outcome, and that is all; a target is its this */
    TASK_THENABLE, /* handlers[0] is the `then` of the object `argument`, which decides `target` */
};

/*
 * A microtask, or what a promise will make one of when it is settled: then the very same record
 * moves to the queue, so settling allocates nothing and cannot fail. Values are counted.
 */
struct task {
    struct task *next;
    enum task_kind kind;
    bool is_rejected;     /* `argument` is a reason */
    duk_tval handlers[2]; /* on fulfilled, on rejected; undefined for none */
    duk_tval target;
    duk_tval argument;
    duk_tval context; /* of async hooks, as it was when the task was made */
};

/* A new task with the handlers at the two indexes (or DUK_INVALID_INDEX); throws. The caller links
 * it before anything else allocates. */
static struct task *task_new(duk_hthread *thr, enum task_kind kind, duk_idx_t fulfilled,
                             duk_idx_t rejected);
static void task_visit(duk_heap *heap, struct task *task, cell_visit_fn visit);
/* Queues a list of tasks, all with the same outcome; takes them. */
static void tasks_settle(duk_heap *heap, struct task *list, duk_tval *argument, bool is_rejected);
static void tasks_add(duk_heap *heap, struct task *task);

/* Keeps the object at `index` alive until the loop is done with its present callback. */
static void tasks_keep(duk_hthread *thr, duk_idx_t index);

/* Keeps the rejected promise at `index` until the loop reports it, or that it is handled now. */
static void tasks_reject(duk_hthread *thr, duk_idx_t index, bool is_late);

#endif
