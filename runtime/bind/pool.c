/*
 * The hot half of a pool (pool.h). On the owner's side: posting a task and handing an answer to
 * dispatch.c. On the worker's: reading a task, calling its handler, answering and ending the job,
 * without any script of ours unless the handler's result is a promise. The heap's stash keeps what
 * is called and, in the worker, the handlers and their job names. Invariant: a task is answered
 * exactly once, whatever its handler does, unless the worker dies.
 */
#include "runtime/bind/pool.h"

#include "base/clock.h"
#include "runtime/bind/dispatch.h"
#include "runtime/bind/threads.h"
#include "runtime/bind/timing.h"
#include "runtime/isolate.h"

#include <errno.h>
#include <math.h>
#include <sched.h>

#define STASH_LATER    "pool.later"
#define STASH_HANDLERS "pool.handlers"
#define STASH_NAMES    "pool.names"
#define STASH_PORT     "pool.port"
#define STASH_SERVE    "pool.serve"
#define STASH_CONTROL  "pool.control"
#define MOVABLE        DUK_HIDDEN_SYMBOL("movable")

/* Of the engine this thread runs, alive in the heap's stash: what it has as a worker of a pool. */
static _Thread_local struct {
    void *serve;    /* native_serve() */
    void *control;  /* function (port, ..., as that): all but tasks */
    void *later;    /* function (value, task, handler, started, is an error) */
    void *handlers; /* array */
    void *names;    /* array: of jobs, by handler */
    void *port;     /* the worker's end */
    int concurrency, awaited;
} current;

static void *stash(duk_context *ctx, const char *key, duk_idx_t index)
{
    index = duk_require_normalize_index(ctx, index);
    duk_push_heap_stash(ctx);
    duk_dup(ctx, index);
    duk_put_prop_string(ctx, -2, key);
    duk_pop(ctx);
    return duk_get_heapptr(ctx, index);
}

/* ---- messages -----------------------------------------------------------------------------------
 */

/* [ ] -> [ value what ]; a value that cannot be read is the error of its task. */
static duk_ret_t read_message(duk_context *ctx, void *argument)
{
    struct message *message = argument;
    bool is_read = engine_clone_read(ctx, message) == 0;

    duk_push_uint(ctx, is_read ? message->note.what : POOL_ERROR);
    return 2;
}

int pool_push_message(duk_context *ctx, struct port *port, struct message *message, uint64_t *read)
{
    const struct message_note *note = &message->note;

    if (port->pool == POOL_OWNER) {
        dispatch_push_hear(ctx, port);
    } else {
        duk_push_heapptr(ctx, current.serve);
        duk_push_undefined(ctx);
        duk_push_heapptr(ctx, port->object);
    }
    duk_push_uint(ctx, note->task);
    duk_push_uint(ctx, note->handler);
    duk_push_number(ctx, (double)message->posted);
    duk_push_number(ctx, note->live == WIRE_UNKNOWN ? NAN : (double)note->live);
    duk_push_number(ctx, (double)note->committed);
    if (duk_safe_call(ctx, read_message, message, 0, 2) != DUK_EXEC_SUCCESS) {
        duk_pop_n(ctx, 10);
        return -1;
    }
    *read = clock_now_ns();
    return 8;
}

static void note_figures(duk_context *ctx, struct message_note *note)
{
    const struct wire_slot *slot = isolate_slot(isolate_of(ctx));

    note->live = engine_live(isolate_engine(isolate_of(ctx)));
    note->committed = atomic_load_explicit(&slot->heap_total, memory_order_relaxed) +
                      atomic_load_explicit(&slot->external, memory_order_relaxed);
}

int pool_post(duk_context *ctx, struct port *port, const struct message_note *note, duk_idx_t value,
              duk_idx_t transfer, uint64_t *posted)
{
    bool is_laid = note->what == POOL_TASK; /* who feeds a worker rings when that is done */
    struct account *account = isolate_account(isolate_of(ctx));
    struct message *message = NULL;
    uint32_t to = PORT_NOBODY;
    uint64_t began = clock_now_ns();

    if (engine_clone_write(ctx, value, transfer, &message) != 0) {
        return -1;
    }
    threads_stamp(ctx, message, port);
    message->note = *note;
    *posted = message->posted;
    struct message books = *message; /* it may be read and freed as soon as it is posted */
    int code = port == NULL ? -EPIPE : (is_laid ? port_lay : port_post)(port, message, &to);
    account_clone(account, &books, to, books.posted - began);
    if (code == -ELOOP) {
        duk_push_error_object(ctx, DUK_ERR_ERROR, "a port cannot travel in a circle");
    } else if (code < 0 && note->what == POOL_TASK) {
        engine_clone_read(ctx, message);
    }
    if (code < 0) {
        account_discard(account, message);
        message_free(&message);
    }
    return code == -ELOOP ? -1 : code < 0 && note->what == POOL_TASK;
}

