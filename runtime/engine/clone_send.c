/*
 * Structured clone, the sender's frame around the walk of clone_write.c: the transfer list before
 * it, the commit after it, and the errors. Part of unity.c.
 */
#include "runtime/engine/parts.h"

#include "runtime/engine/clone.h"

/* ---- errors
 * -------------------------------------------------------------------------------------------------
 */

void engine_push_clone_error(duk_context *ctx, const char *text)
{
    duk_push_error_object(ctx, DUK_ERR_ERROR, "%s", text);
    duk_push_string(ctx, "DataCloneError");
    define_hidden(ctx, "name", DUK_DEFPROP_SET_WRITABLE | DUK_DEFPROP_SET_CONFIGURABLE);
    duk_push_int(ctx, 25);
    define_hidden(ctx, "code", DUK_DEFPROP_SET_WRITABLE | DUK_DEFPROP_SET_CONFIGURABLE);
    duk_push_true(ctx);
    duk_put_prop_literal(ctx, -2, ENGINE_CLONE_ERROR);
}

/* Throws a DataCloneError with the text on the top of the stack. */
static void throw_data_clone_error(duk_context *ctx)
{
    engine_push_clone_error(ctx, duk_get_string(ctx, -1));
    duk_throw(ctx);
}

static void throw_clone_text(duk_context *ctx, const char *text)
{
    duk_push_string(ctx, text);
    throw_data_clone_error(ctx);
}

/* A TypeError with one of Node's codes. */
static void throw_coded(duk_context *ctx, const char *code, const char *text)
{
    duk_push_error_object(ctx, DUK_ERR_TYPE_ERROR, "%s", text);
    duk_push_string(ctx, code);
    define_hidden(ctx, "code", DUK_DEFPROP_SET_WRITABLE | DUK_DEFPROP_SET_CONFIGURABLE);
    duk_throw(ctx);
}

/* Replaces the object on the top by its constructor's name, if it has a decent one. */
static duk_ret_t constructor_name(duk_context *ctx, void *udata)
{
    (void)udata;
    duk_get_prop_string(ctx, -1, "constructor");
    duk_get_prop_string(ctx, -1, "name");
    duk_require_string(ctx, -1);
    return 1;
}

static void push_description(duk_context *ctx, duk_tval *culprit)
{
    duk_push_tval(ctx, culprit);
    duk_hobject *object = duk_get_hobject(ctx, -1);
    if (duk_is_symbol(ctx, -1)) {
        duk_push_symbol_descriptive_string(ctx, duk_known_hstring(ctx, -1));
    } else if (!object || (DUK_HOBJECT_IS_CALLABLE(object) && !DUK_HOBJECT_IS_PROXY(object))) {
        duk_safe_to_string(ctx, -1);
        duk_dup(ctx, -1);
    } else if (DUK_HOBJECT_GET_CLASS_NUMBER(object) == DUK_HOBJECT_CLASS_SYMBOL) {
        duk_push_string(ctx, "[object Symbol]");
    } else {
        bool is_named = false;
        if (!DUK_HOBJECT_IS_PROXY(object)) {
            duk_dup(ctx, -1);
            is_named = duk_safe_call(ctx, constructor_name, NULL, 1, 1) == DUK_EXEC_SUCCESS;
        } else {
            duk_push_undefined(ctx);
        }
        const char *name = is_named ? duk_get_string(ctx, -1) : "Object";
        duk_push_sprintf(ctx, "#<%s>", *name ? name : "Object");
    }
}

static void throw_result(struct writer *w, enum write_result result)
{
    switch (result) {
    case WRITE_NO_MEMORY:
        die_of_stores(w->thr);
        break;
    case WRITE_DETACHED:
        throw_clone_text(w->thr, "An ArrayBuffer is detached and could not be cloned.");
        break;
    case WRITE_UNLISTED:
        throw_coded(w->thr, "ERR_MISSING_TRANSFERABLE_IN_TRANSFER_LIST",
                    "Object that needs transfer was found in message but not listed in "
                    "transferList");
        break;
    default:
        push_description(w->thr, &w->culprit);
        duk_push_sprintf(w->thr, "%s could not be cloned.", duk_get_string(w->thr, -1));
        throw_data_clone_error(w->thr);
    }
}

/* ---- the transfer list
 * ---------------------------------------------------------------------------------------- */

static void list_number(struct writer *w, struct numbers *numbers, const void *key,
                        const char *duplicate)
{
    uint32_t number = numbers_add(numbers, key, numbers->count);
    if (number == NUMBER_FAIL) {
        throw_result(w, WRITE_NO_MEMORY);
    }
    if (number != NUMBER_NEW) {
        throw_clone_text(w->thr, duplicate);
    }
}

static void throw_not_transferable(struct writer *w)
{
    throw_coded(w->thr, "ERR_INVALID_TRANSFER_OBJECT", "Found invalid object in transferList");
}

