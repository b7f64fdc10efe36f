/*
 * What the engine's Proxy lacks: the traps of everything but get, set, has, deleteProperty and ownKeys,
 * and keys whose enumerability a trap tells. Each operation is a function here that takes Proxies and
 * other objects alike; the built-ins below them look for a Proxy first and are else the engine's own. A
 * revoked Proxy has a handler whose every trap throws. Part of unity.c; named in added.c.
 */
#include "runtime/engine/parts.h"

#define ALL_KEYS                                                                                   \
    (DUK_ENUM_OWN_PROPERTIES_ONLY | DUK_ENUM_INCLUDE_NONENUMERABLE | DUK_ENUM_INCLUDE_SYMBOLS |    \
     DUK_ENUM_SORT_ARRAY_INDICES | DUK_ENUM_NO_PROXY_BEHAVIOR)

static bool is_proxy(duk_context *ctx, duk_idx_t index)
{
    duk_hobject *object = duk_get_hobject(ctx, index);
    return object && DUK_HOBJECT_IS_PROXY(object);
}

/* [ ] -> [ target ]; with a trap of that name [ target trap handler target ] and true. */
static bool push_proxy_trap(duk_context *ctx, duk_idx_t index, const char *name)
{
    duk_hproxy *proxy = (duk_hproxy *)duk_known_hobject(ctx, index);
    duk_native_stack_check(ctx);
    duk_require_stack(ctx, 20);
    duk_push_hobject(ctx, proxy->target);
    duk_push_hobject(ctx, proxy->handler);
    if (!push_method(ctx, -1, name)) {
        duk_pop_2(ctx);
        return false;
    }
    duk_swap_top(ctx, -2);
    duk_dup(ctx, -3);
    return true;
}

static void trap_fails(duk_context *ctx, const char *trap, const char *what, duk_idx_t key)
{
    if (key == DUK_INVALID_INDEX) {
        (void)duk_error(ctx, DUK_ERR_TYPE_ERROR, "'%s' on proxy: %s", trap, what);
    }
    duk_push_sprintf(ctx, "'%s' on proxy: ", trap);
    duk_push_error_object(ctx, DUK_ERR_TYPE_ERROR, what,
                          duk_push_string_tval_key(ctx, duk_require_tval(ctx, key)));
    duk_get_prop_literal(ctx, -1, "message");
    duk_dup(ctx, -4);
    duk_swap_top(ctx, -2);
    duk_concat(ctx, 2);
    duk_put_prop_literal(ctx, -2, "message");
    (void)duk_throw(ctx);
}

static bool has_flag(duk_context *ctx, duk_idx_t descriptor, const char *name)
{
    duk_get_prop_string(ctx, descriptor, name);
    bool flag = duk_to_boolean(ctx, -1);
    duk_pop(ctx);
    return flag;
}

/* ---- extensibility and prototypes ---------------------------------------------------------------
 */

static bool object_is_extensible(duk_context *ctx, duk_idx_t object)
{
    object = duk_require_normalize_index(ctx, object);
    if (!is_proxy(ctx, object)) {
        return DUK_HOBJECT_HAS_EXTENSIBLE(duk_known_hobject(ctx, object));
    }
    bool has_trap = push_proxy_trap(ctx, object, "isExtensible"), is_extensible;
    if (has_trap) {
        duk_call_method(ctx, 1);
        is_extensible = duk_to_boolean(ctx, -1);
        duk_pop(ctx);
        if (is_extensible != object_is_extensible(ctx, -1)) {
            trap_fails(ctx, "isExtensible",
                       is_extensible ? "trap result does not reflect extensibility of proxy target "
                                       "(which is 'false')"
                                     : "trap result does not reflect extensibility of proxy target "
                                       "(which is 'true')", DUK_INVALID_INDEX);
        }
    } else {
        is_extensible = object_is_extensible(ctx, -1);
    }
    duk_pop(ctx);
    return is_extensible;
}

