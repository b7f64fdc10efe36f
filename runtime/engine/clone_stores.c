/*
 * Structured clone, the sender's half: buffers, the stores that go along with a message, and views of
 * them. Part of unity.c, between clone_output.c and clone_write.c, which calls it. What is moved leaves
 * its sender only at the commit (clone_send.c).
 */
#include "runtime/engine/parts.h"

#include "runtime/engine/clone.h"

#define COPY_LEAST  ((size_t)64 << 10) /* bytes of a buffer whose copies are told of */
#define PRINT_WORDS 64

/* Adds `store` to the message, which takes the reference; false when there is no memory. */
static bool add_store(struct writer *w, struct store *store, uint32_t *index)
{
    struct message *message = w->message;
    if (message->store_count == w->store_room) {
        size_t room = w->store_room ? w->store_room * 2 : 4;
        struct store **stores = realloc(message->stores, room * sizeof(struct store *));
        if (!stores) {
            store_unref(&store);
            return false;
        }
        message->stores = stores;
        w->store_room = room;
    }
    *index = (uint32_t)message->store_count;
    message->stores[message->store_count++] = store;
    return true;
}

static bool is_resizable(const duk_hbuffer *plain)
{
    return DUK_HEAPHDR_CHECK_FLAG_BITS(&plain->hdr, ENGINE_BUFFER_FLAG_RESIZABLE) != 0;
}

/* A store with a copy of what `plain` holds; NULL when there is no memory. */
static struct store *copy_buffer(struct writer *w, duk_hbuffer *plain)
{
    size_t bytes = DUK_HBUFFER_GET_SIZE(plain);
    struct segment *segment = w->engine->options.segment;
    struct store *store =
        is_resizable(plain)
            ? store_new_resizable(segment, bytes,
                                  store_max_bytes(((struct store_buffer *)(void *)plain)->store),
                                  false)
            : store_new(segment, bytes, false);
    if (store && bytes) {
        store_expect_filling(store);
        memcpy(store_data(store), DUK_HBUFFER_GET_DATA_PTR(w->thr->heap, plain), bytes);
    }
    return store;
}

/*
 * What a large buffer's content is known by: a hash of words spread over all of it, 48 bits. A buffer
 * written anew differs in some of them; one of zeros is room to be written into, and known by 0. Beside a copy of as many bytes it costs nothing.
 */
static uint64_t print_of(const unsigned char *data, size_t bytes)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325) ^ bytes, word, any = 0;
    size_t step = bytes / PRINT_WORDS & ~(size_t)7;

    for (size_t i = 0; i < PRINT_WORDS; i++) {
        memcpy(&word, data + i * step, sizeof(word));
        hash = (hash ^ word) * UINT64_C(0x9e3779b97f4a7c15);
        hash ^= hash >> 29;
        any |= word;
    }
    return any != 0 ? hash >> 16 : 0;
}

static void note_copy(struct message *message, const struct store *store, size_t bytes)
{
    uint64_t print = bytes >= COPY_LEAST && bytes > message->copy_bytes
                         ? print_of(store_data(store), bytes)
                         : 0;

    if (print != 0) {
        message->copy_bytes = bytes;
        message->copy_print = print;
    }
}

static enum write_result write_shared(struct writer *w, struct store *store)
{
    uint32_t index, next = (uint32_t)w->message->store_count;
    uint32_t number = numbers_add(&w->stores, store, next);
    if (number == NUMBER_FAIL) {
        return WRITE_NO_MEMORY;
    }
    if (number == NUMBER_NEW) {
        if (!add_store(w, store_ref(store), &index)) {
            return WRITE_NO_MEMORY;
        }
        w->message->share_count++;
        w->message->share_bytes += store_bytes(store);
        number = next;
    }
    return write_tag_u32(w, CLONE_SHARED | CLONE_NUMBERED, number) ? WRITE_OK : WRITE_NO_MEMORY;
}

