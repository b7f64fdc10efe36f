/*
 * Buffers on stores. Part of unity.c. Every ArrayBuffer, typed array and DataView of a heap stands
 * on a plain buffer whose memory is a store (store.h) rather than heap; the heap keeps one counted
 * reference per plain buffer. What an isolate is charged for (array_buffers, external, shared),
 * what it pins and what the runtime is told about shared stores is decided here. Invariant:
 * array_buffers is the sum of the unshared stores in `buffers`; shared is the sum of `holds`, each
 * store once.
 */
#include "runtime/engine/parts.h"

#define HOLD_BUCKETS_MIN 16
#define GROWTH_MIN       (UINT64_C(64) << 20) /* bytes */

/* ---- what the isolate is charged for
 * ----------------------------------------------------------------- */

static void publish(struct engine *engine)
{
    struct wire_slot *slot = engine->options.slot;
    atomic_store_explicit(&slot->array_buffers, engine->array_buffers, memory_order_relaxed);
    atomic_store_explicit(&slot->external, engine->array_buffers, memory_order_relaxed);
    atomic_store_explicit(&slot->shared, engine->shared, memory_order_relaxed);
}

static uint32_t thread_of(const struct engine *engine)
{
    return (uint32_t)atomic_load_explicit(&engine->options.slot->thread, memory_order_relaxed);
}

static struct hold **hold_bucket(const struct engine *engine, const struct store *store)
{
    uint64_t hash = ((uintptr_t)store >> 4) * UINT64_C(0x9E3779B97F4A7C15);
    return &engine->holds[(hash >> 32) & (engine->hold_buckets - 1)];
}

/* Doubles the table; false when there is no memory. */
static bool grow_holds(struct engine *engine)
{
    struct engine old = *engine;
    engine->hold_buckets = old.hold_buckets ? old.hold_buckets * 2 : HOLD_BUCKETS_MIN;
    engine->holds = calloc(engine->hold_buckets, sizeof(struct hold *));
    if (!engine->holds) {
        engine->holds = old.holds;
        engine->hold_buckets = old.hold_buckets;
        return false;
    }
    for (size_t i = 0; i < old.hold_buckets; i++) {
        for (struct hold *hold = old.holds[i], *next; hold; hold = next) {
            next = hold->next;
            struct hold **bucket = hold_bucket(engine, hold->store);
            hold->next = *bucket;
            *bucket = hold;
        }
    }
    free(old.holds);
    return true;
}

/* One more buffer stands on a shared store; false when there is no memory. */
static bool hold_add(struct engine *engine, struct store *store)
{
    if (engine->hold_count >= engine->hold_buckets && !grow_holds(engine)) {
        return false;
    }
    struct hold **bucket = hold_bucket(engine, store);
    for (struct hold *hold = *bucket; hold; hold = hold->next) {
        if (hold->store == store) {
            hold->buffers++;
            return true;
        }
    }
    struct hold *hold = malloc(sizeof(*hold));
    if (!hold) {
        return false;
    }
    *hold = (struct hold){*bucket, store, 1, store_pin(store, thread_of(engine)), 0,
                          store_bytes(store)};
    *bucket = hold;
    engine->hold_count++;
    engine->shared += hold->charged;
    if (engine->options.hooks.shared) {
        engine->options.hooks.shared(engine->options.owner, store, store_refs(store));
    }
    return true;
}

/* One buffer less; the caller still has its reference. */
static void hold_remove(struct engine *engine, struct store *store)
{
    struct hold **place = hold_bucket(engine, store);
    while ((*place)->store != store) {
        place = &(*place)->next;
    }
    struct hold *hold = *place;
    if (--hold->buffers) {
        return;
    }
    *place = hold->next;
    store_unpin(store, hold->pin);
    engine->hold_count--;
    engine->shared -= hold->charged;
    if (engine->options.hooks.released) {
        engine->options.hooks.released(engine->options.owner, store, store_refs(store) - 1);
    }
    free(hold);
}