static bool object_prevent_extensions(duk_context *ctx, duk_idx_t object)
{
    object = duk_require_normalize_index(ctx, object);
    if (!is_proxy(ctx, object)) {
        ENGINE_MAKE_ALL(ctx, duk_known_hobject(ctx, object));
        DUK_HOBJECT_CLEAR_EXTENSIBLE(duk_known_hobject(ctx, object));
        return true;
    }
    bool has_trap = push_proxy_trap(ctx, object, "preventExtensions"), is_done;
    if (has_trap) {
        duk_call_method(ctx, 1);
        is_done = duk_to_boolean(ctx, -1);
        duk_pop(ctx);
        if (is_done && object_is_extensible(ctx, -1)) {
            trap_fails(ctx, "preventExtensions",
                       "trap returned truish but the proxy target is extensible", DUK_INVALID_INDEX);
        }
    } else {
        is_done = object_prevent_extensions(ctx, -1);
    }
    duk_pop(ctx);
    return is_done;
}

/* Pushes the prototype, or null. */
static void push_prototype(duk_context *ctx, duk_idx_t object)
{
    object = duk_require_normalize_index(ctx, object);
    if (!is_proxy(ctx, object)) {
        duk_hobject *prototype = DUK_HOBJECT_GET_PROTOTYPE(ctx->heap, duk_known_hobject(ctx, object));
        if (prototype) {
            duk_push_hobject(ctx, prototype);
        } else {
            duk_push_null(ctx);
        }
        return;
    }
    if (!push_proxy_trap(ctx, object, "getPrototypeOf")) {
        push_prototype(ctx, -1);
        duk_remove_m2(ctx);
        return;
    }
    duk_call_method(ctx, 1); /* target prototype */
    if (!duk_is_object(ctx, -1) && !duk_is_null(ctx, -1)) {
        trap_fails(ctx, "getPrototypeOf", "trap returned neither object nor null", DUK_INVALID_INDEX);
    }
    if (!object_is_extensible(ctx, -2)) {
        push_prototype(ctx, -2);
        if (!duk_strict_equals(ctx, -1, -2)) {
            trap_fails(ctx, "getPrototypeOf", "proxy target is non-extensible but the trap did not "
                       "return its actual prototype", DUK_INVALID_INDEX);
        }
        duk_pop(ctx);
    }
    duk_remove_m2(ctx);
}

static bool set_plain_prototype(duk_context *ctx, duk_hobject *object, duk_hobject *prototype)
{
    if (DUK_HOBJECT_GET_PROTOTYPE(ctx->heap, object) == prototype) {
        return true;
    }
    for (duk_hobject *at = prototype; at && !DUK_HOBJECT_IS_PROXY(at);
         at = DUK_HOBJECT_GET_PROTOTYPE(ctx->heap, at)) {
        if (at == object) {
            return false;
        }
    }
    if (!DUK_HOBJECT_HAS_EXTENSIBLE(object)) {
        return false;
    }
    DUK_HOBJECT_SET_PROTOTYPE_UPDREF(ctx, object, prototype);
    return true;
}

static bool object_set_prototype(duk_context *ctx, duk_idx_t object, duk_idx_t prototype)
{
    object = duk_require_normalize_index(ctx, object);
    prototype = duk_require_normalize_index(ctx, prototype);
    if (!is_proxy(ctx, object)) {
        return set_plain_prototype(ctx, duk_known_hobject(ctx, object), duk_get_hobject(ctx, prototype));
    }
    bool has_trap = push_proxy_trap(ctx, object, "setPrototypeOf"), is_done;
    if (has_trap) {
        duk_dup(ctx, prototype);
        duk_call_method(ctx, 2);
        is_done = duk_to_boolean(ctx, -1);
        duk_pop(ctx);
        if (is_done && !object_is_extensible(ctx, -1)) {
            push_prototype(ctx, -1);
            if (!duk_strict_equals(ctx, -1, prototype)) {
                trap_fails(ctx, "setPrototypeOf", "trap returned truish for setting a new prototype on "
                           "the non-extensible proxy target", DUK_INVALID_INDEX);
            }
            duk_pop(ctx);
        }
    } else {
        is_done = object_set_prototype(ctx, -1, prototype);
    }
    duk_pop(ctx);
    return is_done;
}

/* ---- descriptors --------------------------------------------------------------------------------
 */

static const char *const fields[] = {"value", "writable", "get", "set", "enumerable", "configurable"};
enum { FIELD_COUNT = sizeof(fields) / sizeof(fields[0]) };

/* Pushes a fresh descriptor with the fields that the one at `from` has; complete: and those it
 * lacks. */
