/*
 * The global object. Most names are lazy: an accessor that loads the built-in module on first use
 * and then becomes the plain, writable property it is in Node. So an isolate pays only for what its
 * script touches.
 */
#include "runtime/bind/globals.h"

#include "runtime/bind/atomics.h"
#include "runtime/bind/clone.h"
#include "runtime/bind/script.h"
#include "runtime/engine/engine.h"

#include <string.h>

struct lazy {
    const char *name;
    const char *module;
    const char *export; /* NULL: the whole module */
};

static const struct lazy lazies[] = {
    {"MessageChannel", "worker_threads", "MessageChannel"},
    {"MessagePort", "worker_threads", "MessagePort"},
    {"MessageEvent", "port_events", "MessageEvent"},
    {"BroadcastChannel", "broadcast_channel", "BroadcastChannel"},
    {"console", "console", NULL},
    {"process", "process", NULL},
    {"setTimeout", "timers", "setTimeout"},
    {"setInterval", "timers", "setInterval"},
    {"setImmediate", "timers", "setImmediate"},
    {"clearTimeout", "timers", "clearTimeout"},
    {"clearInterval", "timers", "clearInterval"},
    {"clearImmediate", "timers", "clearImmediate"},
    {"queueMicrotask", "ticks", "queueMicrotask"},
    {"Buffer", "buffer", "Buffer"},
    {"URL", "url", "URL"},
    {"URLSearchParams", "url", "URLSearchParams"},
    {"$lowered", "lowered", NULL},
    {"performance", "perf_hooks", "performance"},
    {"Performance", "perf_hooks", "Performance"},
    {"PerformanceEntry", "perf_hooks", "PerformanceEntry"},
    {"PerformanceMark", "perf_hooks", "PerformanceMark"},
    {"PerformanceMeasure", "perf_hooks", "PerformanceMeasure"},
    {"PerformanceObserver", "perf_hooks", "PerformanceObserver"},
    {"Event", "event_target", "Event"},
    {"CustomEvent", "event_target", "CustomEvent"},
    {"EventTarget", "event_target", "EventTarget"},
    {"AbortController", "abort", "AbortController"},
    {"AbortSignal", "abort", "AbortSignal"},
    {"DOMException", "dom_exception", "DOMException"},
    {"TextEncoder", "encoding", "TextEncoder"},
    {"TextDecoder", "encoding", "TextDecoder"},
    {"atob", "encoding", "atob"},
    {"btoa", "encoding", "btoa"},
    {"crypto", "crypto", "webcrypto"},
    {"Atomics", NULL, NULL},
    {"AggregateError", "aggregate_error", "AggregateError"},
    {"Promise", NULL, NULL},
    {"Map", NULL, NULL},
    {"Set", NULL, NULL},
    {"WeakMap", NULL, NULL},
    {"WeakSet", NULL, NULL},
    {"WeakRef", NULL, NULL},
    {"FinalizationRegistry", NULL, NULL},
};

/* One that is no module's. */
static void push_native(duk_context *ctx, const char *name)
{
    if (strcmp(name, "Atomics") == 0) {
        atomics_push(ctx);
    } else {
        engine_push_constructor(ctx, name);
    }
}

#define PLAIN                                                                                      \
    (DUK_DEFPROP_HAVE_VALUE | DUK_DEFPROP_SET_WRITABLE | DUK_DEFPROP_SET_CONFIGURABLE |            \
     DUK_DEFPROP_CLEAR_ENUMERABLE | DUK_DEFPROP_FORCE)

/* Makes the value on top the global's plain value. */
static void settle(duk_context *ctx, const struct lazy *lazy)
{
    duk_push_global_object(ctx);
    duk_push_string(ctx, lazy->name);
    duk_dup(ctx, -3);
    duk_def_prop(ctx, -3, PLAIN);
    duk_pop(ctx);
}

static duk_ret_t lazy_get(duk_context *ctx)
{
    const struct lazy *lazy = &lazies[duk_get_current_magic(ctx)];
    if (!lazy->module) {
        push_native(ctx, lazy->name);
    } else {
        script_push_builtin(ctx, lazy->module);
        if (lazy->export) {
            duk_get_prop_string(ctx, -1, lazy->export);
        }
    }
    settle(ctx, lazy);
    return 1;
}

static duk_ret_t lazy_set(duk_context *ctx)
{
    duk_set_top(ctx, 1);
    settle(ctx, &lazies[duk_get_current_magic(ctx)]);
    return 0;
}

void globals_put_function(duk_context *ctx, const char *name, duk_c_function function,
                          duk_idx_t length, int magic)
{
    duk_push_string(ctx, name);
    duk_push_c_function(ctx, function, length);
    duk_set_magic(ctx, -1, magic);
    duk_push_literal(ctx, "name");
    duk_push_string(ctx, name);
    duk_def_prop(ctx, -3, DUK_DEFPROP_HAVE_VALUE | DUK_DEFPROP_FORCE);
    duk_def_prop(ctx, -3, PLAIN);
}

/* structuredClone(value[, {transfer: [...]}]) */
static duk_ret_t structured_clone(duk_context *ctx)
{
    duk_idx_t transfer = DUK_INVALID_INDEX;
    if (duk_get_top(ctx) == 0) {
        return duk_type_error(ctx, "The \"value\" argument must be specified");
    }
    duk_set_top(ctx, 2);
    if (duk_is_object(ctx, 1)) {
        duk_get_prop_literal(ctx, 1, "transfer");
        if (!duk_is_null_or_undefined(ctx, -1)) {
            transfer = duk_get_top_index(ctx);
        }
    }

    struct message *message;
    if (engine_clone_write(ctx, 0, transfer, &message) != 0) {
        return clone_throw(ctx);
    }
    int failed = engine_clone_read(ctx, message);
    message_free(&message);

    return failed ? duk_throw(ctx) : 1;
}

static duk_ret_t collect(duk_context *ctx)
{
    engine_collect(engine_of(ctx));
    return 0;
}

void globals_install(duk_context *ctx, bool can_collect)
{
    duk_push_global_object(ctx);
    for (size_t i = 0; i < sizeof(lazies) / sizeof(lazies[0]); i++) {
        duk_push_string(ctx, lazies[i].name);
        duk_push_c_function(ctx, lazy_get, 0);
        duk_set_magic(ctx, -1, (int)i);
        duk_push_c_function(ctx, lazy_set, 1);
        duk_set_magic(ctx, -1, (int)i);
        duk_def_prop(ctx, -4,
                     DUK_DEFPROP_HAVE_GETTER | DUK_DEFPROP_HAVE_SETTER |
                         DUK_DEFPROP_SET_CONFIGURABLE | DUK_DEFPROP_CLEAR_ENUMERABLE);
    }
    duk_push_literal(ctx, "global");
    duk_dup(ctx, -2);
    duk_def_prop(ctx, -3, PLAIN);
    globals_put_function(ctx, "structuredClone", structured_clone, DUK_VARARGS, 0);
    if (can_collect) {
        globals_put_function(ctx, "gc", collect, 0, 0);
    }
    duk_pop(ctx);
}
