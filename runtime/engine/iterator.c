/*
 * The iterators of arrays, typed arrays and strings, and the prototypes all iterators share. Part of
 * unity.c. An iterator is a cell that knows what it walks and how far it came; the end lets go of
 * it.
 */
#include "runtime/engine/iterator.h"

struct list_iterator {
    struct cell cell;
    duk_tval target; /* undefined at the end */
    uint32_t next;
    enum iterator_kind kind;
};

static void visit_list_iterator(duk_heap *heap, struct cell *cell, cell_visit_fn visit)
{
    visit(heap, &((struct list_iterator *)cell)->target);
}

static const struct cell_type array_iterator_type = {
    "Array Iterator", sizeof(struct list_iterator), visit_list_iterator, NULL, NULL};
static const struct cell_type string_iterator_type = {
    "String Iterator", sizeof(struct list_iterator), visit_list_iterator, NULL, NULL};

/* ---- results -------------------------------------------------------------------------------------
 */

/* Appends a property to an object whose table has room for it; the value on top is popped. */
static void append_property(duk_hthread *thr, duk_hobject *object, duk_hstring *key)
{
    uint32_t i = DUK_HOBJECT_GET_ENEXT(object);
    duk_tval *place = DUK_HOBJECT_E_GET_VALUE_TVAL_PTR(thr->heap, object, i);
    DUK_HOBJECT_E_SET_KEY(thr->heap, object, i, key);
    DUK_HSTRING_INCREF(thr, key);
    DUK_HOBJECT_E_SET_FLAGS(thr->heap, object, i, DUK_PROPDESC_FLAGS_WEC);
    DUK_TVAL_SET_TVAL(place, thr->valstack_top - 1);
    DUK_HOBJECT_SET_ENEXT(object, i + 1);
    thr->valstack_top--; /* its reference moved */
    DUK_TVAL_SET_UNDEFINED(thr->valstack_top);
}

static void iterator_wrap(duk_hthread *thr, bool is_done)
{
    duk_push_object(thr);
    duk_hobject *result = duk_known_hobject(thr, -1);
    duk_hobject_realloc_props(thr, result, 2, 0, 0, 0);
    duk_swap_top(thr, -2);
    append_property(thr, result, DUK_HTHREAD_STRING_VALUE(thr));
    duk_push_boolean(thr, is_done);
    append_property(thr, result, intrinsic_name(thr, NAME_DONE));
}

static duk_ret_t iterator_push_end(duk_hthread *thr)
{
    duk_push_undefined(thr);
    iterator_wrap(thr, true);
    return 1;
}

static void iterator_pair(duk_hthread *thr)
{
    duk_tval *values = duk_push_harray_with_size_outptr(thr, 2);
    for (int i = 0; i < 2; i++) {
        duk_tval *value = thr->valstack_top - 3 + i;
        DUK_TVAL_SET_TVAL(&values[i], value);
        DUK_TVAL_INCREF(thr, value);
    }
    duk_remove(thr, -2);
    duk_remove(thr, -2);
}

/* ---- arrays --------------------------------------------------------------------------------------
 */

static duk_ret_t push_list_iterator(duk_context *ctx, const struct cell_type *type,
                                    enum intrinsic prototype)
{
    struct list_iterator *iterator = cell_push(ctx, type, intrinsic_get(ctx, prototype));
    iterator->kind = (enum iterator_kind)duk_get_current_magic(ctx);
    DUK_TVAL_SET_UNDEFINED(&iterator->target);
    cell_set(ctx, &iterator->target, -2);
    return 1;
}

static duk_ret_t array_iterator(duk_context *ctx)
{
    duk_push_this(ctx);
    if (duk_is_null_or_undefined(ctx, -1)) {
        return duk_error(ctx, DUK_ERR_TYPE_ERROR, "Cannot convert undefined or null to object");
    }
    duk_to_object(ctx, -1);
    return push_list_iterator(ctx, &array_iterator_type, INTRINSIC_ARRAY_ITERATOR_PROTOTYPE);
}

