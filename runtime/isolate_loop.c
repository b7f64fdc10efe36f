/*
 * The loop of an isolate (isolate.h): timers, its mailbox, its ports in the order in which they were
 * made, then sleep. Called by isolate.c. Invariant: what is in hand while the script is told stands in
 * the isolate, so that teardown finds it when the engine dies meanwhile.
 */
#include "runtime/isolate_impl.h"

#include "base/clock.h"
#include "runtime/bind/door.h"
#include "runtime/bind/fs.h"
#include "runtime/bind/pool.h"
#include "runtime/bind/threads.h"
#include "runtime/bind/timers.h"
#include "runtime/bind/workers.h"
#include "runtime/errand.h"
#include "runtime/message.h"
#include "runtime/port.h"
#include "runtime/worker.h"

/* So many messages of one port before others and timers get their turn. */
#define MESSAGES_PER_TURN 1000

/* Between two looks at what of the stack can go. */
#define TRIM_SPACING_NS CLOCK_NS_PER_S

static bool is_dead(const struct isolate *isolate)
{
    return engine_end(isolate->engine) != ENGINE_ALIVE ||
           (isolate->worker != NULL && atomic_load(&isolate->worker->is_terminating));
}

static enum script_result deliver_task(struct isolate *isolate, struct port *port,
                                       struct message *message, uint64_t taken)
{
    duk_context *ctx = engine_context(isolate->engine);
    uint64_t read = taken;
    int arguments = pool_push_message(ctx, port, message, &read);

    if (arguments < 0) {
        account_discard(&isolate->account, message);
        message_free(&message);
        return SCRIPT_DEAD;
    }
    account_deliver(&isolate->account, message, taken, read - taken, message_copies(message));
    message_free(&message);
    return script_call(ctx, arguments);
}

static enum script_result deliver(struct isolate *isolate, struct port *port,
                                  struct message *message)
{
    duk_context *ctx = engine_context(isolate->engine);
    uint64_t taken = isolate->job_ended > message->posted ? isolate->job_ended : clock_now_ns();

    isolate->job_ended = 0;
    isolate->is_job_marked = false;
    enum script_result result =
        port->pool != POOL_NONE
            ? deliver_task(isolate, port, message, taken)
            : threads_deliver(ctx, &isolate->account, port, message, taken);
    if (port->is_parent && !isolate->is_job_marked && result != SCRIPT_DEAD) {
        isolate_job_end(isolate, NULL, taken);
    }
    return result;
}

/* Calls what was pushed for the script; -1 says that the engine died while pushing. */
static enum script_result call_pushed(struct isolate *isolate, int arguments)
{
    return arguments < 0 ? SCRIPT_DEAD : script_call(engine_context(isolate->engine), arguments);
}

void isolate_discard_waiting(struct isolate *isolate, struct port *port)
{
    struct message *message;

    while ((message = port_take(port)) != NULL) {
        account_discard(&isolate->account, message);
        message_free(&message);
    }
}

static enum script_result drain_port(struct isolate *isolate, struct port *port, int max)
{
    enum script_result result = SCRIPT_OK;
    struct message *message;

    isolate->job_ended = 0;
    while (result == SCRIPT_OK && max-- > 0 && port->is_started && port->mailbox != NULL &&
           (message = port_take(port)) != NULL) {
        result = deliver(isolate, port, message);
    }
    return result;
}

/* A port that was in the mailbox: its messages, then its end. Takes the reference. */
static enum script_result serve_port(struct isolate *isolate, struct port *port)
{
    enum script_result result = SCRIPT_OK;

    isolate->serving = port;
    if (port->mailbox == &isolate->mailbox && port->is_dropping) {
        isolate_discard_waiting(isolate, port);
    } else if (port->mailbox == &isolate->mailbox) {
        result = drain_port(isolate, port, MESSAGES_PER_TURN);
    }
    if (result == SCRIPT_OK && port->mailbox == &isolate->mailbox) {
        if (port->is_started && port_has_messages(port)) {
            mailbox_push_port(&isolate->mailbox, port);
        } else if (port_is_over(port) && !port->is_worker) {
            result =
                call_pushed(isolate, threads_push_close(engine_context(isolate->engine), port));
        }
    }
    port_unref(&isolate->serving);
    return result;
}

/* In the order in which they were made, as libuv wakes Node's. Ports that come while these are served
 * wait for the next turn. */
static enum script_result serve_ports(struct isolate *isolate)
{
    enum script_result result = SCRIPT_OK;
    const struct port *last = mailbox_sort_ports(&isolate->mailbox);
    struct port *port = NULL;

    while (result == SCRIPT_OK && last != NULL && port != last &&
           (port = mailbox_pop_port(&isolate->mailbox)) != NULL) {
        result = serve_port(isolate, port);
    }
    return result;
}

