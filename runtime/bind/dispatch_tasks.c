/*
 * Tasks of a pool (dispatch_impl.h): their slots, lists and ends, and the calls into script. Called
 * by the other files of dispatching.
 */
#include "runtime/bind/dispatch_impl.h"

#include "base/clock.h"
#include "runtime/engine/engine.h"
#include "runtime/isolate.h"

#define STASH_CALLS "dispatch.calls"
#define TASKS_FIRST 64

/* Of the engine this thread runs, alive in the heap's stash. */
static _Thread_local void *calls;

/* ---- lists of slots -----------------------------------------------------------------------------
 */

void dispatch_list_clear(struct list *list)
{
    *list = (struct list){NOBODY, NOBODY, 0};
}

void dispatch_list_insert(struct pool *pool, struct list *list, uint32_t slot, bool is_front)
{
    struct task *task = &pool->tasks[slot];

    task->previous = is_front ? NOBODY : list->last;
    task->next = is_front ? list->first : NOBODY;
    *(task->previous != NOBODY ? &pool->tasks[task->previous].next : &list->first) = slot;
    *(task->next != NOBODY ? &pool->tasks[task->next].previous : &list->last) = slot;
    list->size++;
}

void dispatch_list_remove(struct pool *pool, struct list *list, uint32_t slot)
{
    struct task *task = &pool->tasks[slot];

    *(task->previous != NOBODY ? &pool->tasks[task->previous].next : &list->first) = task->next;
    *(task->next != NOBODY ? &pool->tasks[task->next].previous : &list->last) = task->previous;
    list->size--;
    task->state = TASK_TAKEN;
}

/* ---- slots --------------------------------------------------------------------------------------
 */

/* Doubles the slots; throws. */
static void grow(duk_context *ctx, struct pool *pool)
{
    uint32_t capacity = pool->capacity > 0 ? pool->capacity * 2 : TASKS_FIRST;

    duk_push_heapptr(ctx, pool->slots);
    pool->tasks = duk_resize_buffer(ctx, -1, capacity * sizeof *pool->tasks);
    duk_pop(ctx);
    for (uint32_t slot = capacity; slot-- > pool->capacity;) {
        pool->tasks[slot].state = TASK_FREE;
        pool->tasks[slot].next = pool->unused;
        pool->unused = slot;
    }
    pool->capacity = capacity;
}

/* [ value ] -> [ ] */
static void hold(duk_context *ctx, struct pool *pool, uint32_t index)
{
    duk_push_heapptr(ctx, pool->held);
    duk_swap_top(ctx, -2);
    duk_put_prop_index(ctx, -2, index);
    duk_pop(ctx);
}

void dispatch_hold_value(duk_context *ctx, struct pool *pool, uint32_t slot, duk_idx_t value)
{
    duk_dup(ctx, value);
    hold(ctx, pool, slot * 2 + 1);
}

/* Pushes it; it is held no more. */
static void take_held(duk_context *ctx, struct pool *pool, uint32_t index)
{
    duk_push_heapptr(ctx, pool->held);
    duk_get_prop_index(ctx, -1, index);
    duk_push_undefined(ctx);
    duk_put_prop_index(ctx, -3, index);
    duk_remove(ctx, -2);
}

void dispatch_take_value(duk_context *ctx, struct pool *pool, uint32_t slot)
{
    take_held(ctx, pool, slot * 2 + 1);
}

uint32_t dispatch_new_task(duk_context *ctx, struct pool *pool, uint32_t handler)
{
    if (pool->unused == NOBODY) {
        grow(ctx, pool);
    }
    uint32_t slot = pool->unused;
    engine_promise_push(ctx);
    duk_dup_top(ctx);
    hold(ctx, pool, slot * 2);
    struct task *task = &pool->tasks[slot];
    pool->unused = task->next;
    *task = (struct task){.created = clock_now_ns(),
                          .number = ++pool->numbers,
                          .handler = handler,
                          .state = TASK_TAKEN};
    return slot;
}

static void free_task(struct pool *pool, uint32_t slot)
{
    pool->tasks[slot].state = TASK_FREE;
    pool->tasks[slot].next = pool->unused;
    pool->unused = slot;
}

/* ---- script -------------------------------------------------------------------------------------
 */