static duk_ret_t typed_array_iterator(duk_context *ctx)
{
    duk_push_this(ctx);
    duk_hbufobj *view = buffer_object_at(ctx, -1);
    if (!view || !view->is_typedarray) {
        return duk_error(ctx, DUK_ERR_TYPE_ERROR, "this is not a typed array.");
    }
    if (ENGINE_IS_DETACHED(view)) {
        engine_throw_detached(ctx, "%TypedArray%.prototype.values");
    }
    return push_list_iterator(ctx, &array_iterator_type, INTRINSIC_ARRAY_ITERATOR_PROTOTYPE);
}

/* Length of what is iterated, which stands on top of the stack. */
static double list_length(duk_hthread *thr)
{
    duk_hobject *object = duk_known_hobject(thr, -1);
    if (DUK_HOBJECT_IS_ARRAY(object)) {
        return ((duk_harray *)object)->length;
    }
    if (DUK_HOBJECT_IS_BUFOBJ(object)) {
        duk_hbufobj *view = (duk_hbufobj *)object;
        if (view->is_typedarray && ENGINE_IS_DETACHED(view)) {
            engine_throw_detached(thr, "%ArrayIteratorPrototype%.next");
        }
        return view->length >> view->shift;
    }
    duk_get_prop_stridx_short(thr, -1, DUK_STRIDX_LENGTH);
    double length = duk_to_number(thr, -1);
    duk_pop(thr);
    return length != length ? 0 : trunc(length);
}

static void push_element(duk_hthread *thr, duk_hobject *object, uint32_t at)
{
    if (DUK_HOBJECT_HAS_ARRAY_PART(object) && at < DUK_HOBJECT_GET_ASIZE(object)) {
        duk_tval *value = DUK_HOBJECT_A_GET_VALUE_PTR(thr->heap, object, at);
        if (!DUK_TVAL_IS_UNUSED(value)) {
            duk_push_tval(thr, value);
            return;
        }
    }
    duk_push_hobject(thr, object);
    duk_get_prop_index(thr, -1, at);
    duk_remove_m2(thr);
}

static duk_ret_t array_iterator_next(duk_context *ctx)
{
    struct list_iterator *iterator =
        cell_require_this(ctx, &array_iterator_type, "Array Iterator.prototype.next");
    if (DUK_TVAL_IS_UNDEFINED(&iterator->target)) {
        return iterator_push_end(ctx);
    }
    duk_push_tval(ctx, &iterator->target);
    if (iterator->next >= list_length(ctx)) {
        cell_clear(ctx, &iterator->target);
        return iterator_push_end(ctx);
    }
    uint32_t at = iterator->next++;
    if (iterator->kind != ITERATE_VALUES) {
        duk_push_uint(ctx, at);
    }
    if (iterator->kind != ITERATE_KEYS) {
        push_element(ctx, DUK_TVAL_GET_OBJECT(&iterator->target), at);
    }
    if (iterator->kind == ITERATE_ENTRIES) {
        iterator_pair(ctx);
    }
    iterator_wrap(ctx, false);
    return 1;
}

/* ---- strings -------------------------------------------------------------------------------------
 */

static duk_ret_t string_iterator(duk_context *ctx)
{
    duk_push_this(ctx);
    if (duk_is_null_or_undefined(ctx, -1)) {
        return duk_error(ctx, DUK_ERR_TYPE_ERROR,
                         "String.prototype[Symbol.iterator] called on null or undefined");
    }
    duk_to_string(ctx, -1);
    return push_list_iterator(ctx, &string_iterator_type, INTRINSIC_STRING_ITERATOR_PROTOTYPE);
}

static duk_ret_t string_iterator_next(duk_context *ctx)
{
    struct list_iterator *iterator =
        cell_require_this(ctx, &string_iterator_type, "String Iterator.prototype.next");
    if (DUK_TVAL_IS_UNDEFINED(&iterator->target)) {
        return iterator_push_end(ctx);
    }
    duk_push_tval(ctx, &iterator->target);
    size_t at = iterator->next, length = duk_get_length(ctx, -1);
    if (at >= length) {
        cell_clear(ctx, &iterator->target);
        return iterator_push_end(ctx);
    }
    duk_codepoint_t first = duk_char_code_at(ctx, -1, at);
    duk_codepoint_t second = at + 1 < length ? duk_char_code_at(ctx, -1, at + 1) : 0;
    bool is_pair = first >= 0xd800 && first <= 0xdbff && second >= 0xdc00 && second <= 0xdfff;
    iterator->next += is_pair ? 2 : 1;
    duk_substring(ctx, -1, at, iterator->next);
    iterator_wrap(ctx, false);
    return 1;
}

