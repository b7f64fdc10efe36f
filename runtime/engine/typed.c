/*
 * Typed arrays: what one is made of, how it is made, and what reading and writing an element means
 * where the engine asks (view.c says when a view is gone). Part of unity.c; the methods are in
 * typed_methods.c. BigInt arrays do not exist, as BigInt does not.
 */
#include "runtime/engine/parts.h"

/* In the order of the engine's element types. */
static const struct typed_kind {
    const char *name;
    uint8_t shift; /* element bytes, as a power of 2 */
} typed_kinds[] = {
    {"Uint8Array", 0},  {"Uint8ClampedArray", 0}, {"Int8Array", 0},    {"Uint16Array", 1},
    {"Int16Array", 1},  {"Uint32Array", 2},       {"Int32Array", 2},   {"Float32Array", 2},
    {"Float64Array", 3}};

static duk_hbufobj *typed_at(duk_context *ctx, duk_idx_t index)
{
    duk_hbufobj *view = buffer_object_at(ctx, index);
    return view && view->is_typedarray ? view : NULL;
}

static uint32_t typed_length(duk_hbufobj *view)
{
    ENGINE_SETTLE(view);
    return view->length >> view->shift;
}

static unsigned char *typed_data(const duk_hbufobj *view)
{
    return (unsigned char *)DUK_HBUFFER_GET_DATA_PTR(NULL, view->buf) + view->offset;
}

/* The typed array at `index`, attached; throws. */
static duk_hbufobj *require_typed(duk_context *ctx, duk_idx_t index)
{
    duk_hbufobj *view = typed_at(ctx, index);
    if (!view) {
        (void)duk_error(ctx, DUK_ERR_TYPE_ERROR, "this is not a typed array.");
    }
    if (ENGINE_IS_DETACHED(view)) {
        (void)duk_error(ctx, DUK_ERR_TYPE_ERROR,
                        "Cannot perform %%TypedArray%%.prototype.%s on a detached ArrayBuffer",
                        push_own_name(ctx));
    }
    return view;
}

static duk_hbufobj *push_this_typed(duk_context *ctx)
{
    duk_push_this(ctx);
    return require_typed(ctx, -1);
}

/* ---- elements
 * -------------------------------------------------------------------------------------------------- */

/* Writes the number on the top, and pops it; ignored outside. */
static void typed_write(duk_context *ctx, duk_hbufobj *view, double at)
{
    if (at < typed_length(view)) {
        unsigned size = 1u << view->shift;
        duk_hbufobj_validated_write(ctx, view, typed_data(view) + (size_t)at * size, size);
    }
    duk_pop(ctx);
}

/* Pushes the element, undefined outside. */
static void typed_push(duk_context *ctx, duk_hbufobj *view, double at)
{
    if (at < typed_length(view)) {
        unsigned size = 1u << view->shift;
        duk_hbufobj_push_validated_read(ctx, view, typed_data(view) + (size_t)at * size, size);
    } else {
        duk_push_undefined(ctx);
    }
}

static bool engine_is_numeric(duk_hthread *thr, duk_hstring *key)
{
    unsigned char first = *DUK_HSTRING_GET_DATA(key);
    if ((first < '0' || first > '9') && first != '-' && first != 'I' && first != 'N') {
        return false;
    }
    duk_push_hstring(thr, key);
    duk_dup_top(thr);
    (void)duk_to_number(thr, -1);
    duk_to_string(thr, -1);
    bool is_same = duk_get_hstring(thr, -1) == key || strcmp(duk_get_string(thr, -2), "-0") == 0;
    duk_pop_2(thr);
    return is_same;
}

static bool refuse(duk_hthread *thr, bool is_throwing, const char *message)
{
    if (is_throwing) {
        (void)duk_error(thr, DUK_ERR_TYPE_ERROR, "%s", message);
    }
    return false;
}

