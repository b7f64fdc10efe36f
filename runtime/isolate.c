/*
 * The life of an isolate, in order: books, heap, globals, script, loop, and then teardown:
 *   1. operations on files that are under way are left to themselves, its files are closed
 *   2. children are terminated and waited for
 *   3. commands can no longer reach it
 *   4. its ports give up their queues and close; the other ends are told
 *   5. the mailbox refuses everything from now on
 *   6. the heap is unmapped, the slot given back
 *   7. the parent gets LETTER_ENDED (a worker), or the process its exit code (main)
 * After an end for want of memory the parent gets its letter before the sixth, which takes longest then.
 * Called by main() and by worker threads. Owns engine, books, mailbox, children and ports.
 */
#include "runtime/isolate_impl.h"

#include "base/check.h"
#include "base/clock.h"
#include "runtime/bind/door.h"
#include "runtime/bind/mould.h"
#include "runtime/bind/pool.h"
#include "runtime/bind/source.h"
#include "runtime/bind/threads.h"
#include "runtime/bind/waits.h"
#include "runtime/broadcast.h"
#include "runtime/census.h"
#include "runtime/errand.h"
#include "runtime/host.h"
#include "runtime/port.h"
#include "runtime/worker.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Node's code for a fatal error of the process (SIGABRT as a shell reports it). */
#define EXIT_FATAL 134

static _Thread_local struct engine *current_engine;

void isolate_on_signal(int signal)
{
    (void)signal;
    if (current_engine != NULL) {
        engine_interrupt(current_engine);
    }
}

struct isolate *isolate_of(duk_context *ctx)
{
    return engine_owner(ctx);
}

struct host *isolate_host(const struct isolate *isolate)
{
    return isolate->host;
}

struct engine *isolate_engine(const struct isolate *isolate)
{
    return isolate->engine;
}

struct account *isolate_account(struct isolate *isolate)
{
    return &isolate->account;
}

const struct wire_slot *isolate_slot(const struct isolate *isolate)
{
    return isolate->account.slot;
}

struct mailbox *isolate_mailbox(struct isolate *isolate)
{
    return &isolate->mailbox;
}

struct files *isolate_files(struct isolate *isolate)
{
    return &isolate->files;
}

bool isolate_is_serving(const struct isolate *isolate, const struct port *port)
{
    return isolate->serving == port;
}

bool isolate_is_busy_with_other(const struct isolate *isolate, const struct port *port)
{
    return isolate->serving != NULL && isolate->serving != port;
}

uint32_t isolate_thread(const struct isolate *isolate)
{
    return isolate->account.thread;
}

struct worker *isolate_worker(const struct isolate *isolate)
{
    return isolate->worker;
}

void isolate_exit(struct isolate *isolate, int code)
{
    isolate->is_exiting = true;
    isolate->exit_code = code;
    engine_terminate(isolate->engine);
    engine_interrupt(isolate->engine);
}

void isolate_hold(struct isolate *isolate)
{
    isolate->holds++;
}

void isolate_drop(struct isolate *isolate)
{
    CHECK(isolate->holds > 0);
    isolate->holds--;
}

void isolate_add_child(struct isolate *isolate, struct worker *child)
{
    child->next = isolate->children;
    isolate->children = worker_ref(child);
}

struct worker *isolate_find_child(const struct isolate *isolate, uint32_t thread)
{
    struct worker *child = isolate->children;

    while (child != NULL && child->birth.thread != thread) {
        child = child->next;
    }
    return child;
}

void isolate_remove_child(struct isolate *isolate, struct worker *child)
{
    for (struct worker **at = &isolate->children; *at != NULL; at = &(*at)->next) {
        if (*at == child) {
            *at = child->next;
            worker_unref(&child);
            return;
        }
    }
}

void isolate_add_port(struct isolate *isolate, struct port *port)
{
    port->previous = NULL;
    port->next = isolate->ports;
    if (port->next != NULL) {
        port->next->previous = port;
    }
    isolate->ports = port_ref(port);
    port_attach(port, &isolate->mailbox);
}

