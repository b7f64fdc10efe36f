/*
 * Natives of workers (workers.h). Called by worker.js and worker_threads.js, and by the loop for
 * letters. Owns nothing: a worker belongs to the isolate's list of children, or to itself.
 */
#include "runtime/bind/workers.h"

#include "base/bytes.h"
#include "base/clock.h"
#include "runtime/bind/clone.h"
#include "runtime/bind/script.h"
#include "runtime/bind/text.h"
#include "runtime/bind/threads.h"
#include "runtime/environment.h"
#include "runtime/files.h"
#include "runtime/host.h"
#include "runtime/isolate.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static struct worker *find_worker(duk_context *ctx, duk_idx_t index)
{
    return isolate_find_child(isolate_of(ctx), duk_require_uint(ctx, index));
}

/* ---- starting -----------------------------------------------------------------------------------
 */

/* The string at `index` as UTF-8, the caller's; NULL when there is no memory. Does not throw. */
static char *copy_text(duk_context *ctx, duk_idx_t index)
{
    struct bytes copy;
    size_t size;
    const char *text = duk_get_lstring_default(ctx, index, &size, "", 0);

    bytes_init(&copy, 0);
    text_append(&copy, text, size);
    bytes_append(&copy, "", 1);
    char *result = copy.is_failed ? NULL : strdup((const char *)copy.data);
    bytes_fini(&copy);
    return result;
}

static char *copy_property(duk_context *ctx, duk_idx_t index, const char *name)
{
    duk_get_prop_string(ctx, index, name);
    char *text = copy_text(ctx, -1);
    duk_pop(ctx);
    return text;
}

/* What is asked for, while it is read: the isolate may die at any property. */
struct spawning {
    struct worker *worker;
    char **environment; /* as `env` lists it, or NULL */
};

static void free_texts(char **texts)
{
    for (char **text = texts; text != NULL && *text != NULL; text++) {
        free(*text);
    }
    free(texts);
}

/* The array of strings that is property `name` into *place, where it has an owner from the start; it
 * stays NULL when there is no memory, or no such array. */
static void copy_texts(duk_context *ctx, duk_idx_t index, const char *name, char ***place)
{
    duk_get_prop_string(ctx, index, name);
    if (duk_is_array(ctx, -1)) {
        duk_size_t count = duk_get_length(ctx, -1);
        char **texts = *place = calloc(count + 1, sizeof *texts);
        for (duk_size_t i = 0; texts != NULL && i < count; i++) {
            duk_get_prop_index(ctx, -1, (duk_uarridx_t)i);
            texts[i] = copy_text(ctx, -1);
            duk_pop(ctx);
        }
    }
    duk_pop(ctx);
}

static double get_number(duk_context *ctx, duk_idx_t index, const char *name)
{
    duk_get_prop_string(ctx, index, name);
    double number = duk_get_number_default(ctx, -1, 0);
    duk_pop(ctx);
    return number;
}

static bool get_boolean(duk_context *ctx, duk_idx_t index, const char *name)
{
    duk_get_prop_string(ctx, index, name);
    bool is_true = duk_get_boolean_default(ctx, -1, false);
    duk_pop(ctx);
    return is_true;
}

/* Bytes of a limit in MB, fractions included; 0 and what no address space has are none. */
static uint64_t bytes_of(double mb)
{
    return mb < (double)(1u << 28) ? (uint64_t)(mb * (1u << 20)) : UINT64_MAX;
}

static void read_limits(duk_context *ctx, struct worker *worker)
{
    duk_get_prop_literal(ctx, 1, "limits");
    for (duk_uarridx_t i = 0; i < WORKER_LIMITS; i++) {
        duk_get_prop_index(ctx, -1, i);
        worker->limits[i] = duk_get_number_default(ctx, -1, 0);
        duk_pop(ctx);
    }
    duk_pop(ctx);
    const double *limits = worker->limits;
    worker->heap_limit = bytes_of(limits[WORKER_LIMIT_OLD] + limits[WORKER_LIMIT_YOUNG]);
    worker->stack_bytes = bytes_of(limits[WORKER_LIMIT_STACK]);
    worker->external_limit =
        limits[WORKER_LIMIT_EXTERNAL] > 0 ? bytes_of(limits[WORKER_LIMIT_EXTERNAL]) : UINT64_MAX;
}