/* A shared store may have grown since it was charged. */
static void hold_update(struct engine *engine, struct store *store, size_t bytes)
{
    struct hold *hold = *hold_bucket(engine, store);
    while (hold->store != store) {
        hold = hold->next;
    }
    if (bytes > hold->charged) {
        engine->shared += bytes - hold->charged;
        hold->charged = bytes;
        publish(engine);
    }
}

/* ---- buffers on the heap
 * ------------------------------------------------------------------------------- */

/* Takes the store out of its buffer, with all that was charged for it; the reference is the
 * caller's. */
static struct store *buffer_take_store(struct engine *engine, struct store_buffer *buffer)
{
    struct store *store = buffer->store;
    buffer->store = NULL;
    if (buffer->prev) {
        buffer->prev->next = buffer->next;
    } else {
        engine->buffers = buffer->next;
    }
    if (buffer->next) {
        buffer->next->prev = buffer->prev;
    }
    if (store_is_shared(store)) {
        hold_remove(engine, store);
    } else {
        if (DUK_UNLIKELY(engine->profile != NULL)) {
            sample_gone(engine, store);
        }
        store_unpin(store, buffer->pin);
        engine->array_buffers -= store_bytes(store);
    }
    publish(engine);
    return store;
}

static void engine_buffer_freed(duk_heap *heap, duk_hbuffer *plain)
{
    struct store_buffer *buffer = (struct store_buffer *)(void *)plain;
    if (buffer->store) {
        struct store *store = buffer_take_store(engine_in(heap), buffer);
        store_unref(&store);
    }
}

/* Every view of `plain` has length 0 from here on. The store, whose reference is the caller's, or
 * NULL when the buffer stood on the heap. */
static struct store *buffer_detach(struct engine *engine, duk_hbuffer *plain)
{
    DUK_HEAPHDR_SET_FLAG_BITS(&plain->hdr, ENGINE_BUFFER_FLAG_DETACHED);
    DUK_HBUFFER_SET_SIZE(plain, 0);
    if (!DUK_HEAPHDR_CHECK_FLAG_BITS(&plain->hdr, ENGINE_BUFFER_FLAG_STORE)) {
        return NULL;
    }
    struct store_buffer *buffer = (struct store_buffer *)(void *)plain;
    DUK_HBUFFER_EXTERNAL_SET_DATA_PTR(engine->heap, &buffer->head, NULL);
    return buffer_take_store(engine, buffer);
}

static void buffers_release(struct engine *engine)
{
    while (engine->buffers) {
        struct store *store = buffer_take_store(engine, engine->buffers);
        store_unref(&store);
    }
    free(engine->holds);
}

/* Puts `store` into `buffer`; false when there is no memory. */
static bool buffer_give_store(struct engine *engine, struct store_buffer *buffer,
                              struct store *store)
{
    if (store_is_shared(store)) {
        if (!hold_add(engine, store)) {
            return false;
        }
    } else {
        if (DUK_UNLIKELY(engine->profile != NULL)) {
            sample_made(engine, store, store_bytes(store));
        }
        buffer->pin = store_pin(store, thread_of(engine));
        engine->array_buffers += store_bytes(store);
    }
    buffer->store = store;
    buffer->next = engine->buffers;
    if (engine->buffers) {
        engine->buffers->prev = buffer;
    }
    engine->buffers = buffer;
    publish(engine);
    return true;
}

/* No memory outside the heap: as deadly as none inside. */
static void die_of_stores(duk_hthread *thr)
{
    engine_die(engine_in(thr->heap), ENGINE_OUT_OF_MEMORY);
    DUK_ERROR_RANGE(thr, "Array buffer allocation failed");
}

