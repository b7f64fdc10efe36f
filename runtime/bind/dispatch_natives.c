/*
 * What pool.js and pool_recycle.js call of dispatching (dispatch_impl.h): making and ending pools,
 * members and tasks, and their figures.
 */
#include "runtime/bind/dispatch_impl.h"

#include "base/clock.h"
#include "runtime/bind/pool.h"
#include "runtime/bind/threads.h"
#include "runtime/isolate.h"

#include <math.h>

/* (array of functions in the order of enum call) */
static duk_ret_t native_calls(duk_context *ctx)
{
    dispatch_keep_calls(ctx, 0);
    dispatch_keep_hear(ctx);
    return 0;
}

static void *buffer_or_null(duk_context *ctx, duk_idx_t index)
{
    return duk_is_null(ctx, index) ? NULL : duk_require_buffer(ctx, index, NULL);
}

/* [ array or buffer ] -> [ ]: it lives as long as the object at 0. */
static void *keep_with(duk_context *ctx, const char *name)
{
    if (duk_is_array(ctx, -1)) { /* no setters of Array.prototype see what is kept */
        duk_push_undefined(ctx);
        duk_set_prototype(ctx, -2);
    }
    void *pointer = duk_get_heapptr(ctx, -1);

    duk_put_prop_string(ctx, 0, name);
    return pointer;
}

/* (pool, min threads, max threads, tasks per worker, max queue, histogram of waiting, of running,
 * has a handler, has a queue of its own, workers leave when they have nothing to do): its state */
static duk_ret_t native_make(duk_context *ctx)
{
    struct pool *pool = duk_push_fixed_buffer(ctx, sizeof *pool);

    duk_dup_top(ctx);
    duk_put_prop_literal(ctx, 0, HIDDEN_STATE);
    pool->object = duk_get_heapptr(ctx, 0);
    pool->min = duk_get_uint(ctx, 1);
    pool->max = duk_get_uint(ctx, 2);
    pool->concurrency = duk_get_uint(ctx, 3);
    pool->max_queue = duk_get_number(ctx, 4);
    pool->wait_time = buffer_or_null(ctx, 5);
    pool->run_time = buffer_or_null(ctx, 6);
    pool->has_first = duk_get_boolean(ctx, 7);
    pool->has_queue = duk_get_boolean(ctx, 8);
    pool->has_timeout = duk_get_boolean(ctx, 9);
    pool->watch_jobs = pool->watch_bytes = INFINITY;
    pool->unused = NOBODY;
    dispatch_list_clear(&pool->waiting);
    dispatch_list_clear(&pool->returned);
    duk_push_array(ctx);
    pool->held = keep_with(ctx, DUK_HIDDEN_SYMBOL("held"));
    duk_push_array(ctx);
    pool->more = keep_with(ctx, DUK_HIDDEN_SYMBOL("more"));
    duk_push_dynamic_buffer(ctx, 0);
    pool->slots = keep_with(ctx, DUK_HIDDEN_SYMBOL("slots"));
    return 1;
}

/* (pool's state, Member, its port): its state; it may have tasks from now on */
static duk_ret_t native_join(duk_context *ctx)
{
    struct pool *pool = dispatch_pool(ctx, 0);
    struct port *port = threads_get_port(ctx, 2);
    struct member *member = duk_push_fixed_buffer(ctx, sizeof *member);

    duk_dup_top(ctx);
    duk_put_prop_literal(ctx, 1, HIDDEN_STATE);
    duk_dup(ctx, 1);
    duk_put_prop_literal(ctx, 2, DUK_HIDDEN_SYMBOL("member")); /* lives as long as the port */
    *member = (struct member){.pool = pool,
                              .object = duk_get_heapptr(ctx, 1),
                              .port_object = duk_get_heapptr(ctx, 2),
                              .known = pool->has_first,
                              .run_ns = (double)CLOCK_NS_PER_MS,
                              .live = NAN};
    dispatch_list_clear(&member->tasks);
    struct member **at = &pool->members;
    while (*at != NULL) {
        at = &(*at)->next;
    }
    *at = member;
    pool->member_count++;
    dispatch_join_idle(pool, member);
    if (port != NULL) {
        port->pool = POOL_OWNER;
        port->member = member;
        port->is_started = true;
        mailbox_push_port(isolate_mailbox(isolate_of(ctx)), port);
    }
    return 1;
}

