/*
 * DataView. Part of unity.c; named in added.c. The order in which arguments are looked at, and what is
 * wrong with them told, is the specification's.
 */
#include "runtime/engine/parts.h"

#define VIEW_ "DataView.prototype"

static bool is_data_view(const duk_hbufobj *object)
{
    return object && !object->is_typedarray &&
           DUK_HOBJECT_GET_CLASS_NUMBER((const duk_hobject *)object) == DUK_HOBJECT_CLASS_DATAVIEW;
}

static void throw_outside(duk_context *ctx, duk_idx_t index)
{
    (void)duk_error(ctx, DUK_ERR_RANGE_ERROR, "Start offset %s is outside the bounds of the buffer",
                    duk_safe_to_string(ctx, index));
}

/* Which part of `buffer` the arguments 1 and 2 mean. */
static struct range data_view_range(duk_context *ctx, duk_hbufobj *buffer)
{
    struct range range = {.offset = to_index(ctx, 1, "Start offset %s is outside the bounds of the "
                                                     "buffer")};
    ENGINE_REQUIRE_ATTACHED(ctx, buffer, "DataView constructor");
    double bytes = buffer->length;
    if (range.offset > bytes) {
        throw_outside(ctx, 1);
    }
    if (duk_is_undefined(ctx, 2)) {
        range.is_tracking = buffer_is_resizable(buffer);
        range.bytes = bytes - range.offset;
        return range;
    }
    range.bytes = to_index(ctx, 2, "Invalid DataView length %s");
    if (range.offset + range.bytes > bytes) {
        (void)duk_error(ctx, DUK_ERR_RANGE_ERROR, "Invalid DataView length %s",
                        duk_safe_to_string(ctx, 2));
    }
    return range;
}

/* new DataView(buffer, offset, length) */
static duk_ret_t engine_data_view_construct(duk_context *ctx)
{
    if (!duk_is_constructor_call(ctx)) {
        return duk_error(ctx, DUK_ERR_TYPE_ERROR, "Constructor DataView requires 'new'");
    }
    duk_hbufobj_promote_plain(ctx, 0);
    duk_hbufobj *buffer = buffer_object_at(ctx, 0);
    if (!is_array_buffer(buffer)) {
        return duk_error(ctx, DUK_ERR_TYPE_ERROR,
                         "First argument to DataView constructor must be an ArrayBuffer");
    }
    struct range range = data_view_range(ctx, buffer);
    ENGINE_REQUIRE_ATTACHED(ctx, buffer, "DataView constructor");
    duk_hbufobj *view = duk_push_bufobj_raw(
        ctx,
        DUK_HOBJECT_FLAG_EXTENSIBLE | DUK_HOBJECT_FLAG_BUFOBJ |
            DUK_HOBJECT_CLASS_AS_FLAGS(DUK_HOBJECT_CLASS_DATAVIEW),
        DUK_BIDX_DATAVIEW_PROTOTYPE);
    view->buf = buffer->buf;
    DUK_HBUFFER_INCREF(ctx, view->buf);
    view->offset = (duk_uint_t)range.offset;
    view->length = (duk_uint_t)range.bytes;
    attach_view(view, buffer, &range);
    return 1;
}

static duk_hbufobj *push_this_data_view(duk_context *ctx)
{
    duk_push_this(ctx);
    duk_hbufobj *view = buffer_object_at(ctx, -1);
    if (!is_data_view(view)) {
        throw_incompatible(ctx, VIEW_);
    }
    return view;
}

static void require_view(duk_context *ctx, duk_hbufobj *view)
{
    if (ENGINE_IS_DETACHED(view)) {
        const char *name = push_own_name(ctx);
        name += strncmp(name, "get ", 4) == 0 ? 4 : 0;
        (void)duk_error(ctx, DUK_ERR_TYPE_ERROR,
                        "Cannot perform " VIEW_ ".%s on a detached ArrayBuffer", name);
    }
}

/* get buffer, byteLength, byteOffset by magic (enum typed_accessor) */
static duk_ret_t data_view_get_part(duk_context *ctx)
{
    duk_hbufobj *view = push_this_data_view(ctx);
    if (duk_get_current_magic(ctx) == BUFFER) {
        return duk_bi_typedarray_buffer_getter(ctx);
    }
    require_view(ctx, view);
    duk_push_uint(ctx, duk_get_current_magic(ctx) == BYTE_LENGTH ? view->length : view->offset);
    return 1;
}

/* Where the element of `size` bytes at offset `at` lies; throws. */
static unsigned char *element_at(duk_context *ctx, duk_hbufobj *view, double at, unsigned size)
{
    require_view(ctx, view);
    if (at + size > view->length) {
        (void)duk_error(ctx, DUK_ERR_RANGE_ERROR, "Offset is outside the bounds of the DataView");
    }
    return typed_data(view) + (size_t)at;
}

static void copy_ordered(unsigned char *to, const unsigned char *from, unsigned size, bool is_little)
{
    for (unsigned i = 0; i < size; i++) {
        to[i] = from[is_little ? i : size - 1 - i];
    }
}

/* getInt8 … getFloat64 (offset, isLittleEndian); the magic is the kind of element */
static duk_ret_t data_view_get(duk_context *ctx)
{
    duk_hbufobj kind = {.elem_type = (duk_uint8_t)duk_get_current_magic(ctx)};
    unsigned size = 1u << typed_kinds[kind.elem_type].shift;
    unsigned char bytes[8];
    duk_hbufobj *view = push_this_data_view(ctx);
    double at = to_index(ctx, 0, "Offset is outside the bounds of the DataView");
    bool is_little = duk_to_boolean(ctx, 1);
    copy_ordered(bytes, element_at(ctx, view, at, size), size, is_little);
    duk_hbufobj_push_validated_read(ctx, &kind, bytes, size);
    return 1;
}

/* setInt8 … setFloat64 (offset, value, isLittleEndian) */
static duk_ret_t data_view_set(duk_context *ctx)
{
    duk_hbufobj kind = {.elem_type = (duk_uint8_t)duk_get_current_magic(ctx)};
    unsigned size = 1u << typed_kinds[kind.elem_type].shift;
    unsigned char bytes[8];
    duk_hbufobj *view = push_this_data_view(ctx);
    double at = to_index(ctx, 0, "Offset is outside the bounds of the DataView");
    (void)duk_to_number(ctx, 1);
    bool is_little = duk_to_boolean(ctx, 2);
    unsigned char *to = element_at(ctx, view, at, size);
    duk_dup(ctx, 1);
    duk_hbufobj_validated_write(ctx, &kind, bytes, size);
    copy_ordered(to, bytes, size, is_little);
    return 0;
}
