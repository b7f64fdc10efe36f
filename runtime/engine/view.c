/*
 * What views and their constructors say when they refuse: Node's words. Part of unity.c; called by
 * the patched buffer functions. Detaching itself is one flag on the plain buffer (buffer.c): a view
 * sets its offset and length to 0 when it is next looked at.
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