/* Pushes a plain buffer over `store` and takes the reference, also when it throws. */
static duk_hbuffer *push_buffer(duk_hthread *thr, struct store *store)
{
    struct engine *engine = engine_in(thr->heap);
    struct store_buffer *buffer = DUK_ALLOC(thr->heap, sizeof(*buffer));
    if (!buffer) {
        store_unref(&store);
        DUK_ERROR_ALLOC_FAILED(thr);
    }
    memset(buffer, 0, sizeof(*buffer));
    if (!buffer_give_store(engine, buffer, store)) {
        DUK_FREE(thr->heap, buffer);
        store_unref(&store);
        die_of_stores(thr);
    }
    duk_hbuffer *plain = (duk_hbuffer *)(void *)buffer;
    DUK_HEAPHDR_SET_TYPE(&plain->hdr, DUK_HTYPE_BUFFER);
    DUK_HBUFFER_SET_DYNAMIC(plain);
    DUK_HBUFFER_SET_EXTERNAL(plain);
    DUK_HEAPHDR_SET_FLAG_BITS(&plain->hdr, ENGINE_BUFFER_FLAG_STORE);
    DUK_HBUFFER_EXTERNAL_SET_DATA_PTR(thr->heap, &buffer->head, store_data(store));
    DUK_HBUFFER_EXTERNAL_SET_SIZE(&buffer->head, store_bytes(store));
    if (store_is_resizable(store)) {
        DUK_HEAPHDR_SET_FLAG_BITS(&plain->hdr, ENGINE_BUFFER_FLAG_RESIZABLE);
    }
    DUK_HEAP_INSERT_INTO_HEAP_ALLOCATED(thr->heap, &plain->hdr);
    duk_push_hbuffer(thr, plain);
    return plain;
}

static bool has_room(const struct engine *engine, size_t bytes)
{
    uint64_t limit = engine->options.external_limit;
    return bytes <= limit && engine->array_buffers <= limit - bytes;
}

/* The stores have grown so much that a collection, which sees only the small objects that hold
 * them, would come too late by itself: by as much as was live, and at least by GROWTH_MIN. */
static bool has_outgrown(const struct engine *engine, size_t bytes)
{
    uint64_t live = engine->array_buffers_at_collect;
    uint64_t growth = live > GROWTH_MIN ? live : GROWTH_MIN;
    return engine->array_buffers + bytes > live + growth;
}

/* Makes room for `bytes` more of unshared stores, collecting for it when need be. */
static bool make_room(duk_hthread *thr, size_t bytes)
{
    struct engine *engine = engine_in(thr->heap);
    if (!has_room(engine, bytes)) {
        duk_heap_mark_and_sweep(thr->heap, DUK_MS_FLAG_EMERGENCY);
    } else if (has_outgrown(engine, bytes)) {
        duk_heap_mark_and_sweep(thr->heap, 0);
    }
    return has_room(engine, bytes);
}

#define STORE_FIXED SIZE_MAX /* for `max_bytes`: the length never changes */

/* A zeroed store within the limit; throws. */
static struct store *store_up_to(duk_hthread *thr, size_t bytes, size_t max_bytes, bool is_shared)
{
    struct engine *engine = engine_in(thr->heap);
    struct segment *segment = engine->options.segment;
    struct store *store = NULL;
    if (bytes > DUK_HBUFFER_MAX_BYTELEN) {
        (void)duk_error(thr, DUK_ERR_RANGE_ERROR, "Array buffer allocation failed");
    }
    if (is_shared || make_room(thr, bytes)) {
        store = max_bytes == STORE_FIXED
                    ? store_new(segment, bytes, is_shared)
                    : store_new_resizable(segment, bytes, max_bytes, is_shared);
    }
    if (!store) {
        die_of_stores(thr);
    }
    return store;
}

static struct store *store_for(duk_hthread *thr, size_t bytes, bool is_shared)
{
    return store_up_to(thr, bytes, STORE_FIXED, is_shared);
}

/* Lets a store from outside in, or drops it, nulls the pointer and throws. */
static void admit(duk_hthread *thr, struct store **store)
{
    if (!make_room(thr, store_bytes(*store))) {
        store_unref(store);
        die_of_stores(thr);
    }
}