static void push_fields(duk_context *ctx, duk_idx_t from, bool is_complete)
{
    from = duk_require_normalize_index(ctx, from);
    duk_push_object(ctx);
    bool is_accessor = duk_has_prop_literal(ctx, from, "get") || duk_has_prop_literal(ctx, from, "set");
    for (size_t i = 0; i < FIELD_COUNT; i++) {
        bool is_due = i > 3 || is_accessor == (i > 1);
        if (duk_get_prop_string(ctx, from, fields[i]) || (is_complete && is_due)) {
            if (i == 1 || i > 3) {
                duk_to_boolean(ctx, -1);
            } else if (i > 1 && !duk_is_undefined(ctx, -1) && !duk_is_function(ctx, -1)) {
                (void)duk_error(ctx, DUK_ERR_TYPE_ERROR, i == 2 ? "Getter must be a function: %s"
                                                                : "Setter must be a function: %s",
                                push_described(ctx, -1));
            }
            duk_put_prop_string(ctx, -2, fields[i]);
        } else {
            duk_pop(ctx);
        }
    }
    if (is_accessor && (duk_has_prop_literal(ctx, -1, "value") || duk_has_prop_literal(ctx, -1, "writable"))) {
        (void)duk_error(ctx, DUK_ERR_TYPE_ERROR, "Invalid property descriptor. Cannot both specify "
                                                 "accessors and a value or writable attribute");
    }
}

static void push_own_descriptor(duk_context *ctx, duk_idx_t object, duk_idx_t key);

/* [ target result ], the trap said there is no such property. */
static void check_missing(duk_context *ctx, duk_idx_t key)
{
    push_own_descriptor(ctx, -2, key);
    if (duk_is_object(ctx, -1)) {
        if (!has_flag(ctx, -1, "configurable")) {
            trap_fails(ctx, "getOwnPropertyDescriptor", "trap returned undefined for property '%s' which "
                       "is non-configurable in the proxy target", key);
        }
        if (!object_is_extensible(ctx, -3)) {
            trap_fails(ctx, "getOwnPropertyDescriptor", "trap returned undefined for property '%s' which "
                       "exists in the non-extensible proxy target", key);
        }
    }
    duk_pop(ctx);
}

/* [ target result ], a complete descriptor. */
static void check_found(duk_context *ctx, duk_idx_t key)
{
    push_own_descriptor(ctx, -2, key);
    bool is_there = duk_is_object(ctx, -1);
    bool is_fixed = is_there && !has_flag(ctx, -1, "configurable");
    bool is_configurable = has_flag(ctx, -2, "configurable");
    if ((!is_there && !object_is_extensible(ctx, -3)) || (is_fixed && is_configurable)) {
        trap_fails(ctx, "getOwnPropertyDescriptor", "trap returned descriptor for property '%s' that is "
                   "incompatible with the existing property in the proxy target", key);
    }
    if (!is_configurable && !is_fixed) {
        trap_fails(ctx, "getOwnPropertyDescriptor", "trap reported non-configurability for property '%s' "
                   "which is either non-existent or configurable in the proxy target", key);
    }
    duk_pop(ctx);
}

/* Pushes the descriptor of an object's own property, or undefined. */
static void push_own_descriptor(duk_context *ctx, duk_idx_t object, duk_idx_t key)
{
    object = duk_require_normalize_index(ctx, object);
    key = duk_require_normalize_index(ctx, key);
    if (!is_proxy(ctx, object)) {
        duk_dup(ctx, key);
        duk_hobject_object_get_own_property_descriptor(ctx, object);
        return;
    }
    if (!push_proxy_trap(ctx, object, "getOwnPropertyDescriptor")) {
        push_own_descriptor(ctx, -1, key);
        duk_remove_m2(ctx);
        return;
    }
    duk_dup(ctx, key);
    duk_call_method(ctx, 2);
    if (duk_is_undefined(ctx, -1)) {
        check_missing(ctx, key);
    } else if (!duk_is_object(ctx, -1)) {
        trap_fails(ctx, "getOwnPropertyDescriptor",
                   "trap returned neither object nor undefined for property '%s'", key);
    } else {
        push_fields(ctx, -1, true);
        duk_remove_m2(ctx);
        check_found(ctx, key);
    }
    duk_remove_m2(ctx);
}

