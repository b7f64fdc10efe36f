/*
 * What an object is, whatever its prototype or Symbol.toStringTag say: for util.types and for
 * util.inspect(). Part of unity.c; nothing here runs script code.
 */
#include "runtime/engine/cell.h"

const char *engine_kind(duk_context *ctx, duk_idx_t index)
{
    duk_hobject *object = duk_get_hobject(ctx, index);
    if (!object) {
        return duk_is_lightfunc(ctx, index) ? "Function"
               : duk_is_buffer(ctx, index)  ? "Uint8Array"
                                            : "";
    }
    if (DUK_HOBJECT_IS_PROXY(object)) {
        return "Proxy";
    }
    if (DUK_HOBJECT_IS_CALLABLE(object)) {
        return "Function";
    }
    if (is_cell(object)) {
        return ((struct cell *)object)->type->name;
    }
    if (DUK_HOBJECT_IS_BUFOBJ(object) && engine_is_shared(((duk_hbufobj *)object)->buf) &&
        DUK_HOBJECT_GET_CLASS_NUMBER(object) == DUK_HOBJECT_CLASS_ARRAYBUFFER) {
        return "SharedArrayBuffer";
    }
    return (const char *)DUK_HSTRING_GET_DATA(DUK_HOBJECT_GET_CLASS_STRING(ctx->heap, object));
}

bool engine_push_proxy(duk_context *ctx, duk_idx_t index)
{
    duk_hobject *object = duk_get_hobject(ctx, index);
    if (!object || !DUK_HOBJECT_IS_PROXY(object)) {
        return false;
    }
    duk_hproxy *proxy = (duk_hproxy *)object;
    duk_push_hobject(ctx, proxy->target);
    duk_push_hobject(ctx, proxy->handler);
    return true;
}