void dispatch_keep_calls(duk_context *ctx, duk_idx_t index)
{
    duk_push_heap_stash(ctx);
    duk_dup(ctx, index);
    duk_put_prop_literal(ctx, -2, STASH_CALLS);
    calls = duk_get_heapptr(ctx, index);
    duk_pop(ctx);
}

void dispatch_push_call(duk_context *ctx, enum call which)
{
    duk_push_heapptr(ctx, calls);
    duk_get_prop_index(ctx, -1, which);
    duk_remove(ctx, -2);
}

/* Calls it with one object; its result is on top. */
void dispatch_call_with(duk_context *ctx, enum call which, void *object)
{
    dispatch_push_call(ctx, which);
    duk_push_heapptr(ctx, object);
    duk_call(ctx, 1);
}

uint32_t dispatch_queue_size(duk_context *ctx, struct pool *pool)
{
    if (!pool->has_queue) {
        return pool->waiting.size;
    }
    dispatch_call_with(ctx, CALL_SIZE, pool->object);
    uint32_t size = duk_to_uint32(ctx, -1);
    duk_pop(ctx);
    return size;
}

uint32_t dispatch_waiting(duk_context *ctx, struct pool *pool)
{
    return dispatch_queue_size(ctx, pool) + pool->returned.size;
}

/* Pushes what the script keeps of a task. */
void dispatch_push_more(duk_context *ctx, struct pool *pool, uint32_t slot)
{
    duk_push_heapptr(ctx, pool->more);
    duk_get_prop_index(ctx, -1, slot);
    duk_remove(ctx, -2);
}

static void emit(duk_context *ctx, struct pool *pool, const char *event)
{
    duk_push_heapptr(ctx, pool->object);
    duk_get_prop_literal(ctx, -1, "_events");
    if (duk_is_object(ctx, -1) && duk_has_prop_string(ctx, -1, event)) {
        dispatch_push_call(ctx, CALL_EMIT);
        duk_push_heapptr(ctx, pool->object);
        duk_push_string(ctx, event);
        duk_call(ctx, 2);
        duk_pop(ctx);
    }
    duk_pop_2(ctx);
}

/* 'drain' and 'needsDrain', as Piscina tells them. */
void dispatch_tell_fill(duk_context *ctx, struct pool *pool)
{
    uint32_t size = dispatch_waiting(ctx, pool);

    if (size == 0) {
        pool->needs_drain = false;
        emit(ctx, pool, "drain");
    }
    if ((double)size >= pool->max_queue) {
        pool->needs_drain = true;
        emit(ctx, pool, "needsDrain");
    }
}

/* ---- the end of a task --------------------------------------------------------------------------
 */

static void forget_more(duk_context *ctx, struct pool *pool, uint32_t slot)
{
    dispatch_push_call(ctx, CALL_FORGET);
    dispatch_push_more(ctx, pool, slot);
    duk_push_heapptr(ctx, pool->more);
    duk_push_undefined(ctx);
    duk_put_prop_index(ctx, -2, slot);
    duk_pop(ctx);
    duk_call(ctx, 1);
    duk_pop(ctx);
}

/* The task, which is in no list, is over; the value is at an absolute index. */
void dispatch_settle(duk_context *ctx, struct pool *pool, uint32_t slot, duk_idx_t value,
                     bool is_error)
{
    pool->completed++;
    if (pool->tasks[slot].flags & TASK_HAS_MORE) {
        forget_more(ctx, pool, slot);
    }
    take_held(ctx, pool, slot * 2);
    free_task(pool, slot);
    engine_promise_settle(ctx, -1, value, is_error);
    duk_pop(ctx);
    if (--pool->pending == 0) {
        isolate_drop(isolate_of(ctx));
    }
    if (pool->pending == 0 && pool->is_awaited) {
        pool->is_awaited = false;
        dispatch_call_with(ctx, CALL_DRAINED, pool->object);
        duk_pop(ctx);
    }
    dispatch_tell_fill(ctx, pool);
}

/* The task waits again, with its value: buffers and ports that moved are in that. */
void dispatch_return_task(duk_context *ctx, struct pool *pool, uint32_t slot, duk_idx_t value)
{
    dispatch_hold_value(ctx, pool, slot, value);
    struct task *task = &pool->tasks[slot];
    task->flags &= (uint8_t)~TASK_TRANSFERS;
    task->state = TASK_RETURNED;
    task->started = 0;
    dispatch_list_insert(pool, &pool->returned, slot, false);
}