void pool_return(struct port *port)
{
    struct message *message;
    uint32_t to;

    while (port->pool == POOL_WORKER && !port_close_empty(port)) {
        while ((message = port_take(port)) != NULL) {
            message->note.what = message->note.what == POOL_TASK ? POOL_RETURNED : POOL_FIGURES;
            if (port_post(port, message, &to) < 0) {
                message_free(&message);
            }
        }
    }
}

/* ---- the owner's side ---------------------------------------------------------------------------
 */

/* (port, what, handler, value): to the worker, anything but a task */
static duk_ret_t native_post(duk_context *ctx)
{
    struct message_note note = {.what = duk_get_uint(ctx, 1), .handler = duk_get_uint(ctx, 2)};
    uint64_t posted;

    if (pool_post(ctx, threads_get_port(ctx, 0), &note, 3, DUK_INVALID_INDEX, &posted) < 0) {
        return duk_throw(ctx);
    }
    return 0;
}

bool pool_move(struct port *from, struct port *to, uint32_t task)
{
    struct message *message = port_take_back(from, task);
    uint32_t thread;

    if (message == NULL || port_post(to, message, &thread) == 0) {
        return message != NULL;
    }
    if (port_post(from, message, &thread) < 0) {
        message_free(&message); /* both have just ended: the task fails with the first */
    }
    return false;
}

/* (boolean): whether tasks keep the isolate alive */
static duk_ret_t native_hold(duk_context *ctx)
{
    (duk_get_boolean(ctx, 0) ? isolate_hold : isolate_drop)(isolate_of(ctx));
    return 0;
}

static uint64_t bytes_of(duk_context *ctx, duk_idx_t index)
{
    double value = duk_get_number(ctx, index);
    return value >= 0 ? (uint64_t)value : value < 0 ? 0 : WIRE_UNKNOWN;
}

/* (threadId, by, reason, predicted, reclaimed, seconds) */
static duk_ret_t native_recycled(duk_context *ctx)
{
    struct account_recycle recycle = {
        .child = duk_get_uint(ctx, 0),
        .by = duk_get_uint(ctx, 1),
        .reason = duk_require_string(ctx, 2),
        .predicted = bytes_of(ctx, 3),
        .reclaimed = bytes_of(ctx, 4),
        .duration = (uint64_t)(fmax(0, duk_get_number(ctx, 5)) * (double)CLOCK_NS_PER_S),
    };

    account_recycle(isolate_account(isolate_of(ctx)), &recycle);
    return 0;
}

/* (): processors this process may run on */
static duk_ret_t native_cpus(duk_context *ctx)
{
    cpu_set_t set;

    duk_push_int(ctx, sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : 1);
    return 1;
}

/* ---- the worker's side --------------------------------------------------------------------------
 */

/* NULL when the pool has closed it. */
static struct port *own_port(duk_context *ctx)
{
    duk_push_heapptr(ctx, current.port);
    struct port *port = threads_get_port(ctx, -1);
    duk_pop(ctx);
    return port;
}

static int send(duk_context *ctx, enum pool_what what, uint32_t task, duk_idx_t value,
                duk_idx_t transfer)
{
    struct message_note note = {.what = what, .task = task};
    uint64_t posted;

    value = duk_require_normalize_index(ctx, value);
    note_figures(ctx, &note);
    return pool_post(ctx, own_port(ctx), &note, value, transfer, &posted);
}

/* [ error ] -> [ error pack ], as pool_worker.js packs it: cloning drops what tells a
 * DataCloneError */
static void pack_refusal(duk_context *ctx)
{
    static const char *const names[] = {"name", "code"};

    duk_push_array(ctx);
    duk_dup(ctx, -2);
    engine_put_fresh(ctx, -2, 0);
    duk_push_object(ctx);
    for (size_t i = 0; duk_is_error(ctx, -3) && i < sizeof names / sizeof *names; i++) {
        duk_get_prop_string(ctx, -3, names[i]);
        duk_put_prop_string(ctx, -2, names[i]);
    }
    engine_put_fresh(ctx, -2, 1);
}

/* The answer to a task; when the value cannot be cloned the task failed with that. */
static void answer(duk_context *ctx, enum pool_what what, uint32_t task, duk_idx_t value,
                   duk_idx_t transfer)
{
    value = duk_require_normalize_index(ctx, value);
    if (send(ctx, what, task, value, transfer) == 0) {
        return;
    }
    pack_refusal(ctx);
    if (send(ctx, POOL_FAILURE, task, -1, DUK_INVALID_INDEX) != 0) {
        duk_push_literal(ctx, "the result cannot be cloned");
        send(ctx, POOL_ERROR, task, -1, DUK_INVALID_INDEX);
    }
}

