/*
 * What the engine's tests share: engines with a slot of their own, evaluation, and
 * structuredClone() and detach() for scripts. Each test program includes it once.
 */
#ifndef TESTS_ENGINE_SUPPORT_H
#define TESTS_ENGINE_SUPPORT_H

#include "runtime/engine/engine.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct bench {
    struct wire_slot slot;
    struct engine *engine;
    duk_context *ctx;
};

static inline duk_ret_t script_clone(duk_context *ctx)
{
    struct message *message = NULL;
    duk_idx_t transfer = duk_is_undefined(ctx, 1) ? DUK_INVALID_INDEX : 1;
    if (engine_clone_write(ctx, 0, transfer, &message) != 0) {
        return duk_throw(ctx);
    }
    int rc = engine_clone_read(ctx, message);
    message_free(&message);
    return rc == 0 ? 1 : duk_throw(ctx);
}

static inline void bench_open(struct bench *bench, const struct engine_options *options)
{
    memset(&bench->slot, 0, sizeof(bench->slot));
    struct engine_options own =
        options ? *options
                : (struct engine_options){.heap_limit = UINT64_MAX, .external_limit = UINT64_MAX};
    own.slot = &bench->slot;
    bench->engine = engine_new(&own);
    assert_non_null(bench->engine);
    bench->ctx = engine_context(bench->engine);
    duk_push_c_function(bench->ctx, script_clone, 2);
    duk_put_global_string(bench->ctx, "structuredClone");
    assert_int_equal(duk_peval_string_noresult(bench->ctx,
                                               "function detach(b){structuredClone(0,[b])}"
                                               "function error(f){try{f();return 'nothing'}"
                                               "catch(e){return e.name+': '+e.message}}"),
                     0);
}

/* Everything is counted back to nothing, whatever the script did. */
static inline void bench_close(struct bench *bench)
{
    engine_free(&bench->engine);
    assert_null(bench->engine);
    assert_int_equal(atomic_load(&bench->slot.heap_used), 0);
    assert_int_equal(atomic_load(&bench->slot.heap_total), 0);
    assert_int_equal(atomic_load(&bench->slot.external), 0);
    assert_int_equal(atomic_load(&bench->slot.array_buffers), 0);
    assert_int_equal(atomic_load(&bench->slot.shared), 0);
}

/* The value of `source` as a string; borrowed until the next call. */
static inline const char *evaluate(struct bench *bench, const char *source)
{
    duk_set_top(bench->ctx, 0);
    (void)duk_peval_string(bench->ctx, source);
    return duk_safe_to_string(bench->ctx, 0);
}

static inline void check_script(struct bench *bench, const char *source, const char *expected)
{
    const char *got = evaluate(bench, source);
    if (strcmp(got, expected) != 0) {
        print_error("%s\n   is %s\n   not %s\n", source, got, expected);
        fail();
    }
}

#endif
