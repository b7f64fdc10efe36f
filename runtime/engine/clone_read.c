/*
 * Structured clone, the receiver's half. Part of unity.c. Objects are built as they will stand:
 * tables sized at once, values moved into them without reference traffic. A container is put into
 * its parent before its children are read, so everything hangs on the root, which is on the stack;
 * no script sees any of it before it is complete.
 *
 * Every count is held against the bytes that are left: a damaged message throws, and costs no more
 * memory than its size warrants. Invariants: between two values the value stack has its height of
 * the beginning; nothing that was put into a container is replaced or taken out, for the tables of
 * numbers and the frames hold pointers that count on it.
 */
#include "runtime/engine/parts.h"

#include "runtime/engine/clone.h"

/* ---- containers
 * -------------------------------------------------------------------------------------- */

static void push_read_frame(struct reader *r, const struct read_frame *frame)
{
    if (r->depth == r->frame_room) {
        size_t room = r->frame_room * 4;
        r->frames = grow_table(r, r->frames, r->few_frames, r->depth, room, sizeof(*r->frames));
        r->frame_room = room;
    }
    r->frames[r->depth++] = *frame;
}

static inline uint32_t hash_size(uint32_t count)
{
    uint32_t size = 1;
    while (size < count) {
        size <<= 1;
    }
    return size * 2;
}

/* `count` entries of `object` follow. */
static void expect_entries(struct reader *r, duk_hobject *object, unsigned flags)
{
    uint32_t count = take_count(r, 2);
    if (!count) {
        return;
    }
    if (DUK_HOBJECT_IS_ARRAY(object)) {
        /* it has a table of another kind */
    } else if (count < DUK_USE_HOBJECT_HASH_PROP_LIMIT) {
        engine_first_entries(r->thr, object, count);
    } else {
        duk_hobject_realloc_props(r->thr, object, count, 0, hash_size(count), 0);
    }
    struct read_frame frame = {
        .object = object, .end = count, .kind = READ_ENTRIES, .flags = flags};
    push_read_frame(r, &frame);
}

static void push_object(struct reader *r, unsigned flags, duk_small_int_t prototype)
{
    duk_push_object_helper(r->thr, DUK_HOBJECT_FLAG_EXTENSIBLE | DUK_HOBJECT_FLAG_FASTREFS | flags,
                           prototype);
}

static void push_elements(struct reader *r, uint32_t number)
{
    uint32_t length = take_u32(r), count = take_count(r, 1);
    if (count > length) {
        damaged(r);
    }
    duk_harray *array = duk_push_harray(r->thr);
    set_number(r, number);
    if (count) {
        duk_hobject_realloc_props(r->thr, &array->obj, 0, count, 0, 0);
    }
    array->length = length;
    struct read_frame frame = {
        .object = &array->obj, .end = count, .kind = READ_ELEMENTS, .has_entries = true};
    push_read_frame(r, &frame);
}

static void push_doubles(struct reader *r, uint32_t number)
{
    uint32_t count = take_count(r, sizeof(double));
    duk_harray *array = duk_push_harray_with_size(r->thr, count);
    set_number(r, number);
    duk_tval *values = DUK_HOBJECT_A_GET_BASE(r->thr->heap, &array->obj);
    for (uint32_t i = 0; i < count; i++) {
        double value = take_double(r);
        DUK_TVAL_SET_NUMBER_CHKFAST_SLOW(&values[i], value);
    }
}

static void push_sparse(struct reader *r, uint32_t number)
{
    duk_harray *array = duk_push_harray(r->thr);
    set_number(r, number);
    array->length = take_u32(r);
    expect_entries(r, &array->obj, DUK_PROPDESC_FLAGS_WEC);
}

static void push_error(struct reader *r, uint32_t number)
{
    static const unsigned char prototypes[] = {
#define X(text, prototype) prototype,
        CLONE_ERRORS(X)
#undef X
    };
    uint32_t index = take_u32(r);
    if (index >= sizeof(prototypes)) {
        damaged(r);
    }
    push_object(r, DUK_HOBJECT_CLASS_AS_FLAGS(DUK_HOBJECT_CLASS_ERROR), prototypes[index]);
    set_number(r, number);
    expect_entries(r, top_object(r), DUK_PROPDESC_FLAGS_WC);
}

