/*
 * The table of shared buffers. Called by traffic.c. Owns its entries; what is listed in the segment
 * stays listed until the buffer is gone. There is no event for that: freeing memory is too frequent
 * to be watched. So each second every BackingStore is read again: one whose fields changed is
 * another's memory now. Invariant: an entry has its line in the segment.
 */
#include "probes/stores.h"

#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>

#define HASH_NONFATAL_OOM 1
#include <uthash.h>

#define HOLDERS_MAX 64 /* of one buffer that are listed */
#define REFS_MAX    65536

struct holder {
    uint32_t thread, pin;
};

struct entry {
    UT_hash_handle hh;
    uint64_t data; /* key */
    struct stores_share share;
    struct wire_store *listed; /* borrowed from the segment */
    struct holder holders[HOLDERS_MAX];
    size_t holder_count;
};

struct stores {
    struct segment *segment;
    uint64_t pid;
    stores_gone_fn *gone;
    void *context;
    struct entry *entries; /* owned, by data */
};

static void add_shared(struct stores *stores, int64_t bytes)
{
    atomic_fetch_add_explicit(&segment_process(stores->segment)->shared, (uint64_t)bytes,
                              memory_order_relaxed);
}

struct stores *stores_new(struct segment *segment, uint64_t pid, stores_gone_fn *gone,
                          void *context)
{
    struct stores *stores = calloc(1, sizeof *stores);

    if (stores != NULL) {
        stores->segment = segment;
        stores->pid = pid;
        stores->gone = gone;
        stores->context = context;
    }
    return stores;
}

void stores_free(struct stores **pointer)
{
    struct stores *stores = *pointer;
    struct entry *entry, *next;

    *pointer = NULL;
    if (stores == NULL) {
        return;
    }
    HASH_ITER(hh, stores->entries, entry, next)
    {
        HASH_DEL(stores->entries, entry);
        free(entry);
    }
    free(stores);
}

static uint32_t id_of(const struct entry *entry)
{
    return (uint32_t)atomic_load_explicit(&entry->listed->id, memory_order_relaxed);
}

static struct entry *add_entry(struct stores *stores, const struct stores_share *share)
{
    struct entry *entry = calloc(1, sizeof *entry);

    if (entry == NULL ||
        (entry->listed = segment_add_store(stores->segment, share->bytes, true)) == NULL) {
        free(entry);
        return NULL;
    }
    entry->data = share->data;
    entry->share = *share;
    HASH_ADD(hh, stores->entries, data, sizeof entry->data, entry);
    if (entry->hh.tbl == NULL) {
        segment_remove_store(stores->segment, entry->listed);
        free(entry);
        return NULL;
    }
    if (share->bytes != WIRE_UNKNOWN) {
        add_shared(stores, (int64_t)share->bytes);
    }
    return entry;
}

uint32_t stores_add(struct stores *stores, const struct stores_share *share, bool *is_new)
{
    struct entry *entry = NULL;

    *is_new = false;
    HASH_FIND(hh, stores->entries, &share->data, sizeof share->data, entry);
    if (entry == NULL && (entry = add_entry(stores, share)) == NULL) {
        return 0;
    }
    entry->share.store = share->store;
    entry->share.block = share->block;
    for (size_t i = 0; i < entry->holder_count; i++) {
        if (entry->holders[i].thread == share->thread) {
            return id_of(entry);
        }
    }
    if (entry->holder_count < HOLDERS_MAX) {
        entry->holders[entry->holder_count++] = (struct holder){
            share->thread, segment_add_pin(stores->segment, entry->listed, share->thread)};
        *is_new = true;
    }
    return id_of(entry);
}

uint64_t stores_held(const struct stores *stores, uint32_t thread)
{
    struct entry *entry, *next;
    uint64_t bytes = 0;

    HASH_ITER(hh, stores->entries, entry, next)
    {
        for (size_t i = 0; i < entry->holder_count; i++) {
            if (entry->holders[i].thread == thread && entry->share.bytes != WIRE_UNKNOWN) {
                bytes += entry->share.bytes;
            }
        }
    }
    return bytes;
}

void stores_drop_thread(struct stores *stores, uint32_t thread)
{
    struct entry *entry, *next;

    HASH_ITER(hh, stores->entries, entry, next)
    {
        for (size_t i = 0; i < entry->holder_count; i++) {
            if (entry->holders[i].thread == thread) {
                segment_remove_pin(stores->segment, entry->holders[i].pin);
                entry->holders[i--] = entry->holders[--entry->holder_count];
            }
        }
    }
}

static void drop_entry(struct stores *stores, struct entry *entry)
{
    for (size_t i = 0; i < entry->holder_count; i++) {
        segment_remove_pin(stores->segment, entry->holders[i].pin);
    }
    if (entry->share.bytes != WIRE_UNKNOWN) {
        add_shared(stores, -(int64_t)entry->share.bytes);
    }
    HASH_DEL(stores->entries, entry);
    for (size_t i = 0; i < entry->holder_count; i++) {
        stores->gone(stores->context, entry->holders[i].thread, id_of(entry), entry->share.bytes);
    }
    segment_remove_store(stores->segment, entry->listed);
    free(entry);
}

/* References of the buffer; 0 when it is gone, -1 when nobody can say. */
static int64_t count_references(const struct stores *stores, const struct stores_share *share)
{
    uint64_t fields[2] = {0, 0}; /* of the BackingStore: its data, its size */
    uint32_t counts[2] = {0, 0}; /* of its shared pointers: strong, weak */
    struct iovec into[] = {{fields, sizeof fields}, {counts, sizeof counts}};
    struct iovec from[] = {{(void *)(uintptr_t)share->store, sizeof fields},
                           {(void *)(uintptr_t)(share->block + 8), sizeof counts}};
    ssize_t length = process_vm_readv((pid_t)stores->pid, into, 2, from, 2, 0);

    if (length != (ssize_t)(sizeof fields + sizeof counts)) {
        return -1;
    }
    bool is_same = fields[0] == share->data && fields[1] == share->bytes && counts[0] > 0 &&
                   counts[0] < REFS_MAX && counts[1] > 0 && counts[1] < REFS_MAX;
    return is_same ? (int64_t)counts[0] : 0;
}

void stores_tick(struct stores *stores)
{
    struct entry *entry, *next;

    HASH_ITER(hh, stores->entries, entry, next)
    {
        int64_t references = count_references(stores, &entry->share);
        if (references == 0) {
            drop_entry(stores, entry);
        } else if (references > 0) {
            atomic_store_explicit(&entry->listed->refs, (uint64_t)references, memory_order_relaxed);
        }
    }
}
