/*
 * Structured clone, the sender's half. Part of unity.c. It walks the engine's own objects with an
 * explicit stack, so depth costs memory and not C stack.
 *
 * The walk is made on the assumption that no script runs: nothing is allocated on the heap, nothing
 * is rooted, nothing can move. The first thing that needs script (a getter, an Error's stack, a
 * Map) ends it, and the walk starts again with care: every object met is kept in a list, properties
 * are read as script would read them, and whatever a getter does is survived. Nothing was
 * observable before, so the second walk is the only one a script can tell of.
 *
 * Invariant: until commit() nothing of the sender has changed; after it nothing can fail.
 */
#include "runtime/engine/parts.h"

#include "runtime/engine/clone.h"

/* ---- containers
 * ------------------------------------------------------------------------------------------------
 */

static enum write_result push_frame(struct writer *w, const struct write_frame *frame)
{
    if (w->depth == w->frame_room) {
        bool is_few = w->frames == w->few_frames;
        size_t room = w->frame_room * 4;
        struct write_frame *frames = realloc(is_few ? NULL : w->frames, room * sizeof(*frames));
        if (!frames) {
            return WRITE_NO_MEMORY;
        }
        if (is_few) {
            memcpy(frames, w->frames, w->depth * sizeof(*frames));
        }
        w->frames = frames;
        w->frame_room = room;
    }
    w->frames[w->depth++] = *frame;
    return WRITE_OK;
}

/* Entries of `object` follow, read as a script reads them. */
static enum write_result write_keys(struct writer *w, duk_hobject *object)
{
    duk_push_hobject(w->thr, object);
    duk_hobject_get_enumerated_keys(w->thr, DUK_ENUM_OWN_PROPERTIES_ONLY);
    uint32_t count = (uint32_t)duk_get_length(w->thr, -1);
    uint32_t keys = keep_top(w);
    if (!reserve(w, 4)) {
        return WRITE_NO_MEMORY;
    }
    struct write_frame frame = {object, 0, count, 0, w->size, FRAME_KEYS, keys};
    put_u32(w, 0);
    return push_frame(w, &frame);
}

/* Entries of `object` follow, read straight from its table. */
static enum write_result write_entries(struct writer *w, duk_hobject *object)
{
    if (w->is_careful) {
        return write_keys(w, object);
    }
    if (w->is_unguarded && DUK_HOBJECT_GET_ENEXT(object) > FEW_NODES) {
        return WRITE_CARE;
    }
    if (!reserve(w, 4)) {
        return WRITE_NO_MEMORY;
    }
    struct write_frame frame = {object,        0, DUK_HOBJECT_GET_ENEXT(object), 0, w->size,
                                FRAME_ENTRIES, 0};
    put_u32(w, 0);
    return push_frame(w, &frame);
}

/* True when it was an array of numbers and is written. */
static bool write_doubles(struct writer *w, duk_hobject *array, uint32_t count)
{
    duk_tval *values = DUK_HOBJECT_A_GET_BASE(w->thr->heap, array);
    if (count < 8 || DUK_HOBJECT_GET_ENEXT(array) != 0) {
        return false;
    }
    for (uint32_t i = 0; i < count; i++) {
        if (!DUK_TVAL_IS_NUMBER(&values[i])) {
            return false;
        }
    }
    if (!reserve(w, 5 + (size_t)count * sizeof(double))) {
        return false;
    }
    w->data[w->size - 1] = (unsigned char)(CLONE_DOUBLES | (w->data[w->size - 1] & CLONE_NUMBERED));
    put_u32(w, count);
    unsigned char *at = w->data + w->size;
    for (uint32_t i = 0; i < count; i++, at += sizeof(double)) {
        double number = DUK_TVAL_GET_NUMBER(&values[i]);
        memcpy(at, &number, sizeof(number));
    }
    w->size += (size_t)count * sizeof(double);
    w->nodes += count;
    return true;
}

/* An array whose elements stand in its array part and cannot change while it is written: with care, a
 * collection's list. */