/* The object that keeps the value on the top of the stack inside it, in its place. */
static void box(struct reader *r, uint32_t number, unsigned class, duk_small_int_t prototype)
{
    unsigned exotic = class == DUK_HOBJECT_CLASS_STRING ? DUK_HOBJECT_FLAG_EXOTIC_STRINGOBJ : 0;
    push_object(r, DUK_HOBJECT_CLASS_AS_FLAGS(class) | exotic, prototype);
    set_number(r, number);
    duk_insert(r->thr, -2);
    duk_xdef_prop_stridx(r->thr, -2, DUK_STRIDX_INT_VALUE,
                         class == DUK_HOBJECT_CLASS_DATE ? DUK_PROPDESC_FLAGS_W
                                                         : DUK_PROPDESC_FLAGS_NONE);
}

static void push_regexp(struct reader *r, uint32_t number)
{
    duk_push_hobject_bidx(r->thr, DUK_BIDX_REGEXP_CONSTRUCTOR);
    push_kept_string(r);
    push_kept_string(r);
    duk_new(r->thr, 2);
    if (!duk_is_object(r->thr, -1)) {
        damaged(r);
    }
    set_number(r, number);
}

static void read_new_collection(struct reader *r, uint32_t number, bool is_map)
{
    collection_push(r->thr, is_map);
    set_number(r, number);
    struct read_frame frame = {.object = top_object(r), .end = 1, .kind = READ_COLLECTION};
    push_read_frame(r, &frame);
}

/* ---- buffers
 * -------------------------------------------------------------------------------------------- */

static void push_taken_store(struct reader *r, uint32_t number, bool is_shared)
{
    struct message *message = r->message;
    uint32_t index = take_u32(r);
    struct store *store = index < message->store_count ? message->stores[index] : NULL;
    if (!store || store_is_shared(store) != is_shared) {
        damaged(r);
    }
    if (is_shared) {
        store_ref(store); /* several buffers may stand on it */
    } else {
        message->stores[index] = NULL;
        admit(r->thr, &store);
    }
    engine_push_store(r->thr, store);
    set_number(r, number);
}

static void push_bytes(struct reader *r, uint32_t number)
{
    uint32_t bytes = take_u32(r);
    const void *data = take(r, bytes);
    struct store *store = store_for(r->thr, bytes, false);
    memcpy(store_data(store), data, bytes);
    engine_push_store(r->thr, store);
    set_number(r, number);
}

static void push_object_ref(struct reader *r)
{
    uint32_t number = take_u32(r);
    if (number >= r->object_count || !r->objects[number]) {
        damaged(r);
    }
    duk_push_hobject(r->thr, r->objects[number]);
}

/* Pushes the ArrayBuffer or SharedArrayBuffer that follows. */
static void push_buffer_value(struct reader *r)
{
    unsigned tag = take_u8(r);
    uint32_t number = reserve_number(r, tag);
    switch (tag & ~(unsigned)CLONE_NUMBERED) {
    case CLONE_BYTES:
        push_bytes(r, number);
        break;
    case CLONE_STORE:
        push_taken_store(r, number, false);
        break;
    case CLONE_SHARED:
        push_taken_store(r, number, true);
        break;
    case CLONE_REF:
        push_object_ref(r);
        break;
    default:
        damaged(r);
    }
}

static void push_view(struct reader *r, uint32_t number)
{
    uint32_t type = take_u32(r), offset = take_u32(r), bytes = take_u32(r);
    bool is_tracking = (type & CLONE_TRACKING) != 0;
    type &= ~CLONE_TRACKING;
    push_buffer_value(r);
    duk_hbufobj *buffer = buffer_object_at(r->thr, -1);
    if (type < DUK_BUFOBJ_DATAVIEW || type > DUK_BUFOBJ_FLOAT64ARRAY || !buffer ||
        buffer->is_typedarray || offset > buffer->length || bytes > buffer->length - offset) {
        damaged(r);
    }
    duk_push_buffer_object(r->thr, -1, offset, bytes, type);
    duk_hbufobj *view = buffer_object_at(r->thr, -1);
    view->is_known = 1;
    view->is_tracking = is_tracking && buffer_is_resizable(view);
    view->own_offset = offset;
    view->own_length = bytes;
    set_number(r, number);
    duk_remove(r->thr, -2);
}

