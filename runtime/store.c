/*
 * Backing memory of buffers. A store is one counted block; small ones lie behind their own header,
 * large ones are mapped, so that pages nobody wrote cost nothing and all go back at once. One that can
 * be resized has room for its largest length from the start, so that it never moves. The
 * segment's store table, the process word `shared` and the pins are kept here and nowhere else.
 * Invariant: `entry` and the process word say what is true from store_new() to the last unref.
 */
#include "runtime/store.h"

#include "base/check.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define STORE_MAPPED_MIN ((size_t)1 << 20) /* bytes */

struct store {
    _Atomic uint64_t refs;
    struct segment *segment;  /* borrowed, may be NULL */
    struct wire_store *entry; /* in the segment's table; NULL when not listed */
    _Atomic size_t bytes;
    size_t max_bytes; /* room; `bytes` may change within it when is_resizable */
    bool is_shared, is_resizable;
    unsigned char *data;
    _Alignas(16) unsigned char inside[];
};

/* Room for `bytes`; what is never written costs nothing when it is mapped. */
static struct store *allocate(size_t bytes, bool is_resizable)
{
    bool is_mapped = bytes >= STORE_MAPPED_MIN;
    int flags = MAP_PRIVATE | MAP_ANONYMOUS | (is_resizable ? MAP_NORESERVE : 0);
    struct store *store = calloc(1, sizeof(*store) + (is_mapped ? 0 : bytes));
    if (!store) {
        return NULL;
    }
    store->data = store->inside;
    if (is_mapped) {
        store->data = mmap(NULL, bytes, PROT_READ | PROT_WRITE, flags, -1, 0);
        if (store->data == MAP_FAILED) {
            free(store);
            return NULL;
        }
    }
    store->max_bytes = bytes;
    store->is_resizable = is_resizable;
    return store;
}

/* Counts and lists it. */
static struct store *publish(struct store *store, struct segment *segment, size_t bytes,
                             bool is_shared)
{
    if (!store) {
        return NULL;
    }
    atomic_init(&store->bytes, bytes);
    atomic_init(&store->refs, 1);
    store->segment = segment;
    store->is_shared = is_shared;
    if (segment && (is_shared || bytes >= STORE_LISTED_MIN)) {
        store->entry = segment_add_store(segment, bytes, is_shared);
        if (store->entry) {
            atomic_store_explicit(&store->entry->refs, 1, memory_order_relaxed);
        }
    }
    if (segment && is_shared) {
        atomic_fetch_add_explicit(&segment_process(segment)->shared, bytes, memory_order_relaxed);
    }
    return store;
}

struct store *store_new(struct segment *segment, size_t bytes, bool is_shared)
{
    if (bytes > SIZE_MAX - sizeof(struct store) - 4096) {
        return NULL;
    }
    return publish(allocate(bytes, false), segment, bytes, is_shared);
}

struct store *store_new_resizable(struct segment *segment, size_t bytes, size_t max_bytes,
                                  bool is_shared)
{
    if (max_bytes > SIZE_MAX - sizeof(struct store) - 4096 || bytes > max_bytes) {
        return NULL;
    }
    return publish(allocate(max_bytes, true), segment, bytes, is_shared);
}

bool store_is_resizable(const struct store *store)
{
    return store->is_resizable;
}

size_t store_max_bytes(const struct store *store)
{
    return store->max_bytes;
}

/* The rest of the room reads as zero, as it did when it was new. */
static void forget_behind(struct store *store, size_t bytes, size_t old_bytes)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    size_t whole = (bytes + page - 1) / page * page;
    if (store->data == store->inside || whole >= old_bytes) {
        memset(store->data + bytes, 0, old_bytes - bytes);
        return;
    }
    memset(store->data + bytes, 0, whole - bytes);
    CHECK(madvise(store->data + whole, store->max_bytes - whole, MADV_DONTNEED) == 0);
}