static void end_job(duk_context *ctx, uint32_t handler, uint64_t started)
{
    duk_push_heapptr(ctx, current.names);
    duk_get_prop_index(ctx, -1, handler);
    bool is_collected = isolate_job_end(isolate_of(ctx), duk_get_string(ctx, -1), started);
    struct port *port = is_collected ? own_port(ctx) : NULL;
    if (port != NULL && !port_has_messages(port)) {
        duk_push_undefined(ctx);
        send(ctx, POOL_FIGURES, 0, -1, DUK_INVALID_INDEX);
    }
}

/* [ result ] -> [ whether only script can finish it: a promise, or what move() made ] */
static duk_ret_t ask_script(duk_context *ctx, void *argument)
{
    (void)argument;
    duk_idx_t index = duk_get_top_index(ctx);
    bool is_movable = duk_has_prop_literal(ctx, index, MOVABLE);

    duk_get_prop_literal(ctx, index, "then");
    duk_push_boolean(ctx, is_movable || duk_is_function(ctx, -1));
    return 1;
}

/* A getter or trap that throws makes it an error: [ result ] -> [ error ]. */
static bool needs_script(duk_context *ctx, enum pool_what *what)
{
    bool answer = false;

    if (duk_is_object(ctx, -1)) {
        duk_dup_top(ctx);
        if (duk_safe_call(ctx, ask_script, NULL, 1, 1) == DUK_EXEC_SUCCESS) {
            answer = duk_get_boolean(ctx, -1);
            duk_pop(ctx);
        } else {
            *what = POOL_ERROR;
        }
    }
    return answer;
}

/* [ promise or error ] -> [ ... ] */
static void finish_later(duk_context *ctx, uint32_t task, uint32_t handler, uint64_t started,
                         bool is_error)
{
    duk_push_heapptr(ctx, current.later);
    duk_insert(ctx, -2);
    duk_push_uint(ctx, task);
    duk_push_uint(ctx, handler);
    duk_push_number(ctx, (double)started / (double)CLOCK_NS_PER_MS);
    duk_push_boolean(ctx, is_error);
    duk_call(ctx, 5);
}

static void run_task(duk_context *ctx, uint32_t task, uint32_t handler, duk_idx_t value)
{
    duk_push_heapptr(ctx, current.handlers);
    duk_get_prop_index(ctx, -1, handler);
    if (!duk_is_function(ctx, -1)) { /* not there yet: script waits for it */
        duk_pop_2(ctx);
        duk_dup(ctx, value);
        finish_later(ctx, task, handler, 0, false);
        return;
    }
    uint64_t started = isolate_job_begin(isolate_of(ctx));
    duk_dup(ctx, value);
    enum pool_what what = duk_pcall(ctx, 1) == DUK_EXEC_SUCCESS ? POOL_RESULT : POOL_ERROR;
    bool is_later = what == POOL_RESULT && needs_script(ctx, &what);
    if (is_later || what == POOL_ERROR) {
        finish_later(ctx, task, handler, started, what == POOL_ERROR);
        return;
    }
    answer(ctx, POOL_RESULT, task, -1, DUK_INVALID_INDEX);
    duk_set_top(ctx, 0); /* neither task nor result counts as live */
    end_job(ctx, handler, started);
}

/* (port, task, handler, posted, live, committed, value, what): a message of the pool */
static duk_ret_t native_serve(duk_context *ctx)
{
    uint32_t task = duk_get_uint(ctx, 1);
    uint32_t handler = duk_get_uint(ctx, 2);

    switch (duk_get_uint(ctx, 7)) {
    case POOL_TASK:
        run_task(ctx, task, handler, 6);
        return 0;
    case POOL_ERROR: /* a task that cannot be read */
        answer(ctx, POOL_ERROR, task, 6, DUK_INVALID_INDEX);
        return 0;
    default:
        duk_push_heapptr(ctx, current.control);
        duk_insert(ctx, 0);
        duk_call(ctx, 8);
        return 0;
    }
}

/* (port, function for all but tasks, function for what is not done at once, how many may run at
 * once): tasks come from now on;
 * the array of handlers by number */
