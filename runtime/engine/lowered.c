/*
 * The natives of lowered code (js/lowered.js). Part of unity.c. A private name is a hidden symbol,
 * made anew for every evaluation of its class: no script can come by it, no enumeration and no Proxy
 * shows it, and only an object's own property of that key is the private member. A private method
 * is a property that is not writable.
 */
#include "runtime/engine/lowered.h"

#include "runtime/engine/parts.h"

/* ---- private members ----------------------------------------------------------------------------
 */

/* private("#x") -> a new key. The counter is the one of the engine's own symbols, so that no two are
 * the same. */
static duk_ret_t lowered_private(duk_context *ctx)
{
    duk_heap *heap = ctx->heap;
    const char *name = duk_require_string(ctx, 0);
    if (++heap->sym_counter[0] == 0) {
        heap->sym_counter[1]++;
    }
    duk_push_sprintf(ctx,
                     "\xff"
                     "%s\xff%lx-%lx",
                     name, (unsigned long)heap->sym_counter[1],
                     (unsigned long)heap->sym_counter[0]);
    return 1;
}

/* The object at 0 if it has the private name at 1 as own property, its entry in *index; or NULL. */
static duk_hobject *find_private(duk_context *ctx, duk_uint_fast32_t *index)
{
    duk_hobject *object = duk_get_hobject(ctx, 0);
    duk_hstring *key = duk_known_hstring(ctx, 1);
    duk_int_t entry, hash;
    if (!object || !duk_hobject_find_entry(ctx->heap, object, key, &entry, &hash)) {
        return NULL;
    }
    *index = (duk_uint_fast32_t)entry;
    return object;
}

/* What is at `name` is its name; behind it, for methods and accessors, which objects have it. */
static duk_ret_t no_member(duk_context *ctx, const char *verb, const char *place, duk_idx_t name)
{
    if (duk_is_string(ctx, name + 1)) {
        return duk_error(ctx, DUK_ERR_TYPE_ERROR, "Receiver must be %s",
                         duk_get_string(ctx, name + 1));
    }
    return duk_error(ctx, DUK_ERR_TYPE_ERROR,
                     "Cannot %s private member %s %s an object whose class did not declare it", verb,
                     duk_require_string(ctx, name), place);
}

/* get(object, key, "#x", owners) */
static duk_ret_t lowered_get(duk_context *ctx)
{
    duk_uint_fast32_t i;
    duk_hobject *object = find_private(ctx, &i);
    if (!object) {
        return no_member(ctx, "read", "from", 2);
    }
    if (!DUK_HOBJECT_E_SLOT_IS_ACCESSOR(ctx->heap, object, i)) {
        duk_push_tval(ctx, DUK_HOBJECT_E_GET_VALUE_TVAL_PTR(ctx->heap, object, i));
        return 1;
    }
    duk_hobject *getter = DUK_HOBJECT_E_GET_VALUE_GETTER(ctx->heap, object, i);
    if (!getter) {
        return duk_error(ctx, DUK_ERR_TYPE_ERROR, "'%s' was defined without a getter",
                         duk_require_string(ctx, 2));
    }
    duk_push_hobject(ctx, getter);
    duk_dup(ctx, 0);
    duk_call_method(ctx, 0);
    return 1;
}

/* set(object, key, value, "#x", owners) -> value */
static duk_ret_t lowered_set(duk_context *ctx)
{
    duk_uint_fast32_t i;
    duk_hobject *object = find_private(ctx, &i);
    if (!object) {
        return no_member(ctx, "write", "to", 3);
    }
    if (DUK_HOBJECT_E_SLOT_IS_ACCESSOR(ctx->heap, object, i)) {
        duk_hobject *setter = DUK_HOBJECT_E_GET_VALUE_SETTER(ctx->heap, object, i);
        if (!setter) {
            return duk_error(ctx, DUK_ERR_TYPE_ERROR, "'%s' was defined without a setter",
                             duk_require_string(ctx, 3));
        }
        duk_push_hobject(ctx, setter);
        duk_dup(ctx, 0);
        duk_dup(ctx, 2);
        duk_call_method(ctx, 1);
    } else if (!DUK_HOBJECT_E_SLOT_IS_WRITABLE(ctx->heap, object, i) &&
               DUK_HOBJECT_E_SLOT_IS_ENUMERABLE(ctx->heap, object, i)) {
        return duk_error(ctx, DUK_ERR_TYPE_ERROR, "Private method '%s' is not writable",
                         duk_require_string(ctx, 3));
    } else { /* also when the object was frozen since */
        DUK_TVAL_SET_TVAL_UPDREF(ctx, DUK_HOBJECT_E_GET_VALUE_TVAL_PTR(ctx->heap, object, i),
                                 duk_require_tval(ctx, 2));
    }
    duk_dup(ctx, 2);
    return 1;
}

