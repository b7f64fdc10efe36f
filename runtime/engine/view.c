/*
 * What views and their constructors say when they refuse: Node's words. Part of unity.c; called by
 * the patched buffer functions. Detaching itself is one flag on the plain buffer (buffer.c), resizing
 * one number of its store: a view sets its offset and length right when it is next looked at.
 */
#include "runtime/engine/parts.h"

static bool engine_is_shared(const duk_hbuffer *plain)
{
    if (!plain || !DUK_HEAPHDR_CHECK_FLAG_BITS(&plain->hdr, ENGINE_BUFFER_FLAG_STORE)) {
        return false;
    }
    const struct store *store = ((const struct store_buffer *)(const void *)plain)->store;
    return store && store_is_shared(store);
}

/* What a view over a buffer of changing length shows now. */
static void fit(duk_hbufobj *view, size_t bytes)
{
    if (!view->is_known) {
        view->is_known = 1;
        view->own_offset = view->offset;
        view->own_length = view->length;
    }
    size_t offset = view->own_offset;
    bool is_out = offset > bytes || (!view->is_tracking && offset + view->own_length > bytes);
    size_t rest = is_out ? 0 : (bytes - offset) >> view->shift << view->shift;
    view->is_out = is_out;
    view->offset = is_out ? 0 : (duk_uint_t)offset;
    view->length = is_out ? 0 : view->is_tracking ? (duk_uint_t)rest : view->own_length;
}

static void engine_settle(duk_hbufobj *view)
{
    if (DUK_HEAPHDR_CHECK_FLAG_BITS(&view->buf->hdr, ENGINE_BUFFER_FLAG_DETACHED)) {
        view->offset = 0;
        view->length = 0;
        return;
    }
    struct store_buffer *buffer = (struct store_buffer *)(void *)view->buf;
    size_t bytes = store_bytes(buffer->store);
    DUK_HBUFFER_EXTERNAL_SET_SIZE(&buffer->head, bytes);
    if (DUK_HOBJECT_GET_CLASS_NUMBER((duk_hobject *)view) == DUK_HOBJECT_CLASS_ARRAYBUFFER) {
        view->length = (duk_uint_t)bytes;
    } else {
        fit(view, bytes);
    }
}

static bool engine_is_gone(duk_hbufobj *view)
{
    engine_settle(view);
    return view->is_out ||
           DUK_HEAPHDR_CHECK_FLAG_BITS(&view->buf->hdr, ENGINE_BUFFER_FLAG_DETACHED) != 0;
}

static void engine_throw_detached(duk_hthread *thr, const char *what)
{
    (void)duk_error(thr, DUK_ERR_TYPE_ERROR, "Cannot perform %s on a detached ArrayBuffer", what);
}

#define METHODS(type)                                                                              \
    {                                                                                              \
        "DataView.prototype.get" type, "DataView.prototype.set" type                               \
    }

static const char *engine_field_name(unsigned magic, bool is_write)
{
    /* The magic's low bits: 8, 16, 32 bits, float, double; bit 4: signed. */
    static const char *const names[2][5][2] = {
        {METHODS("Uint8"), METHODS("Uint16"), METHODS("Uint32"), METHODS("Float32"),
         METHODS("Float64")},
        {METHODS("Int8"), METHODS("Int16"), METHODS("Int32"), METHODS("Float32"),
         METHODS("Float64")},
    };
    unsigned type = magic & 7u;
    return names[magic >> 4 & 1u][type < 5 ? type : 0][is_write];
}

static int engine_to_length(duk_hthread *thr, bool is_view)
{
    double length = duk_to_number(thr, 0);
    length = length != length ? 0 : trunc(length);
    if (length >= 0 && length <= DUK_HBUFFER_MAX_BYTELEN && length <= INT_MAX) {
        return (int)length;
    }
    if (is_view) {
        return duk_error(thr, DUK_ERR_RANGE_ERROR, "Invalid typed array length: %s",
                         duk_to_string(thr, 0));
    }
    return duk_error(thr, DUK_ERR_RANGE_ERROR, "%s",
                     length < 0 ? "Invalid array buffer length" : "Array buffer allocation failed");
}

static const char *class_name(duk_hthread *thr)
{
    duk_push_current_function(thr);
    duk_get_prop_string(thr, -1, "name");
    return duk_safe_to_string(thr, -1);
}

static int engine_throw_view_range(duk_hthread *thr, unsigned element_bytes)
{
    duk_hbufobj *buffer = buffer_object_at(thr, 0);
    if (!buffer || buffer->is_typedarray) {
        return duk_error(thr, DUK_ERR_RANGE_ERROR, "Invalid typed array length: %s",
                         duk_safe_to_string(thr, 0));
    }
    double offset = duk_to_int(thr, 1);
    if (offset < 0 || (duk_uint_t)offset % element_bytes != 0) {
        return duk_error(thr, DUK_ERR_RANGE_ERROR, "start offset of %s should be a multiple of %u",
                         class_name(thr), element_bytes);
    }
    if (offset > buffer->length) {
        return duk_error(thr, DUK_ERR_RANGE_ERROR,
                         "Start offset %.0f is outside the bounds of the buffer", offset);
    }
    if (duk_is_undefined(thr, 2)) {
        return duk_error(thr, DUK_ERR_RANGE_ERROR, "byte length of %s should be a multiple of %u",
                         class_name(thr), element_bytes);
    }
    return duk_error(thr, DUK_ERR_RANGE_ERROR, "Invalid typed array length: %s",
                     duk_safe_to_string(thr, 2));
}
