/*
 * Which task goes to which member of a pool (dispatch.h): run(), feeding and taking back. Called by
 * scripts as Pool.prototype.run, by dispatch_answers.c and through the natives of pool.js.
 */
#include "runtime/bind/dispatch_impl.h"

#include "runtime/bind/clone.h"
#include "runtime/bind/pool.h"
#include "runtime/bind/threads.h"
#include "runtime/isolate.h"

#define TRIES_MAX 64 /* what is no task of ours is passed over so often */

/* ---- members ------------------------------------------------------------------------------------
 */

void dispatch_leave_idle(struct pool *pool, struct member *member)
{
    struct member **at = &pool->idle;

    while (*at != NULL && *at != member) {
        at = &(*at)->next_free;
    }
    if (*at != NULL) {
        *at = member->next_free;
    }
}

void dispatch_join_idle(struct pool *pool, struct member *member)
{
    member->next_free = pool->idle;
    pool->idle = member;
}

void dispatch_stop_timer(duk_context *ctx, struct member *member)
{
    if (member->has_timer) {
        member->has_timer = false;
        dispatch_call_with(ctx, CALL_BUSY, member->object);
        duk_pop(ctx);
    }
}

/* The task is with the member from now on. */
static void give(duk_context *ctx, struct member *member, uint32_t slot)
{
    struct pool *pool = member->pool;
    struct task *task = &pool->tasks[slot];

    if (member->tasks.size == 0) {
        dispatch_leave_idle(pool, member);
    }
    member->is_abortable = member->is_abortable || (task->flags & TASK_ABORTABLE) != 0;
    task->state = TASK_SENT;
    task->member = member;
    dispatch_list_insert(pool, &member->tasks, slot, false);
    dispatch_stop_timer(ctx, member);
}

static void tell_handler(duk_context *ctx, struct member *member, uint32_t handler)
{
    uint64_t bit = handler < 64 ? UINT64_C(1) << handler : 0;

    if ((member->known & bit) == 0) {
        dispatch_push_call(ctx, CALL_TELL);
        duk_push_heapptr(ctx, member->object);
        duk_push_uint(ctx, handler);
        duk_call(ctx, 2);
        duk_pop(ctx);
        member->known |= bit;
    }
}

static struct port *port_of(duk_context *ctx, const struct member *member)
{
    duk_push_heapptr(ctx, member->port_object);
    struct port *port = threads_get_port(ctx, -1);
    duk_pop(ctx);
    return port;
}

/* Sends a task that is in no list; its value is at an absolute index. */
static void send(duk_context *ctx, struct member *member, uint32_t slot, duk_idx_t value)
{
    struct pool *pool = member->pool;
    duk_idx_t top = duk_get_top(ctx);
    duk_idx_t transfer = DUK_INVALID_INDEX;
    uint64_t posted;

    tell_handler(ctx, member, pool->tasks[slot].handler);
    if (pool->tasks[slot].flags & TASK_TRANSFERS) {
        dispatch_push_more(ctx, pool, slot);
        duk_get_prop_literal(ctx, -1, "transferList");
        transfer = duk_get_top_index(ctx);
    }
    struct message_note note = {
        .what = POOL_TASK, .task = pool->tasks[slot].number, .handler = pool->tasks[slot].handler};
    int code = pool_post(ctx, port_of(ctx, member), &note, value, transfer, &posted);
    if (code < 0) {
        clone_translate_error(ctx);
        dispatch_settle(ctx, pool, slot, duk_get_top_index(ctx), true);
    } else if (code > 0) { /* it has just ended and will be heard of */
        member->is_leaving = true;
        dispatch_leave_idle(pool, member);
        dispatch_stop_timer(ctx, member);
        dispatch_return_task(ctx, pool, slot, duk_get_top_index(ctx));
    } else {
        pool->tasks[slot].started = posted;
        give(ctx, member, slot);
    }
    duk_set_top(ctx, top);
}

static void ring(duk_context *ctx, const struct member *member)
{
    struct port *port = port_of(ctx, member);

    if (port != NULL) {
        port_ring(port);
    }
}

