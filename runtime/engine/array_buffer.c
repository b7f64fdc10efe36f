/*
 * ArrayBuffer as scripts see it: made, sliced, resized, handed over. Part of unity.c; named in
 * added.c. The memory is a store (buffer.c); one that can be resized has room for its largest length
 * from the start, so no pointer into it ever moves.
 */
#include "runtime/engine/parts.h"

#define BUFFER_ "ArrayBuffer.prototype"

/* The ArrayBuffer `this` is, not a shared one; throws. It may be detached. Pushes this. */
static duk_hbufobj *push_this_buffer(duk_context *ctx, bool is_resizable)
{
    duk_push_this(ctx);
    duk_hbufobj *object = buffer_object_at(ctx, -1);
    if (!is_array_buffer(object) || (object->buf && engine_is_shared(object->buf)) ||
        (is_resizable && !buffer_is_resizable(object))) {
        throw_incompatible(ctx, BUFFER_);
    }
    ENGINE_SETTLE(object);
    return object;
}

static void require_attached(duk_context *ctx, duk_hbufobj *object)
{
    if (ENGINE_IS_DETACHED(object)) {
        (void)duk_error(ctx, DUK_ERR_TYPE_ERROR,
                        "Cannot perform " BUFFER_ ".%s on a detached ArrayBuffer",
                        push_own_name(ctx));
    }
}

/* Argument 0 of a constructor and the maximum in its options at 1: STORE_FIXED when there is none. */
static size_t buffer_lengths(duk_context *ctx, size_t *max_bytes)
{
    size_t bytes = (size_t)engine_to_length(ctx, false);
    *max_bytes = STORE_FIXED;
    if (!duk_is_object(ctx, 1)) {
        return bytes;
    }
    duk_get_prop_literal(ctx, 1, "maxByteLength");
    if (!duk_is_undefined(ctx, -1)) {
        double most = to_integer(ctx, -1);
        if (most < 0 || most > INT_MAX || (double)bytes > most) {
            (void)duk_error(ctx, DUK_ERR_RANGE_ERROR, "Invalid array buffer max length");
        }
        *max_bytes = (size_t)most;
    }
    return bytes;
}

/* new NAME(length, options) */
static duk_ret_t construct_buffer(duk_context *ctx, const char *name, bool is_shared)
{
    if (!duk_is_constructor_call(ctx)) {
        return duk_error(ctx, DUK_ERR_TYPE_ERROR, "Constructor %s requires 'new'", name);
    }
    if (duk_is_undefined(ctx, 0)) {
        duk_push_int(ctx, 0);
        duk_replace(ctx, 0);
    }
    size_t max_bytes;
    size_t bytes = buffer_lengths(ctx, &max_bytes);
    engine_push_store(ctx, store_up_to(ctx, bytes, max_bytes, is_shared));
    return 1;
}

static duk_ret_t engine_array_buffer_construct(duk_context *ctx)
{
    return construct_buffer(ctx, "ArrayBuffer", false);
}

/* ArrayBuffer.isView(value) */
static duk_ret_t array_buffer_is_view(duk_context *ctx)
{
    duk_hbufobj *object = buffer_object_at(ctx, 0);
    duk_push_boolean(ctx, object && !is_array_buffer(object));
    return 1;
}

enum array_buffer_accessor { BUFFER_LENGTH, BUFFER_MAX, BUFFER_RESIZABLE, BUFFER_DETACHED };

/* get byteLength, maxByteLength, resizable, detached by magic */
static duk_ret_t array_buffer_get(duk_context *ctx)
{
    duk_hbufobj *object = push_this_buffer(ctx, false);
    struct store_buffer *buffer = store_buffer_of(object);
    struct store *store = buffer ? buffer->store : NULL;
    switch ((enum array_buffer_accessor)duk_get_current_magic(ctx)) {
    case BUFFER_LENGTH:
        duk_push_number(ctx, object->length);
        break;
    case BUFFER_MAX:
        duk_push_number(ctx, store ? (double)store_max_bytes(store) : 0);
        break;
    case BUFFER_RESIZABLE:
        duk_push_boolean(ctx, buffer_is_resizable(object));
        break;
    case BUFFER_DETACHED:
        duk_push_boolean(ctx, ENGINE_IS_DETACHED(object));
        break;
    }
    return 1;
}

/* ---- slice, of both kinds
 * ---------------------------------------------------------------------------------------- */