static void list_buffer(struct writer *w, duk_hbufobj *object)
{
    duk_hbuffer *plain = object->buf;
    if (DUK_HOBJECT_GET_CLASS_NUMBER(&object->obj) != DUK_HOBJECT_CLASS_ARRAYBUFFER) {
        throw_not_transferable(w);
    }
    if (!plain || DUK_HEAPHDR_CHECK_FLAG_BITS(&plain->hdr, ENGINE_BUFFER_FLAG_DETACHED)) {
        throw_result(w, WRITE_DETACHED); /* it has no store any more */
    }
    struct store_buffer *buffer = store_buffer_of(object);
    if (buffer && store_is_shared(buffer->store)) {
        throw_not_transferable(w);
    }
    list_number(w, &w->moved_buffers, plain, "Transfer list contains duplicate ArrayBuffer");
}

/* Whether the object on the top was marked by markAsUntransferable(): it is not in the list then. */
static bool is_pinned(duk_context *ctx)
{
    bool is_marked = duk_get_prop_literal(ctx, -1, ENGINE_PINNED);
    duk_pop(ctx);
    return is_marked;
}

/* Checks the list and copies it to the front of `kept`: what it says later does not count. */
static void read_transfer_list(struct writer *w)
{
    if (duk_is_null_or_undefined(w->thr, w->transfer)) {
        return;
    }
    duk_size_t count = duk_get_length(w->thr, w->transfer);
    for (uint32_t i = 0; i < count; i++) {
        duk_get_prop_index(w->thr, w->transfer, i);
        duk_hobject *object = duk_get_hobject(w->thr, -1);
        if (object && is_pinned(w->thr)) {
            duk_pop(w->thr);
            continue;
        }
        if (object && DUK_HOBJECT_IS_BUFOBJ(object)) {
            list_buffer(w, (duk_hbufobj *)object);
        } else if (object && !DUK_HOBJECT_IS_PROXY(object) && kind_of(w, object) == ENGINE_PORT) {
            list_number(w, &w->moved_ports, object, "Transfer list contains duplicate MessagePort");
        } else if (object && has_own(w, object, ENGINE_MOVED)) {
            throw_clone_text(w->thr, "MessagePort in transfer list is already detached");
        } else {
            throw_not_transferable(w);
        }
        keep_top(w);
        w->moved_count++;
    }
}

/* Makes places in the message for what is moved; they are filled by commit(). */
static bool reserve_moved(struct writer *w)
{
    struct message *message = w->message;
    size_t stores = w->moved_buffers.count, ports = w->moved_ports.count;
    if (stores) {
        message->stores = calloc(stores, sizeof(struct store *));
        w->store_room = message->store_count = message->stores ? stores : 0;
    }
    if (ports) {
        message->ports = calloc(ports, sizeof(struct port *));
        message->port_count = message->ports ? ports : 0;
        message->port_unref = w->engine->options.hooks.port_unref;
    }
    return message->store_count == stores && message->port_count == ports;
}

/* ---- the commit
 * ---------------------------------------------------------------------------------------------- */

static duk_hobject *moved_object(struct writer *w, uint32_t index)
{
    duk_get_prop_index(w->thr, w->kept, index);
    duk_hobject *object = duk_known_hobject(w->thr, -1);
    duk_pop(w->thr);
    return object;
}

/* The last things that can fail: getters may have moved what was listed, and buffers on the heap
 * need a store to leave in. */
static void prepare_commit(struct writer *w)
{
    uint32_t number = 0;
    for (uint32_t i = 0; i < w->moved_count; i++) {
        duk_hobject *object = moved_object(w, i);
        if (!DUK_HOBJECT_IS_BUFOBJ(object)) {
            if (kind_of(w, object) != ENGINE_PORT) {
                throw_result(w, WRITE_UNLISTED);
            }
            continue;
        }
        duk_hbuffer *plain = ((duk_hbufobj *)object)->buf;
        if (DUK_HEAPHDR_CHECK_FLAG_BITS(&plain->hdr, ENGINE_BUFFER_FLAG_DETACHED)) {
            throw_result(w, WRITE_DETACHED);
        }
        if (!DUK_HEAPHDR_CHECK_FLAG_BITS(&plain->hdr, ENGINE_BUFFER_FLAG_STORE)) {
            w->message->stores[number] = copy_buffer(w, plain);
            if (!w->message->stores[number]) {
                throw_result(w, WRITE_NO_MEMORY);
            }
        }
        number++;
    }
}