/* The next of the user's own queue; what it was never given, or gave before, is passed over. */
static uint32_t take_queued(duk_context *ctx, struct pool *pool)
{
    for (int tries = 0; tries < TRIES_MAX; tries++) {
        dispatch_call_with(ctx, CALL_TAKE, pool->object);
        bool is_none = duk_is_undefined(ctx, -1);
        uint32_t slot = duk_get_uint_default(ctx, -1, NOBODY);
        duk_pop(ctx);
        if (slot < pool->capacity && pool->tasks[slot].state == TASK_IN_QUEUE) {
            pool->tasks[slot].state = TASK_TAKEN;
            return slot;
        }
        if (is_none) {
            break;
        }
    }
    return NOBODY;
}

/* The oldest task that waits, in no list any more; NOBODY for none. */
uint32_t dispatch_take(duk_context *ctx, struct pool *pool)
{
    struct list *list = pool->returned.size > 0 ? &pool->returned : &pool->waiting;
    uint32_t slot = list->first;

    if (slot != NOBODY) {
        dispatch_list_remove(pool, list, slot);
    } else if (pool->has_queue) {
        slot = take_queued(ctx, pool);
    }
    return slot;
}

/* It has to be alone in its worker, or to be sure of it. */
static bool is_picky(const struct member *member, const struct task *task)
{
    return member->tasks.size > 0 && ((task->flags & TASK_ABORTABLE) != 0 ||
                                      ((task->flags & TASK_TRANSFERS) != 0 &&
                                       member->tasks.size >= member->pool->concurrency));
}

/* Gives a member that has room what waits. */
void dispatch_feed(duk_context *ctx, struct member *member)
{
    struct pool *pool = member->pool;
    uint32_t most = pool->concurrency + member->ahead;
    uint32_t before = member->tasks.size;

    while (member->tasks.size < most && !member->is_abortable && !member->is_leaving) {
        uint32_t slot = dispatch_take(ctx, pool);
        if (slot == NOBODY) {
            break;
        }
        if (is_picky(member, &pool->tasks[slot])) {
            pool->tasks[slot].state = TASK_RETURNED;
            dispatch_list_insert(pool, &pool->returned, slot, true);
            break;
        }
        dispatch_take_value(ctx, pool, slot);
        send(ctx, member, slot, duk_get_top_index(ctx));
        duk_pop(ctx);
    }
    if (member->tasks.size > before) {
        ring(ctx, member);
    }
}

/* Nothing waits in the queue: takes back from who has most what that has not begun. */
void dispatch_steal(duk_context *ctx, struct member *member)
{
    struct pool *pool = member->pool;
    struct member *from = NULL;

    for (struct member *other = pool->members; other != NULL; other = other->next) {
        if (other->tasks.size > (from == NULL ? 1 : from->tasks.size)) {
            from = other;
        }
    }
    if (from == NULL || from == member) {
        return;
    }
    uint32_t slot = from->tasks.last;
    uint32_t number = pool->tasks[slot].number;
    struct port *source = port_of(ctx, from);
    struct port *target = port_of(ctx, member);
    if (source == NULL || target == NULL) {
        return;
    }
    tell_handler(ctx, member, pool->tasks[slot].handler);
    if (pool_move(source, target, number)) {
        dispatch_list_remove(pool, &from->tasks, slot);
        give(ctx, member, slot);
    }
}

/* The member that has the fewest tasks, NULL when all have as many as they may. */
static struct member *find(struct pool *pool)
{
    uint32_t most = pool->concurrency;
    struct member *found = pool->idle;

    if (found != NULL || most == 1) {
        return found;
    }
    for (struct member *member = pool->members; member != NULL; member = member->next) {
        if (member->tasks.size < most && !member->is_abortable && !member->is_leaving) {
            found = member;
            most = member->tasks.size;
        }
    }
    return found;
}

/* ---- run ----------------------------------------------------------------------------------------
 */

struct member *dispatch_member(duk_context *ctx, duk_idx_t index)
{
    duk_size_t size;
    struct member *member = duk_require_buffer(ctx, index, &size);

    if (size != sizeof *member) {
        (void)duk_type_error(ctx, "not a member");
    }
    return member;
}

struct pool *dispatch_pool(duk_context *ctx, duk_idx_t index)
{
    duk_size_t size;
    struct pool *pool = duk_require_buffer(ctx, index, &size);

    if (size != sizeof *pool) {
        (void)duk_type_error(ctx, "not a pool");
    }
    return pool;
}

static struct member *add_member(duk_context *ctx, struct pool *pool)
{
    dispatch_call_with(ctx, CALL_ADD, pool->object);
    struct member *member = dispatch_member(ctx, -1);
    duk_pop(ctx);
    return member;
}

