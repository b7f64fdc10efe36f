/*
 * How script code is entered and left. The heap's stash holds the hooks that built-in
 * modules fill and the loader's exports; a struct script of the thread holds the rest. Everything
 * the loop runs goes through script_settle(): errors to 'uncaughtException', then ticks until none wait.
 */
#include "runtime/bind/script.h"

#include "runtime/bind/console.h"
#include "runtime/bind/globals.h"
#include "runtime/bind/module.h"
#include "runtime/bind/stack.h"
#include "runtime/bind/text.h"
#include "runtime/bind/timers.h"
#include "runtime/engine/async.h"
#include "runtime/engine/engine.h"

#include <string.h>

#define SCRIPT_HOOKS  DUK_HIDDEN_SYMBOL("hooks")
#define SCRIPT_LOADER DUK_HIDDEN_SYMBOL("loader")

struct script {
    struct script_options options;
    bool has_hook[SCRIPT_HOOK_COUNT];
    bool has_ticks;
    bool has_exited; /* 'exit' was told */
};

/* Of the engine this thread runs. Not kept in the heap: a dying engine throws at every property
 * that is read, and the loop asks outside of protected calls. */
static _Thread_local struct script current;

const struct script_options *script_options(void)
{
    return &current.options;
}

void *script_realloc(duk_context *ctx, void *block, size_t size)
{
    void *memory = duk_realloc(ctx, block, size);
    if (!memory) {
        (void)duk_range_error(ctx, "no memory for %lu bytes", (unsigned long)size);
    }
    return memory;
}

static bool is_dead(duk_context *ctx)
{
    return engine_must_stop(engine_of(ctx));
}

/* ---- hooks --------------------------------------------------------------------------------------
 */

void script_set_hook(duk_context *ctx, enum script_hook hook, duk_idx_t index)
{
    index = duk_require_normalize_index(ctx, index);
    duk_push_heap_stash(ctx);
    duk_get_prop_literal(ctx, -1, SCRIPT_HOOKS);
    duk_dup(ctx, index);
    engine_put_fresh(ctx, -2, hook);
    duk_pop_2(ctx);
    current.has_hook[hook] = true;
}

bool script_has_hook(enum script_hook hook)
{
    return current.has_hook[hook];
}

void script_push_hook(duk_context *ctx, enum script_hook hook)
{
    duk_push_heap_stash(ctx);
    duk_get_prop_literal(ctx, -1, SCRIPT_HOOKS);
    duk_get_prop_index(ctx, -1, hook);
    duk_replace(ctx, -3);
    duk_pop(ctx);
}

/* wait(bool): whether ticks wait. */
static duk_ret_t native_wait(duk_context *ctx)
{
    current.has_ticks = duk_to_boolean(ctx, 0);
    return 0;
}

/* callback(drain) */
static duk_ret_t native_callback(duk_context *ctx)
{
    script_set_hook(ctx, SCRIPT_HOOK_DRAIN, 0);
    return 0;
}

duk_ret_t script_push_natives(duk_context *ctx)
{
    duk_push_object(ctx);
    duk_push_c_function(ctx, native_wait, 1);
    duk_put_prop_literal(ctx, -2, "wait");
    duk_push_c_function(ctx, native_callback, 1);
    duk_put_prop_literal(ctx, -2, "callback");
    return 1;
}

/* ---- in and out ---------------------------------------------------------------------------------
 */

/* [ error ] -> whether a listener took it. */
static duk_ret_t ask_uncaught(duk_context *ctx, void *udata)
{
    (void)udata;
    script_push_hook(ctx, SCRIPT_HOOK_UNCAUGHT);
    duk_insert(ctx, -2);
    duk_call(ctx, 1);
    duk_push_boolean(ctx, duk_to_boolean(ctx, -1));
    return 1;
}

enum script_result script_throw(duk_context *ctx)
{
    if (!is_dead(ctx) && !script_has_hook(SCRIPT_HOOK_UNCAUGHT)) {
        return SCRIPT_THREW;
    }
    bool is_handled = false;
    if (!is_dead(ctx)) {
        duk_dup(ctx, -1);
        if (duk_safe_call(ctx, ask_uncaught, NULL, 1, 1) != DUK_EXEC_SUCCESS) {
            duk_replace(ctx, -2); /* the listener's own error is the one that counts */
        } else {
            is_handled = duk_get_boolean(ctx, -1);
            duk_pop(ctx);
        }
    }
    if (!is_handled && !is_dead(ctx)) {
        return SCRIPT_THREW;
    }
    duk_pop(ctx);
    return is_dead(ctx) ? SCRIPT_DEAD : SCRIPT_OK;
}

