/*
 * Natives of worker_threads (threads.h). A script's port or Worker object carries its struct port
 * in a hidden property, and the port points back to it, so that the loop finds whom to tell.
 * Invariant: an object with the hidden property is in the heap's stash, which keeps it alive, and
 * its port is in the isolate's list.
 */
#include "runtime/bind/threads.h"

#include "base/clock.h"
#include "runtime/bind/clone.h"
#include "runtime/bind/script.h"
#include "runtime/host.h"
#include "runtime/isolate.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define HIDDEN_PORT     ENGINE_MOVED
#define HIDDEN_FUNCTION DUK_HIDDEN_SYMBOL("function")
#define STASH_OBJECTS   "threads.objects"
#define STASH_DISPATCH  "threads.dispatch"
#define STASH_DELIVER   "threads.deliver"
#define STASH_MAKE_PORT "threads.makePort"
#define STASH_PACK      "threads.packError"

/* ---- the objects of ports ----------------------------------------------------------------------
 */

static void push_stash(duk_context *ctx, const char *key)
{
    duk_push_heap_stash(ctx);
    duk_get_prop_string(ctx, -1, key);
    duk_remove(ctx, -2);
}

/*
 * `port` becomes this isolate's, with the object at `index` as the script's side of it. Apart from
 * bind_port() because nothing here allocates in the heap: the isolate may die in every call that
 * does, and what it owns by then is what teardown gives back.
 */
static void own_port(duk_context *ctx, duk_idx_t index, struct port *port)
{
    port->object = duk_get_heapptr(ctx, index);
    isolate_add_port(isolate_of(ctx), port);
}

/* The object at `index` knows the port that own_port() gave it, and stays alive as long. */
static void bind_port(duk_context *ctx, duk_idx_t index, struct port *port)
{
    index = duk_require_normalize_index(ctx, index);
    duk_push_pointer(ctx, port);
    duk_put_prop_literal(ctx, index, HIDDEN_PORT);
    push_stash(ctx, STASH_OBJECTS);
    duk_push_number(ctx, (double)port->number);
    duk_dup(ctx, index);
    duk_put_prop(ctx, -3);
    duk_pop(ctx);
}

void threads_adopt_port(duk_context *ctx, duk_idx_t index, struct port **place)
{
    struct port *port = *place;

    own_port(ctx, index, port);
    port_unref(place); /* the isolate's list holds it now */
    bind_port(ctx, index, port);
}

/* The object at `index` is a port no more. What is left to do is isolate_remove_port(). */
static void unbind_port(duk_context *ctx, duk_idx_t index, struct port *port)
{
    index = duk_require_normalize_index(ctx, index);
    duk_push_pointer(ctx, NULL);
    duk_put_prop_literal(ctx, index, HIDDEN_PORT);
    push_stash(ctx, STASH_OBJECTS);
    duk_push_number(ctx, (double)port->number);
    duk_del_prop(ctx, -2);
    duk_pop(ctx);
    port->object = NULL;
}

struct port *threads_get_port(duk_context *ctx, duk_idx_t index)
{
    struct port *port = engine_own_pointer(ctx, index, HIDDEN_PORT);

    return port != NULL && port->object == duk_get_heapptr(ctx, index) ? port : NULL;
}

enum engine_kind threads_kind_of(void *owner, duk_context *ctx, duk_idx_t index)
{
    (void)owner;
    const struct port *port = threads_get_port(ctx, index);
    if (port == NULL || port->is_ending) {
        return ENGINE_PLAIN;
    }
    return port->is_worker || port->is_parent ? ENGINE_HOST : ENGINE_PORT;
}

struct port *threads_port_take(void *owner, duk_context *ctx, duk_idx_t index)
{
    (void)owner;
    struct port *port = threads_get_port(ctx, index);
    if (port != NULL) {
        unbind_port(ctx, index, port);
        port_ref(port); /* only now: the isolate may die while it is unbound */
        port->is_started = false;
        isolate_remove_port(isolate_of(ctx), port);
    }
    return port;
}

void threads_port_push(void *owner, duk_context *ctx, struct port *port)
{
    (void)owner;
    script_push_builtin(ctx, "worker_threads");
    duk_pop(ctx);
    push_stash(ctx, STASH_MAKE_PORT);
    duk_call(ctx, 0);
    own_port(ctx, -1, port);
    bind_port(ctx, -1, port); /* should the isolate die in there, the message holds it as well */
    port_unref(&port);
}