/* ---- short cuts ----------------------------------------------------------------------------------
 */

static bool iterator_is_native(duk_hthread *thr, duk_hobject *object, const char *key,
                               duk_c_function function)
{
    duk_push_hobject(thr, object);
    duk_push_string(thr, key);
    duk_tval *place = duk_hobject_find_entry_tval_ptr(thr->heap, object, duk_known_hstring(thr, -1));
    if (!place) { /* perhaps a built-in nobody asked for yet */
        (void)duk_has_prop(thr, -2);
        duk_push_string(thr, key);
        place = duk_hobject_find_entry_tval_ptr(thr->heap, object, duk_known_hstring(thr, -1));
    }
    duk_pop_2(thr);
    return place && DUK_TVAL_IS_OBJECT(place) && DUK_HOBJECT_IS_NATFUNC(DUK_TVAL_GET_OBJECT(place)) &&
           ((duk_hnatfunc *)DUK_TVAL_GET_OBJECT(place))->func == function;
}

static bool iterator_is_plain_array(duk_hthread *thr, duk_idx_t index)
{
    duk_hobject *object = duk_get_hobject(thr, index), *own;
    duk_hobject *prototype = thr->builtins[DUK_BIDX_ARRAY_PROTOTYPE];
    if (!object || !DUK_HOBJECT_IS_ARRAY(object) || DUK_HOBJECT_GET_ENEXT(object) != 0 ||
        DUK_HOBJECT_GET_PROTOTYPE(thr->heap, object) != prototype) {
        return false;
    }
    own = intrinsic_find(thr->heap, INTRINSIC_ARRAY_ITERATOR_PROTOTYPE);
    return iterator_is_native(thr, prototype, SYMBOL_ITERATOR, array_iterator) &&
           (!own || iterator_is_native(thr, own, "next", array_iterator_next));
}

/* ---- prototypes ----------------------------------------------------------------------------------
 */

static duk_ret_t return_this(duk_context *ctx)
{
    duk_push_this(ctx);
    return 1;
}

/* Makes the prototype of a kind of iterators and keeps it; nothing stays on the stack. */
static void make_iterator_prototype(duk_hthread *thr, enum intrinsic which, const char *tag,
                                    duk_c_function next)
{
    const struct cell_method methods[] = {{"next", next, 0, 0, 0}, {NULL, NULL, 0, 0, 0}};
    duk_push_object(thr);
    duk_push_hobject(thr, intrinsic_get(thr, INTRINSIC_ITERATOR_PROTOTYPE));
    duk_set_prototype(thr, -2);
    cell_put_methods(thr, methods);
    cell_put_tag(thr, tag);
    intrinsic_set(thr, which);
    duk_pop(thr);
}

static void iterator_prototype_make(duk_hthread *thr)
{
    static const struct cell_method methods[] = {{SYMBOL_ITERATOR, return_this, 0, 0, 0},
                                                 {NULL, NULL, 0, 0, 0}};
    duk_push_object(thr);
    cell_put_methods(thr, methods);
    intrinsic_set(thr, INTRINSIC_ITERATOR_PROTOTYPE);
}

static void async_iterator_prototype_make(duk_hthread *thr)
{
    static const struct cell_method methods[] = {
        {DUK_WELLKNOWN_SYMBOL("Symbol.asyncIterator"), return_this, 0, 0, 0},
        {NULL, NULL, 0, 0, 0}};
    duk_push_object(thr);
    cell_put_methods(thr, methods);
    intrinsic_set(thr, INTRINSIC_ASYNC_ITERATOR_PROTOTYPE);
}

static void array_iterator_make(duk_hthread *thr)
{
    make_iterator_prototype(thr, INTRINSIC_ARRAY_ITERATOR_PROTOTYPE, "Array Iterator",
                            array_iterator_next);
}

static void string_iterator_make(duk_hthread *thr)
{
    make_iterator_prototype(thr, INTRINSIC_STRING_ITERATOR_PROTOTYPE, "String Iterator",
                            string_iterator_next);
}
