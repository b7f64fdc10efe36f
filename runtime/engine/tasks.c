/*
 * The queue of microtasks and the list of rejections nobody handled. Part of unity.c. Both live in
 * one cell, an intrinsic, which is made with the first promise or microtask. A task leaves the queue
 * before it runs; what it needs is on the value stack then.
 */
#include "runtime/engine/tasks.h"

#include "runtime/engine/promise.h"

/* A promise the loop has to be told of. */
struct rejection {
    struct rejection *next;
    duk_tval promise;
    bool is_late; /* it was reported and has a handler now */
};

struct tasks {
    struct cell cell;
    struct task *first, *last;
    struct rejection *rejected, *rejected_last;
    duk_tval context;  /* what async hooks made current */
    struct table kept; /* what WeakRefs have shown to the running callback */
};

static void task_visit(duk_heap *heap, struct task *task, cell_visit_fn visit)
{
    visit(heap, &task->handlers[0]);
    visit(heap, &task->handlers[1]);
    visit(heap, &task->target);
    visit(heap, &task->argument);
    visit(heap, &task->context);
}

static void visit_tasks(duk_heap *heap, struct cell *cell, cell_visit_fn visit)
{
    struct tasks *tasks = (struct tasks *)cell;
    for (struct task *task = tasks->first; task; task = task->next) {
        task_visit(heap, task, visit);
    }
    for (struct rejection *rejection = tasks->rejected; rejection; rejection = rejection->next) {
        visit(heap, &rejection->promise);
    }
    visit(heap, &tasks->context);
    table_visit(heap, &tasks->kept, visit);
}

/* The cell lives as long as the heap, which is dropped as a whole. */
static const struct cell_type tasks_type = {"Tasks", sizeof(struct tasks), visit_tasks, NULL, NULL};

static void tasks_make(duk_hthread *thr)
{
    struct tasks *tasks = cell_push(thr, &tasks_type, NULL);
    DUK_TVAL_SET_UNDEFINED(&tasks->context);
    intrinsic_set(thr, INTRINSIC_TASKS);
    duk_pop(thr);
}

static struct tasks *tasks_of(duk_hthread *thr)
{
    return (struct tasks *)intrinsic_get(thr, INTRINSIC_TASKS);
}

/* NULL before anything was queued. */
static struct tasks *tasks_find(duk_heap *heap)
{
    return (struct tasks *)intrinsic_find(heap, INTRINSIC_TASKS);
}

static void set_handler(duk_hthread *thr, duk_tval *place, duk_idx_t index)
{
    DUK_TVAL_SET_UNDEFINED(place);
    if (index != DUK_INVALID_INDEX) {
        cell_set(thr, place, index);
    }
}

static struct task *task_new(duk_hthread *thr, enum task_kind kind, duk_idx_t fulfilled,
                             duk_idx_t rejected)
{
    struct tasks *tasks = tasks_of(thr);
    struct task *task = DUK_ALLOC_CHECKED(thr, sizeof(*task));
    task->next = NULL;
    task->kind = kind;
    task->is_rejected = false;
    set_handler(thr, &task->handlers[0], fulfilled);
    set_handler(thr, &task->handlers[1], rejected);
    DUK_TVAL_SET_UNDEFINED(&task->target);
    DUK_TVAL_SET_UNDEFINED(&task->argument);
    DUK_TVAL_SET_TVAL(&task->context, &tasks->context);
    DUK_TVAL_INCREF(thr, &task->context);
    return task;
}

static void tasks_add(duk_heap *heap, struct task *task)
{
    struct tasks *tasks = tasks_find(heap);
    task->next = NULL;
    if (tasks->last) {
        tasks->last->next = task;
    } else {
        tasks->first = task;
    }
    tasks->last = task;
}

static void tasks_settle(duk_heap *heap, struct task *list, duk_tval *argument, bool is_rejected)
{
    while (list) {
        struct task *task = list;
        list = task->next;
        task->is_rejected = is_rejected;
        DUK_TVAL_SET_TVAL(&task->argument, argument);
        DUK_TVAL_INCREF(heap->heap_thread, &task->argument);
        tasks_add(heap, task);
    }
}

/* ---- running -------------------------------------------------------------------------------------
 */

