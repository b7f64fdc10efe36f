/*
 * SharedArrayBuffer. Part of unity.c. Inside the engine it is an ArrayBuffer whose store is shared
 * and whose prototype is its own; so every view works over it, and only what the language tells
 * apart is told apart here. The prototype is kept in the heap stash, where no script reaches.
 */
#include "runtime/engine/parts.h"

/* The shared buffer a method was called on; throws. */
static struct store *this_shared(duk_context *ctx, const char *method)
{
    duk_push_this(ctx);
    struct store *store = engine_get_store(ctx, -1);
    if (!store || !store_is_shared(store) || buffer_object_at(ctx, -1)->is_typedarray) {
        duk_error(ctx, DUK_ERR_TYPE_ERROR,
                  "Method SharedArrayBuffer.prototype.%s called on incompatible receiver", method);
    }
    return store;
}

static duk_ret_t shared_construct(duk_context *ctx)
{
    if (!duk_is_constructor_call(ctx)) {
        return duk_error(ctx, DUK_ERR_TYPE_ERROR, "Constructor SharedArrayBuffer requires 'new'");
    }
    int bytes = engine_to_length(ctx, false);
    engine_push_store(ctx, store_for(ctx, (size_t)bytes, true));
    return 1;
}

static duk_ret_t shared_byte_length(duk_context *ctx)
{
    duk_push_number(ctx, (double)store_bytes(this_shared(ctx, "byteLength")));
    return 1;
}

/* A slice bound: negative counts from the end. */
static size_t slice_bound(duk_context *ctx, duk_idx_t index, size_t bytes, size_t if_undefined)
{
    if (duk_is_undefined(ctx, index)) {
        return if_undefined;
    }
    double bound = duk_to_number(ctx, index);
    bound = bound != bound ? 0 : trunc(bound);
    bound = bound < 0 ? bound + (double)bytes : bound;
    return bound < 0 ? 0 : bound > (double)bytes ? bytes : (size_t)bound;
}

static duk_ret_t shared_slice(duk_context *ctx)
{
    struct store *store = this_shared(ctx, "slice");
    size_t bytes = store_bytes(store);
    size_t start = slice_bound(ctx, 0, bytes, 0);
    size_t end = slice_bound(ctx, 1, bytes, bytes);
    size_t length = end > start ? end - start : 0;

    struct store *copy = store_for(ctx, length, true);
    memcpy(store_data(copy), (unsigned char *)store_data(store) + start, length);
    engine_push_store(ctx, copy);
    return 1;
}

static void define_getter(duk_context *ctx, const char *name, duk_c_function getter)
{
    duk_push_string(ctx, name);
    duk_push_c_function(ctx, getter, 0);
    duk_def_prop(ctx, -3,
                 DUK_DEFPROP_HAVE_GETTER | DUK_DEFPROP_SET_CONFIGURABLE | DUK_DEFPROP_FORCE);
}

static void define_hidden(duk_context *ctx, const char *name, duk_uint_t flags)
{
    duk_push_string(ctx, name);
    duk_insert(ctx, -2);
    duk_def_prop(ctx, -3, DUK_DEFPROP_HAVE_VALUE | DUK_DEFPROP_CLEAR_ENUMERABLE | flags);
}

static void shared_array_buffer_init(duk_context *ctx)
{
    duk_push_global_object(ctx);
    duk_push_c_function(ctx, shared_construct, 1);
    duk_push_string(ctx, "SharedArrayBuffer");
    define_hidden(ctx, "name", DUK_DEFPROP_SET_CONFIGURABLE);
    define_getter(ctx, DUK_WELLKNOWN_SYMBOL("Symbol.species"), get_species);
    duk_push_object(ctx);
    define_getter(ctx, "byteLength", shared_byte_length);
    duk_push_c_function(ctx, shared_slice, 2);
    define_hidden(ctx, "slice", DUK_DEFPROP_SET_CONFIGURABLE | DUK_DEFPROP_SET_WRITABLE);
    duk_push_string(ctx, "SharedArrayBuffer");
    define_hidden(ctx, DUK_WELLKNOWN_SYMBOL("Symbol.toStringTag"), DUK_DEFPROP_SET_CONFIGURABLE);
    duk_dup(ctx, -2);
    define_hidden(ctx, "constructor", DUK_DEFPROP_SET_CONFIGURABLE | DUK_DEFPROP_SET_WRITABLE);

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