void threads_push_listener(duk_context *ctx)
{
    script_push_builtin(ctx, "worker_threads");
    duk_pop(ctx);
    push_stash(ctx, STASH_DISPATCH);
}

/* ---- what the loop tells ------------------------------------------------------------------------
 */

/* Of the engine this thread runs: what delivers a message; alive in the heap's stash. */
static _Thread_local void *deliver_function;
static _Thread_local bool has_contexts; /* it is told of every message: async hooks are followed */

struct telling {
    const char *what;
    struct port *port;
    struct worker *worker;
    bool is_over; /* the object is a port no more */
};

static void push_error_of(duk_context *ctx, struct worker *worker)
{
    if (worker == NULL) {
        duk_push_undefined(ctx);
    } else if (worker->end == ENGINE_OUT_OF_MEMORY) {
        duk_push_literal(ctx, "ERR_WORKER_OUT_OF_MEMORY");
    } else if (worker->error != NULL) {
        engine_clone_read(ctx, worker->error); /* the error, or why it cannot be read */
    } else if (worker->error_text != NULL) {
        duk_push_error_object(ctx, DUK_ERR_ERROR, "%s", worker->error_text);
    } else {
        duk_push_undefined(ctx);
    }
}

/* Inside a protected call: leaves [ function this what target value extra ]. */
static duk_ret_t tell(duk_context *ctx, void *argument)
{
    struct telling *telling = argument;
    struct port *port = telling->port;

    push_stash(ctx, STASH_DISPATCH);
    duk_push_undefined(ctx);
    duk_push_string(ctx, telling->what);
    duk_push_heapptr(ctx, port->object);
    if (telling->is_over) {
        unbind_port(ctx, -1, port);
        isolate_remove_port(isolate_of(ctx), port);
    }
    push_error_of(ctx, telling->worker);
    duk_push_int(ctx, telling->worker != NULL ? telling->worker->exit_code : 0);
    return 6;
}

static int push_telling(duk_context *ctx, struct telling *telling)
{
    if (duk_safe_call(ctx, tell, telling, 0, 6) == DUK_EXEC_SUCCESS) {
        return 4;
    }
    duk_pop_n(ctx, 6);
    return -1;
}

struct delivery {
    struct account *account;
    struct port *port;
    struct message *message; /* owned until it is read */
    uint64_t taken;
};

/* Whether the Worker on the top has an emit() of its own, which shall see every message. */
static bool emits_itself(duk_context *ctx)
{
    duk_get_prop_literal(ctx, -1, "emit");
    duk_get_prop_literal(ctx, -2, "plainEmit");
    bool is_plain = duk_strict_equals(ctx, -1, -2);
    duk_pop_2(ctx);
    return !is_plain;
}

/* [ object ] -> [ object function ] when the script's object has one listener of messages, and that is
 * a function; else it stands as it was, and worker_threads.js knows what to do. */
static bool push_sole_listener(duk_context *ctx, const struct port *port)
{
    return !has_contexts && !(port->is_worker && emits_itself(ctx)) &&
           engine_push_only_function(ctx, -1, "_events", "message");
}

/* Pushes the message's value, or why it has none: false. A small one's throws. */
static bool push_value(duk_context *ctx, struct message *message)
{
    if (engine_clone_is_small(message)) {
        engine_clone_read_small(ctx, message);
        return true;
    }
    return engine_clone_read(ctx, message) == 0;
}

/* [ value or error ] -> [ function this argument... ]: worker_threads.js finds out who listens. */
static int push_for_all(duk_context *ctx, const struct port *port, bool is_read)
{
    duk_idx_t value = duk_get_top_index(ctx);

    duk_push_heapptr(ctx, deliver_function);
    duk_insert(ctx, value);
    duk_push_undefined(ctx);
    duk_insert(ctx, value + 1);
    duk_push_heapptr(ctx, port->object);
    duk_insert(ctx, value + 2);
    duk_push_boolean(ctx, is_read);
    return 3;
}