void engine_admit(duk_context *ctx, const struct store *store)
{
    if (!make_room(ctx, store_bytes(store))) {
        die_of_stores(ctx);
    }
}

uint64_t engine_external_limit(const struct engine *engine)
{
    return engine->options.external_limit;
}

static void *engine_push_buffer(duk_hthread *thr, size_t bytes)
{
    struct store *store = store_for(thr, bytes, false);
    push_buffer(thr, store);
    return store_data(store);
}

/* ---- buffer objects
 * --------------------------------------------------------------------------------------- */

/* Replaces the plain buffer on the top of the stack by its ArrayBuffer or SharedArrayBuffer. */
static void wrap_buffer(duk_hthread *thr, struct store *store)
{
    duk_push_buffer_object(thr, -1, 0, store_bytes(store), DUK_BUFOBJ_ARRAYBUFFER);
    duk_remove(thr, -2);
    if (store_is_shared(store)) {
        duk_hobject *object = duk_known_hobject(thr, -1);
        DUK_HOBJECT_SET_PROTOTYPE_UPDREF(thr, object, engine_in(thr->heap)->shared_prototype);
    }
}

void engine_push_store(duk_context *ctx, struct store *store)
{
    push_buffer(ctx, store);
    wrap_buffer(ctx, store);
}

unsigned char *engine_push_array_buffer(duk_context *ctx, size_t bytes)
{
    struct store *store = store_for(ctx, bytes, false);
    engine_push_store(ctx, store);
    return store_data(store);
}

static bool buffer_is_resizable(const duk_hbufobj *object)
{
    return object->buf &&
           DUK_HEAPHDR_CHECK_FLAG_BITS(&object->buf->hdr, ENGINE_BUFFER_FLAG_RESIZABLE) != 0;
}

static struct store_buffer *store_buffer_of(const duk_hbufobj *object)
{
    duk_hbuffer *plain = object->buf;
    bool is_store =
        plain && DUK_HEAPHDR_CHECK_FLAG_BITS(&plain->hdr, ENGINE_BUFFER_FLAG_STORE) != 0;
    return is_store ? (struct store_buffer *)(void *)plain : NULL;
}

static duk_hbufobj *buffer_object_at(duk_context *ctx, duk_idx_t index)
{
    duk_hobject *object = duk_get_hobject(ctx, index);
    return object && DUK_HOBJECT_IS_BUFOBJ(object) ? (duk_hbufobj *)object : NULL;
}

struct store *engine_get_store(duk_context *ctx, duk_idx_t index)
{
    duk_hbufobj *object = buffer_object_at(ctx, index);
    struct store_buffer *buffer = object ? store_buffer_of(object) : NULL;
    return buffer ? buffer->store : NULL;
}

bool engine_get_view(duk_context *ctx, duk_idx_t index, struct engine_view *view)
{
    duk_hbufobj *object = buffer_object_at(ctx, index);
    struct store_buffer *buffer = object ? store_buffer_of(object) : NULL;
    if (!buffer || !buffer->store || !object->is_typedarray || ENGINE_IS_DETACHED(object) ||
        !DUK_HBUFOBJ_VALID_SLICE(object)) {
        return false;
    }
    unsigned type = object->elem_type;
    *view = (struct engine_view){
        .store = buffer->store,
        .data = (unsigned char *)store_data(buffer->store) + object->offset,
        .length = object->length >> object->shift,
        .element_bytes = 1u << object->shift,
        .is_signed = type == DUK_HBUFOBJ_ELEM_INT8 || type == DUK_HBUFOBJ_ELEM_INT16 ||
                     type == DUK_HBUFOBJ_ELEM_INT32,
        .is_clamped = type == DUK_HBUFOBJ_ELEM_UINT8CLAMPED,
        .is_shared = store_is_shared(buffer->store),
        .is_float = type == DUK_HBUFOBJ_ELEM_FLOAT32 || type == DUK_HBUFOBJ_ELEM_FLOAT64,
    };
    return true;
}