static bool define_plain(duk_context *ctx, duk_idx_t object, duk_idx_t key, duk_idx_t descriptor,
                         bool is_throwing)
{
    duk_uint_t flags;
    duk_idx_t value, top = duk_get_top(ctx);
    duk_hobject *get, *set;
    duk_hobject_prepare_property_descriptor(ctx, descriptor, &flags, &value, &get, &set);
    bool is_done = duk_hobject_define_property_helper(ctx, flags, duk_known_hobject(ctx, object),
                                                      duk_known_hstring(ctx, key), value, get, set,
                                                      is_throwing);
    duk_set_top(ctx, top);
    return is_done;
}

/* [ target ]: the trap said it defined the property. */
static void check_defined(duk_context *ctx, duk_idx_t key, duk_idx_t descriptor)
{
    bool is_fixed = duk_has_prop_literal(ctx, descriptor, "configurable") &&
                    !has_flag(ctx, descriptor, "configurable");
    push_own_descriptor(ctx, -1, key);
    if (!duk_is_object(ctx, -1)) {
        if (!object_is_extensible(ctx, -2)) {
            trap_fails(ctx, "defineProperty",
                       "trap returned truish for adding property '%s'  to the non-extensible proxy target", key);
        }
        if (is_fixed) {
            trap_fails(ctx, "defineProperty", "trap returned truish for defining non-configurable property "
                       "'%s' which is either non-existent or configurable in the proxy target", key);
        }
    } else if (is_fixed && has_flag(ctx, -1, "configurable")) {
        trap_fails(ctx, "defineProperty", "trap returned truish for defining non-configurable property "
                   "'%s' which is either non-existent or configurable in the proxy target", key);
    }
    duk_pop(ctx);
}

/* Defines an own property; false, or an error, when that can't be. */
static bool define_own(duk_context *ctx, duk_idx_t object, duk_idx_t key, duk_idx_t descriptor,
                       bool is_throwing)
{
    object = duk_require_normalize_index(ctx, object);
    key = duk_require_normalize_index(ctx, key);
    descriptor = duk_require_normalize_index(ctx, descriptor);
    if (!is_proxy(ctx, object)) {
        return define_plain(ctx, object, key, descriptor, is_throwing);
    }
    bool has_trap = push_proxy_trap(ctx, object, "defineProperty"), is_done;
    if (has_trap) {
        duk_dup(ctx, key);
        push_fields(ctx, descriptor, false);
        duk_dup(ctx, -1);
        duk_insert(ctx, -6); /* descriptor trap handler target key descriptor, behind target */
        duk_call_method(ctx, 3);
        is_done = duk_to_boolean(ctx, -1);
        duk_pop(ctx);
        duk_swap_top(ctx, -2); /* descriptor target */
        if (is_done) {
            check_defined(ctx, key, duk_normalize_index(ctx, -2));
        } else if (is_throwing) {
            trap_fails(ctx, "defineProperty", "trap returned falsish for property '%s'", key);
        }
        duk_pop(ctx);
    } else {
        is_done = define_own(ctx, -1, key, descriptor, is_throwing);
    }
    duk_pop(ctx);
    return is_done;
}

/* ---- keys ---------------------------------------------------------------------------------------
 */

static bool list_has(duk_context *ctx, duk_idx_t list, duk_idx_t key, duk_uarridx_t count)
{
    list = duk_require_normalize_index(ctx, list);
    key = duk_require_normalize_index(ctx, key);
    for (duk_uarridx_t i = 0; i < count; i++) {
        duk_get_prop_index(ctx, list, i);
        bool is_same = duk_strict_equals(ctx, -1, key);
        duk_pop(ctx);
        if (is_same) {
            return true;
        }
    }
    return false;
}

/* [ target result ] -> [ target keys ] */
static void check_keys(duk_context *ctx)
{
    if (!duk_is_object(ctx, -1)) {
        (void)duk_error(ctx, DUK_ERR_TYPE_ERROR, "CreateListFromArrayLike called on non-object");
    }
    duk_uarridx_t count = (duk_uarridx_t)duk_get_length(ctx, -1);
    duk_push_array(ctx);
    for (duk_uarridx_t i = 0; i < count; i++) {
        ENGINE_CHECK_STOP(ctx);
        duk_get_prop_index(ctx, -2, i);
        if (!duk_is_string(ctx, -1)) {
            (void)duk_error(ctx, DUK_ERR_TYPE_ERROR, "%s is not a valid property name",
                            push_described(ctx, -1));
        }
        if (list_has(ctx, -2, -1, i)) {
            trap_fails(ctx, "ownKeys", "trap returned duplicate entries", DUK_INVALID_INDEX);
        }
        duk_put_prop_index(ctx, -2, i);
    }
    duk_remove_m2(ctx);
}

