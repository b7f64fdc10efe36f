/*
 * Object's functions of ES2017 to ES2024. Part of unity.c; named in added.c.
 */
#include "runtime/engine/parts.h"

#define ENUMERATE_OWN (DUK_ENUM_OWN_PROPERTIES_ONLY | DUK_ENUM_SORT_ARRAY_INDICES)

/* Argument 0 as an object. */
static void coerce_object(duk_context *ctx)
{
    if (duk_is_null_or_undefined(ctx, 0)) {
        (void)duk_error(ctx, DUK_ERR_TYPE_ERROR, "Cannot convert undefined or null to object");
    }
    duk_to_object(ctx, 0);
}

/* Pushes what next_own() takes: an enumerator, or of a Proxy a list of its keys. */
static void enumerate_own(duk_context *ctx, duk_idx_t object, duk_uint_t flags)
{
    if (is_proxy(ctx, object)) {
        duk_dup(ctx, object);
        engine_proxy_keys(ctx, DUK_ENUM_INCLUDE_NONENUMERABLE | flags);
        duk_remove_m2(ctx);
    } else {
        duk_enum(ctx, object, ENUMERATE_OWN | flags);
    }
}

/* Pushes key and value of the next enumerable own property; false, nothing pushed, at the end. A Proxy
 * is asked for one after the other. */
static bool next_own(duk_context *ctx, duk_idx_t object, duk_idx_t keys, duk_uarridx_t *at)
{
    keys = duk_require_normalize_index(ctx, keys);
    if (!is_proxy(ctx, object)) {
        return duk_next(ctx, keys, 1);
    }
    while (duk_get_prop_index(ctx, keys, (*at)++)) {
        push_own_descriptor(ctx, object, -1);
        bool is_wanted = duk_is_object(ctx, -1) && has_flag(ctx, -1, "enumerable");
        duk_pop(ctx);
        if (is_wanted) {
            duk_dup(ctx, -1);
            duk_get_prop(ctx, object);
            return true;
        }
        duk_pop(ctx);
    }
    duk_pop(ctx);
    return false;
}

/* Object.values(object), with magic Object.entries */
static duk_ret_t object_entries(duk_context *ctx)
{
    bool is_pairs = duk_get_current_magic(ctx) != 0;
    coerce_object(ctx);
    duk_push_array(ctx);
    duk_uarridx_t at = 0;
    enumerate_own(ctx, 0, 0);
    for (duk_uarridx_t next = 0; next_own(ctx, 0, 2, &at); next++) {
        if (is_pairs) {
            duk_push_array(ctx);
            duk_insert(ctx, -3);
            put_fresh(ctx, -3, 1);
            put_fresh(ctx, -2, 0);
        } else {
            duk_remove_m2(ctx);
        }
        put_fresh(ctx, 1, next);
    }
    duk_pop(ctx);
    return 1;
}

/* Object.hasOwn(object, key) */
static duk_ret_t object_has_own(duk_context *ctx)
{
    coerce_object(ctx);
    duk_hstring *key = duk_to_property_key_hstring(ctx, 1);
    duk_propdesc found;
    duk_hobject *object = duk_known_hobject(ctx, 0);
    if (DUK_HOBJECT_IS_PROXY(object)) {
        push_own_descriptor(ctx, 0, 1);
        duk_push_boolean(ctx, duk_is_object(ctx, -1));
    } else {
        duk_push_boolean(ctx, duk_hobject_get_own_propdesc(ctx, object, key, &found, 0));
    }
    return 1;
}

/* Object.getOwnPropertyDescriptors(object) */
static duk_ret_t object_descriptors(duk_context *ctx)
{
    coerce_object(ctx);
    duk_push_object(ctx);
    duk_enum(ctx, 0, ENUMERATE_OWN | DUK_ENUM_INCLUDE_NONENUMERABLE | DUK_ENUM_INCLUDE_SYMBOLS);
    while (duk_next(ctx, 2, 0)) {
        push_own_descriptor(ctx, 0, -1);
        if (duk_is_undefined(ctx, -1)) {
            duk_pop_2(ctx);
        } else {
            duk_xdef_prop_wec(ctx, 1);
        }
    }
    duk_pop(ctx);
    return 1;
}

/* The entry on the top becomes a property of the object at 1. */
static void define_entry(duk_context *ctx, void *udata)
{
    (void)udata;
    if (!duk_is_object(ctx, -1)) {
        (void)duk_error(ctx, DUK_ERR_TYPE_ERROR, "Iterator value %s is not an entry object",
                        push_described(ctx, -1));
    }
    duk_get_prop_index(ctx, -1, 0);
    duk_get_prop_index(ctx, -2, 1);
    duk_swap_top(ctx, -2);
    duk_to_property_key_hstring(ctx, -1);
    duk_swap_top(ctx, -2);
    duk_xdef_prop_wec(ctx, 1);
    duk_pop(ctx);
}


/* Object.fromEntries(entries) */
static duk_ret_t object_from_entries(duk_context *ctx)
{
    duk_push_object(ctx);
    iterate_all(ctx, 0, define_entry, NULL);
    return 1;
}

struct grouping {
    double count;
};

/* Puts the value on the top into its group; callback at 1, groups at 2. */
static void group(duk_context *ctx, void *udata)
{
    struct grouping *grouping = udata;
    duk_dup(ctx, 1);
    duk_push_undefined(ctx);
    duk_dup(ctx, -3);
    duk_push_number(ctx, grouping->count++);
    duk_call_method(ctx, 2);
    duk_to_property_key_hstring(ctx, -1); /* value key */
    duk_dup(ctx, -1);
    duk_get_prop(ctx, 2);
    if (duk_is_undefined(ctx, -1)) {
        duk_pop(ctx);
        duk_push_array(ctx);
        duk_dup(ctx, -2);
        duk_dup(ctx, -2);
        duk_xdef_prop_wec(ctx, 2);
    }
    duk_remove_m2(ctx); /* value array */
    duk_swap_top(ctx, -2);
    put_fresh(ctx, -2, ((duk_harray *)duk_known_hobject(ctx, -2))->length);
    duk_pop(ctx);
}

/* Object.groupBy(items, callback) */
static duk_ret_t object_group_by(duk_context *ctx)
{
    struct grouping grouping = {0};
    if (duk_is_null_or_undefined(ctx, 0)) {
        push_iterator_method(ctx, 0);
    }
    require_function(ctx, 1);
    duk_push_bare_object(ctx);
    iterate_all(ctx, 0, group, &grouping);
    return 1;
}