static bool engine_define_element(duk_hthread *thr, duk_hobject *object, uint32_t at, unsigned flags,
                                  int value, bool is_throwing)
{
    duk_hbufobj *view = (duk_hbufobj *)object;
    bool is_outside = at == DUK_HSTRING_NO_ARRAY_INDEX || at >= typed_length(view);
    bool is_refused =
        ((flags & DUK_DEFPROP_HAVE_CONFIGURABLE) && !(flags & DUK_DEFPROP_CONFIGURABLE)) ||
        ((flags & DUK_DEFPROP_HAVE_ENUMERABLE) && !(flags & DUK_DEFPROP_ENUMERABLE)) ||
        ((flags & DUK_DEFPROP_HAVE_WRITABLE) && !(flags & DUK_DEFPROP_WRITABLE)) ||
        (flags & (DUK_DEFPROP_HAVE_GETTER | DUK_DEFPROP_HAVE_SETTER));
    if (is_outside) {
        return refuse(thr, is_throwing, "Invalid typed array index");
    }
    if (is_refused) {
        return refuse(thr, is_throwing, "Cannot redefine property of a typed array");
    }
    if (flags & DUK_DEFPROP_HAVE_VALUE) {
        duk_dup(thr, value);
        (void)duk_to_number(thr, -1);
        typed_write(thr, view, at);
    }
    return true;
}

static void engine_refuse_elements(duk_hthread *thr, duk_hobject *object, bool is_freeze)
{
    if (typed_length((duk_hbufobj *)object) > 0) {
        (void)duk_error(thr, DUK_ERR_TYPE_ERROR, "Cannot %s array buffer views with elements",
                        is_freeze ? "freeze" : "seal");
    }
}

/* ---- making one
 * ------------------------------------------------------------------------------------------------ */

/* ToIndex; throws a RangeError in these words. */
static double to_index(duk_context *ctx, duk_idx_t index, const char *message)
{
    double at = to_integer(ctx, index);
    if (at < 0 || at > INTEGER_MAX) {
        (void)duk_error(ctx, DUK_ERR_RANGE_ERROR, message, duk_safe_to_string(ctx, index));
    }
    return at;
}

/* Replaces the plain buffer on the top by a view of it. */
static duk_hbufobj *wrap_view(duk_context *ctx, unsigned kind, size_t offset, size_t bytes)
{
    duk_hbuffer *plain = duk_known_hbuffer(ctx, -1);
    duk_uint_t flags = DUK_HOBJECT_FLAG_EXTENSIBLE | DUK_HOBJECT_FLAG_BUFOBJ |
                       DUK_HOBJECT_CLASS_AS_FLAGS(duk__buffer_class_from_elemtype[kind]);
    duk_hbufobj *view = duk_push_bufobj_raw(ctx, flags, duk__buffer_proto_from_elemtype[kind]);
    view->buf = plain;
    DUK_HBUFFER_INCREF(ctx, plain);
    view->offset = (duk_uint_t)offset;
    view->length = (duk_uint_t)bytes;
    view->shift = typed_kinds[kind].shift;
    view->elem_type = (duk_uint8_t)kind;
    view->is_typedarray = 1;
    duk_remove_m2(ctx);
    return view;
}

/* Pushes a zeroed typed array on a buffer of its own. */
static duk_hbufobj *push_typed(duk_context *ctx, unsigned kind, double length)
{
    double bytes = length * (1 << typed_kinds[kind].shift);
    if (bytes > INT_MAX) {
        (void)duk_error(ctx, DUK_ERR_RANGE_ERROR, "Invalid typed array length: %.0f", length);
    }
    (void)engine_push_buffer(ctx, (size_t)bytes);
    return wrap_view(ctx, kind, 0, (size_t)bytes);
}

/* Copies elements, converting them; views of one buffer are the caller's business. */
static void copy_elements(duk_context *ctx, duk_hbufobj *to, uint32_t at, duk_hbufobj *from,
                          uint32_t count)
{
    if (to->elem_type == from->elem_type ||
        (to->shift == 0 && from->shift == 0 && to->elem_type != DUK_HBUFOBJ_ELEM_UINT8CLAMPED)) {
        if (count > 0) {
            memmove(typed_data(to) + ((size_t)at << to->shift), typed_data(from),
                    (size_t)count << to->shift);
        }
        return;
    }
    for (uint32_t i = 0; i < count; i++) {
        ENGINE_CHECK_STOP(ctx);
        typed_push(ctx, from, i);
        typed_write(ctx, to, at + i);
    }
}