/* A copy of what `env` lists; without such a list this isolate's own environment itself. */
static struct environment *make_environment(char **texts)
{
    struct environment *own = script_options()->environment;

    return texts != NULL || own == NULL ? environment_new((const char *const *)texts)
                                        : environment_ref(own);
}

/* Inside a protected call; options at 1. */
static duk_ret_t read_options(duk_context *ctx, void *udata)
{
    struct spawning *spawning = udata;
    struct worker *worker = spawning->worker;

    worker->source = copy_property(ctx, 1, "source");
    worker->birth.name = copy_property(ctx, 1, "name");
    worker->kind = (enum worker_kind)get_number(ctx, 1, "kind");
    copy_texts(ctx, 1, "argv", &worker->argv);
    copy_texts(ctx, 1, "execArgv", &worker->exec_argv);
    copy_texts(ctx, 1, "env", &spawning->environment);
    worker->has_more = get_boolean(ctx, 1, "hasMore");
    worker->has_input = get_boolean(ctx, 1, "stdin");
    worker->keeps_files = get_boolean(ctx, 1, "keepsFiles");
    worker->outputs[0] = get_boolean(ctx, 1, "stdout") ? WORKER_CAPTURED : WORKER_COPIED;
    worker->outputs[1] = get_boolean(ctx, 1, "stderr") ? WORKER_CAPTURED : WORKER_COPIED;
    read_limits(ctx, worker);
    return 0;
}

/* A control block with a channel, and what the parent is to it; takes `data`. NULL when there is no
 * memory. */
static struct worker *make_worker(struct isolate *isolate, struct message *data)
{
    struct host *host = isolate_host(isolate);
    struct port *ends[2] = {NULL, NULL};
    struct worker *worker = worker_new(host);

    if (worker == NULL || port_new_channel(host_process(host), ends) < 0) {
        message_free(&data);
        worker_unref(&worker);
        return NULL;
    }
    worker->birth.thread = host_next_thread(host);
    worker->birth.parent = isolate_thread(isolate);
    worker->port = ends[1];
    worker->parent_port = ends[0];
    worker->data = data;
    worker->parent = isolate_mailbox(isolate);
    ends[0]->is_worker = true;
    ends[1]->thread = worker->birth.thread; /* it will be the owner's, whatever is posted before */
    return worker;
}

/* make_worker() with what native_spawn() was given. Throws when the isolate dies meanwhile. */
static struct worker *prepare_worker(duk_context *ctx, struct message *data)
{
    struct worker *worker = make_worker(isolate_of(ctx), data);
    struct spawning spawning = {.worker = worker};

    if (worker == NULL) {
        return NULL;
    }
    bool is_read = duk_safe_call(ctx, read_options, &spawning, 0, 1) == DUK_EXEC_SUCCESS;
    worker->environment = is_read ? make_environment(spawning.environment) : NULL;
    worker->birth.heap_limit = worker->heap_limit;
    free_texts(spawning.environment);
    if (worker->source == NULL || worker->birth.name == NULL || worker->argv == NULL ||
        worker->exec_argv == NULL || worker->environment == NULL) {
        worker_unref(&worker);
    }
    if (!is_read) {
        (void)duk_throw(ctx);
    }
    duk_pop(ctx);
    return worker;
}

/* The worker runs: what its parent keeps of it. Pushes its threadId. */
static void adopt_worker(duk_context *ctx, struct worker *worker)
{
    struct isolate *isolate = isolate_of(ctx);
    struct port *end = port_ref(worker->parent_port);

    isolate_add_child(isolate, worker);
    worker->is_held = true;
    isolate_hold(isolate);
    duk_push_uint(ctx, worker->birth.thread);
    worker_unref(&worker); /* the list of children holds it */
    end->is_started = true;
    threads_adopt_port(ctx, 0, &end);
}

/*
 * (object, options of worker.js): starts a worker whose events go to `object`; its threadId, or the
 * name of the error when the system gives no thread or memory. All types were made right by the
 * caller.
 */
