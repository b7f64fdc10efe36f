/*
 * Natives of microtasks and promises for built-in modules; the work is the engine layer's
 * (engine/async.h).
 */
#include "runtime/bind/tasks.h"

#include "runtime/engine/async.h"
#include "runtime/engine/engine.h"

/* (function) */
static duk_ret_t native_queue(duk_context *ctx)
{
    engine_queue_microtask(ctx, 0);
    return 0;
}

/* (value, onFulfilled, onRejected): calls one of them in a microtask; makes no promise of it */
static duk_ret_t native_await(duk_context *ctx)
{
    engine_await(ctx, 0, 1, 2);
    return 0;
}

/* (value, function, object): the same as a method of the object, with the outcome and whether it is why
 * the value was rejected */
static duk_ret_t native_await_for(duk_context *ctx)
{
    engine_await_for(ctx, 0, 1, 2);
    return 0;
}

/* (function or undefined): called when a promise is resolved or rejected */
static duk_ret_t native_on_resolve(duk_context *ctx)
{
    engine_on_resolve(ctx, 0);
    return 0;
}

/* (constructor): { promise, resolve, reject } */
static duk_ret_t native_capability(duk_context *ctx)
{
    engine_push_capability(ctx, 0);
    return 1;
}

/* (promise): the constructor of promises derived from it */
static duk_ret_t native_species(duk_context *ctx)
{
    engine_push_species(ctx, 0);
    return 1;
}

/* (): a pending promise that only settle() decides */
static duk_ret_t native_pending(duk_context *ctx)
{
    engine_push_promise(ctx);
    return 1;
}

/* (constructor, value): Promise.resolve.call(constructor, value) */
static duk_ret_t native_promise_for(duk_context *ctx)
{
    engine_push_promise_for(ctx, 0, 1);
    return 1;
}

/* (array, index, value): makes the element, whatever Array.prototype has under that index */
static duk_ret_t native_put(duk_context *ctx)
{
    duk_def_prop(ctx, 0, DUK_DEFPROP_HAVE_VALUE | DUK_DEFPROP_SET_WEC | DUK_DEFPROP_FORCE);
    return 0;
}

/* (promise, value, isRejected) */
static duk_ret_t native_settle(duk_context *ctx)
{
    engine_settle_promise(ctx, 0, 1, duk_to_boolean(ctx, 2));
    return 0;
}

/* (value): [state, result or reason], undefined when it is no promise */
static duk_ret_t native_state(duk_context *ctx)
{
    const char *state;
    duk_push_array(ctx);
    if (!engine_push_promise_state(ctx, 0, &state)) {
        return 0;
    }
    engine_put_fresh(ctx, -2, 1);
    duk_push_string(ctx, state);
    engine_put_fresh(ctx, -2, 0);
    return 1;
}

/* (): [promise, isLate] of the next rejection to report, or undefined */
static duk_ret_t native_rejection(duk_context *ctx)
{
    bool is_late;
    duk_push_array(ctx);
    if (!engine_push_rejection(ctx, &is_late)) {
        return 0;
    }
    engine_put_fresh(ctx, -2, 0);
    duk_push_boolean(ctx, is_late);
    engine_put_fresh(ctx, -2, 1);
    return 1;
}

/* (promise): it is reported as unhandled; false when it has a handler by now */
static duk_ret_t native_report(duk_context *ctx)
{
    bool is_handled = engine_is_promise_handled(ctx, 0, false);
    if (!is_handled) {
        engine_is_promise_handled(ctx, 0, true);
    }
    duk_push_boolean(ctx, !is_handled);
    return 1;
}

/* (): what microtasks made from here on inherit */
static duk_ret_t native_context(duk_context *ctx)
{
    engine_push_async_context(ctx);
    return 1;
}

/* (value) */
static duk_ret_t native_set_context(duk_context *ctx)
{
    engine_set_async_context(ctx, 0);
    return 0;
}

/* (value): [class, state, list] of a Map, Promise and so on, for inspect(); else undefined */
static duk_ret_t native_preview(duk_context *ctx)
{
    engine_push_preview(ctx, 0);
    return 1;
}

/* (iterator): whether step() and rest() know it: of a Map or Set, with its own next() */
static duk_ret_t native_is_walkable(duk_context *ctx)
{
    duk_push_boolean(ctx, engine_is_walkable(ctx, 0));
    return 1;
}

/* (iterator, walk): puts the next value into walk.value; false at the end */
static duk_ret_t native_step(duk_context *ctx)
{
    bool is_value = engine_push_step(ctx, 0);
    if (is_value) {
        duk_put_prop_literal(ctx, 1, "value");
    }
    duk_push_boolean(ctx, is_value);
    return 1;
}

/* (iterator): an array of what it has still to give */
static duk_ret_t native_rest(duk_context *ctx)
{
    engine_push_rest(ctx, 0);
    return 1;
}

duk_ret_t tasks_push_natives(duk_context *ctx)
{
    static const duk_function_list_entry natives[] = {
        {"queue", native_queue, 1},
        {"await", native_await, 3},
        {"awaitFor", native_await_for, 3},
        {"onResolve", native_on_resolve, 1},
        {"capability", native_capability, 1},
        {"species", native_species, 1},
        {"pending", native_pending, 0},
        {"settle", native_settle, 3},
        {"promiseFor", native_promise_for, 2},
        {"put", native_put, 3},
        {"state", native_state, 1},
        {"rejection", native_rejection, 0},
        {"report", native_report, 1},
        {"preview", native_preview, 1},
        {"isWalkable", native_is_walkable, 1},
        {"step", native_step, 2},
        {"rest", native_rest, 1},
        {"context", native_context, 0},
        {"setContext", native_set_context, 1},
        {NULL, NULL, 0},
    };
    duk_push_object(ctx);
    duk_put_function_list(ctx, -1, natives);
    return 1;
}