static enum write_result write_dense(struct writer *w, duk_hobject *object, unsigned numbered)
{
    uint32_t length = ((duk_harray *)object)->length;
    uint32_t count = DUK_HOBJECT_GET_ASIZE(object);
    count = count < length ? count : length;
    if (w->is_unguarded && count > FEW_NODES) {
        return WRITE_CARE;
    }
    if (!reserve(w, 9)) {
        return WRITE_NO_MEMORY;
    }
    put_tag(w, CLONE_ARRAY | numbered);
    if (count == length && write_doubles(w, object, count)) {
        return WRITE_OK;
    }
    if (!reserve(w, 8)) {
        return WRITE_NO_MEMORY;
    }
    put_u32(w, length);
    put_u32(w, count);
    struct write_frame frame = {object, 0, count, 0, 0, FRAME_ELEMENTS, 0};
    return push_frame(w, &frame);
}

static enum write_result write_array(struct writer *w, duk_hobject *object, unsigned numbered)
{
    if (!w->is_careful && DUK_HOBJECT_HAS_ARRAY_PART(object)) {
        return write_dense(w, object, numbered);
    }
    uint32_t length = ((duk_harray *)object)->length;
    return write_tag_u32(w, CLONE_SPARSE | numbered, length) ? write_entries(w, object)
                                                             : WRITE_NO_MEMORY;
}

static enum write_result write_internal_number(struct writer *w, duk_hobject *object, unsigned tag)
{
    duk_tval *value =
        duk_hobject_find_entry_tval_ptr_stridx(w->thr->heap, object, DUK_STRIDX_INT_VALUE);
    double number =
        value && DUK_TVAL_IS_NUMBER(value) ? DUK_TVAL_GET_NUMBER(value) : DUK_DOUBLE_NAN;
    if (!reserve(w, 9)) {
        return WRITE_NO_MEMORY;
    }
    put_tag(w, tag);
    put(w, &number, sizeof(number));
    return WRITE_OK;
}

static enum write_result write_boxed(struct writer *w, duk_hobject *object, unsigned numbered)
{
    duk_tval *value =
        duk_hobject_find_entry_tval_ptr_stridx(w->thr->heap, object, DUK_STRIDX_INT_VALUE);
    if (!value || !reserve(w, 2)) {
        return value ? WRITE_NO_MEMORY : WRITE_REFUSED;
    }
    if (DUK_TVAL_IS_BOOLEAN(value)) {
        put_tag(w, CLONE_BOXED_BOOLEAN | numbered);
        put_tag(w, DUK_TVAL_GET_BOOLEAN(value) != 0);
        return WRITE_OK;
    }
    if (!DUK_TVAL_IS_STRING(value) || DUK_HSTRING_HAS_SYMBOL(DUK_TVAL_GET_STRING(value))) {
        return WRITE_REFUSED;
    }
    put_tag(w, CLONE_BOXED_STRING | numbered);
    return write_string(w, DUK_TVAL_GET_STRING(value)) ? WRITE_OK : WRITE_NO_MEMORY;
}

/* ---- what script has a say in (careful only)
 * ----------------------------------------------------------------------- */

/* Pushes property `name` of `object` as a string; throws what its getter throws. */
static duk_hstring *push_property(struct writer *w, duk_hobject *object, const char *name)
{
    duk_push_hobject(w->thr, object);
    duk_get_prop_string(w->thr, -1, name);
    duk_remove(w->thr, -2);
    duk_to_string(w->thr, -1);
    return duk_require_hstring(w->thr, -1);
}

/* Writes the string on the top of the stack and keeps it. */
static enum write_result write_top_string(struct writer *w)
{
    bool is_written = write_string(w, duk_require_hstring(w->thr, -1));
    keep_top(w);
    return is_written ? WRITE_OK : WRITE_NO_MEMORY;
}

static enum write_result write_regexp(struct writer *w, duk_hobject *object, unsigned numbered)
{
    if (!reserve(w, 1)) {
        return WRITE_NO_MEMORY;
    }
    put_tag(w, CLONE_REGEXP | numbered);
    push_property(w, object, "source");
    enum write_result result = write_top_string(w);
    if (result == WRITE_OK) {
        push_property(w, object, "flags");
        result = write_top_string(w);
    }
    return result;
}