void isolate_remove_port(struct isolate *isolate, struct port *port)
{
    if (port->is_held) {
        port->is_held = false;
        isolate_drop(isolate);
    }
    *(port->previous != NULL ? &port->previous->next : &isolate->ports) = port->next;
    if (port->next != NULL) {
        port->next->previous = port->previous;
    }
    port->next = port->previous = NULL;
    broadcast_leave(port);
    port_detach(port);
    port_unref(&port);
}

/* ---- what the engine tells ------------------------------------------------------------------- */

static void on_collected(void *owner, const struct engine_gc *gc)
{
    account_gc(&((struct isolate *)owner)->account, gc);
}

static void on_paused(void *owner)
{
    errands_run(owner);
}

static void on_shared(void *owner, const struct store *store, uint64_t refs)
{
    struct isolate *isolate = owner;

    account_share(&isolate->account, store, refs, engine_reading(isolate->engine));
}

static void on_released(void *owner, const struct store *store, uint64_t refs)
{
    account_release(&((struct isolate *)owner)->account, store, refs);
}

/* ---- birth and death ----------------------------------------------------------------------------
 */

static bool open_engine(struct isolate *isolate, uint64_t heap_limit, uint64_t external_limit)
{
    struct engine_options options = {
        .slot = isolate->account.slot,
        .segment = host_segment(isolate->host),
        .heap_limit = heap_limit,
        .external_limit = external_limit,
        .owner = isolate,
        .hooks = {.collected = on_collected,
                  .paused = on_paused,
                  .shared = on_shared,
                  .released = on_released,
                  .kind_of = threads_kind_of,
                  .port_take = threads_port_take,
                  .port_push = threads_port_push,
                  .lower = source_lower,
                  .text = source_push_text,
                  .port_unref = port_unref},
    };

    if (isolate->worker != NULL) {
        isolate->engine = mould_cast(&options, host_options(isolate->host)->can_collect);
    }
    if (isolate->engine == NULL) {
        isolate->engine = engine_new(&options);
    }
    current_engine = isolate->engine;
    return isolate->engine != NULL;
}

static struct isolate *isolate_new(struct host *host, struct worker *worker,
                                   const struct account_birth *birth)
{
    struct isolate *isolate = calloc(1, sizeof *isolate);

    if (isolate != NULL) {
        isolate->host = host;
        isolate->worker = worker;
        isolate->born = clock_now_ns();
        account_open(&isolate->account, host_segment(host), host_process(host), birth);
        mailbox_init(&isolate->mailbox, &isolate->account);
        files_init(&isolate->files, host, &isolate->mailbox);
    }
    return isolate;
}

static void end_children(struct isolate *isolate)
{
    for (struct worker *child = isolate->children; child != NULL; child = child->next) {
        worker_terminate(child);
    }
    while (isolate->children != NULL) {
        uint32_t heard = mailbox_listen(&isolate->mailbox);
        struct letter *letter = mailbox_pop(&isolate->mailbox);
        if (letter == NULL) {
            mailbox_sleep(&isolate->mailbox, heard, UINT64_MAX);
            continue;
        }
        if (letter->kind == LETTER_ERRAND) {
            errand_refuse(isolate, letter);
        }
        if (letter->kind == LETTER_ENDED) {
            isolate_bury_child(isolate, letter->worker);
            isolate_remove_child(isolate, letter->worker);
        }
        mailbox_free_letter(&letter);
    }
}

static void close_ports(struct isolate *isolate)
{
    while (isolate->ports != NULL) {
        struct port *port = isolate->ports;
        pool_return(port);
        port_close(port);
        isolate_discard_waiting(isolate, port);
        isolate_remove_port(isolate, port);
    }
}

static void tell_parent(struct worker *worker, struct letter *letter, enum letter_kind kind)
{
    if (letter != NULL) {
        letter->kind = kind;
        letter->worker = worker_ref(worker);
        mailbox_push(worker->parent, letter);
    }
}

/* Once; NULL is the main isolate. */
static void tell_end(struct worker *worker)
{
    if (worker != NULL) {
        struct letter *last = worker->last;
        worker->last = NULL;
        tell_parent(worker, last, LETTER_ENDED);
    }
}

