/*
 * Answers of a pool's workers (dispatch.h): the times they tell, the next tasks, the end of the
 * task. Called by the loop for every message of a worker, through pool_push_message().
 */
#include "runtime/bind/dispatch_impl.h"

#include "base/clock.h"
#include "runtime/bind/pool.h"
#include "runtime/bind/timing.h"

#include <math.h>

#define STASH_HEAR "dispatch.hear"

/* A worker whose tasks are short is sent more of them before it is done with one, about this much
 * work: else both sides would sleep and wake for each. Who has nothing to do takes them back. */
#define AHEAD_NS  (CLOCK_NS_PER_MS / 2)
#define AHEAD_MAX 16

/* Of the engine this thread runs, alive in the heap's stash: native_hear(). */
static _Thread_local void *hear;

/* ---- answers ------------------------------------------------------------------------------------
 */

/* How far ahead of its answers a worker is sent tasks, by how long its last ones took. */
static void pace(struct member *member, const struct task *task, uint64_t posted)
{
    struct pool *pool = member->pool;
    uint64_t began = task->started > member->answered ? task->started : member->answered;
    double ns = posted > began ? (double)(posted - began) : 0;

    member->answered = posted;
    if (pool->run_time != NULL) {
        timing_add(pool->wait_time,
                   began > task->created ? (double)(began - task->created) / 1000 : 0);
        timing_add(pool->run_time, ns / 1000);
    }
    member->run_ns += (ns - member->run_ns) * (ns > member->run_ns ? 0.5 : 0.1);
    member->ahead = member->run_ns * AHEAD_MAX < AHEAD_NS ? AHEAD_MAX
                    : member->run_ns < AHEAD_NS           ? (uint32_t)(AHEAD_NS / member->run_ns)
                                                          : 0;
}

/* The member's task of that number, NOBODY when it was aborted meanwhile. */
static uint32_t find_task(const struct member *member, uint32_t number)
{
    uint32_t slot = member->tasks.first;

    for (uint32_t left = member->tasks.size; left > 0; left--) {
        if (member->pool->tasks[slot].number == number) {
            return slot;
        }
        slot = member->pool->tasks[slot].next;
    }
    return NOBODY;
}

/* Whether the live heap is a new one. */
static bool take_figures(struct member *member, double live, double committed)
{
    bool is_new = !isnan(live) && live != member->live;

    member->live = live;
    member->committed = committed;
    return is_new;
}

static bool is_noteworthy(const struct member *member)
{
    return member->completed >= member->pool->watch_jobs ||
           member->committed >= member->pool->watch_bytes;
}

static void observe(duk_context *ctx, struct member *member)
{
    dispatch_call_with(ctx, CALL_OBSERVE, member->object);
    duk_pop(ctx);
}

/* The next tasks of a member are on their way before anybody hears of this one. */
static void go_on(duk_context *ctx, struct member *member)
{
    struct pool *pool = member->pool;

    if (member->tasks.size < pool->concurrency + (member->ahead >> 2) &&
        dispatch_waiting(ctx, pool) > 0) {
        dispatch_feed(ctx, member);
    }
    if (member->tasks.size == 0 && !member->is_leaving) {
        dispatch_steal(ctx, member);
    }
    if (member->tasks.size > 0) {
        return;
    }
    if (!member->is_leaving) {
        dispatch_join_idle(pool, member);
    }
    if (member->is_leaving || (pool->has_timeout && pool->member_count > pool->min)) {
        dispatch_call_with(ctx, CALL_IDLE, member->object);
        duk_pop(ctx);
    }
}

/* [ ... value at 6 ]; pack of pool_worker.js: [error, own properties] */
static void unpack_error(duk_context *ctx)
{
    duk_get_prop_index(ctx, 6, 0);
    duk_get_prop_index(ctx, 6, 1);
    if (duk_is_error(ctx, -2)) {
        duk_enum(ctx, -1, DUK_ENUM_OWN_PROPERTIES_ONLY);
        while (duk_next(ctx, -1, 1)) {
            duk_put_prop(ctx, -5);
        }
        duk_pop(ctx);
    }
    duk_pop(ctx);
    duk_replace(ctx, 6);
}

static void hear_other(duk_context *ctx, struct member *member, enum pool_what what,
                       uint32_t number)
{
    uint32_t slot = what == POOL_RETURNED ? find_task(member, number) : NOBODY;

    if (slot != NOBODY) { /* the worker ended before it began it */
        dispatch_list_remove(member->pool, &member->tasks, slot);
        dispatch_return_task(ctx, member->pool, slot, 6);
    }
    dispatch_push_call(ctx, CALL_OTHER);
    duk_push_heapptr(ctx, member->object);
    duk_push_uint(ctx, what);
    duk_dup(ctx, 6);
    duk_call(ctx, 3);
}

/* (member or NULL as a pointer, task, handler, posted ns, live, committed, value, what) */
static duk_ret_t native_hear(duk_context *ctx)
{
    struct member *member = duk_get_pointer(ctx, 0);
    uint32_t number = duk_get_uint(ctx, 1);
    enum pool_what what = duk_get_uint(ctx, 7);

    if (member == NULL) {
        return 0;
    }
    struct pool *pool = member->pool;
    bool is_answer = what == POOL_RESULT || what == POOL_ERROR || what == POOL_FAILURE;
    uint32_t slot = is_answer ? find_task(member, number) : NOBODY;
    bool is_new = take_figures(member, duk_get_number(ctx, 4), duk_get_number(ctx, 5));
    if (slot == NOBODY) {
        hear_other(ctx, member, what, number);
        return 0;
    }
    pace(member, &pool->tasks[slot], (uint64_t)duk_get_number(ctx, 3));
    dispatch_list_remove(pool, &member->tasks, slot);
    member->completed++;
    member->is_abortable = false;
    if (what == POOL_FAILURE) {
        unpack_error(ctx);
    }
    if (pool->is_watched && (is_new || is_noteworthy(member))) {
        observe(ctx, member);
    }
    go_on(ctx, member);
    dispatch_settle(ctx, pool, slot, 6, what != POOL_RESULT);
    return 0;
}

void dispatch_push_hear(duk_context *ctx, const struct port *port)
{
    duk_push_heapptr(ctx, hear);
    duk_push_undefined(ctx);
    duk_push_pointer(ctx, port->member);
}

void dispatch_keep_hear(duk_context *ctx)
{
    duk_push_heap_stash(ctx);
    duk_push_c_function(ctx, native_hear, 8);
    hear = duk_get_heapptr(ctx, -1);
    duk_put_prop_literal(ctx, -2, STASH_HEAR);
    duk_pop(ctx);
}