static uint32_t error_index(const char *name)
{
    static const char *const names[] = {
#define X(text, prototype) text,
        CLONE_ERRORS(X)
#undef X
    };
    for (uint32_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (strcmp(name, names[i]) == 0) {
            return i;
        }
    }
    return 0;
}

/* An own property that is a value; an accessor's is not asked for. */
static bool has_own(struct writer *w, duk_hobject *object, const char *name)
{
    duk_push_string(w->thr, name);
    duk_propdesc description;
    bool is_own = duk_hobject_get_own_propdesc(w->thr, object, duk_known_hstring(w->thr, -1),
                                               &description, 0) != 0;
    duk_pop(w->thr);
    return is_own && !(description.flags & DUK_PROPDESC_FLAG_ACCESSOR);
}

static enum write_result write_named(struct writer *w, const char *name)
{
    duk_push_string(w->thr, name);
    return write_top_string(w);
}

/* A key and the string it names. */
static enum write_result write_text_property(struct writer *w, duk_hobject *object,
                                             const char *name)
{
    enum write_result result = write_named(w, name);
    if (result == WRITE_OK) {
        push_property(w, object, name);
        result = write_top_string(w);
    }
    return result;
}

/* What follows an Error's text: its cause. A frame of the walk, so that causes may have causes. */
static enum write_result write_cause(struct writer *w, duk_hobject *object, uint32_t count,
                                     size_t count_at)
{
    duk_push_array(w->thr);
    duk_push_literal(w->thr, "cause");
    put_fresh(w->thr, -2, 0);
    uint32_t keys = keep_top(w);
    struct write_frame frame = {object, 0, 1, count, count_at, FRAME_KEYS, keys};
    return push_frame(w, &frame);
}

/* Standard name, message, stack and cause; the rest of an Error stays behind. */
static enum write_result write_error(struct writer *w, duk_hobject *object, unsigned numbered)
{
    push_property(w, object, "name");
    uint32_t index = error_index(duk_get_string(w->thr, -1));
    duk_pop(w->thr);
    bool has_message = has_own(w, object, "message");
    uint32_t count = 1u + has_message;
    if (!reserve(w, 9)) {
        return WRITE_NO_MEMORY;
    }
    put_tag(w, CLONE_ERROR | numbered);
    put_u32(w, index);
    size_t count_at = w->size;
    put_u32(w, count);
    enum write_result result = write_text_property(w, object, "stack");
    if (result == WRITE_OK && has_message) {
        result = write_text_property(w, object, "message");
    }
    if (result == WRITE_OK && has_own(w, object, "cause")) {
        result = write_cause(w, object, count, count_at);
    }
    return result;
}

static enum write_result write_collection(struct writer *w, duk_hobject *object, unsigned tag)
{
    collection_push_list(w->thr, (const struct collection *)object);
    duk_hobject *entries = duk_require_hobject(w->thr, -1);
    keep_top(w);
    return reserve(w, 1) ? (put_tag(w, tag), write_dense(w, entries, 0)) : WRITE_NO_MEMORY;
}

/* ---- objects ----------------------------------------------------------------------------------
 */

/* Whether its prototype says that it is nothing of the host's. */
static bool is_plain(struct writer *w, duk_hobject *object)
{
    duk_hobject *prototype = DUK_HOBJECT_GET_PROTOTYPE(w->thr->heap, object);
    return !w->engine->options.hooks.kind_of || !prototype ||
           prototype == w->thr->builtins[DUK_BIDX_OBJECT_PROTOTYPE];
}

static enum engine_kind kind_of(struct writer *w, duk_hobject *object)
{
    const struct engine_hooks *hooks = &w->engine->options.hooks;
    if (is_plain(w, object)) {
        return ENGINE_PLAIN;
    }
    duk_push_hobject(w->thr, object);
    enum engine_kind kind = hooks->kind_of(w->engine->options.owner, w->thr, -1);
    duk_pop(w->thr);
    return kind;
}