/* Pushes [ function this argument... ] and says how many of those there are. */
static int push_delivery(duk_context *ctx, const struct delivery *delivery)
{
    const struct port *port = delivery->port;
    bool is_sole = false;

    if (delivery->message->port_count == 0) {
        duk_push_heapptr(ctx, port->object);
        is_sole = push_sole_listener(ctx, port);
    }
    if (is_sole) {
        duk_swap_top(ctx, -2); /* [ function object ] */
    }
    bool is_read = push_value(ctx, delivery->message);
    return is_sole && is_read ? 1 : push_for_all(ctx, port, is_read);
}

/* The message is in the books, and gone before the script hears of it. */
static void close_books(struct delivery *delivery)
{
    account_deliver(delivery->account, delivery->message, delivery->taken,
                    clock_now_ns() - delivery->taken, message_copies(delivery->message));
    message_free(&delivery->message);
}

static duk_ret_t deliver(duk_context *ctx, void *argument)
{
    struct delivery *delivery = argument;
    int arguments = push_delivery(ctx, delivery);

    close_books(delivery);
    duk_call_method(ctx, arguments);
    return 1;
}

/* [ error ]: that of a small message. */
static duk_ret_t deliver_error(duk_context *ctx, void *argument)
{
    struct delivery *delivery = argument;
    int arguments = push_for_all(ctx, delivery->port, false);

    close_books(delivery);
    duk_call_method(ctx, arguments);
    return 1;
}

enum script_result threads_deliver(duk_context *ctx, struct account *account, struct port *port,
                                   struct message *message, uint64_t taken)
{
    struct delivery delivery = {account, port, message, taken};
    duk_int_t failed = duk_safe_call(ctx, deliver, &delivery, 0, 1);

    if (failed && engine_clone_give_up(ctx) && !engine_is_dying(engine_of(ctx))) {
        failed = duk_safe_call(ctx, deliver_error, &delivery, 1, 1);
    }
    if (delivery.message != NULL) {
        account_discard(account, delivery.message);
        message_free(&delivery.message);
    }
    return script_settle(ctx, failed);
}

int threads_push_close(duk_context *ctx, struct port *port)
{
    struct telling telling = {.what = "close", .port = port, .is_over = true};

    return push_telling(ctx, &telling);
}

int threads_push_online(duk_context *ctx, struct worker *worker)
{
    struct telling telling = {.what = "online", .port = worker->parent_port};

    return push_telling(ctx, &telling);
}

int threads_push_ended(duk_context *ctx, struct worker *worker)
{
    struct telling telling = {
        .what = "ended", .port = worker->parent_port, .worker = worker, .is_over = true};

    return push_telling(ctx, &telling);
}

/* ---- ports
 * --------------------------------------------------------------------------------------- */

/* [ error ] -> [ { error, own: {...} } ], by the module's own function. */
static duk_ret_t pack(duk_context *ctx, void *argument)
{
    (void)argument;
    script_push_builtin(ctx, "worker_threads");
    duk_pop(ctx);
    push_stash(ctx, STASH_PACK);
    duk_dup(ctx, -2);
    duk_call(ctx, 1);
    return 1;
}

bool threads_pack_error(duk_context *ctx)
{
    duk_dup(ctx, -1);
    if (duk_safe_call(ctx, pack, NULL, 1, 1) != DUK_EXEC_SUCCESS) {
        return false;
    }
    duk_remove(ctx, -2);
    return true;
}

static struct port *require_port(duk_context *ctx, duk_idx_t index)
{
    struct port *port = threads_get_port(ctx, index);

    if (port == NULL) {
        duk_type_error(ctx, "not an open port");
    }
    return port;
}

/* What every posted message carries. */
void threads_stamp(duk_context *ctx, struct message *message, const struct port *port)
{
    message->id = host_next_message(isolate_host(isolate_of(ctx)));
    message->port = port == NULL || port->is_parent || port->is_worker ? 0 : port->number;
    message->from = isolate_thread(isolate_of(ctx));
    message->posted = clock_now_ns();
}

/* Posts the value at `value`; throws when it cannot be cloned. What a closed port, or none, is
 * given is thrown away. What port_post() said. */
