/*
 * What the files of dispatching share (dispatch.h): a pool, its members and its tasks. A pool and
 * each of its members (a worker with its port) are plain buffers in the owner's heap, kept by the
 * script's Pool and Member objects; tasks are slots of a buffer that grows; a task's promise and,
 * until it is sent, its value are in an array beside. So nothing has to be freed when the isolate
 * dies. Included by dispatch*.c only.
 *
 * Invariants: a task is free, waits in one list (or in the user's own queue), is with one member,
 * or is TAKEN by the function that moves it. Whatever may run script or allocate may also make the
 * slots move, so they are looked up again behind it.
 */
#ifndef RUNTIME_BIND_DISPATCH_IMPL_H
#define RUNTIME_BIND_DISPATCH_IMPL_H

#include "runtime/bind/dispatch.h"
#include "runtime/port.h"

#include <stdbool.h>
#include <stdint.h>

#define NOBODY       UINT32_MAX
#define HIDDEN_STATE DUK_HIDDEN_SYMBOL("state")
#define MOVABLE      DUK_HIDDEN_SYMBOL("movable")

/* TAKEN: in nobody's list, on its way from one state to the next. */
enum { TASK_FREE, TASK_WAITS, TASK_RETURNED, TASK_IN_QUEUE, TASK_SENT, TASK_TAKEN };
/* What pool.js says of a task that is not just a value. */
enum { TASK_ABORTABLE = 1, TASK_TRANSFERS = 2, TASK_HAS_MORE = 4 };

struct member;

struct task {
    struct member *member;     /* SENT */
    uint64_t created, started; /* CLOCK_MONOTONIC ns; started: when it was posted */
    uint32_t number, handler;
    uint32_t next, previous; /* in its list; next of a free one too */
    uint8_t state, flags;
};

struct list {
    uint32_t first, last, size;
};

struct member {
    struct pool *pool;
    void *object;      /* the script's Member */
    void *port_object; /* its port */
    struct member *next, *next_free;
    struct list tasks;
    uint64_t answered; /* when its last answer was posted */
    uint64_t known;    /* handlers it was told; those beyond 64 are told each time */
    double run_ns;     /* of its tasks lately */
    double live, committed, completed;
    uint32_t ahead;    /* tasks it may have beside those it runs */
    bool is_leaving;   /* takes no more tasks */
    bool is_abortable; /* runs a task that may be aborted: no other may come */
    bool has_timer;
};

struct pool {
    void *object; /* the script's Pool */
    void *slots;  /* the buffer of `tasks` */
    void *held;   /* array: promise and value of each slot in turn */
    void *more;   /* array: what the script keeps of a task */
    struct task *tasks;
    uint32_t capacity, unused; /* `unused` heads the list of free slots */
    uint32_t numbers;
    struct list waiting, returned;
    struct member *members, *idle;
    uint32_t member_count, min, max, concurrency;
    double max_queue, completed, pending;
    double watch_jobs, watch_bytes; /* the recycler wants to see who has reached these */
    void *wait_time, *run_time;     /* histograms, or NULL */
    bool has_queue;                 /* the user's own */
    bool has_first, is_closing, needs_drain;
    bool is_watched; /* by the recycler */
    bool is_awaited; /* somebody waits until nothing waits or runs */
    bool has_timeout;
};

/* What is called in script, by number in an array in the heap's stash. */
enum call {
    CALL_SLOW,    /* this is the pool; (value, options): run() with all its checks */
    CALL_ADD,     /* (pool): makes a member; its state */
    CALL_TELL,    /* (member, handler): the worker is told of it */
    CALL_OTHER,   /* (member, what, value) */
    CALL_IDLE,    /* (member): it has nothing to do */
    CALL_BUSY,    /* (member): it has a timer, and something to do */
    CALL_DRAINED, /* (pool): nothing waits or runs */
    CALL_EMIT,    /* (pool, event) */
    CALL_OBSERVE, /* (member): new figures for the recycler */
    CALL_FORGET,  /* (what the script keeps of a task that is over) */
    CALL_SIZE,    /* (pool): of the user's own queue */
    CALL_PUSH,    /* (pool, what the script keeps of the task) */
    CALL_TAKE,    /* (pool): slot, undefined for none */
};

/* ---- dispatch_tasks.c ---- */

void dispatch_list_clear(struct list *list);
void dispatch_list_insert(struct pool *pool, struct list *list, uint32_t slot, bool is_front);
void dispatch_list_remove(struct pool *pool, struct list *list, uint32_t slot);

/* A new task, TAKEN, whose promise is pushed; throws. */
uint32_t dispatch_new_task(duk_context *ctx, struct pool *pool, uint32_t handler);
/* The task holds a copy of the value at `value`. */
void dispatch_hold_value(duk_context *ctx, struct pool *pool, uint32_t slot, duk_idx_t value);
/* Pushes its value, which it holds no more. */
void dispatch_take_value(duk_context *ctx, struct pool *pool, uint32_t slot);
/* Pushes what the script keeps of it. */
void dispatch_push_more(duk_context *ctx, struct pool *pool, uint32_t slot);
/* The task, which is TAKEN, is over; the value is at an absolute index. Calls script. */
void dispatch_settle(duk_context *ctx, struct pool *pool, uint32_t slot, duk_idx_t value,
                     bool is_error);
/* The TAKEN task waits again, with the value at that index: buffers that moved are in it. */
void dispatch_return_task(duk_context *ctx, struct pool *pool, uint32_t slot, duk_idx_t value);

/* Tasks that wait in the pool's queue; with those that were returned. May call script. */
uint32_t dispatch_queue_size(duk_context *ctx, struct pool *pool);
uint32_t dispatch_waiting(duk_context *ctx, struct pool *pool);
/* 'drain' and 'needsDrain', as Piscina tells them. Calls script. */
void dispatch_tell_fill(duk_context *ctx, struct pool *pool);

/* Pushes that function; calls it with one object and leaves its result. */
void dispatch_push_call(duk_context *ctx, enum call which);
void dispatch_call_with(duk_context *ctx, enum call which, void *object);
/* The array of functions at `index` is what is called, and stays alive. */
void dispatch_keep_calls(duk_context *ctx, duk_idx_t index);

/* ---- dispatch.c ---- */

/* The states at `index`; throw. */
struct pool *dispatch_pool(duk_context *ctx, duk_idx_t index);
struct member *dispatch_member(duk_context *ctx, duk_idx_t index);

void dispatch_join_idle(struct pool *pool, struct member *member);
void dispatch_leave_idle(struct pool *pool, struct member *member);
void dispatch_stop_timer(duk_context *ctx, struct member *member);

/* The oldest task that waits, TAKEN; NOBODY for none. */
uint32_t dispatch_take(duk_context *ctx, struct pool *pool);
/* Gives a member that has room what waits. */
void dispatch_feed(duk_context *ctx, struct member *member);
/* A member that has nothing to do gets what another has not begun. */
void dispatch_steal(duk_context *ctx, struct member *member);
/* Pushes the promise of a new task with the value at an absolute index and what the script keeps at
 * `more` (or DUK_INVALID_INDEX); or false: the queue is full. */
void dispatch_enqueue(duk_context *ctx, struct pool *pool, duk_idx_t value, uint32_t handler,
                      uint8_t flags, duk_idx_t more);
/* Pool.prototype.run */
duk_ret_t dispatch_run(duk_context *ctx);

/* ---- dispatch_answers.c ---- */

/* What hears stays alive in the heap's stash. */
void dispatch_keep_hear(duk_context *ctx);

#endif