static enum write_result write_plain(struct writer *w, duk_hobject *object, unsigned numbered)
{
    uint32_t index;
    if (w->is_unguarded && !is_plain(w, object)) {
        return WRITE_CARE;
    }
    switch (kind_of(w, object)) {
    case ENGINE_PLAIN:
        if (!w->is_careful && DUK_HOBJECT_HAS_ARRAY_PART(object)) {
            return WRITE_CARE;
        }
        if (!reserve(w, 1)) {
            return WRITE_NO_MEMORY;
        }
        put_tag(w, CLONE_OBJECT | numbered);
        return write_entries(w, object);
    case ENGINE_PORT:
        if (!numbers_find(&w->moved_ports, object, &index)) {
            return WRITE_UNLISTED;
        }
        return write_tag_u32(w, CLONE_PORT | numbered, index) ? WRITE_OK : WRITE_NO_MEMORY;
    default:
        return WRITE_REFUSED;
    }
}

static enum write_result write_cell(struct writer *w, duk_hobject *object, unsigned numbered)
{
    bool is_map = is_map_object(object);
    if (!is_map && !is_set_object(object)) {
        return WRITE_REFUSED;
    }
    return w->is_careful ? write_collection(w, object, (is_map ? CLONE_MAP : CLONE_SET) | numbered)
                         : WRITE_CARE;
}

static enum write_result write_by_class(struct writer *w, duk_hobject *object, unsigned numbered)
{
    switch (DUK_HOBJECT_GET_CLASS_NUMBER(object)) {
    case DUK_HOBJECT_CLASS_ARRAY:
        return write_array(w, object, numbered);
    case DUK_HOBJECT_CLASS_OBJECT:
    case DUK_HOBJECT_CLASS_JSON:
    case DUK_HOBJECT_CLASS_MATH:
        return write_plain(w, object, numbered);
    case DUK_HOBJECT_CLASS_DATE:
        return write_internal_number(w, object, CLONE_DATE | numbered);
    case DUK_HOBJECT_CLASS_NUMBER:
        return write_internal_number(w, object, CLONE_BOXED_NUMBER | numbered);
    case DUK_HOBJECT_CLASS_BOOLEAN:
    case DUK_HOBJECT_CLASS_STRING:
        return write_boxed(w, object, numbered);
    case ENGINE_CLASS_CELL:
        return write_cell(w, object, numbered);
    case DUK_HOBJECT_CLASS_REGEXP:
        return w->is_careful ? write_regexp(w, object, numbered) : WRITE_CARE;
    case DUK_HOBJECT_CLASS_ERROR:
        return w->is_careful ? write_error(w, object, numbered) : WRITE_CARE;
    default:
        return DUK_HOBJECT_IS_BUFOBJ(object) ? write_buffer_object(w, object, numbered)
                                             : WRITE_REFUSED;
    }
}

static enum write_result write_object(struct writer *w, duk_hobject *object)
{
    if (DUK_HOBJECT_IS_PROXY(object) || DUK_HOBJECT_IS_CALLABLE(object)) {
        return WRITE_REFUSED;
    }
    if (w->is_unguarded && DUK_HOBJECT_IS_BUFOBJ(object)) {
        return WRITE_CARE;
    }
    if (DUK_HOBJECT_GET_CLASS_NUMBER(object) == DUK_HOBJECT_CLASS_ARRAYBUFFER) {
        duk_hbuffer *plain = ((duk_hbufobj *)object)->buf;
        return plain ? write_buffer(w, plain) : WRITE_DETACHED;
    }
    /* What one place refers to is met once. */
    if (!w->is_careful && DUK_HEAPHDR_GET_REFCOUNT(&object->hdr) <= 1) {
        return write_by_class(w, object, 0);
    }
    uint32_t number = numbers_add(&w->objects, object, w->objects.count);
    if (number == NUMBER_FAIL) {
        return WRITE_NO_MEMORY;
    }
    if (number != NUMBER_NEW) {
        return write_tag_u32(w, CLONE_REF, number) ? WRITE_OK : WRITE_NO_MEMORY;
    }
    if (w->is_careful) {
        duk_push_hobject(w->thr, object);
        keep_top(w);
    }
    return write_by_class(w, object, CLONE_NUMBERED);
}