static int post(duk_context *ctx, struct port *port, duk_idx_t value, duk_idx_t transfer)
{
    struct account *account = isolate_account(isolate_of(ctx));
    struct message *message = NULL;
    uint32_t to = PORT_NOBODY;

    uint64_t began = clock_now_ns();
    if (engine_clone_write(ctx, value, transfer, &message) != 0) {
        (void)clone_throw(ctx);
    }
    threads_stamp(ctx, message, port);
    struct message books = *message; /* it may be read and freed as soon as it is posted */
    int code = port != NULL ? port_post(port, message, &to) : -EPIPE;
    account_clone(account, &books, to, books.posted - began);
    if (code < 0) {
        account_discard(account, message);
        message_free(&message);
    }
    return code;
}

/* (port, value, transfer list or undefined): whether the channel was posted to itself, and lost */
static duk_ret_t native_post(duk_context *ctx)
{
    struct port *port = threads_get_port(ctx, 0);

    int code = post(ctx, port, 1, duk_is_undefined(ctx, 2) ? DUK_INVALID_INDEX : 2);
    duk_push_boolean(ctx, code == -ELOOP);
    return 1;
}

/* The method postMessage: one argument is posted right here, all else is the script function's. */
static duk_ret_t native_post_message(duk_context *ctx)
{
    duk_idx_t count = duk_get_top(ctx);

    duk_push_this(ctx);
    struct port *port = count == 1 ? threads_get_port(ctx, 1) : NULL;
    if (port != NULL) {
        (void)post(ctx, port, 0, DUK_INVALID_INDEX);
        return 0;
    }
    duk_insert(ctx, 0);
    duk_push_current_function(ctx);
    duk_get_prop_literal(ctx, -1, HIDDEN_FUNCTION);
    duk_insert(ctx, 0);
    duk_pop(ctx);
    duk_call_method(ctx, count);
    return 1;
}

/* (function): the method postMessage, which calls it for what is not one argument */
static duk_ret_t native_poster(duk_context *ctx)
{
    duk_push_c_function(ctx, native_post_message, DUK_VARARGS);
    duk_dup(ctx, 0);
    duk_put_prop_literal(ctx, -2, HIDDEN_FUNCTION);
    return 1;
}

/* (port): delivers messages from now on */
static duk_ret_t native_start(duk_context *ctx)
{
    struct port *port = threads_get_port(ctx, 0);

    if (port != NULL && !port->is_started) {
        port->is_started = true;
        mailbox_push_port(isolate_mailbox(isolate_of(ctx)), port);
    }
    return 0;
}

/* (port): what comes waits until it is started again */
static duk_ret_t native_stop(duk_context *ctx)
{
    struct port *port = threads_get_port(ctx, 0);

    if (port != NULL) {
        port->is_started = false;
    }
    return 0;
}

/* (port, boolean): whether it keeps the isolate alive */
static duk_ret_t native_hold(duk_context *ctx)
{
    struct port *port = threads_get_port(ctx, 0);
    bool is_held = duk_require_boolean(ctx, 1);

    if (port != NULL && port->is_held != is_held) {
        port->is_held = is_held;
        (is_held ? isolate_hold : isolate_drop)(isolate_of(ctx));
    }
    return 0;
}

/* (port): undefined when it is a port no more */
static duk_ret_t native_is_held(duk_context *ctx)
{
    const struct port *port = threads_get_port(ctx, 0);

    if (port == NULL) {
        return 0;
    }
    /* Closed, it counts until its script has returned to the loop, which tells it of its end. */
    bool is_left = port->is_ending && isolate_is_busy_with_other(isolate_of(ctx), port);
    duk_push_boolean(ctx, port->is_held && !is_left);
    return 1;
}

/* (port) */
static duk_ret_t native_close(duk_context *ctx)
{
    struct port *port = threads_get_port(ctx, 0);

    if (port != NULL) {
        if (isolate_is_serving(isolate_of(ctx), port) && port->membership == NULL) {
            port->is_started = true; /* from its own listener: what came with it is delivered too */
        } else {
            port->is_started = false;
            port->is_dropping = true;
        }
        port->is_ending = true;
        port_close(port);
        mailbox_push_port(isolate_mailbox(isolate_of(ctx)), port);
    }
    return 0;
}