/* has(object, key) */
static duk_ret_t lowered_has(duk_context *ctx)
{
    duk_uint_fast32_t i;
    if (!duk_is_object(ctx, 0)) {
        return duk_error(ctx, DUK_ERR_TYPE_ERROR,
                         "Cannot use 'in' operator to search for a private field in %s",
                         duk_safe_to_string(ctx, 0));
    }
    duk_push_boolean(ctx, find_private(ctx, &i) != NULL);
    return 1;
}

/* Adds the property with key 1, value at 2, to the object at 0: also to one that is sealed. */
static void add_member(duk_context *ctx, duk_small_uint_t flags)
{
    duk_uint_fast32_t i;
    if (find_private(ctx, &i)) {
        (void)duk_error(ctx, DUK_ERR_TYPE_ERROR,
                        "Cannot initialize a private member twice on the same object");
    }
    duk_dup(ctx, 1);
    duk_dup(ctx, 2);
    duk_xdef_prop(ctx, 0, flags);
}

/* add(object, key, value) */
static duk_ret_t lowered_add(duk_context *ctx)
{
    duk_require_hobject(ctx, 0);
    add_member(ctx, DUK_PROPDESC_FLAGS_WC);
    return 0;
}

/* addMethod(object, key, value): enumerable is how set() knows it for a method; nothing else sees
 * it. */
static duk_ret_t lowered_add_method(duk_context *ctx)
{
    duk_require_hobject(ctx, 0);
    add_member(ctx, DUK_PROPDESC_FLAG_ENUMERABLE);
    return 0;
}

/* addAccessor(object, key, getter, setter): either may be undefined. */
static duk_ret_t lowered_add_accessor(duk_context *ctx)
{
    duk_uint_t flags = DUK_DEFPROP_FORCE | DUK_DEFPROP_CLEAR_ENUMERABLE;
    duk_require_hobject(ctx, 0);
    duk_dup(ctx, 1);
    if (duk_is_function(ctx, 2)) {
        duk_dup(ctx, 2);
        flags |= DUK_DEFPROP_HAVE_GETTER;
    }
    if (duk_is_function(ctx, 3)) {
        duk_dup(ctx, 3);
        flags |= DUK_DEFPROP_HAVE_SETTER;
    }
    duk_def_prop(ctx, 0, flags);
    return 0;
}

/* field(object, key, value): defines it as a class field is. */
static duk_ret_t lowered_field(duk_context *ctx)
{
    duk_def_prop(ctx, 0,
                 DUK_DEFPROP_HAVE_VALUE | DUK_DEFPROP_SET_WRITABLE | DUK_DEFPROP_SET_ENUMERABLE |
                     DUK_DEFPROP_SET_CONFIGURABLE);
    return 0;
}

/* ---- super --------------------------------------------------------------------------------------
 */

/* Pushes the prototype of the home object at 0, which may be null. */
static bool push_parent(duk_context *ctx)
{
    duk_get_prototype(ctx, 0);
    return duk_is_object(ctx, -1);
}

static bool find_inherited(duk_context *ctx, duk_idx_t parent, duk_propdesc *found)
{
    duk_dup(ctx, 1);
    duk_hstring *key = duk_to_property_key_hstring(ctx, -1);
    return duk__get_propdesc(ctx, duk_require_hobject(ctx, parent), key, found, 0);
}

/* superGet(home, key, self) */
static duk_ret_t lowered_super_get(duk_context *ctx)
{
    duk_propdesc found;
    if (!push_parent(ctx)) {
        return duk_error(ctx, DUK_ERR_TYPE_ERROR, "Cannot read properties of null (reading '%s')",
                         duk_safe_to_string(ctx, 1));
    }
    if (!DUK_HOBJECT_IS_PROXY(duk_known_hobject(ctx, 3)) && find_inherited(ctx, 3, &found) &&
        (found.flags & DUK_PROPDESC_FLAG_ACCESSOR)) {
        if (!found.get) {
            return 0;
        }
        duk_push_hobject(ctx, found.get);
        duk_dup(ctx, 2);
        duk_call_method(ctx, 0);
        return 1;
    }
    duk_dup(ctx, 1);
    duk_get_prop(ctx, 3);
    return 1;
}