/* The task goes to the member, or to the end of the queue. */
static void place(duk_context *ctx, struct pool *pool, struct member *member, uint32_t slot,
                  duk_idx_t value, bool is_first)
{
    if (member != NULL && is_first) {
        send(ctx, member, slot, value);
        ring(ctx, member);
        return;
    }
    dispatch_hold_value(ctx, pool, slot, value);
    if (pool->has_queue) {
        pool->tasks[slot].state = TASK_IN_QUEUE;
        dispatch_push_call(ctx, CALL_PUSH);
        duk_push_heapptr(ctx, pool->object);
        dispatch_push_more(ctx, pool, slot);
        duk_call(ctx, 2);
        duk_pop(ctx);
    } else {
        pool->tasks[slot].state = TASK_WAITS;
        dispatch_list_insert(pool, &pool->waiting, slot, false);
    }
    if (member != NULL) {
        dispatch_feed(ctx, member);
    }
}

/* [ ... what the script keeps ] -> [ ... ], with slot and number in it */
static void keep_more(duk_context *ctx, struct pool *pool, uint32_t slot, uint8_t flags)
{
    pool->tasks[slot].flags = flags | TASK_HAS_MORE;
    duk_push_uint(ctx, slot);
    duk_put_prop_literal(ctx, -2, "slot");
    duk_push_uint(ctx, pool->tasks[slot].number);
    duk_put_prop_literal(ctx, -2, "number");
    duk_push_heapptr(ctx, pool->more);
    duk_swap_top(ctx, -2);
    duk_put_prop_index(ctx, -2, slot);
    duk_pop(ctx);
}

/* Pushes the promise of a new task with the value at an absolute index and what the script keeps at
 * `more`, if anything; or false: the queue is full. */
void dispatch_enqueue(duk_context *ctx, struct pool *pool, duk_idx_t value, uint32_t handler,
                      uint8_t flags, duk_idx_t more)
{
    uint32_t size = dispatch_queue_size(ctx, pool);
    struct member *member = size == 0 ? find(pool) : NULL;
    bool is_new = (member == NULL || member->tasks.size > 0) && pool->member_count < pool->max;

    if (is_new || (member != NULL && member->tasks.size > 0 && (flags & TASK_ABORTABLE))) {
        member = NULL;
    }
    if (!is_new && member == NULL && (double)size >= pool->max_queue) {
        duk_push_false(ctx);
        return;
    }
    if (is_new) {
        member = add_member(ctx, pool); /* may throw */
    }
    uint32_t slot = dispatch_new_task(ctx, pool, handler); /* [ promise ] */
    if (more != DUK_INVALID_INDEX) {
        duk_dup(ctx, more);
        keep_more(ctx, pool, slot, flags);
    }
    if (pool->pending++ == 0) {
        isolate_hold(isolate_of(ctx));
    }
    place(ctx, pool, member, slot, value, size == 0);
    dispatch_tell_fill(ctx, pool);
}

/* The pool of `this`, which stays on the stack; NULL for no pool. */
static struct pool *this_pool(duk_context *ctx)
{
    duk_push_this(ctx);
    if (!duk_is_object(ctx, -1)) {
        return NULL;
    }
    duk_size_t size = 0;
    duk_get_prop_literal(ctx, -1, HIDDEN_STATE);
    struct pool *pool = duk_get_buffer(ctx, -1, &size);
    duk_pop(ctx);
    return size == sizeof *pool ? pool : NULL;
}

/* this is the pool; (value, options): a task with nothing but a value is sent from here, all else
 * goes through the script. */
duk_ret_t dispatch_run(duk_context *ctx)
{
    struct pool *pool = this_pool(ctx);

    if (pool != NULL && duk_is_undefined(ctx, 1) && pool->has_first && !pool->has_queue &&
        !pool->is_closing && (!duk_is_object(ctx, 0) || !duk_has_prop_literal(ctx, 0, MOVABLE))) {
        dispatch_enqueue(ctx, pool, 0, 0, 0, DUK_INVALID_INDEX);
        if (!duk_is_boolean(ctx, -1)) {
            return 1;
        }
        duk_pop(ctx);
    }
    dispatch_push_call(ctx, CALL_SLOW);
    duk_swap_top(ctx, -2);
    duk_dup(ctx, 0);
    duk_dup(ctx, 1);
    duk_call_method(ctx, 2);
    return 1;
}