static void push_port(struct reader *r, uint32_t number)
{
    const struct engine_hooks *hooks = &r->engine->options.hooks;
    struct message *message = r->message;
    uint32_t index = take_u32(r);
    struct port *port = index < message->port_count ? message->ports[index] : NULL;
    if (!port || !hooks->port_push) {
        damaged(r);
    }
    hooks->port_push(r->engine->options.owner, r->thr, port);
    message->ports[index] =
        NULL; /* until then the message frees it: the isolate may die in there */
    set_number(r, number);
}

/* ---- values
 * --------------------------------------------------------------------------------------------------
 */

/* Pushes the value that follows; a frame is pushed as well when children follow it. */
static void push_value(struct reader *r);

static void push_leaf_object(struct reader *r, unsigned kind, uint32_t number)
{
    switch (kind) {
    case CLONE_DATE:
        duk_push_number(r->thr, take_double(r));
        box(r, number, DUK_HOBJECT_CLASS_DATE, DUK_BIDX_DATE_PROTOTYPE);
        break;
    case CLONE_BOXED_NUMBER:
        duk_push_number(r->thr, take_double(r));
        box(r, number, DUK_HOBJECT_CLASS_NUMBER, DUK_BIDX_NUMBER_PROTOTYPE);
        break;
    case CLONE_BOXED_BOOLEAN:
        duk_push_boolean(r->thr, take_u8(r) != 0);
        box(r, number, DUK_HOBJECT_CLASS_BOOLEAN, DUK_BIDX_BOOLEAN_PROTOTYPE);
        break;
    case CLONE_BOXED_STRING:
        push_next_string(r);
        box(r, number, DUK_HOBJECT_CLASS_STRING, DUK_BIDX_STRING_PROTOTYPE);
        break;
    case CLONE_REGEXP:
        push_regexp(r, number);
        break;
    case CLONE_BYTES:
        push_bytes(r, number);
        break;
    case CLONE_STORE:
        push_taken_store(r, number, false);
        break;
    case CLONE_SHARED:
        push_taken_store(r, number, true);
        break;
    case CLONE_VIEW:
        push_view(r, number);
        break;
    case CLONE_PORT:
        push_port(r, number);
        break;
    default:
        damaged(r);
    }
}

static void push_any_object(struct reader *r, unsigned tag)
{
    uint32_t number = reserve_number(r, tag);
    unsigned kind = tag & ~(unsigned)CLONE_NUMBERED;
    switch (kind) {
    case CLONE_OBJECT:
        push_object(r, DUK_HOBJECT_CLASS_AS_FLAGS(DUK_HOBJECT_CLASS_OBJECT),
                    DUK_BIDX_OBJECT_PROTOTYPE);
        set_number(r, number);
        expect_entries(r, top_object(r), DUK_PROPDESC_FLAGS_WEC);
        break;
    case CLONE_ARRAY:
        push_elements(r, number);
        break;
    case CLONE_SPARSE:
        push_sparse(r, number);
        break;
    case CLONE_DOUBLES:
        push_doubles(r, number);
        break;
    case CLONE_ERROR:
        push_error(r, number);
        break;
    case CLONE_MAP:
        read_new_collection(r, number, true);
        break;
    case CLONE_SET:
        read_new_collection(r, number, false);
        break;
    default:
        push_leaf_object(r, kind, number);
    }
}

static void push_value(struct reader *r)
{
    unsigned tag = take_u8(r);
    switch (tag) {
    case CLONE_UNDEFINED:
        duk_push_undefined(r->thr);
        break;
    case CLONE_NULL:
        duk_push_null(r->thr);
        break;
    case CLONE_TRUE:
        duk_push_true(r->thr);
        break;
    case CLONE_FALSE:
        duk_push_false(r->thr);
        break;
    case CLONE_INT:
        duk_push_int(r->thr, (int32_t)take_u32(r));
        break;
    case CLONE_DOUBLE:
        duk_push_number(r->thr, take_double(r));
        break;
    case CLONE_STRING:
    case CLONE_STRING | CLONE_NUMBERED:
    case CLONE_STRING_REF:
        push_string(r, tag);
        break;
    case CLONE_REF:
        push_object_ref(r);
        break;
    default:
        push_any_object(r, tag);
    }
}

/* ---- building
 * --------------------------------------------------------------------------------------------------
 */

/* Moves the top of the stack to `slot`, which holds nothing. */
static inline void move_top(struct reader *r, duk_tval *slot)
{
    duk_tval *top = --r->thr->valstack_top;
    DUK_TVAL_SET_TVAL(slot, top);
    DUK_TVAL_SET_UNDEFINED(top);
}