static void commit(struct writer *w)
{
    const struct engine_hooks *hooks = &w->engine->options.hooks;
    struct message *message = w->message;
    uint32_t stores = 0, ports = 0;
    for (uint32_t i = 0; i < w->moved_count; i++) {
        duk_hobject *object = moved_object(w, i);
        if (DUK_HOBJECT_IS_BUFOBJ(object)) {
            struct store *store = buffer_detach(w->engine, ((duk_hbufobj *)object)->buf);
            message->stores[stores] = store ? store : message->stores[stores];
            message->transfer_bytes += store_bytes(message->stores[stores]);
            message->transfer_count++;
            stores++;
        } else {
            duk_push_hobject(w->thr, object);
            message->ports[ports++] = hooks->port_take(w->engine->options.owner, w->thr, -1);
            duk_pop(w->thr);
        }
    }
    message->data = w->data;
    message->size = w->size;
    message->bytes = w->size + w->copied_bytes;
    message->nodes = w->nodes;
}

/* ---- the interface
 * --------------------------------------------------------------------------------------------- */

/* Forgets a walk that needs to be made with care; the transfer list stands. */
static void restart(struct writer *w)
{
    struct message *message = w->message;
    for (size_t i = w->moved_buffers.count; i < message->store_count; i++) {
        store_unref(&message->stores[i]);
    }
    message->store_count = w->moved_buffers.count;
    message->share_count = message->share_bytes = 0;
    numbers_fini(&w->objects);
    numbers_fini(&w->strings);
    numbers_fini(&w->stores);
    w->size = w->depth = 0;
    w->nodes = w->copied_bytes = 0;
    w->is_careful = true;
}

static duk_ret_t write_body(duk_context *ctx, void *udata)
{
    struct writer *w = udata;
    duk_require_stack(ctx, 32);
    duk_push_undefined(ctx);
    w->kept = duk_get_top_index(ctx);
    w->message = message_new();
    if (!w->message) {
        throw_result(w, WRITE_NO_MEMORY);
    }
    w->data = w->message->data;
    w->room = MESSAGE_INSIDE;
    if (w->transfer != DUK_INVALID_INDEX) {
        read_transfer_list(w);
    }
    if (!reserve_moved(w)) {
        throw_result(w, WRITE_NO_MEMORY);
    }
    enum write_result result = walk(w);
    if (result == WRITE_CARE) {
        restart(w);
        result = walk(w);
    }
    if (result != WRITE_OK) {
        throw_result(w, result);
    }
    prepare_commit(w);
    commit(w);
    return 0;
}

/* Field by field: most of a writer is room that few messages need. */
static void writer_init(struct writer *w, duk_context *ctx)
{
    w->thr = ctx;
    w->engine = engine_of(ctx);
    w->is_careful = w->is_unguarded = false;
    w->kept_count = w->moved_count = 0;
    DUK_TVAL_SET_UNDEFINED(&w->culprit);
    w->data = NULL;
    w->size = w->room = 0;
    w->frames = w->few_frames;
    w->depth = 0;
    w->frame_room = FEW_FRAMES;
    numbers_init(&w->objects);
    numbers_init(&w->strings);
    numbers_init(&w->stores);
    numbers_init(&w->moved_buffers);
    numbers_init(&w->moved_ports);
    w->nodes = w->copied_bytes = 0;
    w->message = NULL;
    w->store_room = 0;
}

static void writer_fini(struct writer *w)
{
    if (w->frames != w->few_frames) {
        free(w->frames);
    }
    numbers_fini(&w->objects);
    numbers_fini(&w->strings);
    numbers_fini(&w->stores);
    numbers_fini(&w->moved_buffers);
    numbers_fini(&w->moved_ports);
}

/* What was written so far is thrown away. */
static void discard(struct writer *w)
{
    if (w->message) {
        w->message->data = w->data;
    }
    message_free(&w->message);
}

/* Few and simple values, which most messages are, need no protected call; false leaves them to one. */
static bool write_unguarded(struct writer *w)
{
    w->message = message_new();
    if (!w->message) {
        return false;
    }
    w->data = w->message->data;
    w->room = MESSAGE_INSIDE;
    w->is_unguarded = true;
    bool is_written = walk(w) == WRITE_OK;
    w->is_unguarded = false;
    if (is_written) {
        commit(w);
    } else {
        discard(w);
    }
    return is_written;
}

static bool write_guarded(struct writer *w)
{
    bool is_written = duk_safe_call(w->thr, write_body, w, 0, 1) == DUK_EXEC_SUCCESS;
    if (is_written) {
        duk_pop(w->thr);
    } else {
        discard(w);
    }
    return is_written;
}

int engine_clone_write(duk_context *ctx, duk_idx_t value, duk_idx_t transfer,
                       struct message **message)
{
    struct writer w;
    w.value = duk_normalize_index(ctx, value);
    w.transfer = transfer == DUK_INVALID_INDEX ? transfer : duk_normalize_index(ctx, transfer);
    writer_init(&w, ctx);
    bool is_written = transfer == DUK_INVALID_INDEX && write_unguarded(&w);
    if (!is_written) {
        writer_fini(&w);
        writer_init(&w, ctx);
        is_written = write_guarded(&w);
    }
    writer_fini(&w);
    if (is_written) {
        *message = w.message;
    }
    return is_written ? 0 : -1;
}