static duk_ret_t native_spawn(duk_context *ctx)
{
    struct isolate *isolate = isolate_of(ctx);
    struct message *data = NULL;
    duk_idx_t transfer = DUK_INVALID_INDEX;

    duk_require_object(ctx, 1);
    duk_get_prop_literal(ctx, 1, "data");     /* 2 */
    duk_get_prop_literal(ctx, 1, "transfer"); /* 3 */
    if (!duk_is_undefined(ctx, 3)) {
        transfer = 3;
    }

    uint64_t began = clock_now_ns();
    if (!duk_is_undefined(ctx, 2) || transfer != DUK_INVALID_INDEX) {
        if (engine_clone_write(ctx, 2, transfer, &data) != 0) {
            return clone_throw(ctx);
        }
        threads_stamp(ctx, data, NULL);
    }
    struct worker *worker = prepare_worker(ctx, data);
    if (worker == NULL) {
        return duk_range_error(ctx, "no memory for a worker");
    }
    struct message books = data != NULL ? *data : (struct message){0};
    int code = worker_start(worker);
    if (code < 0) {
        worker_unref(&worker);
        const char *lacking = strerrorname_np(-code);
        duk_push_string(ctx, lacking != NULL ? lacking : "unknown");
        return 1;
    }
    account_spawn(isolate_account(isolate), &worker->birth);
    if (books.posted != 0) {
        account_clone(isolate_account(isolate), &books, worker->birth.thread, books.posted - began);
    }
    adopt_worker(ctx, worker);
    return 1;
}

/* ---- a running worker, for its parent -----------------------------------------------------------
 */

/* (threadId) */
static duk_ret_t native_terminate(duk_context *ctx)
{
    struct worker *worker = find_worker(ctx, 0);

    if (worker != NULL) {
        worker_terminate(worker);
    }
    return 0;
}

/* (threadId, boolean): whether the worker keeps this isolate alive */
static duk_ret_t native_hold_worker(duk_context *ctx)
{
    struct worker *worker = find_worker(ctx, 0);
    bool is_held = duk_require_boolean(ctx, 1);

    if (worker != NULL && worker->is_held != is_held) {
        worker->is_held = is_held;
        (is_held ? isolate_hold : isolate_drop)(isolate_of(ctx));
    }
    return 0;
}

static void change_output(duk_context *ctx, int from, int to)
{
    struct worker *worker = find_worker(ctx, 0);
    int number = duk_require_int(ctx, 1);

    if (worker != NULL && (number == 1 || number == 2)) {
        atomic_compare_exchange_strong(&worker->outputs[number - 1], &from, to);
    }
}

/* (threadId, 1 for stdout or 2 for stderr): from now on the parent sees what is written there */
static duk_ret_t native_watch_output(duk_context *ctx)
{
    change_output(ctx, WORKER_DIRECT, WORKER_COPIED);
    return 0;
}

/* (threadId, 1 or 2): the parent need not see it */
static duk_ret_t native_ignore_output(duk_context *ctx)
{
    change_output(ctx, WORKER_COPIED, WORKER_DIRECT);
    return 0;
}

/* (threadId, view of bytes or null): for its stdin; null ends it */
static duk_ret_t native_write_input(duk_context *ctx)
{
    struct worker *worker = find_worker(ctx, 0);
    duk_size_t size = 0;
    const void *bytes = duk_get_buffer_data(ctx, 1, &size);

    struct letter *letter = worker != NULL ? calloc(1, sizeof *letter) : NULL;
    if (letter != NULL) {
        letter->kind = LETTER_INPUT;
        if (bytes != NULL && size > 0 && (letter->bytes = malloc(size)) != NULL) {
            memcpy(letter->bytes, bytes, size);
            letter->size = size;
        }
        worker_send(worker, letter);
    }
    return 0;
}

static double word(const _Atomic uint64_t *place)
{
    return (double)atomic_load_explicit(place, memory_order_relaxed);
}

static void put_number(duk_context *ctx, const char *name, double number)
{
    duk_push_number(ctx, number);
    duk_put_prop_string(ctx, -2, name);
}

/* (threadId): what the worker's slot says at this moment, without asking it; undefined for a worker
 * that has no heap yet or no longer. Times in ms, idle: since its start. */
static duk_ret_t native_figures(duk_context *ctx)
{
    struct worker *worker = find_worker(ctx, 0);
    struct wire_slot slot = {0};

    if (worker == NULL || !worker_read_slot(worker, &slot)) {
        return 0;
    }
    uint64_t now = clock_now_ns();
    double since = word(&slot.idle_since);
    double idle = word(&slot.idle_time) + (since > 0 ? (double)now - since : 0);

    duk_push_object(ctx);
    put_number(ctx, "heapTotal", word(&slot.heap_total));
    put_number(ctx, "heapUsed", word(&slot.heap_used));
    put_number(ctx, "heapLimit", word(&slot.heap_limit));
    put_number(ctx, "malloced", word(&slot.malloced));
    put_number(ctx, "external", word(&slot.external));
    put_number(ctx, "idle", idle / CLOCK_NS_PER_MS);
    return 1;
}