/* Pushes [ handler argument target ] of the first task, makes its context current and frees it. */
static enum task_kind take_first(duk_hthread *thr, struct tasks *tasks, bool *is_rejected)
{
    struct task *task = tasks->first;
    enum task_kind kind = task->kind;
    *is_rejected = task->is_rejected;
    duk_push_tval(thr, &task->handlers[task->is_rejected]);
    duk_push_tval(thr, &task->argument);
    duk_push_tval(thr, &task->target);
    DUK_TVAL_SET_TVAL_UPDREF(thr, &tasks->context, &task->context);
    tasks->first = task->next;
    if (!tasks->first) {
        tasks->last = NULL;
    }
    task_visit(thr->heap, task, drop_value);
    DUK_FREE(thr->heap, task);
    DUK_REFZERO_CHECK_FAST(thr);
    return kind;
}

static void run_first(duk_hthread *thr, struct tasks *tasks)
{
    bool is_rejected;
    duk_idx_t top = duk_get_top(thr);
    enum task_kind kind = take_first(thr, tasks, &is_rejected);
    switch (kind) {
    case TASK_CALL:
        duk_pop_2(thr);
        duk_call(thr, 0);
        break;
    case TASK_THENABLE:
        promise_run_thenable(thr);
        break;
    default:
        promise_run_reaction(thr, kind, is_rejected);
        break;
    }
    duk_set_top(thr, top);
}

bool engine_has_microtasks(const struct engine *engine)
{
    const struct tasks *tasks = tasks_find(engine->heap);
    return tasks && tasks->first;
}

duk_ret_t engine_run_microtasks(duk_context *ctx, void *udata)
{
    (void)udata;
    struct tasks *tasks = tasks_of(ctx);
    duk_require_stack(ctx, 16);
    while (tasks->first) {
        engine_check_stop(ctx);
        run_first(ctx, tasks);
    }
    cell_clear(ctx, &tasks->context);
    return 0;
}

void engine_queue_microtask(duk_context *ctx, duk_idx_t function)
{
    tasks_add(ctx->heap, task_new(ctx, TASK_CALL, function, DUK_INVALID_INDEX));
}

void engine_push_async_context(duk_context *ctx)
{
    duk_push_tval(ctx, &tasks_of(ctx)->context);
}

void engine_set_async_context(duk_context *ctx, duk_idx_t index)
{
    cell_set(ctx, &tasks_of(ctx)->context, index);
}

static void tasks_keep(duk_hthread *thr, duk_idx_t index)
{
    struct tasks *tasks = tasks_of(thr);
    if (!table_find(&tasks->kept, duk_require_tval(thr, index))) {
        if (table_is_full(&tasks->kept)) {
            table_make_room(thr, &tasks->kept);
        }
        table_insert(thr, &tasks->kept, duk_require_tval(thr, index));
    }
}

void engine_end_of_job(struct engine *engine)
{
    struct tasks *tasks = tasks_find(engine->heap);
    if (tasks && tasks->kept.count) {
        table_clear(engine->heap, &tasks->kept);
    }
}

/* ---- rejections ----------------------------------------------------------------------------------
 */

static void tasks_reject(duk_hthread *thr, duk_idx_t index, bool is_late)
{
    struct tasks *tasks = tasks_of(thr);
    struct rejection *rejection = DUK_ALLOC_CHECKED(thr, sizeof(*rejection));
    rejection->next = NULL;
    rejection->is_late = is_late;
    DUK_TVAL_SET_UNDEFINED(&rejection->promise);
    cell_set(thr, &rejection->promise, index);
    if (tasks->rejected_last) {
        tasks->rejected_last->next = rejection;
    } else {
        tasks->rejected = rejection;
    }
    tasks->rejected_last = rejection;
}

bool engine_has_rejections(const struct engine *engine)
{
    const struct tasks *tasks = tasks_find(engine->heap);
    return tasks && tasks->rejected;
}

bool engine_push_rejection(duk_context *ctx, bool *is_late)
{
    struct tasks *tasks = tasks_of(ctx);
    struct rejection *rejection = tasks->rejected;
    if (!rejection) {
        return false;
    }
    *is_late = rejection->is_late;
    duk_push_tval(ctx, &rejection->promise);
    tasks->rejected = rejection->next;
    if (!tasks->rejected) {
        tasks->rejected_last = NULL;
    }
    drop_value(ctx->heap, &rejection->promise);
    DUK_FREE(ctx->heap, rejection);
    return true;
}
