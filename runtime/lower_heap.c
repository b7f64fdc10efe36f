/*
 * The lowerer in an engine of its own, without an isolate: no globals of ours, no loop. Its books
 * are a slot nobody reads but lower_heap_bytes(); its limit bounds what a hostile text can cost.
 * Invariant: whatever the text does, a result comes out or the heap is spent.
 */
#include "runtime/lower_heap.h"

#include "runtime/bind/module.h"
#include "runtime/engine/engine.h"

#include <stdlib.h>
#include <string.h>

#define LIMIT_BYTES (UINT64_C(1) << 30)
#define KEEP_BYTES  (UINT64_C(64) << 20)

struct lower_heap {
    struct wire_slot slot;
    struct engine *engine; /* owned */
};

/* Leaves the function `lower` on the stack: index 0, for good. */
static duk_ret_t load(duk_context *ctx, void *udata)
{
    (void)udata;
    if (module_push_builtin(ctx, "lower") == 0) {
        return duk_reference_error(ctx, "no lowerer in this program");
    }
    duk_push_object(ctx);
    duk_push_undefined(ctx);
    duk_push_object(ctx);
    duk_dup(ctx, -3);
    duk_put_prop_literal(ctx, -2, "exports");
    duk_dup(ctx, -4);
    duk_dup(ctx, -4);
    duk_dup(ctx, -4);
    duk_dup(ctx, -4);
    duk_push_undefined(ctx);
    duk_call(ctx, 4); /* (exports, require, module, native) */
    duk_pop(ctx);
    duk_get_prop_literal(ctx, -1, "exports");
    duk_get_prop_literal(ctx, -1, "lower");
    return 1;
}

struct lower_heap *lower_heap_new(void)
{
    struct lower_heap *heap = calloc(1, sizeof *heap);
    if (heap == NULL) {
        return NULL;
    }
    struct engine_options options = {
        .slot = &heap->slot, .heap_limit = LIMIT_BYTES, .external_limit = LIMIT_BYTES};
    heap->engine = engine_new(&options);
    if (heap->engine == NULL ||
        duk_safe_call(engine_context(heap->engine), load, NULL, 0, 1) != DUK_EXEC_SUCCESS) {
        lower_heap_free(&heap);
    }
    return heap;
}

void lower_heap_free(struct lower_heap **place)
{
    struct lower_heap *heap = *place;
    *place = NULL;
    if (heap != NULL) {
        engine_free(&heap->engine);
        free(heap);
    }
}

uint64_t lower_heap_bytes(const struct lower_heap *heap)
{
    return atomic_load_explicit(&heap->slot.heap_total, memory_order_relaxed);
}

bool lower_heap_is_spent(const struct lower_heap *heap)
{
    return engine_end(heap->engine) != ENGINE_ALIVE || lower_heap_bytes(heap) > KEEP_BYTES;
}

void lower_heap_stop(struct lower_heap *heap)
{
    engine_terminate(heap->engine);
}

/* ---- one run ------------------------------------------------------------------------------------
 */

static void push_options(duk_context *ctx, const struct lower_request *request)
{
    static const char *const goals[] = {"commonjs", "module", "script", "function"};
    duk_push_object(ctx);
    duk_push_string(ctx, goals[request->goal]);
    duk_put_prop_literal(ctx, -2, "goal");
    duk_push_lstring(ctx, request->file.data, request->file.size);
    duk_put_prop_literal(ctx, -2, "file");
    if (request->goal == LOWER_FUNCTION || request->parameters.size > 0) {
        duk_push_lstring(ctx, request->parameters.data, request->parameters.size);
        duk_put_prop_literal(ctx, -2, "parameters");
    }
}

/* [ lower ] -> [ lower about code ] */
static duk_ret_t run(duk_context *ctx, void *udata)
{
    const struct lower_request *request = udata;
    duk_dup(ctx, 0);
    duk_push_lstring(ctx, request->source.data, request->source.size);
    push_options(ctx, request);
    duk_call(ctx, 2);
    duk_get_prop_literal(ctx, -1, "code");
    duk_require_string(ctx, -1);
    duk_del_prop_literal(ctx, -2, "code");
    duk_insert(ctx, -2);
    duk_json_encode(ctx, -1);
    duk_insert(ctx, -2);
    return 2;
}

/* [ error ] -> [ about ] */
static duk_ret_t describe(duk_context *ctx, void *udata)
{
    static const char *const names[] = {"name", "message", "line", "column", "feature"};
    (void)udata;
    duk_push_object(ctx);
    if (duk_is_object(ctx, -2)) {
        for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
            duk_get_prop_string(ctx, -2, names[i]);
            duk_put_prop_string(ctx, -2, names[i]);
        }
    }
    duk_json_encode(ctx, -1);
    return 1;
}

static struct lower_result *make(const char *about, size_t about_size, const char *code,
                                 size_t code_size)
{
    struct lower_result *result = malloc(sizeof *result + about_size + code_size);
    if (result != NULL) {
        atomic_init(&result->refs, 1);
        result->is_error = code == NULL;
        result->about_size = about_size;
        result->code_size = code_size;
        memcpy(result->text, about, about_size);
        if (code_size > 0) {
            memcpy(result->text + about_size, code, code_size);
        }
    }
    return result;
}

static struct lower_result *take_error(duk_context *ctx)
{
    static const char exhausted[] =
        "{\"name\":\"RangeError\",\"message\":\"the code is too large to be lowered\"}";
    size_t size = 0;
    const char *about = NULL;
    if (duk_safe_call(ctx, describe, NULL, 1, 1) == DUK_EXEC_SUCCESS) {
        about = duk_get_lstring(ctx, -1, &size);
    }
    return about != NULL ? make(about, size, NULL, 0)
                         : make(exhausted, sizeof exhausted - 1, NULL, 0);
}

struct lower_result *lower_heap_run(struct lower_heap *heap, const struct lower_request *request)
{
    duk_context *ctx = engine_context(heap->engine);
    struct lower_result *result;
    if (duk_safe_call(ctx, run, (void *)request, 0, 2) == DUK_EXEC_SUCCESS) {
        size_t about_size, code_size;
        const char *about = duk_get_lstring(ctx, -2, &about_size);
        const char *code = duk_get_lstring(ctx, -1, &code_size);
        result = make(about, about_size, code, code_size);
    } else {
        duk_pop(ctx); /* the second of two values */
        result = take_error(ctx);
    }
    duk_set_top(ctx, 1);
    return result;
}