/* new TypedArray(typed array at 0) */
static void construct_from_typed(duk_context *ctx, unsigned kind, duk_hbufobj *from)
{
    ENGINE_REQUIRE_ATTACHED(ctx, from, "Construct");
    uint32_t count = typed_length(from);
    duk_hbufobj *made = push_typed(ctx, kind, count);
    copy_elements(ctx, made, 0, from, count);
}

/* The value on the top becomes the next element of the array at 3. */
static void collect_value(duk_context *ctx, void *udata)
{
    double *next = udata;
    put_fresh(ctx, 3, (*next)++);
}

/* Fills the typed array on the top from the array-like at `from`. */
static void fill_from(duk_context *ctx, duk_idx_t from, double length)
{
    duk_hbufobj *made = typed_at(ctx, -1);
    for (double at = 0; at < length; at++) {
        ENGINE_CHECK_STOP(ctx);
        get_at(ctx, from, at);
        (void)duk_to_number(ctx, -1);
        typed_write(ctx, made, at);
    }
}

/* new TypedArray(iterable or array-like at 0) */
static void construct_from_list(duk_context *ctx, unsigned kind)
{
    double length = 0;
    if (iterator_is_plain_array(ctx, 0)) {
        length = length_of(ctx, 0);
        push_room(ctx, length);
        duk_insert(ctx, 3);
        for (double at = 0; at < length; at++) {
            get_at(ctx, 0, at);
            put_fresh(ctx, 3, at);
        }
        push_typed(ctx, kind, length);
        fill_from(ctx, 3, length); /* the copy: script code may run when values become numbers */
        return;
    }
    if (push_method(ctx, 0, SYMBOL_ITERATOR)) {
        duk_push_array(ctx);
        duk_insert(ctx, 3);
        iterate(ctx, 0, collect_value, &length);
        push_typed(ctx, kind, length);
        fill_from(ctx, 3, length);
        return;
    }
    duk_pop(ctx);
    length = length_of(ctx, 0);
    push_typed(ctx, kind, length);
    fill_from(ctx, 0, length);
}

struct range {
    double offset, bytes;
    bool is_tracking;
};

/* Which part of the ArrayBuffer at 0 the arguments 1 and 2 mean, in elements of `size` bytes. */
static struct range range_of(duk_context *ctx, duk_hbufobj *buffer, const char *name, unsigned size)
{
    struct range range = {.offset = to_index(ctx, 1, "Start offset %s is outside the bounds of the "
                                                     "buffer")};
    if (fmod(range.offset, size) != 0) {
        (void)duk_error(ctx, DUK_ERR_RANGE_ERROR, "start offset of %s should be a multiple of %u",
                        name, size);
    }
    bool has_length = !duk_is_undefined(ctx, 2);
    double length = has_length ? to_index(ctx, 2, "Invalid typed array length: %s") : 0;
    ENGINE_REQUIRE_ATTACHED(ctx, buffer, "Construct");
    double bytes = buffer->length;
    if (!has_length) {
        range.is_tracking = buffer_is_resizable(buffer);
        if (!range.is_tracking && fmod(bytes, size) != 0) {
            (void)duk_error(ctx, DUK_ERR_RANGE_ERROR, "byte length of %s should be a multiple of %u",
                            name, size);
        }
        if (range.offset > bytes) {
            (void)duk_error(ctx, DUK_ERR_RANGE_ERROR,
                            "Start offset %.0f is outside the bounds of the buffer", range.offset);
        }
        range.bytes = trunc((bytes - range.offset) / size) * size;
    } else {
        range.bytes = length * size;
        if (range.offset + range.bytes > bytes) {
            (void)duk_error(ctx, DUK_ERR_RANGE_ERROR, "Invalid typed array length: %.0f", length);
        }
    }
    return range;
}

/* Makes `view` one of the ArrayBuffer `buffer`. */
static void attach_view(duk_hbufobj *view, duk_hbufobj *buffer, const struct range *range)
{
    view->buf_prop = (duk_hobject *)buffer;
    DUK_HBUFOBJ_INCREF(NULL, buffer);
    view->is_known = 1;
    view->is_tracking = range->is_tracking;
    view->own_offset = (duk_uint_t)range->offset;
    view->own_length = (duk_uint_t)range->bytes;
}