/* (threadId, number): its heap is written to a file that comes as `heap` with that number; false when
 * it runs no more */
static duk_ret_t native_snapshot(duk_context *ctx)
{
    struct worker *worker = find_worker(ctx, 0);
    double number = duk_require_number(ctx, 1);
    struct letter *letter = worker != NULL ? calloc(1, sizeof *letter) : NULL;

    bool is_sent = false;
    if (letter != NULL) {
        letter->kind = LETTER_ERRAND;
        strcpy(letter->verb, "snapshot");
        letter->number = (uint64_t)number;
        letter->worker = worker_ref(worker);
        is_sent = worker_send_errand(worker, letter);
    }

    duk_push_boolean(ctx, is_sent);
    return 1;
}

/* ---- what a worker knows of itself --------------------------------------------------------------
 */

static void push_limits(duk_context *ctx, const struct worker *worker)
{
    duk_push_array(ctx);
    for (duk_uarridx_t i = 0; worker != NULL && i < WORKER_LIMITS; i++) {
        duk_push_number(ctx, worker->limits[i]);
        engine_put_fresh(ctx, -2, i);
    }
}

/* (): { threadId, limits[], hasInput } */
static duk_ret_t native_self(duk_context *ctx)
{
    struct worker *worker = isolate_worker(isolate_of(ctx));

    duk_push_object(ctx);
    put_number(ctx, "threadId", isolate_thread(isolate_of(ctx)));
    push_limits(ctx, worker);
    duk_put_prop_literal(ctx, -2, "limits");
    duk_push_boolean(ctx, worker != NULL && worker->has_input);
    duk_put_prop_literal(ctx, -2, "hasInput");
    return 1;
}

/* (): [workerData, has it more around it], once; null in the main isolate */
static duk_ret_t native_data(duk_context *ctx)
{
    struct worker *worker = isolate_worker(isolate_of(ctx));

    if (worker == NULL) {
        duk_push_null(ctx);
        return 1;
    }
    duk_push_array(ctx);
    duk_push_boolean(ctx, worker->has_more);
    engine_put_fresh(ctx, -2, 1);
    if (worker->data == NULL) {
        return 1;
    }
    uint64_t taken = clock_now_ns();
    int code = engine_clone_read(ctx, worker->data);
    account_deliver(isolate_account(isolate_of(ctx)), worker->data, taken, clock_now_ns() - taken,
                    3);
    message_free(&worker->data);
    if (code != 0) {
        return duk_throw(ctx);
    }
    engine_put_fresh(ctx, -2, 0);
    return 1;
}

/* (object): becomes parentPort */
static duk_ret_t native_parent(duk_context *ctx)
{
    struct worker *worker = isolate_worker(isolate_of(ctx));

    if (worker != NULL && worker->port != NULL) {
        threads_adopt_port(ctx, 0, &worker->port);
    }
    return 0;
}

/* (boolean): whether something else (stdin, an answer) keeps this isolate alive */
static duk_ret_t native_hold_self(duk_context *ctx)
{
    (duk_require_boolean(ctx, 0) ? isolate_hold : isolate_drop)(isolate_of(ctx));
    return 0;
}

/* ---- streams ------------------------------------------------------------------------------------
 */

bool workers_take_output(duk_context *ctx, int descriptor, const void *data, size_t size)
{
    struct worker *worker = isolate_worker(isolate_of(ctx));
    int mode = worker != NULL ? worker->outputs[descriptor == 2] : WORKER_DIRECT;

    if (mode == WORKER_DIRECT) {
        return false;
    }
    struct letter *letter = calloc(1, sizeof *letter);
    unsigned char *bytes = malloc(size + 1);
    if (letter == NULL || bytes == NULL) {
        free(letter);
        free(bytes);
        return false; /* better seen elsewhere than lost */
    }
    memcpy(bytes, data, size);
    letter->kind = LETTER_OUTPUT;
    letter->worker = worker_ref(worker);
    letter->number = descriptor == 2 ? 2 : 1;
    letter->bytes = bytes;
    letter->size = size;
    mailbox_push(worker->parent, letter);
    return mode == WORKER_CAPTURED;
}

