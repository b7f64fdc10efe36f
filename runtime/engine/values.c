/*
 * What the specification's abstract operations are to our natives: conversions, properties by index
 * up to 2^53, species. Part of unity.c; used by the built-ins below it. All of them may run script
 * code and throw; stack effects stand with each.
 */
#include "runtime/engine/parts.h"

#define INTEGER_MAX 9007199254740991.0 /* 2^53 - 1 */
#define SYMBOL_ITERATOR DUK_WELLKNOWN_SYMBOL("Symbol.iterator")
#define SYMBOL_SPECIES  DUK_WELLKNOWN_SYMBOL("Symbol.species")
#define SYMBOL_TAG      DUK_WELLKNOWN_SYMBOL("Symbol.toStringTag")

/* ToIntegerOrInfinity of a number. */
static double integer_of(double number)
{
    return number != number ? 0 : trunc(number) + 0.0;
}

static double to_integer(duk_context *ctx, duk_idx_t index)
{
    return integer_of(duk_to_number(ctx, index));
}

/* ToLength of the value at `index`. */
static double to_length(duk_context *ctx, duk_idx_t index)
{
    double length = to_integer(ctx, index);
    return length <= 0 ? 0 : length > INTEGER_MAX ? INTEGER_MAX : length;
}

/* The length of the array-like at `index`. */
static double length_of(duk_context *ctx, duk_idx_t index)
{
    duk_hobject *object = duk_get_hobject(ctx, index);
    if (object && DUK_HOBJECT_HAS_EXOTIC_ARRAY(object) && !DUK_HOBJECT_IS_PROXY(object)) {
        return ((duk_harray *)object)->length;
    }
    duk_get_prop_literal(ctx, index, "length");
    double length = to_length(ctx, -1);
    duk_pop(ctx);
    return length;
}

/* A position counted from the end when negative, within 0..length. */
static double position_in(double at, double length)
{
    if (at < 0) {
        return at + length < 0 ? 0 : at + length;
    }
    return at > length ? length : at;
}

static double relative_start(duk_context *ctx, duk_idx_t index, double length)
{
    return position_in(to_integer(ctx, index), length);
}

static double relative_end(duk_context *ctx, duk_idx_t index, double length)
{
    return duk_is_undefined(ctx, index) ? length : relative_start(ctx, index, length);
}

/* The name of the constructor of `object`, found without running any of it; NULL. */
static duk_hstring *find_constructor_name(duk_hthread *thr, duk_hobject *object)
{
    duk_tval *found = NULL;
    for (int depth = 0; object && !DUK_HOBJECT_IS_PROXY(object) && !found && depth < 100; depth++) {
        found = duk_hobject_find_entry_tval_ptr_stridx(thr->heap, object, DUK_STRIDX_CONSTRUCTOR);
        object = DUK_HOBJECT_GET_PROTOTYPE(thr->heap, object);
    }
    if (!found || !DUK_TVAL_IS_OBJECT(found) || DUK_HOBJECT_IS_PROXY(DUK_TVAL_GET_OBJECT(found))) {
        return NULL;
    }
    found = duk_hobject_find_entry_tval_ptr_stridx(thr->heap, DUK_TVAL_GET_OBJECT(found),
                                                   DUK_STRIDX_NAME);
    return found && DUK_TVAL_IS_STRING(found) ? DUK_TVAL_GET_STRING(found) : NULL;
}

/* Pushes what an error message calls the value at `index`. */
static const char *push_described(duk_context *ctx, duk_idx_t index)
{
    index = duk_require_normalize_index(ctx, index);
    if (duk_is_string(ctx, index) && !duk_is_symbol(ctx, index)) {
        return duk_push_sprintf(ctx, "\"%s\"", duk_get_string(ctx, index));
    }
    if (duk_is_object(ctx, index) && !duk_is_function(ctx, index)) {
        duk_hobject *object = duk_known_hobject(ctx, index);
        duk_hstring *name = find_constructor_name(ctx, object);
        bool is_list = DUK_HOBJECT_GET_CLASS_NUMBER(object) == DUK_HOBJECT_CLASS_ARRAY ||
                       ENGINE_IS_TYPED(object);
        return duk_push_sprintf(ctx, is_list ? "[object %s]" : "#<%s>",
                                name ? (const char *)DUK_HSTRING_GET_DATA(name) : "Object");
    }
    duk_dup(ctx, index);
    return duk_safe_to_string(ctx, -1);
}