static duk_ret_t drain_ticks(duk_context *ctx, void *udata)
{
    (void)udata;
    script_push_hook(ctx, SCRIPT_HOOK_DRAIN);
    duk_call(ctx, 0);
    return 1;
}

static duk_ret_t report_rejections(duk_context *ctx, void *udata)
{
    (void)udata;
    script_push_builtin(ctx, "rejections");
    duk_get_prop_literal(ctx, -1, "report");
    duk_call(ctx, 0);
    return 1;
}

/* What there is to do before the loop may go on; NULL for nothing. */
static duk_safe_call_function next_work(struct engine *engine)
{
    if (current.has_ticks) {
        return drain_ticks;
    }
    if (engine_has_microtasks(engine)) {
        return engine_run_microtasks;
    }
    if (engine_has_rejections(engine)) {
        return report_rejections;
    }
    return engine_has_finalizations(engine) ? engine_run_finalization : NULL;
}

enum script_result script_settle(duk_context *ctx, duk_int_t failed)
{
    for (;;) {
        enum script_result result = SCRIPT_OK;
        if (failed) {
            result = script_throw(ctx);
        } else {
            duk_pop(ctx);
        }
        if (result != SCRIPT_OK || is_dead(ctx)) {
            return result == SCRIPT_OK ? SCRIPT_DEAD : result;
        }
        duk_safe_call_function work = next_work(engine_of(ctx));
        if (!work) {
            engine_end_of_job(engine_of(ctx));
            return SCRIPT_OK;
        }
        failed = duk_safe_call(ctx, work, NULL, 0, 1);
    }
}

enum script_result script_call(duk_context *ctx, duk_idx_t argument_count)
{
    return script_settle(ctx, duk_pcall_method(ctx, argument_count));
}

enum script_result script_run(duk_context *ctx, duk_safe_call_function function, void *udata)
{
    return script_settle(ctx, duk_safe_call(ctx, function, udata, 0, 1));
}

/* ---- start --------------------------------------------------------------------------------------
 */

/* The loader is the one module that is not loaded by the loader: function (native) -> exports. */
static void load_loader(duk_context *ctx)
{
    duk_push_heap_stash(ctx);
    module_push_builtin(ctx, "loader");
    duk_push_object(ctx);
    duk_dup(ctx, -1);
    duk_put_prop_literal(ctx, -4, SCRIPT_LOADER);
    duk_push_undefined(ctx);
    duk_push_undefined(ctx);
    duk_push_c_function(ctx, module_native, 1);
    duk_call(ctx, 4);
    duk_pop_2(ctx);
}

static duk_ret_t open_heap(duk_context *ctx, void *udata)
{
    (void)udata;
    duk_push_heap_stash(ctx);
    duk_push_array(ctx);
    duk_put_prop_literal(ctx, -2, SCRIPT_HOOKS);
    stack_install(ctx);
    globals_install(ctx, current.options.can_collect);
    load_loader(ctx);
    return 0;
}

/* A heap that was cast has all of it. */
static duk_ret_t open_heap_once(duk_context *ctx, void *udata)
{
    duk_push_heap_stash(ctx);
    return duk_has_prop_literal(ctx, -1, SCRIPT_LOADER) ? 0 : open_heap(ctx, udata);
}

duk_ret_t script_fill_mould(duk_context *ctx, void *udata)
{
    current = (struct script){.options.can_collect = *(const bool *)udata};
    (void)open_heap(ctx, NULL);
    duk_push_heap_stash(ctx);
    duk_get_prop_literal(ctx, -1, SCRIPT_LOADER);
    duk_get_prop_literal(ctx, -1, "fillMould");
    duk_call(ctx, 0);
    bool is_clean = !current.has_ticks;
    for (int i = 0; i < SCRIPT_HOOK_COUNT; i++) {
        is_clean = is_clean && !current.has_hook[i];
    }
    return is_clean ? 0 : duk_generic_error(ctx, "what is in the mould has hooks");
}