/* ---- the environment ----------------------------------------------------------------------------
 */

/* (): a number that changes when a variable does */
static duk_ret_t native_environment_version(duk_context *ctx)
{
    const struct environment *environment = script_options()->environment;

    duk_push_number(ctx, environment != NULL ? (double)environment_version(environment) : 0);
    return 1;
}

/* (): [version, "NAME=value", ...] */
static duk_ret_t native_environment(duk_context *ctx)
{
    const struct environment *environment = script_options()->environment;
    uint64_t version = 0;
    size_t size = 0, needed = 0;
    char *texts = NULL;

    do { /* another thread may add to it between the two looks */
        size = needed;
        texts = duk_push_fixed_buffer(ctx, size);
        needed = environment != NULL ? environment_copy(environment, texts, size, &version) : 0;
    } while (needed > size);

    duk_push_array(ctx);
    duk_push_number(ctx, (double)version);
    engine_put_fresh(ctx, -2, 0);
    duk_uarridx_t count = 1;
    for (size_t at = 0; at < needed; at += strlen(texts + at) + 1) {
        text_push_string(ctx, texts + at);
        engine_put_fresh(ctx, -2, count++);
    }
    return 1;
}

/* (name, value or undefined): sets the variable, or removes it */
static duk_ret_t native_set_environment(duk_context *ctx)
{
    struct environment *environment = script_options()->environment;
    duk_require_string(ctx, 0);

    int code = -ENOMEM;
    char *name = copy_text(ctx, 0);
    char *value = copy_text(ctx, 1);
    if (environment != NULL && name != NULL && value != NULL) {
        code = 0;
        if (duk_is_undefined(ctx, 1)) {
            environment_remove(environment, name);
        } else {
            code = environment_set(environment, name, value);
        }
    }
    free(name);
    free(value);

    return code < 0 ? duk_range_error(ctx, "no memory for a variable") : 0;
}

/* ---- from thread to thread ----------------------------------------------------------------------
 */

/* (threadId, number, value, transfer list or undefined): whether there is such a thread, which gets
 * the value and is to answer `number` */
static duk_ret_t native_post_to_thread(duk_context *ctx)
{
    struct isolate *isolate = isolate_of(ctx);
    uint32_t thread = duk_require_uint(ctx, 0);
    double number = duk_require_number(ctx, 1);
    duk_idx_t transfer = duk_is_undefined(ctx, 3) ? DUK_INVALID_INDEX : 3;
    struct message *message = NULL;

    uint64_t began = clock_now_ns();
    if (engine_clone_write(ctx, 2, transfer, &message) != 0) {
        return clone_throw(ctx);
    }
    threads_stamp(ctx, message, NULL);
    account_clone(isolate_account(isolate), message, thread, message->posted - began);
    struct letter *letter = calloc(1, sizeof *letter);
    if (letter == NULL) {
        message_free(&message);
        return duk_range_error(ctx, "no memory for a message");
    }
    letter->kind = LETTER_MESSAGE;
    letter->thread = isolate_thread(isolate);
    letter->number = (uint64_t)number;
    letter->message = message;
    struct worker *child = isolate_find_child(isolate, thread); /* which may not be known yet */
    bool is_sent = child != NULL ? worker_send(child, letter)
                                 : host_send(isolate_host(isolate), thread, letter);

    duk_push_boolean(ctx, is_sent);
    return 1;
}

/* (threadId, number, code): answers what that thread posted */
static duk_ret_t native_answer(duk_context *ctx)
{
    uint32_t thread = duk_require_uint(ctx, 0);
    double number = duk_require_number(ctx, 1);
    int code = duk_require_int(ctx, 2);

    struct letter *letter = calloc(1, sizeof *letter);
    if (letter != NULL) {
        letter->kind = LETTER_ANSWER;
        letter->number = (uint64_t)number;
        letter->code = code;
        host_send(isolate_host(isolate_of(ctx)), thread, letter);
    }
    return 0;
}

/* ---- letters ------------------------------------------------------------------------------------
 */

static void push_bytes(duk_context *ctx, const struct letter *letter)
{
    if (letter->bytes == NULL) {
        duk_push_null(ctx);
        return;
    }
    memcpy(duk_push_fixed_buffer(ctx, letter->size), letter->bytes, letter->size);
    duk_push_buffer_object(ctx, -1, 0, letter->size, DUK_BUFOBJ_UINT8ARRAY);
    duk_remove(ctx, -2);
}