static void read_elements(struct reader *r)
{
    size_t depth = r->depth;
    duk_hobject *object = r->frames[depth - 1].object;
    while (r->frames[depth - 1].next < r->frames[depth - 1].end) {
        uint32_t i = r->frames[depth - 1].next++;
        if (left(r) && *r->at == CLONE_HOLE) {
            r->at++;
            continue;
        }
        push_value(r);
        move_top(r, DUK_HOBJECT_A_GET_VALUE_PTR(r->thr->heap, object, i));
        if (r->depth != depth) {
            return;
        }
    }
    r->depth--;
    expect_entries(r, object, DUK_PROPDESC_FLAGS_WEC);
}

/* An array has room for `key`: none of its own, `length` among them, and no index past its length. */
static bool is_new_in_array(struct reader *r, duk_hobject *object, duk_hstring *key)
{
    duk_propdesc description;
    uint32_t index = DUK_HSTRING_GET_ARRIDX_SLOW(key);
    return (index == DUK_HSTRING_NO_ARRAY_INDEX || index < ((duk_harray *)object)->length) &&
           !duk_hobject_get_own_propdesc(r->thr, object, key, &description, 0);
}

/* Among the first `count` entries of an object without a hash, which are few. */
static inline bool has_entry(struct reader *r, duk_hobject *object, duk_hstring *key,
                             uint32_t count)
{
    duk_hstring **keys = DUK_HOBJECT_E_GET_KEY_BASE(r->thr->heap, object);
    (void)r; /* the macro has no use for the heap */
    for (uint32_t i = 0; i < count; i++) {
        if (keys[i] == key) {
            return true;
        }
    }
    return false;
}

/* As add_entry, by the engine's ways into the table. */
static void put_entry(struct reader *r, duk_hobject *object, unsigned flags)
{
    duk_hstring *key = duk_known_hstring(r->thr, -2);
    bool is_array = DUK_HOBJECT_IS_ARRAY(object);
    if (is_array && !is_new_in_array(r, object, key)) {
        damaged(r);
    }
    uint32_t count = DUK_HOBJECT_GET_ENEXT(object);
    duk_hobject_define_property_internal(r->thr, object, key, flags);
    duk_pop(r->thr);
    if (!is_array && DUK_HOBJECT_GET_ENEXT(object) == count) {
        damaged(r); /* what had the key may be gone, so nothing more is read */
    }
}

/* Key and value are on the top of the stack. A sender writes each key once. */
static void add_entry(struct reader *r, duk_hobject *object, unsigned flags)
{
    duk_hthread *thr = r->thr;
    uint32_t i = DUK_HOBJECT_GET_ENEXT(object);
    if (DUK_HOBJECT_GET_HSIZE(object) || DUK_HOBJECT_IS_ARRAY(object) ||
        i >= DUK_HOBJECT_GET_ESIZE(object)) {
        put_entry(r, object, flags);
        return;
    }
    if (has_entry(r, object, DUK_TVAL_GET_STRING(thr->valstack_top - 2), i)) {
        damaged(r);
    }
    move_top(r, DUK_HOBJECT_E_GET_VALUE_TVAL_PTR(thr->heap, object, i));
    /* The key's reference moves along. */
    DUK_HOBJECT_E_SET_KEY(thr->heap, object, i, DUK_TVAL_GET_STRING(thr->valstack_top - 1));
    DUK_HOBJECT_E_SET_FLAGS(thr->heap, object, i, flags);
    DUK_HOBJECT_SET_ENEXT(object, i + 1);
    thr->valstack_top--;
    DUK_TVAL_SET_UNDEFINED(thr->valstack_top);
}

static void read_entries(struct reader *r)
{
    size_t depth = r->depth;
    duk_hobject *object = r->frames[depth - 1].object;
    unsigned flags = r->frames[depth - 1].flags;
    while (r->frames[depth - 1].next < r->frames[depth - 1].end) {
        r->frames[depth - 1].next++;
        DUK_HOBJECT_IS_ARRAY(object) ? push_kept_string(r) : push_next_string(r);
        push_value(r);
        add_entry(r, object, flags);
        if (r->depth != depth) {
            return;
        }
    }
    r->depth--;
}