static enum write_result write_number(struct writer *w, duk_tval *value)
{
    if (!reserve(w, 9)) {
        return WRITE_NO_MEMORY;
    }
    double number = DUK_TVAL_GET_NUMBER(value);
    if (DUK_TVAL_IS_FASTINT(value) && number >= INT32_MIN && number <= INT32_MAX) {
        put_tag(w, CLONE_INT);
        put_u32(w, (uint32_t)(int32_t)number);
    } else {
        put_tag(w, CLONE_DOUBLE);
        put(w, &number, sizeof(number));
    }
    return WRITE_OK;
}

static enum write_result write_constant(struct writer *w, const duk_tval *value)
{
    unsigned tag = CLONE_FALSE;
    if (DUK_TVAL_IS_UNDEFINED(value)) {
        tag = CLONE_UNDEFINED;
    } else if (DUK_TVAL_IS_NULL(value)) {
        tag = CLONE_NULL;
    } else if (DUK_TVAL_IS_UNUSED(value)) {
        tag = CLONE_HOLE;
    } else if (DUK_TVAL_IS_BOOLEAN_TRUE(value)) {
        tag = CLONE_TRUE;
    }
    if (!reserve(w, 1)) {
        return WRITE_NO_MEMORY;
    }
    put_tag(w, tag);
    return WRITE_OK;
}

/* A plain buffer, which only natives make, arrives as the Uint8Array it looks like. */
static enum write_result write_plain_buffer(struct writer *w, duk_hbuffer *plain)
{
    if (!reserve(w, 1)) {
        return WRITE_NO_MEMORY;
    }
    put_tag(w, CLONE_VIEW);
    uint32_t bytes = (uint32_t)DUK_HBUFFER_GET_SIZE(plain);
    return write_view(w, plain, (uint32_t[]){DUK_BUFOBJ_UINT8ARRAY, 0, bytes});
}

static enum write_result write_value(struct writer *w, duk_tval *value)
{
    enum write_result result = WRITE_REFUSED;
    w->nodes++;
    if (DUK_TVAL_IS_NUMBER(value)) {
        return write_number(w, value);
    }
    switch (DUK_TVAL_GET_TAG(value)) {
    case DUK_TAG_STRING:
        if (!DUK_HSTRING_HAS_SYMBOL(DUK_TVAL_GET_STRING(value))) {
            result = write_string(w, DUK_TVAL_GET_STRING(value)) ? WRITE_OK : WRITE_NO_MEMORY;
        }
        break;
    case DUK_TAG_OBJECT:
        result = write_object(w, DUK_TVAL_GET_OBJECT(value));
        break;
    case DUK_TAG_BUFFER:
        result = w->is_unguarded ? WRITE_CARE : write_plain_buffer(w, DUK_TVAL_GET_BUFFER(value));
        break;
    case DUK_TAG_POINTER:
    case DUK_TAG_LIGHTFUNC:
        break;
    default:
        result = write_constant(w, value);
        break;
    }
    if (result == WRITE_REFUSED) {
        w->culprit = *value;
    }
    return result;
}

/* ---- the walk -----------------------------------------------------------------------------------
 */

/* A list has elements only, which its keys, read as a script reads them, would name again. */
static enum write_result write_no_entries(struct writer *w)
{
    if (!reserve(w, 4)) {
        return WRITE_NO_MEMORY;
    }
    put_u32(w, 0);
    return WRITE_OK;
}

/* Each of these writes children of the topmost frame until one of them is a container itself. */

