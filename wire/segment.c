/*
 * Makes and fills the shared memory of layout.h; used by every emitter that has a segment. Owns the
 * mapping, both descriptors, the free lists and the index of names. One lock guards the lists; the
 * words themselves are published with release stores, so a reader in another process needs no lock.
 * Invariant: an entry's words change meaning only while its generation is even.
 */
#include "wire/segment.h"

#include "base/check.h"
#include "base/clock.h"
#include "base/proc.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <unistd.h>

#define HASH_NONFATAL_OOM 1 /* the element is then left out of the table, its hh.tbl NULL */
#include <uthash.h>

/* So many given-back slots rest before the oldest is taken again: their last words stay readable.
 */
#define SLOTS_RESTING_MIN 64

const struct wire_counts segment_counts_default = {
    .slot_count = 4096,
    .store_count = 16384,
    .pin_count = 65536,
    .string_bytes = 1u << 20,
    .ring_records = 2048,
};

/* First in, first out list of free indexes below `fresh`'s end; `fresh` were never used. */
struct free_list {
    uint32_t *entries; /* owned; a circle of `count` */
    uint32_t count, head, length, fresh;
};

struct name {
    UT_hash_handle hh;
    uint32_t id;
    char text[];
};

struct segment {
    struct wire_header *header; /* owned mapping */
    struct wire_counts counts;
    struct wire_offsets at;
    int fd, doorbell;     /* owned */
    pthread_mutex_t lock; /* guards everything below */
    struct free_list slots, stores, pins;
    struct name *names; /* owned, with its entries */
    uint32_t next_store_id;
};

static bool free_list_init(struct free_list *list, uint32_t count)
{
    list->entries = calloc(count, sizeof *list->entries);
    list->count = count;
    return list->entries != NULL;
}

/* An index that at least `resting` others were given back after, or a fresh one; false when none.
 */
static bool free_list_take(struct free_list *list, uint32_t resting, uint32_t *index)
{
    bool can_reuse = list->length > 0;

    if (can_reuse && (list->length > resting || list->fresh == list->count)) {
        *index = list->entries[list->head];
        list->head = (list->head + 1) % list->count;
        list->length--;
        return true;
    }
    if (list->fresh < list->count) {
        *index = list->fresh++;
        return true;
    }
    return false;
}

static void free_list_give(struct free_list *list, uint32_t index)
{
    CHECK(list->length < list->count);
    list->entries[(list->head + list->length) % list->count] = index;
    list->length++;
}

static void *segment_at(const struct segment *segment, uint64_t offset)
{
    return (unsigned char *)segment->header + offset;
}

static struct wire_slot *slot_at(const struct segment *segment, uint32_t index)
{
    return (struct wire_slot *)segment_at(segment, segment->at.slots) + index;
}

static uint32_t slot_index(const struct segment *segment, const struct wire_slot *slot)
{
    return (uint32_t)(slot - slot_at(segment, 0));
}

static void count_up(_Atomic uint64_t *word)
{
    atomic_fetch_add_explicit(word, 1, memory_order_relaxed);
}

static void publish_used(_Atomic uint64_t *used, uint32_t index)
{
    if (atomic_load_explicit(used, memory_order_relaxed) < (uint64_t)index + 1) {
        atomic_store_explicit(used, (uint64_t)index + 1, memory_order_release);
    }
}