static duk_ret_t native_work(duk_context *ctx)
{
    struct port *port = threads_get_port(ctx, 0);

    if (port == NULL) {
        return duk_type_error(ctx, "not an open port");
    }
    current.concurrency = duk_get_int(ctx, 3);
    current.port = stash(ctx, STASH_PORT, 0);
    current.control = stash(ctx, STASH_CONTROL, 1);
    current.later = stash(ctx, STASH_LATER, 2);
    duk_push_c_function(ctx, native_serve, 8);
    current.serve = stash(ctx, STASH_SERVE, -1);
    duk_push_array(ctx);
    current.handlers = stash(ctx, STASH_HANDLERS, -1);
    duk_push_array(ctx);
    current.names = stash(ctx, STASH_NAMES, -1);
    port->pool = POOL_WORKER;
    port->is_started = true;
    if (!port->is_held) { /* a worker lives as long as its pool holds on to it */
        port->is_held = true;
        isolate_hold(isolate_of(ctx));
    }
    mailbox_push_port(isolate_mailbox(isolate_of(ctx)), port);
    duk_push_heapptr(ctx, current.handlers);
    return 1;
}

/* (number, job name, function): a handler is there */
static duk_ret_t native_define(duk_context *ctx)
{
    duk_uarridx_t number = duk_get_uint(ctx, 0);

    duk_push_heapptr(ctx, current.names);
    duk_push_string(ctx, duk_require_string(ctx, 1));
    engine_put_fresh(ctx, -2, number);
    duk_push_heapptr(ctx, current.handlers);
    duk_dup(ctx, 2);
    engine_put_fresh(ctx, -2, number);
    return 0;
}

/* (what, task, value, transfer list or undefined) */
static duk_ret_t native_answer(duk_context *ctx)
{
    answer(ctx, (enum pool_what)duk_get_uint(ctx, 0), duk_get_uint(ctx, 1), 2,
           duk_is_undefined(ctx, 3) ? DUK_INVALID_INDEX : 3);
    return 0;
}

/* (): it is about to be recycled: tells its live heap as it is now, and what it had committed, which
 * is what its end gives back */
static duk_ret_t native_weigh(duk_context *ctx)
{
    struct message_note note = {.what = POOL_FIGURES};
    uint64_t posted;

    note_figures(ctx, &note);
    engine_collect(isolate_engine(isolate_of(ctx)));
    note.live = engine_live(isolate_engine(isolate_of(ctx)));
    duk_push_undefined(ctx);
    pool_post(ctx, own_port(ctx), &note, duk_get_top_index(ctx), DUK_INVALID_INDEX, &posted);
    return 0;
}

/* (): a job starts; ms, for end() */
static duk_ret_t native_begin(duk_context *ctx)
{
    uint64_t started = isolate_job_begin(isolate_of(ctx));
    duk_push_number(ctx, (double)started / (double)CLOCK_NS_PER_MS);
    return 1;
}

/* (handler, what begin() gave): it has ended */
static duk_ret_t native_end(duk_context *ctx)
{
    uint64_t started = (uint64_t)(duk_get_number(ctx, 1) * (double)CLOCK_NS_PER_MS);
    end_job(ctx, duk_get_uint(ctx, 0), started);
    return 0;
}

/* (1 or -1): one promise more, or less, is awaited; with as many as may run at once no task is
 * taken from the port */
static duk_ret_t native_await(duk_context *ctx)
{
    duk_push_heapptr(ctx, current.port);
    struct port *port = threads_get_port(ctx, -1);

    current.awaited += duk_get_int(ctx, 0);
    if (port != NULL) {
        bool has_room = current.awaited < current.concurrency;
        if (has_room && !port->is_started) {
            mailbox_push_port(isolate_mailbox(isolate_of(ctx)), port);
        }
        port->is_started = has_room;
    }
    return 0;
}

/* (name): this isolate belongs to the pool of that name */
static duk_ret_t native_join(duk_context *ctx)
{
    account_set_pool(isolate_account(isolate_of(ctx)), duk_require_string(ctx, 0));
    return 0;
}

duk_ret_t pool_push_natives(duk_context *ctx)
{
    static const duk_function_list_entry natives[] = {
        {"post", native_post, 4},
        {"hold", native_hold, 1},
        {"recycled", native_recycled, 6},
        {"cpus", native_cpus, 0},
        {"histogram", timing_push, 0},
        {"summary", timing_summary, 1},
        {"total", timing_total, 1},
        {"work", native_work, 4},
        {"define", native_define, 3},
        {"answer", native_answer, 4},
        {"weigh", native_weigh, 0},
        {"begin", native_begin, 0},
        {"end", native_end, 2},
        {"await", native_await, 1},
        {"join", native_join, 1},
        {NULL, NULL, 0},
    };

    duk_push_object(ctx);
    duk_put_function_list(ctx, -1, natives);
    dispatch_put_natives(ctx);
    duk_push_literal(ctx, MOVABLE);
    duk_put_prop_literal(ctx, -2, "movable");
    return 1;
}
