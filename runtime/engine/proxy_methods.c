/*
 * The built-ins of Object, Reflect and Object.prototype that a Proxy's traps change (proxy.c), and
 * Proxy.revocable. Each is the engine's own unless it meets a Proxy. Magic is the engine's: 1 is Reflect
 * where it is 0 for Object. Part of unity.c; named in added.c or called by the patched built-ins.
 */
#include "runtime/engine/parts.h"

/* ---- properties, prototypes, extensibility ------------------------------------------------------
 */

static duk_ret_t proxy_describe(duk_context *ctx)
{
    if (!is_proxy(ctx, 0)) {
        return duk_bi_object_constructor_get_own_property_descriptor(ctx);
    }
    duk_to_property_key_hstring(ctx, 1);
    push_own_descriptor(ctx, 0, 1);
    return 1;
}

static duk_ret_t proxy_define(duk_context *ctx)
{
    bool is_reflect = duk_get_current_magic(ctx) == 1;
    if (!is_proxy(ctx, 0)) {
        return duk_bi_object_constructor_define_property(ctx);
    }
    duk_to_property_key_hstring(ctx, 1);
    if (!duk_is_object(ctx, 2)) {
        engine_throw_type(ctx, 2, "descriptor");
    }
    bool is_done = define_own(ctx, 0, 1, 2, !is_reflect);
    if (is_reflect) {
        duk_push_boolean(ctx, is_done);
    } else {
        duk_dup(ctx, 0);
    }
    return 1;
}

static duk_ret_t proxy_define_all(duk_context *ctx)
{
    if (!is_proxy(ctx, 0) && !is_proxy(ctx, 1)) {
        return duk_bi_object_constructor_define_properties(ctx);
    }
    if (!duk_is_object(ctx, 0)) {
        return duk_error(ctx, DUK_ERR_TYPE_ERROR, "Object.defineProperties called on non-object");
    }
    duk_to_object(ctx, 1);
    duk_enum(ctx, 1, DUK_ENUM_OWN_PROPERTIES_ONLY | DUK_ENUM_INCLUDE_SYMBOLS);
    while (duk_next(ctx, 2, 1)) {
        if (!duk_is_object(ctx, -1)) {
            engine_throw_type(ctx, -1, "descriptor");
        }
        define_own(ctx, 0, -2, -1, true);
        duk_pop_2(ctx);
    }
    duk_dup(ctx, 0);
    return 1;
}

/* The object at 0: its prototype. */
static void engine_push_prototype(duk_hthread *ctx)
{
    push_prototype(ctx, 0);
}

/* [ proxy prototype ] */
static bool engine_proxy_set_prototype(duk_hthread *ctx, bool is_throwing)
{
    bool is_done = object_set_prototype(ctx, 0, 1);
    if (!is_done && is_throwing) {
        trap_fails(ctx, "setPrototypeOf", "trap returned falsish for property 'undefined'",
                   DUK_INVALID_INDEX);
    }
    return is_done;
}

static duk_ret_t proxy_is_extensible(duk_context *ctx)
{
    if (!is_proxy(ctx, 0)) {
        return duk_bi_object_constructor_is_extensible(ctx);
    }
    duk_push_boolean(ctx, object_is_extensible(ctx, 0));
    return 1;
}

static duk_ret_t proxy_prevent_extensions(duk_context *ctx)
{
    bool is_reflect = duk_get_current_magic(ctx) == 1;
    if (!is_proxy(ctx, 0)) {
        return duk_bi_object_constructor_prevent_extensions(ctx);
    }
    bool is_done = object_prevent_extensions(ctx, 0);
    if (is_reflect) {
        duk_push_boolean(ctx, is_done);
        return 1;
    }
    if (!is_done) {
        trap_fails(ctx, "preventExtensions", "trap returned falsish", DUK_INVALID_INDEX);
    }
    duk_dup(ctx, 0);
    return 1;
}