static void push_own_keys(duk_context *ctx, duk_idx_t object);

/* [ target keys ]: what the target has for certain is among them. */
static void check_against_target(duk_context *ctx)
{
    bool is_extensible = object_is_extensible(ctx, -2);
    duk_uarridx_t count = (duk_uarridx_t)duk_get_length(ctx, -1);
    push_own_keys(ctx, -2); /* target keys own */
    duk_uarridx_t own = (duk_uarridx_t)duk_get_length(ctx, -1);
    for (duk_uarridx_t i = 0; i < own; i++) {
        duk_get_prop_index(ctx, -1, i);
        push_own_descriptor(ctx, -4, -1);
        bool is_needed = duk_is_object(ctx, -1) && (!is_extensible || !has_flag(ctx, -1, "configurable"));
        duk_pop(ctx);
        if (is_needed && !list_has(ctx, -3, -1, count)) {
            trap_fails(ctx, "ownKeys", "trap result did not include '%s'", duk_get_top_index(ctx));
        }
        duk_pop(ctx);
    }
    if (!is_extensible && count != own) {
        trap_fails(ctx, "ownKeys", "trap returned extra keys but proxy target is non-extensible",
                   DUK_INVALID_INDEX);
    }
    duk_pop(ctx);
}

/* Pushes all own keys, strings and symbols. */
static void push_own_keys(duk_context *ctx, duk_idx_t object)
{
    object = duk_require_normalize_index(ctx, object);
    if (!is_proxy(ctx, object)) {
        duk_dup(ctx, object);
        (void)duk_hobject_get_enumerated_keys(ctx, ALL_KEYS);
        return;
    }
    if (push_proxy_trap(ctx, object, "ownKeys")) {
        duk_call_method(ctx, 1);
        check_keys(ctx);
        check_against_target(ctx);
    } else {
        push_own_keys(ctx, -1);
    }
    duk_remove_m2(ctx);
}

/* [ ... proxy ] -> [ ... proxy keys ]: those that an enumeration with the flags gives. */
static void engine_proxy_keys(duk_hthread *ctx, unsigned flags)
{
    push_own_keys(ctx, -1);
    duk_push_array(ctx); /* proxy all keys */
    duk_uarridx_t count = (duk_uarridx_t)duk_get_length(ctx, -2);
    for (duk_uarridx_t i = 0, next = 0; i < count; i++) {
        duk_get_prop_index(ctx, -2, i);
        bool is_symbol = duk_is_symbol(ctx, -1);
        bool is_wanted = is_symbol ? (flags & DUK_ENUM_INCLUDE_SYMBOLS) : !(flags & DUK_ENUM_EXCLUDE_STRINGS);
        if (is_wanted && !(flags & DUK_ENUM_INCLUDE_NONENUMERABLE)) {
            push_own_descriptor(ctx, -4, -1);
            is_wanted = duk_is_object(ctx, -1) && has_flag(ctx, -1, "enumerable");
            duk_pop(ctx);
        }
        if (is_wanted) {
            duk_put_prop_index(ctx, -2, next++);
        } else {
            duk_pop(ctx);
        }
    }
    duk_remove_m2(ctx);
}

/* ---- get through a prototype that is a Proxy ----------------------------------------------------
 */

/* [ key ] -> [ key value ] and NULL; or where the search goes on, when there is no trap. */
static duk_hobject *engine_proxy_get(duk_hthread *ctx, duk_hobject *proxy, duk_tval *receiver)
{
    duk_require_stack(ctx, 20);
    duk_push_tval(ctx, receiver);
    duk_push_hobject(ctx, proxy);
    if (push_proxy_trap(ctx, -1, "get")) { /* key receiver proxy target trap handler target */
        duk_dup(ctx, -7);
        duk_dup(ctx, -7);
        duk_call_method(ctx, 3); /* key receiver proxy target value */
        duk_replace(ctx, -4);
        duk_pop_2(ctx);
        return NULL;
    }
    duk_hobject *target = duk_known_hobject(ctx, -1); /* the proxy keeps it */
    duk_pop_3(ctx);
    return target;
}