/* Every element stands in the array part: a hole would ask the prototype, and so script. */
static bool is_dense(struct reader *r, duk_hobject *array)
{
    (void)r; /* the macro has no use for the heap */
    uint32_t length = ((duk_harray *)array)->length;
    if (DUK_HOBJECT_GET_ASIZE(array) < length) {
        return false;
    }
    duk_tval *values = DUK_HOBJECT_A_GET_BASE(r->thr->heap, array);
    for (uint32_t i = 0; i < length; i++) {
        if (DUK_TVAL_IS_UNUSED(&values[i])) {
            return false;
        }
    }
    return true;
}

/* First reads the array of what is in the collection, then fills it. */
static void read_collection(struct reader *r)
{
    size_t depth = r->depth;
    struct read_frame *frame = &r->frames[depth - 1];
    if (frame->next < frame->end) {
        frame->next++;
        push_value(r);
        /* a list of what is in the message, so never longer than that */
        if (!duk_is_array(r->thr, -1) || duk_get_length(r->thr, -1) > r->message->size) {
            damaged(r);
        }
        r->frames[depth - 1].entries = keep_value(r);
        return;
    }
    duk_push_hobject(r->thr, frame->object);
    duk_get_prop_index(r->thr, r->kept, frame->entries);
    if (!is_dense(r, top_object(r))) {
        damaged(r);
    }
    collection_fill_from(r->thr);
    duk_pop_2(r->thr);
    r->depth--;
}

static duk_ret_t read_body(duk_context *ctx, void *udata)
{
    struct reader *r = udata;
    duk_require_stack(ctx, 32);
    duk_push_undefined(ctx);
    r->kept = duk_get_top_index(ctx);
    push_value(r);
    while (r->depth) {
        engine_check_stop(ctx);
        switch (r->frames[r->depth - 1].kind) {
        case READ_ELEMENTS:
            read_elements(r);
            break;
        case READ_ENTRIES:
            read_entries(r);
            break;
        case READ_COLLECTION:
            read_collection(r);
            break;
        }
    }
    if (r->at != r->end) {
        damaged(r);
    }
    return 1;
}

/* Field by field: most of it is room that few messages need. */
static void reader_init(struct reader *r, duk_context *ctx, struct message *message)
{
    r->thr = ctx;
    r->engine = engine_of(ctx);
    r->message = message;
    r->at = message->data;
    r->end = message->data + message->size;
    r->kept_count = 0;
    r->base_flags = ctx->heap->ms_base_flags;
    r->object_count = r->string_count = 0;
    r->depth = 0;
    r->object_room = r->string_room = r->frame_room = READ_FEW;
    r->objects = r->few_objects;
    r->strings = r->few_strings;
    r->frames = r->few_frames;
    /* Tables that are being filled must keep their size. */
    ctx->heap->ms_base_flags |= DUK_MS_FLAG_NO_OBJECT_COMPACTION;
    r->engine->reading = message;
}

static void reader_fini(struct reader *r)
{
    r->engine->reading = NULL;
    r->thr->heap->ms_base_flags = r->base_flags;
    free(r->objects != r->few_objects ? r->objects : NULL);
    free(r->strings != r->few_strings ? r->strings : NULL);
    free(r->frames != r->few_frames ? r->frames : NULL);
}

int engine_clone_read(duk_context *ctx, struct message *message)
{
    struct reader r;
    reader_init(&r, ctx, message);
    bool is_read = duk_safe_call(ctx, read_body, &r, 0, 1) == DUK_EXEC_SUCCESS;
    reader_fini(&r);
    return is_read ? 0 : -1;
}

bool engine_clone_is_small(const struct message *message)
{
    return message->size <= READ_FEW * READ_LEAST && message->store_count == 0 &&
           message->port_count == 0;
}

void engine_clone_read_small(duk_context *ctx, struct message *message)
{
    struct reader r;
    reader_init(&r, ctx, message);
    read_body(ctx, &r);
    if (r.kept_count == 0) {
        move_top(&r, ctx->valstack_top - 2);
    } else {
        duk_replace(ctx, r.kept);
    }
    reader_fini(&r);
}

bool engine_clone_give_up(duk_context *ctx)
{
    struct engine *engine = engine_of(ctx);
    if (!engine->reading) {
        return false;
    }
    engine->reading = NULL;
    ctx->heap->ms_base_flags &= ~(duk_small_uint_t)DUK_MS_FLAG_NO_OBJECT_COMPACTION;
    return true;
}

const struct message *engine_reading(const struct engine *engine)
{
    return engine->reading;
}
