/*
 * Promises and microtasks as the runtime sees them (tasks.c, promise.c): what script.c's loop runs
 * between two callbacks, and what natives and built-in modules need beyond the language. All of it
 * on the engine's thread; every function may throw unless it says otherwise.
 */
#ifndef RUNTIME_ENGINE_ASYNC_H
#define RUNTIME_ENGINE_ASYNC_H

#include <stdbool.h>

#include "duktape.h"

struct engine;

/* ---- microtasks ---- */

/* Never throws. */
bool engine_has_microtasks(const struct engine *engine);
/* For duk_safe_call: runs microtasks until there are none. One that throws is out of the queue, and
 * the others are still in it. Leaves nothing. */
duk_ret_t engine_run_microtasks(duk_context *ctx, void *udata);
void engine_queue_microtask(duk_context *ctx, duk_idx_t function);

/* The value every microtask inherits from where it was made: of async hooks. */
void engine_push_async_context(duk_context *ctx);
void engine_set_async_context(duk_context *ctx, duk_idx_t index);

/* What WeakRef.deref() gave to the callback that ends need not live for it any more. Never throws. */
void engine_end_of_job(struct engine *engine);

/* Targets of FinalizationRegistries that died: whether there are any (never throws); for
 * duk_safe_call: calls the callback of one. Leaves one value, or none. */
bool engine_has_finalizations(const struct engine *engine);
duk_ret_t engine_run_finalization(duk_context *ctx, void *udata);

/* ---- rejections that have no handler ---- */

/* Never throws. */
bool engine_has_rejections(const struct engine *engine);
/* Pushes the next promise that was rejected without a handler (which it may have by now), or
 * (*is_late) that got one after it was reported. False when there is none. */
bool engine_push_rejection(duk_context *ctx, bool *is_late);
/* Never throws. `is_reported`: its rejection is, as unhandled. */
bool engine_is_promise_handled(duk_context *ctx, duk_idx_t index, bool is_reported);

/* ---- promises ---- */

/* Pushes what Promise.resolve.call(constructor, value) gives. */
void engine_push_promise_for(duk_context *ctx, duk_idx_t constructor, duk_idx_t value);
/* Pushes a new pending promise. */
void engine_push_promise(duk_context *ctx);
/* Resolves the promise with a value, which may be a thenable, or rejects it. No matter when it is
 * settled already. */
void engine_settle_promise(duk_context *ctx, duk_idx_t promise, duk_idx_t value, bool is_rejected);
/* Has the function (undefined: none) called for every promise that is resolved or rejected: of async
 * hooks. What it throws is dropped. */
void engine_on_resolve(duk_context *ctx, duk_idx_t function);
/* Calls one of the functions with the outcome of the value, in a microtask, as `await` would. */
void engine_await(duk_context *ctx, duk_idx_t value, duk_idx_t fulfilled, duk_idx_t rejected);
/* The same with one function: `object` is its this, the outcome and whether it is a reason its
 * arguments. */
void engine_await_for(duk_context *ctx, duk_idx_t value, duk_idx_t function, duk_idx_t object);
/* Pushes { promise, resolve, reject } made by the constructor at `index`. */
void engine_push_capability(duk_context *ctx, duk_idx_t index);
/* Pushes the constructor a derived promise of `index` is made by. */
void engine_push_species(duk_context *ctx, duk_idx_t index);
/* Pushes result, reason or undefined; *state is static text. False (nothing pushed) when the value
 * is no promise. */
bool engine_push_promise_state(duk_context *ctx, duk_idx_t index, const char **state);

#endif