static int segment_map(struct segment *segment, uint64_t pid, struct error *error)
{
    uint64_t start_time;
    int code = proc_start_time(pid, &start_time);

    if (code < 0) {
        return error_set(error, code, "process %llu: %s", (unsigned long long)pid, strerror(-code));
    }
    segment->fd = memfd_create("isoscope", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    segment->doorbell = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    if (segment->fd < 0 || segment->doorbell < 0 ||
        ftruncate(segment->fd, (off_t)segment->at.segment_bytes) < 0 ||
        fcntl(segment->fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) < 0) {
        return error_set(error, -errno, "shared memory: %s", strerror(errno));
    }
    void *memory = mmap(NULL, segment->at.segment_bytes, PROT_READ | PROT_WRITE,
                        MAP_SHARED | MAP_NORESERVE, segment->fd, 0);
    if (memory == MAP_FAILED) {
        return error_set(error, -errno, "mapping %llu bytes of shared memory: %s",
                         (unsigned long long)segment->at.segment_bytes, strerror(errno));
    }
    struct wire_header *header = segment->header = memory;
    header->magic = WIRE_MAGIC;
    header->version = WIRE_VERSION;
    header->header_bytes = WIRE_HEADER_BYTES;
    header->segment_bytes = segment->at.segment_bytes;
    header->pid = pid;
    header->start_time = start_time;
    header->counts = segment->counts;
    atomic_store(&header->string_used, 4); /* name 0 is the empty one */
    return 0;
}

int segment_create(struct segment **result, const struct wire_counts *counts, uint64_t pid,
                   struct error *error)
{
    struct segment *segment = calloc(1, sizeof *segment);

    *result = NULL;
    if (segment == NULL) {
        return error_set(error, -ENOMEM, "no memory for the segment");
    }
    segment->fd = segment->doorbell = -1;
    segment->counts = *counts;
    segment->next_store_id = 1;
    pthread_mutex_init(&segment->lock, NULL);
    int code = -EINVAL;
    if (!layout_compute(counts, &segment->at)) {
        code = error_set(error, -EINVAL, "segment counts out of range");
    } else if (!free_list_init(&segment->slots, counts->slot_count) ||
               !free_list_init(&segment->stores, counts->store_count) ||
               !free_list_init(&segment->pins, counts->pin_count)) {
        code = error_set(error, -ENOMEM, "no memory for the segment's lists");
    } else {
        code = segment_map(segment, pid != 0 ? pid : (uint64_t)getpid(), error);
    }
    if (code < 0) {
        segment_free(&segment);
        return code;
    }
    *result = segment;
    return 0;
}

void segment_free(struct segment **pointer)
{
    struct segment *segment = *pointer;
    struct name *name, *next;

    *pointer = NULL;
    if (segment == NULL) {
        return;
    }
    HASH_ITER(hh, segment->names, name, next)
    {
        HASH_DEL(segment->names, name);
        free(name);
    }
    if (segment->header != NULL) {
        munmap(segment->header, segment->at.segment_bytes);
    }
    if (segment->fd >= 0) {
        close(segment->fd);
    }
    if (segment->doorbell >= 0) {
        close(segment->doorbell);
    }
    free(segment->slots.entries);
    free(segment->stores.entries);
    free(segment->pins.entries);
    pthread_mutex_destroy(&segment->lock);
    free(segment);
}

int segment_fd(const struct segment *segment)
{
    return segment->fd;
}

int segment_doorbell(const struct segment *segment)
{
    return segment->doorbell;
}

struct wire_process *segment_process(struct segment *segment)
{
    return &segment->header->process;
}

/* Appends to the string table; 0 when it does not fit. Under the lock. */
static uint32_t string_append(struct segment *segment, const char *text, uint32_t length)
{
    uint64_t used = atomic_load_explicit(&segment->header->string_used, memory_order_relaxed);
    uint64_t need = 4 + (((uint64_t)length + 3) & ~UINT64_C(3));

    if (used + need > segment->counts.string_bytes) {
        return 0;
    }
    unsigned char *at = segment_at(segment, segment->at.strings + used);
    memcpy(at, &length, sizeof length);
    memcpy(at + 4, text, length);
    atomic_store_explicit(&segment->header->string_used, used + need, memory_order_release);
    return (uint32_t)used;
}

uint32_t segment_intern(struct segment *segment, const char *text, size_t length)
{
    struct name *name = NULL;
    uint32_t id = 0;

    if (length == 0) {
        return 0;
    }
    if (length > WIRE_NAME_MAX) {
        length = WIRE_NAME_MAX;
    }
    pthread_mutex_lock(&segment->lock);
    HASH_FIND(hh, segment->names, text, length, name);
    if (name != NULL) {
        id = name->id;
    } else if ((name = malloc(sizeof *name + length)) != NULL &&
               (id = string_append(segment, text, (uint32_t)length)) != 0) {
        name->id = id;
        memcpy(name->text, text, length);
        HASH_ADD(hh, segment->names, text[0], length, name);
        if (name->hh.tbl == NULL) {
            free(name); /* the name is in the segment; only finding it again is lost */
        }
    } else {
        free(name);
        count_up(&segment->header->process.names_unlisted);
    }
    pthread_mutex_unlock(&segment->lock);
    return id;
}

static void slot_reset(struct wire_slot *slot, uint32_t thread)
{
    atomic_thread_fence(memory_order_release); /* after the even generation, before the words */
#define FIELD(name, unit, text) atomic_store_explicit(&slot->name, 0, memory_order_relaxed);
#include "wire/slot.def"
#undef FIELD
    atomic_store_explicit(&slot->thread, thread, memory_order_relaxed);
    atomic_store_explicit(&slot->state, WIRE_STARTING, memory_order_relaxed);
    atomic_store_explicit(&slot->started, clock_now_ns(), memory_order_relaxed);
    atomic_store_explicit(&slot->heap_live, WIRE_UNKNOWN, memory_order_relaxed);
    atomic_store_explicit(&slot->heap_floor, WIRE_UNKNOWN, memory_order_relaxed);
    atomic_store_explicit(&slot->malloced, WIRE_UNKNOWN, memory_order_relaxed);
}

struct wire_slot *segment_take_slot(struct segment *segment, uint32_t thread)
{
    struct wire_slot *slot = NULL;
    uint32_t index;

    pthread_mutex_lock(&segment->lock);
    if (free_list_take(&segment->slots, SLOTS_RESTING_MIN, &index)) {
        slot = slot_at(segment, index);
        slot_reset(slot, thread);
        uint64_t generation = atomic_load_explicit(&slot->generation, memory_order_relaxed);
        atomic_store_explicit(&slot->generation, generation + 1, memory_order_release);
        publish_used(&segment->header->slot_used, index);
    } else {
        count_up(&segment->header->process.isolates_unlisted);
    }
    pthread_mutex_unlock(&segment->lock);
    return slot;
}

void segment_give_slot(struct segment *segment, struct wire_slot *slot)
{
    uint64_t generation = atomic_load_explicit(&slot->generation, memory_order_relaxed);

    CHECK(generation % 2 == 1);
    pthread_mutex_lock(&segment->lock);
    atomic_store_explicit(&slot->generation, generation + 1, memory_order_release);
    free_list_give(&segment->slots, slot_index(segment, slot));
    pthread_mutex_unlock(&segment->lock);
}

struct ring_writer segment_ring_writer(struct segment *segment, const struct wire_slot *slot)
{
    uint64_t offset = segment->at.rings + slot_index(segment, slot) * segment->at.ring_stride;
    struct ring_writer writer;

    ring_writer_init(&writer, segment_at(segment, offset), segment->counts.ring_records,
                     segment->doorbell);
    return writer;
}

struct wire_store *segment_add_store(struct segment *segment, uint64_t bytes, bool is_shared)
{
    struct wire_store *store = NULL;
    uint32_t index;

    pthread_mutex_lock(&segment->lock);
    if (free_list_take(&segment->stores, 0, &index)) {
        store = (struct wire_store *)segment_at(segment, segment->at.stores) + index;
        atomic_thread_fence(memory_order_release);
        atomic_store_explicit(&store->id, segment->next_store_id++, memory_order_relaxed);
        atomic_store_explicit(&store->bytes, bytes, memory_order_relaxed);
        atomic_store_explicit(&store->is_shared, is_shared, memory_order_relaxed);
        atomic_store_explicit(&store->created, clock_now_ns(), memory_order_relaxed);
        atomic_store_explicit(&store->refs, 1, memory_order_relaxed);
        uint64_t generation = atomic_load_explicit(&store->generation, memory_order_relaxed);
        atomic_store_explicit(&store->generation, generation + 1, memory_order_release);
        publish_used(&segment->header->store_used, index);
    } else {
        count_up(&segment->header->process.stores_unlisted);
    }
    pthread_mutex_unlock(&segment->lock);
    return store;
}

void segment_remove_store(struct segment *segment, struct wire_store *store)
{
    struct wire_store *first = segment_at(segment, segment->at.stores);

    pthread_mutex_lock(&segment->lock);
    uint64_t generation = atomic_load_explicit(&store->generation, memory_order_relaxed);
    CHECK(generation % 2 == 1);
    atomic_store_explicit(&store->generation, generation + 1, memory_order_release);
    free_list_give(&segment->stores, (uint32_t)(store - first));
    pthread_mutex_unlock(&segment->lock);
}

uint32_t segment_add_pin(struct segment *segment, const struct wire_store *store, uint32_t thread)
{
    wire_pin *pins = segment_at(segment, segment->at.pins);
    uint64_t id = atomic_load_explicit(&store->id, memory_order_relaxed);
    uint32_t index = SEGMENT_NO_PIN;

    pthread_mutex_lock(&segment->lock);
    if (free_list_take(&segment->pins, 0, &index)) {
        atomic_store_explicit(&pins[index], id << 32 | ((uint64_t)thread + 1),
                              memory_order_release);
        publish_used(&segment->header->pin_used, index);
    } else {
        index = SEGMENT_NO_PIN;
        count_up(&segment->header->process.pins_unlisted);
    }
    pthread_mutex_unlock(&segment->lock);
    return index;
}

void segment_remove_pin(struct segment *segment, uint32_t pin)
{
    wire_pin *pins = segment_at(segment, segment->at.pins);

    if (pin == SEGMENT_NO_PIN) {
        return;
    }
    pthread_mutex_lock(&segment->lock);
    atomic_store_explicit(&pins[pin], 0, memory_order_release);
    free_list_give(&segment->pins, pin);
    pthread_mutex_unlock(&segment->lock);
}