static void construct_from_buffer(duk_context *ctx, unsigned kind, duk_hbufobj *buffer)
{
    struct range range = range_of(ctx, buffer, typed_kinds[kind].name, 1u << typed_kinds[kind].shift);
    duk_push_hbuffer(ctx, buffer->buf);
    duk_hbufobj *view = wrap_view(ctx, kind, (size_t)range.offset, (size_t)range.bytes);
    attach_view(view, buffer, &range);
}

static bool is_array_buffer(const duk_hbufobj *object)
{
    return object && DUK_HOBJECT_GET_CLASS_NUMBER((const duk_hobject *)object) ==
                         DUK_HOBJECT_CLASS_ARRAYBUFFER;
}

/* The nine constructors: (length), (typed array), (list) or (buffer, offset, length) */
static duk_ret_t engine_typed_construct(duk_context *ctx)
{
    unsigned kind = (unsigned)duk_get_current_magic(ctx) >> 2 & 0x0f;
    duk_push_current_function(ctx);
    if (duk_get_hobject(ctx, -1) == engine_of(ctx)->lazies[TYPED_ARRAY]) {
        return duk_error(ctx, DUK_ERR_TYPE_ERROR,
                         "Abstract class TypedArray not directly constructable");
    }
    duk_pop(ctx);
    if (!duk_is_constructor_call(ctx)) {
        return duk_error(ctx, DUK_ERR_TYPE_ERROR, "Constructor %s requires 'new'",
                         typed_kinds[kind].name);
    }
    duk_hbufobj_promote_plain(ctx, 0);
    duk_hbufobj *object = buffer_object_at(ctx, 0);
    if (!duk_is_object(ctx, 0)) {
        push_typed(ctx, kind, to_index(ctx, 0, "Invalid typed array length: %s"));
    } else if (is_array_buffer(object)) {
        construct_from_buffer(ctx, kind, object);
    } else if (object && object->is_typedarray) {
        construct_from_typed(ctx, kind, object);
    } else {
        construct_from_list(ctx, kind);
    }
    return 1;
}

/* ---- species
 * --------------------------------------------------------------------------------------------------- */

/* The kind that the constructor on the top makes when it is one of the nine; -1 otherwise. */
static int own_kind(duk_context *ctx)
{
    duk_hobject *function = duk_get_hobject(ctx, -1);
    if (!function || !DUK_HOBJECT_HAS_NATFUNC(function) ||
        ((duk_hnatfunc *)function)->func != engine_typed_construct ||
        function == engine_of(ctx)->lazies[TYPED_ARRAY]) {
        return -1;
    }
    return ((duk_hnatfunc *)function)->magic >> 2 & 0x0f;
}

/* [ .. constructor arg1 .. argN ] -> [ .. typed array ]; `length` is what one number asked for, or -1. */
static duk_hbufobj *construct_typed(duk_context *ctx, duk_idx_t arguments, double length)
{
    duk_new(ctx, arguments);
    duk_hbufobj *made = require_typed(ctx, -1);
    if (typed_length(made) < length) {
        (void)duk_error(ctx, DUK_ERR_TYPE_ERROR,
                        "Derived TypedArray constructor created an array which was too small");
    }
    return made;
}

/* Pushes what the array at `index` wants others like it to be made by, or undefined: its own kind. */
static void push_typed_species(duk_context *ctx, duk_idx_t index)
{
    index = duk_normalize_index(ctx, index);
    duk_push_undefined(ctx);
    species_constructor(ctx, index);
}

/* TypedArraySpeciesCreate with a length: pushes the new array. */
static duk_hbufobj *push_typed_like(duk_context *ctx, duk_idx_t index, double length)
{
    unsigned kind = typed_at(ctx, index)->elem_type;
    push_typed_species(ctx, index);
    int own = own_kind(ctx);
    if (own >= 0 || duk_is_undefined(ctx, -1)) {
        duk_pop(ctx);
        return push_typed(ctx, own >= 0 ? (unsigned)own : kind, length);
    }
    duk_push_number(ctx, length);
    return construct_typed(ctx, 1, length);
}