void isolate_bury_child(struct isolate *isolate, struct worker *child)
{
    if (child->is_buried) {
        return;
    }
    child->is_buried = true;
    worker_join(child);
    if (child->end == ENGINE_OUT_OF_MEMORY) {
        account_oom(&isolate->account, child->birth.thread, child->heap_limit, child->committed);
    }
    const struct account_end end = {
        .code = child->exit_code,
        .teardown = child->teardown_ns,
        .start = child->start_ns,
        .life = child->life_ns,
        .error = child->error_name,
    };
    account_exit(&isolate->account, child->birth.thread, &end);
}

/* What the parent does when a child is gone: last messages, books, then the script hears of it. */
static enum script_result child_ended(struct isolate *isolate, struct worker *child)
{
    enum script_result result = serve_ports(isolate); /* what it sent over channels of its own */

    if (result == SCRIPT_OK) {
        result = drain_port(isolate, child->parent_port, INT32_MAX);
    }
    if (child->end != ENGINE_OUT_OF_MEMORY) { /* else between 'error' and 'exit' */
        isolate_bury_child(isolate, child);
    }
    if (child->is_held) {
        child->is_held = false;
        isolate_drop(isolate);
    }
    if (result == SCRIPT_OK) {
        result = call_pushed(isolate, threads_push_ended(engine_context(isolate->engine), child));
    }
    isolate_bury_child(isolate, child);
    isolate_remove_child(isolate, child);
    return result;
}

static enum script_result run_command(struct isolate *isolate, const struct letter *letter)
{
    return door_command(engine_context(isolate->engine), letter);
}

static enum script_result read_letter(struct isolate *isolate, struct letter *letter)
{
    enum script_result result = SCRIPT_OK;

    isolate->reading = letter;
    switch (letter->kind) {
    case LETTER_ONLINE:
        result = call_pushed(isolate,
                             threads_push_online(engine_context(isolate->engine), letter->worker));
        break;
    case LETTER_ENDED:
        result = child_ended(isolate, letter->worker);
        break;
    case LETTER_ERRAND:
        mailbox_push(&isolate->mailbox, letter); /* it came just now */
        isolate->reading = NULL;
        errands_run(isolate);
        return result;
    case LETTER_COMMAND:
        result = run_command(isolate, letter);
        break;
    case LETTER_FILE:
        files_finish(&isolate->files, letter->file);
        isolate_drop(isolate);
        result = call_pushed(isolate, fs_push_done(engine_context(isolate->engine), letter->file));
        break;
    case LETTER_OUTPUT:
    case LETTER_INPUT:
    case LETTER_MESSAGE:
    case LETTER_ANSWER:
    case LETTER_WAKE:
    case LETTER_HEAP:
        result = call_pushed(isolate,
                             workers_push_letter(engine_context(isolate->engine), letter));
        break;
    }
    mailbox_free_letter(&isolate->reading);
    return result;
}

static enum script_result read_mailbox(struct isolate *isolate)
{
    enum script_result result = SCRIPT_OK;
    struct letter *letter;

    errands_run(isolate);
    while (result == SCRIPT_OK && (letter = mailbox_pop(&isolate->mailbox)) != NULL) {
        result = read_letter(isolate, letter);
    }
    return result == SCRIPT_OK ? serve_ports(isolate) : result;
}

static bool is_alive(struct isolate *isolate)
{
    return isolate->holds > 0 || timers_is_alive(engine_context(isolate->engine));
}

static enum script_result turn(struct isolate *isolate)
{
    duk_context *ctx = engine_context(isolate->engine);
    enum script_result result = timers_run(ctx);

    if (result == SCRIPT_OK) {
        result = read_mailbox(isolate);
    }
    if (result == SCRIPT_OK) {
        result = timers_run_immediates(ctx);
    }
    if (result == SCRIPT_OK && !is_dead(isolate) && !is_alive(isolate)) {
        result = script_before_exit(ctx);
    }
    return is_dead(isolate) && result == SCRIPT_OK ? SCRIPT_DEAD : result;
}

/* Loading a script takes more of heap and stack than it leaves in use; a turn goes deep now and then. */
static void trim(struct isolate *isolate, uint64_t now)
{
    if (now < isolate->trim_next) {
        return;
    }
    if (isolate->trim_next == 0) {
        engine_trim_heap(isolate->engine);
    }
    engine_trim_stack();
    isolate->trim_next = now + TRIM_SPACING_NS;
}

enum script_result isolate_loop(struct isolate *isolate)
{
    duk_context *ctx = engine_context(isolate->engine);

    account_turn(&isolate->account, clock_now_ns());
    for (;;) {
        uint32_t heard = mailbox_listen(&isolate->mailbox);
        enum script_result result = turn(isolate);
        if (result != SCRIPT_OK) {
            return result;
        }
        if (!is_alive(isolate)) {
            return SCRIPT_OK;
        }
        uint64_t due = timers_next_ns(ctx);
        uint64_t now = clock_now_ns();
        account_turn(&isolate->account, now);
        if (due > now) {
            account_sleep(&isolate->account, now);
            trim(isolate, now);
            mailbox_sleep(&isolate->mailbox, heard, due);
            account_wake(&isolate->account, clock_now_ns());
        }
    }
}
