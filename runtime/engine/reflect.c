/*
 * Reflect.construct with another newTarget. Part of unity.c; named in added.c. The prototype that
 * newTarget asks for is handed to the engine's default instance when the call begins, and put into what
 * a native constructor made when it ends.
 */
#include "runtime/engine/parts.h"

static bool engine_push_new_prototype(duk_hthread *thr)
{
    struct engine *engine = engine_in(thr->heap);
    if (!engine->new_prototype) {
        return false;
    }
    duk_push_hobject(thr, engine->new_prototype);
    engine->new_prototype = NULL;
    return true;
}

static void require_constructor(duk_context *ctx, duk_idx_t index)
{
    if (!duk_is_constructable(ctx, index)) {
        (void)duk_error(ctx, DUK_ERR_TYPE_ERROR, "%s is not a constructor",
                        push_described(ctx, index));
    }
}

/* Calls new target(...list) for the target at 0 and the list at 1; pushes the result. */
static void construct(duk_context *ctx)
{
    duk_dup(ctx, 0);
    duk_idx_t count = duk_unpack_array_like(ctx, 1);
    duk_new(ctx, count);
}

static bool is_native(duk_context *ctx, duk_idx_t index)
{
    duk_hobject *function = duk_get_hobject(ctx, index);
    return function && DUK_HOBJECT_HAS_NATFUNC(function);
}

/* Reflect.construct(target, list, newTarget) */
static duk_ret_t reflect_construct(duk_context *ctx)
{
    bool has_other = duk_get_top(ctx) > 2 && !duk_strict_equals(ctx, 0, 2);
    duk_set_top(ctx, 3);
    require_constructor(ctx, 0);
    if (has_other) {
        require_constructor(ctx, 2);
    }
    if (!duk_is_object(ctx, 1)) {
        return duk_error(ctx, DUK_ERR_TYPE_ERROR, "CreateListFromArrayLike called on non-object");
    }
    if (!has_other || DUK_HOBJECT_IS_PROXY(duk_known_hobject(ctx, 0))) {
        construct(ctx);
        return 1;
    }
    duk_get_prop_literal(ctx, 2, "prototype"); /* 3 */
    duk_dup(ctx, 0);
    duk_idx_t count = duk_unpack_array_like(ctx, 1);
    engine_of(ctx)->new_prototype = duk_get_hobject(ctx, 3);
    duk_new(ctx, count);
    if (is_native(ctx, 0) && duk_is_object(ctx, 3)) {
        duk_hobject *made = duk_known_hobject(ctx, -1);
        DUK_HOBJECT_SET_PROTOTYPE_UPDREF(ctx, made, duk_known_hobject(ctx, 3));
    }
    return 1;
}