static void require_function(duk_context *ctx, duk_idx_t index)
{
    if (!duk_is_callable(ctx, index)) {
        (void)duk_error(ctx, DUK_ERR_TYPE_ERROR, "%s is not a function",
                        push_described(ctx, index));
    }
}

/* Pushes the name of the running native. */
static const char *push_own_name(duk_context *ctx)
{
    duk_push_current_function(ctx);
    duk_get_prop_literal(ctx, -1, "name");
    duk_remove_m2(ctx);
    return duk_safe_to_string(ctx, -1);
}

static void throw_incompatible(duk_context *ctx, const char *holder)
{
    const char *name = push_own_name(ctx);
    bool is_getter = strncmp(name, "get ", 4) == 0;
    duk_push_this(ctx);
    (void)duk_error(ctx, DUK_ERR_TYPE_ERROR, "Method %s%s.%s called on incompatible receiver %s",
                    is_getter ? "get " : "", holder, name + (is_getter ? 4 : 0),
                    push_described(ctx, -1));
}

/* Throws unless `this` can be an object; pushes it as it is. */
static void push_this_coercible(duk_context *ctx, const char *holder)
{
    duk_push_this(ctx);
    if (duk_is_null_or_undefined(ctx, -1)) {
        (void)duk_error(ctx, DUK_ERR_TYPE_ERROR, "%s.%s called on null or undefined", holder,
                        push_own_name(ctx));
    }
}

static void push_this_object(duk_context *ctx, const char *holder)
{
    push_this_coercible(ctx, holder);
    duk_to_object(ctx, -1);
}

/* ---- properties by index
 * --------------------------------------------------------------------------------------- */

static bool is_small(double at)
{
    return at < 4294967295.0;
}

/* Pushes object[at]. */
static void get_at(duk_context *ctx, duk_idx_t object, double at)
{
    if (is_small(at)) {
        duk_get_prop_index(ctx, object, (duk_uarridx_t)at);
        return;
    }
    object = duk_normalize_index(ctx, object);
    duk_push_number(ctx, at);
    duk_get_prop(ctx, object);
}

static bool has_at(duk_context *ctx, duk_idx_t object, double at)
{
    if (is_small(at)) {
        return duk_has_prop_index(ctx, object, (duk_uarridx_t)at);
    }
    object = duk_normalize_index(ctx, object);
    duk_push_number(ctx, at);
    return duk_has_prop(ctx, object);
}

/* object[at] = the value on the top, which it pops; throws when that is refused. */
static void set_at(duk_context *ctx, duk_idx_t object, double at)
{
    if (is_small(at)) {
        duk_put_prop_index(ctx, object, (duk_uarridx_t)at);
        return;
    }
    object = duk_normalize_index(ctx, object);
    duk_push_number(ctx, at);
    duk_insert(ctx, -2);
    duk_put_prop(ctx, object);
}

static void delete_at(duk_context *ctx, duk_idx_t object, double at)
{
    object = duk_normalize_index(ctx, object);
    duk_push_number(ctx, at);
    duk_del_prop(ctx, object);
}

/* CreateDataPropertyOrThrow with the value on the top, which it pops. */
static void create_at(duk_context *ctx, duk_idx_t object, double at)
{
    object = duk_normalize_index(ctx, object);
    duk_push_number(ctx, at);
    duk_insert(ctx, -2);
    duk_def_prop(ctx, object, DUK_DEFPROP_HAVE_VALUE | DUK_DEFPROP_SET_WEC);
}

static void set_length(duk_context *ctx, duk_idx_t object, double length)
{
    object = duk_normalize_index(ctx, object);
    duk_push_number(ctx, length);
    duk_put_prop_literal(ctx, object, "length");
}

/* Pushes an array with room for `length` elements, all of which the caller sets at once. */
static void push_room(duk_context *ctx, double length)
{
    if (!(length < 4294967296.0)) {
        (void)duk_error(ctx, DUK_ERR_RANGE_ERROR, "Invalid array length");
    }
    duk_push_array(ctx);
    if (length < (1 << 20)) {
        duk_hobject *array = duk_known_hobject(ctx, -1);
        duk_hobject_realloc_props(ctx, array, 0, (duk_uint32_t)length, 0, 0);
    }
}