static void isolate_free(struct isolate *isolate, enum wire_state state)
{
    port_unref(&isolate->serving);
    mailbox_free_letter(&isolate->reading);
    files_fini(&isolate->files);
    end_children(isolate);
    door_close(isolate);
    host_remove(isolate->host, isolate);
    errands_close(isolate);
    close_ports(isolate);
    waits_close();
    mailbox_close(&isolate->mailbox);
    current_engine = NULL;
    if (state == WIRE_OOM) { /* a full heap takes its time to give back */
        tell_end(isolate->worker);
    }
    engine_free(&isolate->engine);
    census_free(&isolate->baseline);
    census_free(&isolate->job_census);
    account_close(&isolate->account, state);
    mailbox_fini(&isolate->mailbox);
    message_forget();
    free(isolate);
}

struct life {
    struct isolate *isolate;
    const struct isolate_program *program;
};

/* [ error ] -> [ name or nothing that is a string ] */
static duk_ret_t read_error_name(duk_context *ctx, void *argument)
{
    (void)argument;
    if (duk_is_object(ctx, -1)) {
        duk_get_prop_literal(ctx, -1, "name");
    }
    return 1;
}

/* For the collector: which kind of error it was. A getter of the script's may run. */
static void keep_error_name(duk_context *ctx, struct worker *worker)
{
    duk_dup_top(ctx);
    bool is_object = duk_is_object(ctx, -1);
    bool has_name = duk_safe_call(ctx, read_error_name, NULL, 1, 1) == DUK_EXEC_SUCCESS &&
                    is_object && duk_is_string(ctx, -1);
    const char *name = has_name ? duk_get_string(ctx, -1) : "";
    size_t length = strcspn(name, "\n");
    bool is_plain = length > 0 && length < WORKER_ERROR_NAME_MAX && name[0] > ' ';
    snprintf(worker->error_name, sizeof worker->error_name, "%.*s",
             is_plain ? (int)length : (int)strlen("Error"), is_plain ? name : "Error");
    duk_pop(ctx);
}

/* What the parent will be told about the error on top of the stack. */
static void keep_error(struct isolate *isolate)
{
    duk_context *ctx = engine_context(isolate->engine);
    struct worker *worker = isolate->worker;

    keep_error_name(ctx, worker);
    if (threads_pack_error(ctx) &&
        engine_clone_write(ctx, -1, DUK_INVALID_INDEX, &worker->error) == 0) {
        return;
    }
    duk_pop(ctx); /* why it could not be packed or cloned */
    worker->error_text = strdup(duk_safe_to_string(ctx, -1));
}

static enum script_result run_scripts(struct isolate *isolate,
                                      const struct isolate_program *program)
{
    duk_context *ctx = engine_context(isolate->engine);
    enum script_result result = script_open(ctx, &isolate->script);

    account_set_state(&isolate->account, WIRE_RUNNING);
    if (isolate->worker != NULL) {
        isolate->worker->start_ns = clock_now_ns() - isolate->worker->created_ns;
    }
    if (result == SCRIPT_OK && program->is_check) {
        return script_check_file(ctx, program->file);
    }
    if (result == SCRIPT_OK && program->preload != NULL) {
        result = script_require(ctx, program->preload);
    }
    if (result == SCRIPT_OK) {
        result = program->file != NULL ? script_run_file(ctx, program->file)
                                       : script_run_code(ctx, program->code, strlen(program->code));
    }
    return result == SCRIPT_OK ? isolate_loop(isolate) : result;
}

/*
 * Script and loop, all of it inside one protected call: when the engine dies between two calls into
 * the script, what the loop does with the heap next unwinds to here instead of ending the process.
 */
static duk_ret_t live_protected(duk_context *ctx, void *argument)
{
    const struct life *life = argument;
    struct isolate *isolate = life->isolate;
    enum script_result result = run_scripts(isolate, life->program);
    int code = 0;

    if (result == SCRIPT_THREW) {
        code = 1;
        if (isolate->worker != NULL) {
            keep_error(isolate);
        } else {
            script_report(ctx, -1);
        }
    }
    if (result != SCRIPT_DEAD) {
        code = script_exit(ctx, code);
        if (!isolate->is_exiting) {
            isolate->exit_code = code;
        }
    }
    return 0;
}