/* ---- seal and freeze ----------------------------------------------------------------------------
 */

/* Pushes what freezing, or sealing, changes of the property whose descriptor is on the top. */
static void push_restriction(duk_context *ctx, bool is_freeze)
{
    duk_push_object(ctx);
    duk_push_false(ctx);
    duk_put_prop_literal(ctx, -2, "configurable");
    if (is_freeze && duk_has_prop_literal(ctx, -2, "writable")) {
        duk_push_false(ctx);
        duk_put_prop_literal(ctx, -2, "writable");
    }
}

/* Object.seal, with magic Object.freeze */
static duk_ret_t proxy_freeze(duk_context *ctx)
{
    bool is_freeze = duk_get_current_magic(ctx) != 0;
    if (!is_proxy(ctx, 0)) {
        return duk_bi_object_constructor_seal_freeze_shared(ctx);
    }
    if (!object_prevent_extensions(ctx, 0)) {
        trap_fails(ctx, "preventExtensions", "trap returned falsish", DUK_INVALID_INDEX);
    }
    push_own_keys(ctx, 0); /* 1 */
    duk_uarridx_t count = (duk_uarridx_t)duk_get_length(ctx, 1);
    for (duk_uarridx_t i = 0; i < count; i++) {
        duk_set_top(ctx, 2);
        duk_get_prop_index(ctx, 1, i); /* 2 */
        if (is_freeze) {
            push_own_descriptor(ctx, 0, 2);
        } else {
            duk_push_object(ctx);
        }
        if (duk_is_object(ctx, 3)) {
            push_restriction(ctx, is_freeze);
            define_own(ctx, 0, 2, 4, true);
        }
    }
    duk_dup(ctx, 0);
    return 1;
}

/* Object.isSealed, with magic Object.isFrozen */
static duk_ret_t proxy_is_frozen(duk_context *ctx)
{
    bool is_frozen = duk_get_current_magic(ctx) != 0;
    if (!is_proxy(ctx, 0)) {
        return duk_bi_object_constructor_is_sealed_frozen_shared(ctx);
    }
    bool is_it = !object_is_extensible(ctx, 0);
    if (is_it) {
        push_own_keys(ctx, 0);
        duk_uarridx_t count = (duk_uarridx_t)duk_get_length(ctx, 1);
        for (duk_uarridx_t i = 0; i < count && is_it; i++) {
            duk_set_top(ctx, 2);
            duk_get_prop_index(ctx, 1, i);
            push_own_descriptor(ctx, 0, 2);
            is_it = !duk_is_object(ctx, 3) || (!has_flag(ctx, 3, "configurable") &&
                                               !(is_frozen && has_flag(ctx, 3, "writable")));
        }
    }
    duk_push_boolean(ctx, is_it);
    return 1;
}

/* ---- Object.prototype, Object.hasOwn, Object.assign ---------------------------------------------
 */

/* [ key proxy ] -> [ key proxy boolean ]: whether it has that property, and with those flags. */
static void engine_proxy_has_own(duk_hthread *ctx, unsigned flags)
{
    push_own_descriptor(ctx, 1, 0);
    bool is_enumerable = duk_is_object(ctx, -1) && has_flag(ctx, -1, "enumerable");
    duk_push_boolean(ctx, flags & DUK_PROPDESC_FLAG_ENUMERABLE ? is_enumerable : duk_is_object(ctx, -1));
    duk_remove_m2(ctx);
}

/* [ proxy object ] -> [ proxy object boolean ]: whether the object is on its chain of prototypes. */
static void engine_proxy_is_prototype_of(duk_hthread *ctx)
{
    bool is_it = false;
    push_prototype(ctx, 0);
    while (duk_is_object(ctx, 2) && !is_it) {
        ENGINE_CHECK_STOP(ctx);
        is_it = duk_strict_equals(ctx, 1, 2);
        push_prototype(ctx, 2);
        duk_replace(ctx, 2);
    }
    duk_pop(ctx);
    duk_push_boolean(ctx, is_it);
}