/* (member): no more of the pool; what runs in it goes on until its thread is stopped */
static duk_ret_t native_leave(duk_context *ctx)
{
    struct member *member = dispatch_member(ctx, 0);
    struct member **at = &member->pool->members;

    member->is_leaving = true;
    while (*at != NULL && *at != member) {
        at = &(*at)->next;
    }
    if (*at != NULL) {
        *at = member->next;
        member->pool->member_count--;
    }
    dispatch_leave_idle(member->pool, member);
    dispatch_stop_timer(ctx, member);
    return 0;
}

/* (member): it takes no more tasks */
static duk_ret_t native_retire(duk_context *ctx)
{
    struct member *member = dispatch_member(ctx, 0);

    member->is_leaving = true;
    dispatch_leave_idle(member->pool, member);
    dispatch_stop_timer(ctx, member);
    return 0;
}

/* (member) */
static duk_ret_t native_feed(duk_context *ctx)
{
    dispatch_feed(ctx, dispatch_member(ctx, 0));
    return 0;
}

/* (pool): who has nothing to do gets what waits */
static duk_ret_t native_feed_idle(duk_context *ctx)
{
    struct pool *pool = dispatch_pool(ctx, 0);

    uint32_t before = 0;
    uint32_t left = dispatch_waiting(ctx, pool);
    while (pool->idle != NULL && left > 0 && left != before) {
        before = left;
        dispatch_feed(ctx, pool->idle);
        left = dispatch_waiting(ctx, pool);
    }
    return 0;
}

/* (member, which leaves, error): all its tasks fail with that; how many */
static duk_ret_t native_end_tasks(duk_context *ctx)
{
    struct member *member = dispatch_member(ctx, 0);
    struct pool *pool = member->pool;
    duk_uint_t count = 0;

    while (member->tasks.size > 0) {
        uint32_t slot = member->tasks.first;
        dispatch_list_remove(pool, &member->tasks, slot);
        dispatch_settle(ctx, pool, slot, 1, true);
        count++;
    }
    duk_push_uint(ctx, count);
    return 1;
}

/* (pool, error): so do all that wait */
static duk_ret_t native_fail(duk_context *ctx)
{
    struct pool *pool = dispatch_pool(ctx, 0);
    uint32_t slot;

    while ((slot = dispatch_take(ctx, pool)) != NOBODY) {
        dispatch_take_value(ctx, pool, slot);
        duk_pop(ctx);
        dispatch_settle(ctx, pool, slot, 1, true);
    }
    return 0;
}

/* (pool, value, handler, flags, what the script keeps of it): its promise, or false */
static duk_ret_t native_enqueue(duk_context *ctx)
{
    duk_idx_t more = duk_is_object(ctx, 4) ? 4 : DUK_INVALID_INDEX;

    dispatch_enqueue(ctx, dispatch_pool(ctx, 0), 1, duk_get_uint(ctx, 2),
                     (uint8_t)duk_get_uint(ctx, 3), more);
    return 1;
}

/* (pool, slot, number): takes that task out of where it is. The member it was with, null when it
 * waited, undefined when it waits in the user's own queue, false when it is over. */