/* Pushes [ number, the file's descriptor ] and why there is none. The file is the isolate's. */
static void push_heap(duk_context *ctx, struct letter *letter)
{
    bool is_file = letter->code == 0 && files_add_fd(isolate_files(isolate_of(ctx)), letter->fd);

    duk_push_array(ctx);
    duk_push_number(ctx, (double)letter->number);
    duk_put_prop_index(ctx, -2, 0);
    duk_push_int(ctx, is_file ? letter->fd : -1);
    duk_put_prop_index(ctx, -2, 1);
    if (is_file) {
        letter->fd = -1;
    }
    duk_push_lstring(ctx, (const char *)letter->bytes, letter->size);
}

/* Pushes [ value extra ]. */
static void push_content(duk_context *ctx, struct letter *letter)
{
    if (letter->kind == LETTER_MESSAGE) {
        uint64_t taken = clock_now_ns();
        bool is_read = engine_clone_read(ctx, letter->message) == 0;
        account_deliver(isolate_account(isolate_of(ctx)), letter->message, taken,
                        clock_now_ns() - taken, 3);
        duk_push_array(ctx);
        duk_push_uint(ctx, letter->thread);
        engine_put_fresh(ctx, -2, 0);
        duk_push_number(ctx, (double)letter->number);
        engine_put_fresh(ctx, -2, 1);
        duk_push_boolean(ctx, is_read);
        engine_put_fresh(ctx, -2, 2);
    } else if (letter->kind == LETTER_ANSWER || letter->kind == LETTER_WAKE) {
        duk_push_number(ctx, (double)letter->number);
        duk_push_int(ctx, letter->code);
    } else if (letter->kind == LETTER_HEAP) {
        push_heap(ctx, letter);
    } else {
        push_bytes(ctx, letter);
        duk_push_number(ctx, (double)letter->number);
    }
}

/* Inside a protected call: leaves [ function this what target value extra ]. */
static duk_ret_t tell_letter(duk_context *ctx, void *argument)
{
    struct letter *letter = argument;
    static const char *const what[] = {
        [LETTER_OUTPUT] = "output",   [LETTER_INPUT] = "input", [LETTER_MESSAGE] = "message",
        [LETTER_ANSWER] = "answered", [LETTER_WAKE] = "woken",
        [LETTER_HEAP] = "heap",
    };

    threads_push_listener(ctx);
    duk_push_undefined(ctx);
    duk_push_string(ctx, what[letter->kind]);
    if (letter->worker != NULL && letter->worker->parent_port->object != NULL) {
        duk_push_heapptr(ctx, letter->worker->parent_port->object);
    } else {
        duk_push_undefined(ctx);
    }
    push_content(ctx, letter);
    return 6;
}

int workers_push_letter(duk_context *ctx, struct letter *letter)
{
    if (duk_safe_call(ctx, tell_letter, letter, 0, 6) == DUK_EXEC_SUCCESS) {
        return 4;
    }
    duk_pop_n(ctx, 6);
    return -1;
}

/* (thread): returns when it is gone */
static duk_ret_t native_bury(duk_context *ctx)
{
    struct worker *worker = find_worker(ctx, 0);

    if (worker != NULL) {
        isolate_bury_child(isolate_of(ctx), worker);
    }
    return 0;
}

duk_ret_t workers_push_natives(duk_context *ctx)
{
    static const duk_function_list_entry natives[] = {
        {"spawn", native_spawn, 2},
        {"terminate", native_terminate, 1},
        {"bury", native_bury, 1},
        {"holdWorker", native_hold_worker, 2},
        {"watchOutput", native_watch_output, 2},
        {"ignoreOutput", native_ignore_output, 2},
        {"writeInput", native_write_input, 2},
        {"figures", native_figures, 1},
        {"snapshot", native_snapshot, 2},
        {"self", native_self, 0},
        {"data", native_data, 0},
        {"parent", native_parent, 1},
        {"holdSelf", native_hold_self, 1},
        {"environment", native_environment, 0},
        {"environmentVersion", native_environment_version, 0},
        {"setEnvironment", native_set_environment, 2},
        {"postToThread", native_post_to_thread, 4},
        {"answer", native_answer, 3},
        {NULL, NULL, 0},
    };

    duk_push_object(ctx);
    duk_put_function_list(ctx, -1, natives);
    return 1;
}