static void live(struct isolate *isolate, const struct isolate_program *program)
{
    struct life life = {isolate, program};

    isolate->exit_code = 1; /* unless it gets to say otherwise */
    duk_safe_call(engine_context(isolate->engine), live_protected, &life, 0, 1);
}

static int main_exit_code(const struct isolate *isolate, uint64_t heap_limit)
{
    if (isolate->is_exiting || engine_end(isolate->engine) != ENGINE_OUT_OF_MEMORY) {
        return isolate->exit_code;
    }
    fprintf(stderr,
            "isorun: the main isolate reached its heap limit of %llu MiB: raise "
            "--max-old-space-size\n",
            (unsigned long long)(heap_limit >> 20));
    return EXIT_FATAL;
}

int isolate_run_main(struct host *host, const struct isolate_program *program)
{
    const struct host_options *options = host_options(host);
    struct account_birth birth = {.name = "main", .heap_limit = program->heap_limit};
    struct isolate *isolate = isolate_new(host, NULL, &birth);

    if (isolate == NULL || !open_engine(isolate, program->heap_limit, UINT64_MAX)) {
        fprintf(stderr, "isorun: no memory for the main isolate\n");
        return 1;
    }
    isolate->script = (struct script_options){
        .argv = program->argv,
        .exec_argv = program->exec_argv,
        .environment = host_environment(host),
        .argv0 = options->argv0,
        .can_collect = options->can_collect,
    };
    account_set_tid(&isolate->account);
    host_add(host, isolate);
    live(isolate, program);
    int code = main_exit_code(isolate, program->heap_limit);
    isolate_free(isolate, code == EXIT_FATAL ? WIRE_OOM : WIRE_EXITED);
    return code;
}

static void run_worker(struct isolate *isolate)
{
    struct worker *worker = isolate->worker;

    isolate->script = (struct script_options){
        .argv = (const char *const *)worker->argv,
        .exec_argv = (const char *const *)worker->exec_argv,
        .environment = worker->environment,
        .is_worker = true,
        .argv0 = host_options(isolate->host)->argv0,
        .can_collect = host_options(isolate->host)->can_collect,
    };
    isolate->files.is_leaving = worker->keeps_files;
    isolate->files.is_warning = !worker->keeps_files;
    worker_enter(worker, isolate->engine, &isolate->mailbox, isolate->account.slot);
    worker->port->is_parent = true;
    host_add(isolate->host, isolate);
    tell_parent(worker, calloc(1, sizeof(struct letter)), LETTER_ONLINE);
    live(isolate, &(struct isolate_program){
                      .file = worker->kind == WORKER_FILE ? worker->source : NULL,
                      .code = worker->source});
    worker->exit_code = isolate->exit_code;
    worker->end = isolate->is_exiting ? ENGINE_TERMINATED : engine_end(isolate->engine);
    worker->committed = engine_end_committed(isolate->engine);
    worker_leave(worker);
    if (isolate->is_exiting) {
        message_free(&worker->error); /* an 'exit' listener of the script had another idea */
        worker->error_name[0] = '\0';
    }
}

void isolate_run_worker(struct worker *worker)
{
    struct isolate *isolate = isolate_new(worker->host, worker, &worker->birth);

    worker->exit_code = 1;
    worker->end = ENGINE_OUT_OF_MEMORY;
    if (isolate != NULL) {
        account_set_tid(&isolate->account);
        if (open_engine(isolate, worker->heap_limit, worker->external_limit)) {
            run_worker(isolate);
        }
        uint64_t ended = clock_now_ns();
        worker->life_ns = ended - worker->created_ns;
        isolate_free(isolate, worker->end == ENGINE_OUT_OF_MEMORY ? WIRE_OOM : WIRE_EXITED);
        worker->teardown_ns = clock_now_ns() - ended;
    }
    tell_end(worker);
    worker_unref(&worker);
}
