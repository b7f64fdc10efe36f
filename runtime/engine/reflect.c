/*
 * Reflect with a newTarget, with receivers and with symbols as keys. Part of unity.c; named in added.c.
 * The prototype that newTarget asks for is handed to the engine's default instance when the call
 * begins, and put into what a native constructor made when it ends.
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

/* ---- get and set
 * ------------------------------------------------------------------------------------------------ */

/* The object at 0, and the key at 1 made a string or symbol. */
static duk_hstring *require_target(duk_context *ctx)
{
    if (!duk_is_object(ctx, 0)) {
        (void)duk_error(ctx, DUK_ERR_TYPE_ERROR, "Reflect.%s called on non-object",
                        push_own_name(ctx));
    }
    return duk_to_property_key_hstring(ctx, 1);
}

/* [ .. ] -> [ .. trap handler target ] of a Proxy, or [ .. ] and false when it has no such trap. */
static bool push_trap(duk_context *ctx, duk_hobject *object, const char *name)
{
    duk_hproxy *proxy = (duk_hproxy *)object;
    duk_push_hobject(ctx, proxy->handler);
    if (!push_method(ctx, -1, name)) {
        duk_pop_2(ctx);
        return false;
    }
    duk_swap_top(ctx, -2);
    duk_push_hobject(ctx, proxy->target);
    return true;
}

/* Where the property is found: its own description, or that no object up from the target has it. */
enum found { FOUND_NONE, FOUND_OWN, FOUND_TRAP };

/* Looks for the key at 1 from the target on; a trap is pushed as push_trap() does, and with `value` the
 * value of what is found. */
static enum found find_up(duk_context *ctx, const char *trap, duk_propdesc *found,
                          duk_small_uint_t flags)
{
    duk_hstring *key = duk_known_hstring(ctx, 1);
    duk_uint32_t at = DUK_HSTRING_GET_ARRIDX_SLOW(key);
    duk_hobject *object = duk_known_hobject(ctx, 0);
    while (object) {
        ENGINE_CHECK_STOP(ctx);
        if (DUK_HOBJECT_IS_PROXY(object)) {
            if (push_trap(ctx, object, trap)) {
                return FOUND_TRAP;
            }
            object = ((duk_hproxy *)object)->target;
            continue;
        }
        if (duk_hobject_get_own_propdesc(ctx, object, key, found, flags)) {
            return FOUND_OWN;
        }
        if (ENGINE_ENDS_CHAIN(ctx, object, key, at)) {
            break;
        }
        object = DUK_HOBJECT_GET_PROTOTYPE(ctx->heap, object);
    }
    return FOUND_NONE;
}

/* Reflect.get(target, key, receiver) */
static duk_ret_t reflect_get(duk_context *ctx)
{
    bool has_other = duk_get_top(ctx) > 2 && !duk_strict_equals(ctx, 0, 2);
    duk_propdesc found;
    duk_set_top(ctx, 3);
    require_target(ctx);
    if (!has_other) {
        duk_dup(ctx, 1);
        duk_get_prop(ctx, 0);
        return 1;
    }
    switch (find_up(ctx, "get", &found, DUK_GETDESC_FLAG_PUSH_VALUE)) {
    case FOUND_TRAP:
        duk_dup(ctx, 1);
        duk_dup(ctx, 2);
        duk_call_method(ctx, 3);
        return 1;
    case FOUND_OWN:
        if (found.get) {
            duk_push_hobject(ctx, found.get);
            duk_dup(ctx, 2);
            duk_call_method(ctx, 0);
        }
        return 1;
    case FOUND_NONE:
        break;
    }
    return 0;
}

/* The same for a receiver that is a Proxy: its traps are asked. */
static bool set_own_of_proxy(duk_context *ctx)
{
    push_own_descriptor(ctx, 3, 1);
    bool is_there = duk_is_object(ctx, -1);
    if (is_there && !has_flag(ctx, -1, "writable")) { /* an accessor has none */
        return false;
    }
    duk_push_object(ctx);
    duk_dup(ctx, 2);
    duk_put_prop_literal(ctx, -2, "value");
    for (size_t i = 0; i < FIELD_COUNT && !is_there; i++) {
        if (i == 1 || i > 3) {
            duk_push_true(ctx);
            duk_put_prop_string(ctx, -2, fields[i]);
        }
    }
    return define_own(ctx, 3, 1, -1, false);
}