/* Object.assign(target, ...sources): symbols too */
static duk_ret_t object_assign(duk_context *ctx)
{
    duk_idx_t count = duk_get_top(ctx);
    if (count == 0) {
        duk_push_undefined(ctx);
    }
    coerce_object(ctx);
    for (duk_idx_t i = 1; i < count; i++) {
        if (duk_is_null_or_undefined(ctx, i)) {
            continue;
        }
        duk_to_object(ctx, i);
        duk_uarridx_t at = 0;
        enumerate_own(ctx, i, DUK_ENUM_INCLUDE_SYMBOLS);
        while (next_own(ctx, i, -1, &at)) {
            duk_hobject_putprop(ctx, duk_require_tval(ctx, 0), duk_require_tval(ctx, -2),
                                duk_require_tval(ctx, -1), 1);
            duk_pop_2(ctx);
        }
        duk_pop(ctx);
    }
    duk_set_top(ctx, 1);
    return 1;
}

/* ---- Proxy.revocable ----------------------------------------------------------------------------
 */

static const char *const traps[] = {"get", "set", "has", "deleteProperty", "ownKeys", "apply", "construct",
                                    "getOwnPropertyDescriptor", "defineProperty", "getPrototypeOf",
                                    "setPrototypeOf", "isExtensible", "preventExtensions"};

static duk_ret_t revoked_trap(duk_context *ctx)
{
    return duk_error(ctx, DUK_ERR_TYPE_ERROR, "Cannot perform '%s' on a proxy that has been revoked",
                     traps[duk_get_current_magic(ctx)]);
}

#define REVOCABLE DUK_HIDDEN_SYMBOL("revocable")

static duk_ret_t proxy_revoke(duk_context *ctx)
{
    duk_push_current_function(ctx);
    duk_get_prop_literal(ctx, 0, REVOCABLE);
    if (!is_proxy(ctx, 1)) {
        return 0;
    }
    duk_push_bare_object(ctx); /* 2: the handler */
    for (size_t i = 0; i < sizeof(traps) / sizeof(traps[0]); i++) {
        duk_push_string(ctx, traps[i]);
        duk_push_c_function(ctx, revoked_trap, 0);
        duk_set_magic(ctx, -1, (duk_int_t)i);
        duk_def_prop(ctx, 2, DUK_DEFPROP_HAVE_GETTER);
    }
    duk_hproxy *proxy = (duk_hproxy *)duk_known_hobject(ctx, 1);
    duk_hobject *handler = proxy->handler;
    proxy->handler = duk_known_hobject(ctx, 2);
    DUK_HOBJECT_INCREF(ctx, proxy->handler);
    DUK_HOBJECT_DECREF(ctx, handler);
    duk_push_null(ctx);
    duk_put_prop_literal(ctx, 0, REVOCABLE);
    return 0;
}

/* Proxy.revocable(target, handler) -> { proxy, revoke } */
static duk_ret_t proxy_revocable(duk_context *ctx)
{
    duk_push_object(ctx); /* 2 */
    duk_dup(ctx, 0);
    duk_dup(ctx, 1);
    duk_push_proxy(ctx, 0); /* 3 */
    duk_push_c_function(ctx, proxy_revoke, 0);
    duk_push_literal(ctx, "name");
    duk_push_literal(ctx, "");
    duk_def_prop(ctx, -3, DUK_DEFPROP_HAVE_VALUE | DUK_DEFPROP_SET_CONFIGURABLE | DUK_DEFPROP_FORCE);
    duk_dup(ctx, 3);
    duk_put_prop_literal(ctx, -2, REVOCABLE);
    duk_put_prop_literal(ctx, 2, "revoke");
    duk_put_prop_literal(ctx, 2, "proxy");
    duk_set_top(ctx, 3);
    return 1;
}
