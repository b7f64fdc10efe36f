/*
 * SharedArrayBuffer. Part of unity.c. Inside the engine it is an ArrayBuffer whose store is shared
 * and whose prototype is its own; so every view works over it, and only what the language tells
 * apart is told apart here. The prototype is kept in the heap stash, where no script reaches. A
 * growable one may be grown by any isolate that holds it; views see it when they are next looked at.
 */
#include "runtime/engine/parts.h"

/* The shared buffer a method was called on, pushed; throws. */
static duk_hbufobj *push_this_shared(duk_context *ctx)
{
    duk_push_this(ctx);
    struct store *store = engine_get_store(ctx, -1);
    duk_hbufobj *object = buffer_object_at(ctx, -1);
    if (!store || !store_is_shared(store) || !is_array_buffer(object)) {
        throw_incompatible(ctx, "SharedArrayBuffer.prototype");
    }
    ENGINE_SETTLE(object);
    return object;
}

static duk_ret_t shared_construct(duk_context *ctx)
{
    return construct_buffer(ctx, "SharedArrayBuffer", true);
}

/* get byteLength, maxByteLength, growable by magic (enum array_buffer_accessor) */
static duk_ret_t shared_get(duk_context *ctx)
{
    duk_hbufobj *object = push_this_shared(ctx);
    struct store *store = store_buffer_of(object)->store;
    switch ((enum array_buffer_accessor)duk_get_current_magic(ctx)) {
    case BUFFER_MAX:
        duk_push_number(ctx, (double)store_max_bytes(store));
        break;
    case BUFFER_RESIZABLE:
        duk_push_boolean(ctx, store_is_resizable(store));
        break;
    default:
        hold_update(engine_in(ctx->heap), store, object->length);
        duk_push_number(ctx, object->length);
        break;
    }
    return 1;
}

/* slice(start, end) */
static duk_ret_t shared_slice(duk_context *ctx)
{
    push_slice(ctx, push_this_shared(ctx), true);
    return 1;
}

/* grow(length) */
static duk_ret_t shared_grow(duk_context *ctx)
{
    duk_hbufobj *object = push_this_shared(ctx);
    if (!buffer_is_resizable(object)) {
        throw_incompatible(ctx, "SharedArrayBuffer.prototype");
    }
    double wanted = to_index(ctx, 0, "SharedArrayBuffer.prototype.grow: Invalid length parameter");
    struct store *store = store_buffer_of(object)->store;
    if (wanted > (double)store_max_bytes(store) || !store_grow(store, (size_t)wanted)) {
        return duk_error(ctx, DUK_ERR_RANGE_ERROR,
                         "SharedArrayBuffer.prototype.grow: Invalid length parameter");
    }
    hold_update(engine_in(ctx->heap), store, store_bytes(store));
    return 0;
}

static void define_getter(duk_context *ctx, const char *name, const char *function_name,
                          duk_c_function getter, int magic)
{
    duk_push_string(ctx, name);
    duk_push_c_function(ctx, getter, 0);
    duk_set_magic(ctx, -1, magic);
    duk_push_string(ctx, function_name);
    duk_xdef_prop_stridx_short(ctx, -2, DUK_STRIDX_NAME, DUK_PROPDESC_FLAGS_C);
    duk_push_int(ctx, 0);
    duk_xdef_prop_stridx_short(ctx, -2, DUK_STRIDX_LENGTH, DUK_PROPDESC_FLAGS_C);
    duk_def_prop(ctx, -3,
                 DUK_DEFPROP_HAVE_GETTER | DUK_DEFPROP_SET_CONFIGURABLE | DUK_DEFPROP_FORCE);
}

static void define_hidden(duk_context *ctx, const char *name, duk_uint_t flags)
{
    duk_push_string(ctx, name);
    duk_insert(ctx, -2);
    duk_def_prop(ctx, -3, DUK_DEFPROP_HAVE_VALUE | DUK_DEFPROP_CLEAR_ENUMERABLE | flags);
}

static void define_method(duk_context *ctx, const char *name, duk_c_function function, int length)
{
    duk_push_c_function_builtin_noconstruct(ctx, function, length);
    duk_push_string(ctx, name);
    duk_xdef_prop_stridx_short(ctx, -2, DUK_STRIDX_NAME, DUK_PROPDESC_FLAGS_C);
    duk_push_int(ctx, length);
    duk_xdef_prop_stridx_short(ctx, -2, DUK_STRIDX_LENGTH, DUK_PROPDESC_FLAGS_C);
    define_hidden(ctx, name, DUK_DEFPROP_SET_CONFIGURABLE | DUK_DEFPROP_SET_WRITABLE);
}

static void define_prototype(duk_context *ctx)
{
    duk_push_object(ctx);
    define_getter(ctx, "byteLength", "get byteLength", shared_get, BUFFER_LENGTH);
    define_getter(ctx, "growable", "get growable", shared_get, BUFFER_RESIZABLE);
    define_getter(ctx, "maxByteLength", "get maxByteLength", shared_get, BUFFER_MAX);
    define_method(ctx, "grow", shared_grow, 1);
    define_method(ctx, "slice", shared_slice, 2);
    duk_push_string(ctx, "SharedArrayBuffer");
    define_hidden(ctx, SYMBOL_TAG, DUK_DEFPROP_SET_CONFIGURABLE);
    duk_dup(ctx, -2);
    define_hidden(ctx, "constructor", DUK_DEFPROP_SET_CONFIGURABLE | DUK_DEFPROP_SET_WRITABLE);
}

static void shared_array_buffer_init(duk_context *ctx)
{
    duk_push_global_object(ctx);
    duk_push_c_function(ctx, shared_construct, 2);
    duk_push_int(ctx, 1);
    duk_xdef_prop_stridx_short(ctx, -2, DUK_STRIDX_LENGTH, DUK_PROPDESC_FLAGS_C);
    duk_push_string(ctx, "SharedArrayBuffer");
    define_hidden(ctx, "name", DUK_DEFPROP_SET_CONFIGURABLE);
    define_getter(ctx, SYMBOL_SPECIES, "get [Symbol.species]", get_species, 0);
    define_prototype(ctx);

    engine_of(ctx)->shared_prototype = duk_get_heapptr(ctx, -1);
    duk_push_heap_stash(ctx);
    duk_dup(ctx, -2);
    duk_put_prop_string(ctx, -2, "SharedArrayBuffer.prototype");
    duk_pop(ctx);

    define_hidden(ctx, "prototype", 0);
    define_hidden(ctx, "SharedArrayBuffer",
                  DUK_DEFPROP_SET_CONFIGURABLE | DUK_DEFPROP_SET_WRITABLE);
    duk_pop(ctx);
}