/* Puts the value at 2 into the receiver at 3 itself, under the key at 1. */
static bool set_own(duk_context *ctx)
{
    duk_hstring *key = duk_known_hstring(ctx, 1);
    duk_hobject *object = duk_get_hobject(ctx, 3);
    duk_propdesc own;
    duk_uint_t flags = DUK_DEFPROP_HAVE_VALUE;
    if (!object) {
        return false;
    }
    if (DUK_HOBJECT_IS_PROXY(object)) {
        return set_own_of_proxy(ctx);
    }
    if (!duk_hobject_get_own_propdesc(ctx, object, key, &own, 0)) {
        flags |= DUK_DEFPROP_SET_WEC;
    } else if ((own.flags & DUK_PROPDESC_FLAG_ACCESSOR) ||
               !(own.flags & DUK_PROPDESC_FLAG_WRITABLE)) {
        return false;
    }
    return duk_hobject_define_property_helper(ctx, flags, object, key, 2, NULL, NULL, 0);
}

/* The same as an assignment to the receiver at 3 that starts at the target. */
static bool set_for(duk_context *ctx)
{
    duk_propdesc found;
    switch (find_up(ctx, "set", &found, 0)) {
    case FOUND_TRAP:
        duk_dup(ctx, 1);
        duk_dup(ctx, 2);
        duk_dup(ctx, 3);
        duk_call_method(ctx, 4);
        return duk_to_boolean(ctx, -1);
    case FOUND_OWN:
        if (!(found.flags & DUK_PROPDESC_FLAG_ACCESSOR)) {
            return (found.flags & DUK_PROPDESC_FLAG_WRITABLE) && set_own(ctx);
        }
        if (!found.set) {
            return false;
        }
        duk_push_hobject(ctx, found.set);
        duk_dup(ctx, 3);
        duk_dup(ctx, 2);
        duk_call_method(ctx, 1);
        return true;
    case FOUND_NONE:
        break;
    }
    return set_own(ctx);
}

/* Reflect.set(target, key, value, receiver) */
static duk_ret_t reflect_set(duk_context *ctx)
{
    bool has_other = duk_get_top(ctx) > 3 && !duk_strict_equals(ctx, 0, 3);
    duk_set_top(ctx, 4);
    require_target(ctx);
    bool is_set = has_other ? set_for(ctx)
                            : duk_hobject_putprop(ctx, duk_require_tval(ctx, 0),
                                                  duk_require_tval(ctx, 1),
                                                  duk_require_tval(ctx, 2), 0);
    duk_push_boolean(ctx, is_set);
    return 1;
}

/* Sets a property of a Proxy that has no trap for it: as the target does, for the Proxy. */
static bool engine_proxy_set(duk_hthread *ctx, duk_hobject *target, duk_tval *key, duk_tval *value,
                             duk_tval *receiver)
{
    duk_require_stack(ctx, 8);
    duk_push_c_function(ctx, reflect_set, DUK_VARARGS);
    duk_push_hobject(ctx, target);
    duk_push_tval(ctx, key);
    duk_push_tval(ctx, value);
    duk_push_tval(ctx, receiver);
    duk_call(ctx, 4);
    return duk_to_boolean_top_pop(ctx);
}

/* Reflect.deleteProperty(target, key) */
static duk_ret_t reflect_delete(duk_context *ctx)
{
    require_target(ctx);
    duk_push_boolean(
        ctx, duk_hobject_delprop(ctx, duk_require_tval(ctx, 0), duk_require_tval(ctx, 1), 0));
    return 1;
}

/* Reflect.has(target, key) */
static duk_ret_t reflect_has(duk_context *ctx)
{
    require_target(ctx);
    duk_dup(ctx, 1);
    duk_push_boolean(ctx, duk_has_prop(ctx, 0));
    return 1;
}