/* (port): { message: value }, or undefined when nothing waits */
static duk_ret_t native_receive(duk_context *ctx)
{
    struct port *port = require_port(ctx, 0);
    struct message *message = port_take(port);

    if (message == NULL) {
        return 0;
    }
    uint64_t taken = clock_now_ns();
    int code = engine_clone_read(ctx, message);
    account_deliver(isolate_account(isolate_of(ctx)), message, taken, clock_now_ns() - taken, 3);
    message_free(&message);
    if (code != 0) {
        (void)duk_throw(ctx);
    }
    duk_push_object(ctx);
    duk_swap_top(ctx, -2);
    duk_put_prop_literal(ctx, -2, "message");
    return 1;
}

/* (object, object): the two become the ends of a new channel */
static duk_ret_t native_channel(duk_context *ctx)
{
    struct port *ends[2];

    if (port_new_channel(host_process(isolate_host(isolate_of(ctx))), ends) < 0) {
        return duk_range_error(ctx, "no memory for a channel");
    }
    for (int side = 0; side < 2; side++) {
        own_port(ctx, side, ends[side]);
        port_unref(&(struct port *){ends[side]}); /* the isolate's list holds it now */
    }
    bind_port(ctx, 0, ends[0]);
    bind_port(ctx, 1, ends[1]);
    return 0;
}

/* ---- the module ---------------------------------------------------------------------------------
 */

/* (text): a DataCloneError */
static duk_ret_t native_clone_error(duk_context *ctx)
{
    clone_push_error(ctx, duk_require_string(ctx, 0));
    return 1;
}

/* (value): whether structured clone takes it */
static duk_ret_t native_can_clone(duk_context *ctx)
{
    struct message *message = NULL;

    int code = engine_clone_write(ctx, 0, DUK_INVALID_INDEX, &message);
    message_free(&message);

    duk_push_boolean(ctx, code == 0);
    return 1;
}

/* (object): no transfer list moves it */
static duk_ret_t native_pin(duk_context *ctx)
{
    duk_push_true(ctx);
    duk_put_prop_literal(ctx, 0, ENGINE_PINNED);
    return 0;
}

/* (name, function): runs it as a job; what it returns */
static duk_ret_t native_job(duk_context *ctx)
{
    struct isolate *isolate = isolate_of(ctx);
    const char *name = duk_require_string(ctx, 0);

    uint64_t started = isolate_job_begin(isolate);
    duk_dup(ctx, 1);
    duk_int_t code = duk_pcall(ctx, 0);
    isolate_job_end(isolate, name, started);
    if (code != DUK_EXEC_SUCCESS) {
        return duk_throw(ctx);
    }
    return 1;
}

/* (function for all news but messages, function for messages, function that makes an empty
 * MessagePort, function that packs an error, whether the second one hears of all messages) */
static duk_ret_t native_listen(duk_context *ctx)
{
    duk_push_heap_stash(ctx);
    duk_dup(ctx, 0);
    duk_put_prop_string(ctx, -2, STASH_DISPATCH);
    duk_dup(ctx, 1);
    duk_put_prop_string(ctx, -2, STASH_DELIVER);
    deliver_function = duk_get_heapptr(ctx, 1);
    has_contexts = duk_get_boolean(ctx, 4);
    duk_dup(ctx, 2);
    duk_put_prop_string(ctx, -2, STASH_MAKE_PORT);
    duk_dup(ctx, 3);
    duk_put_prop_string(ctx, -2, STASH_PACK);
    if (!duk_has_prop_literal(ctx, -1, STASH_OBJECTS)) { /* others may listen later */
        duk_push_bare_object(ctx);
        duk_put_prop_string(ctx, -2, STASH_OBJECTS);
    }
    return 0;
}

duk_ret_t threads_push_natives(duk_context *ctx)
{
    static const duk_function_list_entry natives[] = {
        {"post", native_post, 3},
        {"poster", native_poster, 1},
        {"start", native_start, 1},
        {"stop", native_stop, 1},
        {"hold", native_hold, 2},
        {"isHeld", native_is_held, 1},
        {"close", native_close, 1},
        {"cloneError", native_clone_error, 1},
        {"canClone", native_can_clone, 1},
        {"pin", native_pin, 1},
        {"receive", native_receive, 1},
        {"channel", native_channel, 2},
        {"job", native_job, 2},
        {"listen", native_listen, 5},
        {NULL, NULL, 0},
    };

    duk_push_object(ctx);
    duk_put_function_list(ctx, -1, natives);
    return 1;
}