/* eval(code, names): the code of a direct eval, with the names that are used around it. */
static duk_ret_t lowered_eval(duk_context *ctx)
{
    if (duk_is_string(ctx, 0) && !duk_is_symbol(ctx, 0)) {
        lower_with_hook(ctx, ENGINE_NAMED_EVAL);
    }
    duk_dup(ctx, 0);
    return 1;
}

/* superSet(home, key, value, self) -> value */
static duk_ret_t lowered_super_set(duk_context *ctx)
{
    duk_propdesc found;
    if (push_parent(ctx) && !DUK_HOBJECT_IS_PROXY(duk_known_hobject(ctx, 4)) && find_inherited(ctx, 4, &found) &&
        (found.flags & DUK_PROPDESC_FLAG_ACCESSOR)) {
        if (!found.set) {
            return duk_error(ctx, DUK_ERR_TYPE_ERROR,
                             "Cannot set property %s of %s which has only a getter",
                             duk_safe_to_string(ctx, 1), "#<Object>");
        }
        duk_push_hobject(ctx, found.set);
        duk_dup(ctx, 3);
        duk_dup(ctx, 2);
        duk_call_method(ctx, 1);
    } else {
        duk_dup(ctx, 1);
        duk_dup(ctx, 2);
        duk_put_prop(ctx, 3);
    }
    duk_dup(ctx, 2);
    return 1;
}

/* ---- functions ----------------------------------------------------------------------------------
 */

static duk_ret_t lowered_is_constructor(duk_context *ctx)
{
    duk_push_boolean(ctx, duk_is_constructable(ctx, 0));
    return 1;
}

/* Whether a function is script: such a constructor works on the object it is given. */
static duk_ret_t lowered_is_script(duk_context *ctx)
{
    duk_push_boolean(ctx, duk_is_ecmascript_function(ctx, 0));
    return 1;
}

/* caller(): the function that called the one that asks. */
static duk_ret_t lowered_caller(duk_context *ctx)
{
    duk_activation *frame = ctx->callstack_curr->parent;
    if (!frame || !frame->parent) {
        return 0;
    }
    duk_push_tval(ctx, &frame->parent->tv_func);
    return 1;
}

/* written(i): how the script wrote the i-th argument of its call into this module, or undefined. */
static duk_ret_t lowered_written(duk_context *ctx)
{
    return engine_push_argument(ctx, duk_require_uint(ctx, 0)) ? 1 : 0;
}

/* ---- the object ---------------------------------------------------------------------------------
 */

duk_ret_t engine_push_lowered(duk_context *ctx)
{
    static const duk_function_list_entry functions[] = {
        {"private", lowered_private, 1},
        {"get", lowered_get, 4},
        {"set", lowered_set, 5},
        {"has", lowered_has, 2},
        {"add", lowered_add, 3},
        {"addMethod", lowered_add_method, 3},
        {"addAccessor", lowered_add_accessor, 4},
        {"field", lowered_field, 3},
        {"superGet", lowered_super_get, 3},
        {"superSet", lowered_super_set, 4},
        {"eval", lowered_eval, 2},
        {"isConstructor", lowered_is_constructor, 1},
        {"isScript", lowered_is_script, 1},
        {"caller", lowered_caller, 0},
        {"written", lowered_written, 1},
        {NULL, NULL, 0},
    };
    duk_push_object(ctx);
    duk_put_function_list(ctx, -1, functions);
    duk_push_hobject_bidx(ctx, DUK_BIDX_THREAD_PROTOTYPE);
    duk_get_prop_stridx(ctx, -1, DUK_STRIDX_CONSTRUCTOR);
    duk_put_prop_literal(ctx, -3, "Thread");
    duk_pop(ctx);
    duk_get_global_literal(ctx, "Reflect");
    duk_get_prop_literal(ctx, -1, "apply");
    duk_put_prop_literal(ctx, -3, "apply");
    duk_pop(ctx);
    return 1;
}