/* Appends the value on the top to a fresh array of ours. */
static void put_fresh(duk_context *ctx, duk_idx_t array, double at)
{
    array = duk_normalize_index(ctx, array);
    duk_xdef_prop_index(ctx, array, (duk_uarridx_t)at, DUK_PROPDESC_FLAGS_WEC);
    duk_harray *made = (duk_harray *)duk_known_hobject(ctx, array);
    if (made->length <= (duk_uint32_t)at) {
        made->length = (duk_uint32_t)at + 1;
    }
}

void engine_put_fresh(duk_context *ctx, duk_idx_t array, uint32_t at)
{
    put_fresh(ctx, array, at);
}

/* ---- species
 * --------------------------------------------------------------------------------------------------- */

static bool is_array(duk_context *ctx, duk_idx_t index)
{
    duk_hobject *object = duk_get_hobject(ctx, index);
    while (object && DUK_HOBJECT_IS_PROXY(object)) {
        object = ((duk_hproxy *)object)->target;
        if (!object) {
            (void)duk_error(ctx, DUK_ERR_TYPE_ERROR,
                            "Cannot perform 'IsArray' on a proxy that has been revoked");
        }
    }
    return object && DUK_HOBJECT_GET_CLASS_NUMBER(object) == DUK_HOBJECT_CLASS_ARRAY;
}

/* Pushes the constructor that an array made from the one at `index` asks for, or undefined when it
 * is Array itself. */
static void push_array_species(duk_context *ctx, duk_idx_t index)
{
    index = duk_normalize_index(ctx, index);
    if (!is_array(ctx, index)) {
        duk_push_undefined(ctx);
        return;
    }
    duk_get_prop_literal(ctx, index, "constructor");
    if (duk_get_hobject(ctx, -1) == ctx->builtins[DUK_BIDX_ARRAY_CONSTRUCTOR]) {
        duk_pop(ctx);
        duk_push_undefined(ctx);
        return;
    }
    if (duk_is_object(ctx, -1)) {
        duk_get_prop_literal(ctx, -1, SYMBOL_SPECIES);
        duk_remove_m2(ctx);
        if (duk_is_null(ctx, -1)) {
            duk_pop(ctx);
            duk_push_undefined(ctx);
        }
    }
    if (!duk_is_undefined(ctx, -1) && !duk_is_constructable(ctx, -1)) {
        (void)duk_error(ctx, DUK_ERR_TYPE_ERROR, "object.constructor[Symbol.species] is not a "
                                                 "constructor");
    }
}

/* ArraySpeciesCreate: pushes the new array. */
static void push_array_like(duk_context *ctx, duk_idx_t original, double length)
{
    push_array_species(ctx, original);
    if (duk_is_undefined(ctx, -1)) {
        duk_pop(ctx);
        if (length > 4294967295.0) {
            (void)duk_error(ctx, DUK_ERR_RANGE_ERROR, "Invalid array length");
        }
        duk_push_array(ctx);
        if (length > 0) {
            duk_push_number(ctx, length);
            duk_put_prop_literal(ctx, -2, "length");
        }
        return;
    }
    duk_push_number(ctx, length);
    duk_new(ctx, 1);
}

/* SpeciesConstructor(object at `index`, the value on the top): replaces the top. */
static void species_constructor(duk_context *ctx, duk_idx_t index)
{
    index = duk_normalize_index(ctx, index);
    duk_get_prop_literal(ctx, index, "constructor");
    if (duk_is_undefined(ctx, -1)) {
        duk_pop(ctx);
        return;
    }
    if (!duk_is_object(ctx, -1)) {
        (void)duk_error(ctx, DUK_ERR_TYPE_ERROR, "The .constructor property is not an object");
    }
    duk_get_prop_literal(ctx, -1, SYMBOL_SPECIES);
    duk_remove_m2(ctx);
    if (duk_is_null_or_undefined(ctx, -1)) {
        duk_pop(ctx);
        return;
    }
    if (!duk_is_constructable(ctx, -1)) {
        (void)duk_error(ctx, DUK_ERR_TYPE_ERROR,
                        "object.constructor[Symbol.species] is not a constructor");
    }
    duk_remove_m2(ctx);
}

/* get [Symbol.species] */
static duk_ret_t get_species(duk_context *ctx)
{
    duk_push_this(ctx);
    return 1;
}