static enum write_result walk_elements(struct writer *w)
{
    size_t depth = w->depth;
    struct write_frame *frame = &w->frames[depth - 1];
    duk_hobject *object = frame->object;
    while (frame->next < frame->end) {
        /* With care, writing may collect and so move the table. */
        duk_tval value = *DUK_HOBJECT_A_GET_VALUE_PTR(w->thr->heap, object, frame->next);
        frame->next++;
        enum write_result result = write_value(w, &value);
        if (result != WRITE_OK || w->depth != depth) {
            return result;
        }
    }
    w->depth--;
    return w->is_careful ? write_no_entries(w) : write_entries(w, object);
}

static void end_entries(struct writer *w, const struct write_frame *frame)
{
    memcpy(w->data + frame->count_at, &frame->count, sizeof(frame->count));
    w->depth--;
}

static enum write_result walk_entries(struct writer *w)
{
    size_t depth = w->depth;
    struct write_frame *frame = &w->frames[depth - 1];
    duk_hobject *object = frame->object;
    while (frame->next < frame->end) {
        uint32_t i = frame->next++;
        duk_hstring *key = DUK_HOBJECT_E_GET_KEY(w->thr->heap, object, i);
        unsigned flags = DUK_HOBJECT_E_GET_FLAGS(w->thr->heap, object, i);
        if (!key || !(flags & DUK_PROPDESC_FLAG_ENUMERABLE) || DUK_HSTRING_HAS_SYMBOL(key)) {
            continue;
        }
        if (flags & DUK_PROPDESC_FLAG_ACCESSOR) {
            return WRITE_CARE;
        }
        frame->count++;
        if (!write_string(w, key)) {
            return WRITE_NO_MEMORY;
        }
        enum write_result result =
            write_value(w, DUK_HOBJECT_E_GET_VALUE_TVAL_PTR(w->thr->heap, object, i));
        if (result != WRITE_OK || w->depth != depth) {
            return result;
        }
    }
    end_entries(w, frame);
    return WRITE_OK;
}

/* Pushes key and value of the next property that is still there; false when there are no more. */
static bool push_next_property(struct writer *w, struct write_frame *frame)
{
    duk_propdesc description;
    duk_get_prop_index(w->thr, w->kept, frame->keys);
    while (frame->next < frame->end) {
        duk_get_prop_index(w->thr, -1, frame->next++);
        if (duk_hobject_get_own_propdesc(w->thr, frame->object, duk_known_hstring(w->thr, -1),
                                         &description, 0)) {
            duk_remove(w->thr, -2);
            duk_push_hobject(w->thr, frame->object);
            duk_dup(w->thr, -2);
            duk_get_prop(w->thr, -2);
            duk_remove(w->thr, -2);
            return true;
        }
        duk_pop(w->thr);
    }
    duk_pop(w->thr);
    return false;
}

static enum write_result walk_keys(struct writer *w)
{
    size_t depth = w->depth;
    struct write_frame *frame = &w->frames[depth - 1];
    while (push_next_property(w, frame)) {
        frame->count++;
        if (!write_string(w, duk_known_hstring(w->thr, -2))) {
            return WRITE_NO_MEMORY;
        }
        duk_tval value = *DUK_GET_TVAL_NEGIDX(w->thr, -1);
        enum write_result result = write_value(w, &value);
        if (result == WRITE_REFUSED) {
            return result; /* the stack keeps the culprit */
        }
        duk_pop_2(w->thr);
        if (result != WRITE_OK || w->depth != depth) {
            return result;
        }
    }
    end_entries(w, frame);
    return WRITE_OK;
}

static enum write_result walk(struct writer *w)
{
    duk_tval value = *duk_require_tval(w->thr, w->value);
    enum write_result result = write_value(w, &value);
    while (result == WRITE_OK && w->depth) {
        if (w->is_unguarded && (w->nodes > FEW_NODES || w->thr->interrupt_counter == 0)) {
            return WRITE_CARE;
        }
        ENGINE_CHECK_STOP(w->thr);
        switch (w->frames[w->depth - 1].kind) {
        case FRAME_ELEMENTS:
            result = walk_elements(w);
            break;
        case FRAME_ENTRIES:
            result = walk_entries(w);
            break;
        case FRAME_KEYS:
            result = walk_keys(w);
            break;
        }
    }
    return result;
}