/* Pushes what the buffer at `index` wants its slice to be made by: a new buffer of `bytes`. */
static void push_slice_target(duk_context *ctx, duk_idx_t index, double bytes, bool is_shared)
{
    duk_push_undefined(ctx);
    species_constructor(ctx, index);
    if (duk_is_undefined(ctx, -1)) {
        duk_pop(ctx);
        engine_push_store(ctx, store_for(ctx, (size_t)bytes, is_shared));
        return;
    }
    duk_push_number(ctx, bytes);
    duk_new(ctx, 1);
    duk_hbufobj *made = buffer_object_at(ctx, -1);
    const char *name = is_shared ? "SharedArrayBuffer" : "ArrayBuffer";
    if (!is_array_buffer(made) || (made->buf && engine_is_shared(made->buf)) != is_shared) {
        (void)duk_error(ctx, DUK_ERR_TYPE_ERROR,
                        "Method %s.prototype.slice called on incompatible receiver %s", name,
                        push_described(ctx, -1));
    }
    ENGINE_REQUIRE_ATTACHED(ctx, made, "ArrayBuffer.prototype.slice");
    if (made == buffer_object_at(ctx, index) ||
        (is_shared && made->buf == buffer_object_at(ctx, index)->buf)) {
        (void)duk_error(ctx, DUK_ERR_TYPE_ERROR, "%s subclass returned this from species "
                                                 "constructor", name);
    }
    if (made->length < bytes) {
        (void)duk_error(ctx, DUK_ERR_TYPE_ERROR,
                        "Species constructor returned a too small %s", name);
    }
}

/* slice(start, end) of the buffer at 2 */
static void push_slice(duk_context *ctx, duk_hbufobj *object, bool is_shared)
{
    double length = object->length;
    double start = relative_start(ctx, 0, length);
    double count = fmax(relative_end(ctx, 1, length) - start, 0);
    push_slice_target(ctx, 2, count, is_shared);
    ENGINE_REQUIRE_ATTACHED(ctx, object, "ArrayBuffer.prototype.slice");
    duk_hbufobj *made = buffer_object_at(ctx, -1);
    ENGINE_SETTLE(object);
    ENGINE_SETTLE(made);
    count = fmin(count, fmin(object->length - start, made->length));
    if (count > 0) {
        memcpy(typed_data(made), typed_data(object) + (size_t)start, (size_t)count);
    }
}

/* slice(start, end) */
static duk_ret_t array_buffer_slice(duk_context *ctx)
{
    duk_hbufobj *object = push_this_buffer(ctx, false);
    require_attached(ctx, object);
    push_slice(ctx, object, false);
    return 1;
}

/* ---- resize and transfer
 * ----------------------------------------------------------------------------------------- */

/* resize(length) */
static duk_ret_t array_buffer_resize(duk_context *ctx)
{
    duk_hbufobj *object = push_this_buffer(ctx, true);
    double wanted = to_index(ctx, 0, BUFFER_ ".resize: Invalid length parameter");
    require_attached(ctx, object);
    struct engine *engine = engine_in(ctx->heap);
    struct store *store = store_buffer_of(object)->store;
    size_t bytes = (size_t)wanted, old_bytes = store_bytes(store);
    if (wanted > (double)store_max_bytes(store)) {
        return duk_error(ctx, DUK_ERR_RANGE_ERROR, BUFFER_ ".resize: Invalid length parameter");
    }
    if (bytes > old_bytes && !make_room(ctx, bytes - old_bytes)) {
        die_of_stores(ctx);
    }

    engine->array_buffers += bytes;
    engine->array_buffers -= old_bytes;
    store_resize(store, bytes);
    publish(engine);
    engine_settle(object);
    return 0;
}

/* The store of the transferred buffer: itself, or a copy where it must differ. */
static struct store *transferred(duk_context *ctx, duk_hbufobj *object, size_t bytes,
                                 size_t max_bytes)
{
    struct engine *engine = engine_in(ctx->heap);
    struct store *store = store_buffer_of(object)->store;
    bool is_same = bytes == store_bytes(store) &&
                   store_is_resizable(store) == (max_bytes != STORE_FIXED);
    if (is_same) {
        return buffer_detach(engine, object->buf);
    }
    struct store *copy = store_up_to(ctx, bytes, max_bytes, false);
    size_t kept = store_bytes(store) < bytes ? store_bytes(store) : bytes;
    memcpy(store_data(copy), store_data(store), kept);
    struct store *old = buffer_detach(engine, object->buf);
    store_unref(&old);
    return copy;
}

/* transfer and, by magic, transferToFixedLength (length) */
static duk_ret_t array_buffer_transfer(duk_context *ctx)
{
    bool is_fixed = duk_get_current_magic(ctx) != 0;
    duk_hbufobj *object = push_this_buffer(ctx, false);
    double wanted = duk_is_undefined(ctx, 0)
                        ? object->length
                        : to_index(ctx, 0, "Invalid array buffer length");
    require_attached(ctx, object);
    struct store_buffer *buffer = store_buffer_of(object);
    if (!buffer) {
        throw_incompatible(ctx, BUFFER_);
    }
    size_t max_bytes = is_fixed || !store_is_resizable(buffer->store)
                           ? STORE_FIXED
                           : store_max_bytes(buffer->store);
    if (wanted > INT_MAX || (max_bytes != STORE_FIXED && wanted > (double)max_bytes)) {
        return duk_error(ctx, DUK_ERR_RANGE_ERROR, "Array buffer allocation failed");
    }
    struct store *store = transferred(ctx, object, (size_t)wanted, max_bytes);
    engine_push_store(ctx, store);
    return 1;
}