static duk_ret_t native_pull(duk_context *ctx)
{
    struct pool *pool = dispatch_pool(ctx, 0);
    uint32_t slot = duk_get_uint(ctx, 1);

    if (slot >= pool->capacity || pool->tasks[slot].number != duk_get_uint(ctx, 2)) {
        duk_push_false(ctx);
        return 1;
    }
    struct task *task = &pool->tasks[slot];
    switch (task->state) {
    case TASK_WAITS:
    case TASK_RETURNED:
        dispatch_list_remove(pool, task->state == TASK_WAITS ? &pool->waiting : &pool->returned,
                             slot);
        duk_push_null(ctx);
        return 1;
    case TASK_SENT:
        dispatch_list_remove(pool, &task->member->tasks, slot);
        duk_push_heapptr(ctx, task->member->object);
        return 1;
    case TASK_IN_QUEUE:
        task->state = TASK_TAKEN;
        return 0;
    default:
        duk_push_false(ctx);
        return 1;
    }
}

/* (pool, slot, value, whether an error): the task, which was pulled, is over */
static duk_ret_t native_settle(duk_context *ctx)
{
    struct pool *pool = dispatch_pool(ctx, 0);
    uint32_t slot = duk_get_uint(ctx, 1);

    if (slot >= pool->capacity || pool->tasks[slot].state != TASK_TAKEN) {
        return duk_type_error(ctx, "not a task that was pulled");
    }
    dispatch_take_value(ctx, pool, slot);
    duk_pop(ctx);
    dispatch_settle(ctx, pool, slot, 2, duk_get_boolean(ctx, 3));
    return 0;
}

/* (pool, which): as pool.js names them */
static duk_ret_t native_figure(duk_context *ctx)
{
    struct pool *pool = dispatch_pool(ctx, 0);
    const double figures[] = {pool->completed, pool->pending, (double)pool->needs_drain, 0};
    uint32_t which = duk_get_uint(ctx, 1);

    duk_push_number(ctx, which < 3 ? figures[which] : (double)dispatch_waiting(ctx, pool));
    return 1;
}

/* (pool, is closing) */
static duk_ret_t native_close(duk_context *ctx)
{
    dispatch_pool(ctx, 0)->is_closing = duk_get_boolean(ctx, 1);
    return 0;
}

/* (pool, jobs, bytes): the recycler hears of new live heaps, and of who has reached one of these */
static duk_ret_t native_watch(duk_context *ctx)
{
    struct pool *pool = dispatch_pool(ctx, 0);

    pool->is_watched = true;
    pool->watch_jobs = duk_get_number(ctx, 1);
    pool->watch_bytes = duk_get_number(ctx, 2);
    return 0;
}

/* (member, which): as pool.js names them */
static duk_ret_t native_get(duk_context *ctx)
{
    const struct member *member = dispatch_member(ctx, 0);
    const double figures[] = {(double)member->tasks.size, member->live, member->committed,
                              member->completed, (double)member->is_leaving};
    uint32_t which = duk_get_uint(ctx, 1);

    duk_push_number(ctx, which < 5 ? figures[which] : NAN);
    return 1;
}

/* (member): it has a timer that has to be stopped when it gets a task */
static duk_ret_t native_timed(duk_context *ctx)
{
    dispatch_member(ctx, 0)->has_timer = true;
    return 0;
}

/* (pool): somebody waits until nothing waits or runs any more */
static duk_ret_t native_awaited(duk_context *ctx)
{
    dispatch_pool(ctx, 0)->is_awaited = true;
    return 0;
}

void dispatch_put_natives(duk_context *ctx)
{
    static const duk_function_list_entry natives[] = {
        {"calls", native_calls, 1},        {"make", native_make, 10},
        {"enlist", native_join, 3},        {"leave", native_leave, 1},
        {"retire", native_retire, 1},      {"feed", native_feed, 1},
        {"feedIdle", native_feed_idle, 1}, {"endTasks", native_end_tasks, 2},
        {"fail", native_fail, 2},          {"enqueue", native_enqueue, 5},
        {"pull", native_pull, 3},          {"settle", native_settle, 4},
        {"figure", native_figure, 2},      {"close", native_close, 2},
        {"watch", native_watch, 3},        {"get", native_get, 2},
        {"timed", native_timed, 1},        {"awaited", native_awaited, 1},
        {"run", dispatch_run, 2},          {NULL, NULL, 0},
    };

    duk_put_function_list(ctx, -1, natives);
}