static enum write_result write_buffer_copy(struct writer *w, duk_hbuffer *plain)
{
    size_t bytes = DUK_HBUFFER_GET_SIZE(plain);
    if (bytes > CLONE_INLINE_MAX || is_resizable(plain)) {
        uint32_t index;
        struct store *store = copy_buffer(w, plain);
        if (!store || !add_store(w, store, &index) ||
            !write_tag_u32(w, CLONE_STORE | CLONE_NUMBERED, index)) {
            return WRITE_NO_MEMORY;
        }
        w->copied_bytes += bytes;
        note_copy(w->message, store, bytes);
        return WRITE_OK;
    }
    if (!reserve(w, 5 + bytes)) {
        return WRITE_NO_MEMORY;
    }
    put_tag(w, CLONE_BYTES | CLONE_NUMBERED);
    put_u32(w, (uint32_t)bytes);
    if (bytes) {
        put(w, DUK_HBUFFER_GET_DATA_PTR(w->thr->heap, plain), bytes);
    }
    return WRITE_OK;
}

/* An ArrayBuffer is known by its plain buffer: the object in front of it may not exist yet. */
static enum write_result write_buffer(struct writer *w, duk_hbuffer *plain)
{
    if (DUK_HEAPHDR_CHECK_FLAG_BITS(&plain->hdr, ENGINE_BUFFER_FLAG_DETACHED)) {
        return WRITE_DETACHED;
    }
    uint32_t index, number = numbers_add(&w->objects, plain, w->objects.count);
    if (number == NUMBER_FAIL) {
        return WRITE_NO_MEMORY;
    }
    if (number != NUMBER_NEW) {
        return write_tag_u32(w, CLONE_REF, number) ? WRITE_OK : WRITE_NO_MEMORY;
    }
    if (w->is_careful) {
        duk_push_hbuffer(w->thr, plain);
        keep_top(w);
    }
    if (numbers_find(&w->moved_buffers, plain, &index)) {
        return write_tag_u32(w, CLONE_STORE | CLONE_NUMBERED, index) ? WRITE_OK : WRITE_NO_MEMORY;
    }
    if (DUK_HEAPHDR_CHECK_FLAG_BITS(&plain->hdr, ENGINE_BUFFER_FLAG_STORE)) {
        struct store *store = ((struct store_buffer *)(void *)plain)->store;
        if (store_is_shared(store)) {
            return write_shared(w, store);
        }
    }
    return write_buffer_copy(w, plain);
}

/* The payload of a VIEW: type, offset and bytes, then the buffer. */
static enum write_result write_view(struct writer *w, duk_hbuffer *plain, const uint32_t view[3])
{
    size_t end = (size_t)view[1] + view[2];
    if (DUK_HEAPHDR_CHECK_FLAG_BITS(&plain->hdr, ENGINE_BUFFER_FLAG_DETACHED) ||
        end > DUK_HBUFFER_GET_SIZE(plain)) {
        return WRITE_DETACHED;
    }
    if (!reserve(w, 12)) {
        return WRITE_NO_MEMORY;
    }
    put(w, view, 12);
    return write_buffer(w, plain);
}

static enum write_result write_buffer_object(struct writer *w, duk_hobject *object,
                                             unsigned numbered)
{
    duk_hbufobj *buffer = (duk_hbufobj *)object;
    if (!buffer->buf || ENGINE_IS_DETACHED(buffer)) {
        return WRITE_DETACHED;
    }
    if (!reserve(w, 1)) {
        return WRITE_NO_MEMORY;
    }
    put_tag(w, CLONE_VIEW | numbered);
    /* Both lists of kinds stand in the same order. */
    uint32_t type =
        DUK_HOBJECT_GET_CLASS_NUMBER(object) - DUK_HOBJECT_CLASS_DATAVIEW + DUK_BUFOBJ_DATAVIEW;
    type |= buffer->is_tracking ? CLONE_TRACKING : 0;
    return write_view(w, buffer->buf, (uint32_t[]){type, buffer->offset, buffer->length});
}
