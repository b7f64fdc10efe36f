/*
 * Own properties read without a property lookup's detours, for natives that read the same ones for every
 * message: no accessor, Proxy or prototype is asked, so nothing of a script runs. Part of unity.c.
 */
#include "runtime/engine/parts.h"

/* The value of the data property named by a literal; NULL for none. May throw for want of memory. */
static duk_tval *own_value(duk_hthread *thr, duk_hobject *object, const char *name, size_t size)
{
    duk_hstring *key = duk_heap_strtable_intern_literal_checked(thr, (const duk_uint8_t *)name,
                                                                (duk_uint32_t)size);
    return duk_hobject_find_entry_tval_ptr(thr->heap, object, key);
}

void *engine_own_pointer_n(duk_context *ctx, duk_idx_t index, const char *name, size_t size)
{
    duk_hobject *object = duk_get_hobject(ctx, index);
    duk_tval *value = object ? own_value(ctx, object, name, size) : NULL;
    return value && DUK_TVAL_IS_POINTER(value) ? DUK_TVAL_GET_POINTER(value) : NULL;
}

/* The only element of an array of one; NULL for anything else. */
static duk_tval *only_element(duk_heap *heap, duk_tval *value)
{
    if (!value || !DUK_TVAL_IS_OBJECT(value)) {
        return NULL;
    }
    duk_hobject *object = DUK_TVAL_GET_OBJECT(value);
    if (!DUK_HOBJECT_IS_ARRAY(object) || !DUK_HOBJECT_HAS_ARRAY_PART(object) ||
        ((duk_harray *)object)->length != 1 || DUK_HOBJECT_GET_ASIZE(object) == 0) {
        return NULL;
    }
    DUK_UNREF(heap); /* named by the macro only where pointers are compressed */
    return DUK_HOBJECT_A_GET_BASE(heap, object);
}

bool engine_push_only_function_n(duk_context *ctx, duk_idx_t index, const char *table,
                                 size_t table_size, const char *name, size_t name_size)
{
    duk_hobject *object = duk_get_hobject(ctx, index);
    duk_tval *value = object ? own_value(ctx, object, table, table_size) : NULL;
    if (!value || !DUK_TVAL_IS_OBJECT(value)) {
        return false;
    }
    value = only_element(ctx->heap, own_value(ctx, DUK_TVAL_GET_OBJECT(value), name, name_size));
    if (!value || !DUK_TVAL_IS_OBJECT(value) ||
        !DUK_HOBJECT_IS_CALLABLE(DUK_TVAL_GET_OBJECT(value))) {
        return false;
    }
    duk_push_tval(ctx, value);
    return true;
}