enum script_result script_open(duk_context *ctx, const struct script_options *options)
{
    current = (struct script){.options = *options};
    timers_open();
    duk_int_t failed = duk_safe_call(ctx, open_heap_once, NULL, 0, 1);
    if (is_dead(ctx)) {
        return SCRIPT_DEAD;
    }
    if (failed) {
        return SCRIPT_THREW;
    }
    duk_pop(ctx);
    return SCRIPT_OK;
}

struct entry {
    const char *function; /* of the loader */
    const char *text;
    size_t size;
};

static duk_ret_t run_entry(duk_context *ctx, void *udata)
{
    const struct entry *entry = udata;
    duk_push_heap_stash(ctx);
    duk_get_prop_literal(ctx, -1, SCRIPT_LOADER);
    duk_get_prop_string(ctx, -1, entry->function);
    text_push(ctx, entry->text, entry->size);
    duk_call(ctx, 1);
    return 1;
}

static enum script_result enter(duk_context *ctx, const char *function, const char *text,
                                size_t size)
{
    struct entry entry = {function, text, size};
    return script_run(ctx, run_entry, &entry);
}

enum script_result script_run_file(duk_context *ctx, const char *path)
{
    return enter(ctx, "runFile", path, strlen(path));
}

enum script_result script_check_file(duk_context *ctx, const char *path)
{
    return enter(ctx, "checkFile", path, strlen(path));
}

enum script_result script_run_code(duk_context *ctx, const char *code, size_t size)
{
    return enter(ctx, "runCode", code, size);
}

enum script_result script_require(duk_context *ctx, const char *path)
{
    return enter(ctx, "preload", path, strlen(path));
}

void script_push_builtin(duk_context *ctx, const char *name)
{
    duk_push_heap_stash(ctx);
    duk_get_prop_literal(ctx, -1, SCRIPT_LOADER);
    duk_get_prop_literal(ctx, -1, "builtin");
    duk_push_string(ctx, name);
    duk_call(ctx, 1);
    duk_replace(ctx, -3);
    duk_pop(ctx);
}

/* ---- end ----------------------------------------------------------------------------------------
 */

/* [ code ] -> what the hook returns. */
static duk_ret_t tell_end(duk_context *ctx, void *udata)
{
    script_push_hook(ctx, *(const enum script_hook *)udata);
    duk_insert(ctx, -2);
    duk_call(ctx, 1);
    return 1;
}

static duk_ret_t tell_before_exit(duk_context *ctx, void *udata)
{
    duk_push_int(ctx, 0);
    return tell_end(ctx, udata);
}

enum script_result script_before_exit(duk_context *ctx)
{
    enum script_hook hook = SCRIPT_HOOK_BEFORE_EXIT;
    return script_has_hook(hook) ? script_run(ctx, tell_before_exit, &hook) : SCRIPT_OK;
}

int script_exit(duk_context *ctx, int code)
{
    enum script_hook hook = SCRIPT_HOOK_EXIT;
    if (is_dead(ctx) || current.has_exited || !script_has_hook(hook)) {
        return code;
    }
    current.has_exited = true;
    duk_push_int(ctx, code);
    if (duk_safe_call(ctx, tell_end, &hook, 1, 1) == DUK_EXEC_SUCCESS) {
        code = duk_get_int(ctx, -1);
    } else if (!is_dead(ctx)) {
        script_report(ctx, -1);
        code = 1;
    }
    duk_pop(ctx);
    return code;
}

/* Pushes the text of the report. */
static duk_ret_t push_report(duk_context *ctx, void *udata)
{
    (void)udata;
    duk_idx_t error = duk_get_top_index(ctx);
    script_push_builtin(ctx, "report");
    duk_get_prop_literal(ctx, -1, "describe");
    duk_dup(ctx, error);
    duk_call(ctx, 1);
    duk_to_string(ctx, -1);
    return 1;
}

void script_report(duk_context *ctx, duk_idx_t index)
{
    if (is_dead(ctx)) {
        return;
    }
    duk_dup(ctx, index);
    (void)duk_safe_call(ctx, push_report, NULL, 1, 1);
    size_t size = 0;
    const char *text = duk_get_lstring(ctx, -1, &size); /* NULL when even that failed */
    struct bytes out;
    bytes_init(&out, 0);
    if (text) {
        text_append(&out, text, size);
    } else {
        bytes_append_text(&out, "Uncaught error, which cannot be printed");
    }
    bytes_append_text(&out, "\n");
    if (!out.is_failed) {
        console_write(engine_of(ctx), 2, out.data, out.size);
    }
    bytes_fini(&out);
    duk_pop(ctx);
}