static void note_bytes(const struct store *store, size_t bytes)
{
    if (store->entry) {
        atomic_store_explicit(&store->entry->bytes, bytes, memory_order_relaxed);
    }
}

void store_resize(struct store *store, size_t bytes)
{
    size_t old_bytes = atomic_load_explicit(&store->bytes, memory_order_relaxed);
    CHECK(store->is_resizable && !store->is_shared && bytes <= store->max_bytes);
    if (bytes < old_bytes) {
        forget_behind(store, bytes, old_bytes);
    }
    atomic_store_explicit(&store->bytes, bytes, memory_order_relaxed);
    note_bytes(store, bytes);
}

bool store_grow(struct store *store, size_t bytes)
{
    size_t old_bytes = atomic_load_explicit(&store->bytes, memory_order_seq_cst);
    CHECK(store->is_resizable && store->is_shared && bytes <= store->max_bytes);
    do {
        if (bytes < old_bytes) {
            return false;
        }
    } while (!atomic_compare_exchange_weak_explicit(&store->bytes, &old_bytes, bytes,
                                                    memory_order_seq_cst, memory_order_seq_cst));
    note_bytes(store, store_bytes(store));
    if (store->segment) {
        atomic_fetch_add_explicit(&segment_process(store->segment)->shared, bytes - old_bytes,
                                  memory_order_relaxed);
    }
    return true;
}

void store_expect_filling(struct store *store)
{
    if (store->data != store->inside) {
        (void)madvise(store->data, store_bytes(store), MADV_HUGEPAGE);
    }
}

struct store *store_ref(struct store *store)
{
    atomic_fetch_add_explicit(&store->refs, 1, memory_order_relaxed);
    if (store->entry) {
        atomic_fetch_add_explicit(&store->entry->refs, 1, memory_order_relaxed);
    }
    return store;
}

static void release(struct store *store)
{
    if (store->segment && store->is_shared) {
        atomic_fetch_sub_explicit(&segment_process(store->segment)->shared, store_bytes(store),
                                  memory_order_relaxed);
    }
    if (store->entry) {
        segment_remove_store(store->segment, store->entry);
    }
    if (store->data != store->inside) {
        munmap(store->data, store->max_bytes);
    }
    free(store);
}

void store_unref(struct store **place)
{
    struct store *store = *place;
    if (!store) {
        return;
    }
    *place = NULL;
    /* The entry first: after the last reference is gone it may belong to another store. */
    if (store->entry) {
        atomic_fetch_sub_explicit(&store->entry->refs, 1, memory_order_relaxed);
    }
    uint64_t refs = atomic_fetch_sub_explicit(&store->refs, 1, memory_order_acq_rel);
    CHECK(refs != 0);
    if (refs == 1) {
        release(store);
    }
}

struct store *store_copy(const struct store *store)
{
    struct store *copy = store_new(store->segment, store->bytes, false);

    if (copy != NULL) {
        memcpy(store_data(copy), store_data(store), store->bytes);
    }
    return copy;
}

void *store_data(const struct store *store)
{
    return store->data;
}

size_t store_bytes(const struct store *store)
{
    return atomic_load_explicit(&store->bytes, memory_order_acquire);
}

bool store_is_shared(const struct store *store)
{
    return store->is_shared;
}

uint32_t store_id(const struct store *store)
{
    return store->entry ? (uint32_t)atomic_load_explicit(&store->entry->id, memory_order_relaxed)
                        : 0;
}

uint64_t store_refs(const struct store *store)
{
    return atomic_load_explicit(&store->refs, memory_order_relaxed);
}

uint32_t store_pin(const struct store *store, uint32_t thread)
{
    return store->entry ? segment_add_pin(store->segment, store->entry, thread) : SEGMENT_NO_PIN;
}

void store_unpin(const struct store *store, uint32_t pin)
{
    if (pin != SEGMENT_NO_PIN) {
        segment_remove_pin(store->segment, pin);
    }
}
