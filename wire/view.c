/*
 * Reads a segment that another, untrusted process writes at the same time. The counts are copied
 * out once at open and never looked at again in shared memory; sealing makes the mapping's size a
 * fact. Everything else is read word by word with atomic loads and checked after it was copied.
 */
#include "wire/view.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/vfs.h>

struct view {
    const struct wire_header *header; /* owned mapping, read-only */
    struct wire_counts counts;        /* as checked at open */
    struct wire_offsets at;
    uint64_t pid, start_time;
};

static const void *view_at(const struct view *view, uint64_t offset)
{
    return (const unsigned char *)view->header + offset;
}

/* Checks the constant part of the header, copied once. */
static int check_header(const struct wire_header *copy, uint64_t size, struct wire_offsets *at,
                        struct error *error)
{
    if (copy->magic != WIRE_MAGIC) {
        return error_set(error, -EINVAL, "segment: not an Isoscope segment (magic)");
    }
    if (copy->version != WIRE_VERSION) {
        return error_set(error, -EINVAL, "segment: version %u, this collector reads version %d",
                         copy->version, WIRE_VERSION);
    }
    if (copy->header_bytes != WIRE_HEADER_BYTES) {
        return error_set(error, -EINVAL, "segment: header_bytes is %u instead of %d",
                         copy->header_bytes, WIRE_HEADER_BYTES);
    }
    if (!layout_compute(&copy->counts, at)) {
        return error_set(error, -EINVAL,
                         "segment: counts out of range (slots %u, stores %u, pins %u, "
                         "string bytes %u, ring records %u)",
                         copy->counts.slot_count, copy->counts.store_count, copy->counts.pin_count,
                         copy->counts.string_bytes, copy->counts.ring_records);
    }
    if (copy->segment_bytes != at->segment_bytes || size != at->segment_bytes) {
        return error_set(error, -EINVAL,
                         "segment: %llu bytes, its header says %llu, its counts need %llu",
                         (unsigned long long)size, (unsigned long long)copy->segment_bytes,
                         (unsigned long long)at->segment_bytes);
    }
    if (copy->pid == 0 || copy->pid > INT32_MAX) {
        return error_set(error, -EINVAL, "segment: pid %llu is not a process",
                         (unsigned long long)copy->pid);
    }
    return 0;
}

/* The sealed size of `fd`, at least one page. */
static int sealed_size(int fd, uint64_t *size, struct error *error)
{
    const int wanted = F_SEAL_SHRINK | F_SEAL_GROW;
    struct stat status;
    struct statfs system;
    int seals = fcntl(fd, F_GET_SEALS);

    if (seals < 0) {
        return error_set(error, -EPERM, "segment: not a sealable memory file (memfd_create)");
    }
    if ((seals & wanted) != wanted) {
        return error_set(error, -EPERM, "segment: not sealed (F_SEAL_SHRINK and F_SEAL_GROW)");
    }
    /* Reading a hole of huge-page memory can fail with SIGBUS; ordinary memory files cannot. */
    if (fstatfs(fd, &system) < 0 || system.f_type != TMPFS_MAGIC) {
        return error_set(error, -EPERM,
                         "segment: not ordinary memory (memfd_create without "
                         "MFD_HUGETLB)");
    }
    if (fstat(fd, &status) < 0) {
        return error_set(error, -errno, "segment: %s", strerror(errno));
    }
    if (status.st_size < WIRE_HEADER_BYTES) {
        return error_set(error, -EINVAL, "segment: %lld bytes are too few for a header",
                         (long long)status.st_size);
    }
    if ((uint64_t)status.st_size > WIRE_SEGMENT_BYTES_MAX) {
        return error_set(error, -EFBIG, "segment: %lld bytes, at most %llu are accepted",
                         (long long)status.st_size, (unsigned long long)WIRE_SEGMENT_BYTES_MAX);
    }
    *size = (uint64_t)status.st_size;
    return 0;
}

int view_adopt(struct view **result, void *memory, uint64_t size, struct error *error)
{
    struct wire_header copy;
    struct wire_offsets at;

    *result = NULL;
    memcpy(&copy, memory, offsetof(struct wire_header, slot_used));
    int code = check_header(&copy, size, &at, error);
    struct view *view = code == 0 ? calloc(1, sizeof *view) : NULL;
    if (view == NULL) {
        munmap(memory, size);
        return code != 0 ? code : error_set(error, -ENOMEM, "segment: no memory");
    }
    view->header = memory;
    view->counts = copy.counts;
    view->at = at;
    view->pid = copy.pid;
    view->start_time = copy.start_time;
    *result = view;
    return 0;
}

int view_open(struct view **result, int fd, struct error *error)
{
    uint64_t size = 0;
    int code = sealed_size(fd, &size, error);

    *result = NULL;
    if (code < 0) {
        return code;
    }
    void *memory = mmap(NULL, size, PROT_READ, MAP_SHARED | MAP_NORESERVE, fd, 0);
    if (memory == MAP_FAILED) {
        return error_set(error, -errno, "segment: mapping %llu bytes: %s", (unsigned long long)size,
                         strerror(errno));
    }
    return view_adopt(result, memory, size, error);
}

void view_close(struct view **pointer)
{
    struct view *view = *pointer;

    *pointer = NULL;
    if (view != NULL) {
        munmap((void *)(uintptr_t)view->header, view->at.segment_bytes);
        free(view);
    }
}

uint64_t view_pid(const struct view *view)
{
    return view->pid;
}

uint64_t view_start_time(const struct view *view)
{
    return view->start_time;
}

uint64_t view_bytes(const struct view *view)
{
    return view->at.segment_bytes;
}

void view_read_process(const struct view *view, struct wire_process_copy *copy)
{
#define FIELD(name, unit, text)                                                                    \
    copy->name = atomic_load_explicit(&view->header->process.name, memory_order_relaxed);
#include "wire/process.def"
#undef FIELD
}

static uint32_t read_used(const _Atomic uint64_t *used, uint32_t count)
{
    uint64_t value = atomic_load_explicit(used, memory_order_acquire);
    return value < count ? (uint32_t)value : count;
}

uint32_t view_slot_count(const struct view *view)
{
    return read_used(&view->header->slot_used, view->counts.slot_count);
}

bool view_read_slot(const struct view *view, uint32_t index, struct wire_slot_copy *copy)
{
    if (index >= view->counts.slot_count) {
        return false;
    }
    const struct wire_slot *slot = (const struct wire_slot *)view_at(view, view->at.slots) + index;
    copy->generation = atomic_load_explicit(&slot->generation, memory_order_acquire);
#define FIELD(name, unit, text)                                                                    \
    copy->name = atomic_load_explicit(&slot->name, memory_order_relaxed);
#include "wire/slot.def"
#undef FIELD
    atomic_thread_fence(memory_order_acquire);
    return atomic_load_explicit(&slot->generation, memory_order_relaxed) == copy->generation;
}

uint32_t view_store_count(const struct view *view)
{
    return read_used(&view->header->store_used, view->counts.store_count);
}

bool view_read_store(const struct view *view, uint32_t index, struct wire_store_copy *copy)
{
    if (index >= view->counts.store_count) {
        return false;
    }
    const struct wire_store *store =
        (const struct wire_store *)view_at(view, view->at.stores) + index;
    uint64_t generation = atomic_load_explicit(&store->generation, memory_order_acquire);
    copy->id = atomic_load_explicit(&store->id, memory_order_relaxed);
    copy->bytes = atomic_load_explicit(&store->bytes, memory_order_relaxed);
    copy->is_shared = atomic_load_explicit(&store->is_shared, memory_order_relaxed);
    copy->created = atomic_load_explicit(&store->created, memory_order_relaxed);
    copy->refs = atomic_load_explicit(&store->refs, memory_order_relaxed);
    atomic_thread_fence(memory_order_acquire);
    return generation % 2 == 1 &&
           atomic_load_explicit(&store->generation, memory_order_relaxed) == generation;
}

uint32_t view_pin_count(const struct view *view)
{
    return read_used(&view->header->pin_used, view->counts.pin_count);
}

bool view_read_pin(const struct view *view, uint32_t index, uint32_t *store, uint32_t *thread)
{
    if (index >= view->counts.pin_count) {
        return false;
    }
    const wire_pin *pin = (const wire_pin *)view_at(view, view->at.pins) + index;
    uint64_t word = atomic_load_explicit(pin, memory_order_acquire);
    if ((uint32_t)word == 0) {
        return false;
    }
    *store = (uint32_t)(word >> 32);
    *thread = (uint32_t)word - 1;
    return true;
}

size_t view_read_name(const struct view *view, uint64_t id, char name[WIRE_NAME_MAX + 1])
{
    uint32_t used = read_used(&view->header->string_used, view->counts.string_bytes);
    uint32_t length;

    name[0] = '\0';
    if (id == 0 || id % 4 != 0 || id > used || used - id < sizeof length) {
        return 0;
    }
    const unsigned char *at = view_at(view, view->at.strings + id);
    memcpy(&length, at, sizeof length);
    if (length > WIRE_NAME_MAX || length > used - id - sizeof length) {
        return 0;
    }
    memcpy(name, at + sizeof length, length);
    name[length] = '\0';
    return strlen(name);
}

/* Of a ring the counters and, until it has gone round once, only the records written. */
static uint64_t ring_bytes(const struct view *view, uint32_t index)
{
    const struct wire_ring *ring = view_at(view, view->at.rings + index * view->at.ring_stride);
    uint64_t committed = atomic_load_explicit(&ring->committed, memory_order_acquire);
    uint64_t count = committed < view->counts.ring_records ? committed : view->counts.ring_records;

    return count == 0 && committed == 0 ? 0 : sizeof *ring + count * sizeof(struct record);
}

bool view_get_region(const struct view *view, uint32_t nth, uint64_t *offset, uint64_t *size)
{
    enum { TABLES = 5 };
    const struct {
        uint64_t offset, size;
    } tables[TABLES] = {
        {0, WIRE_HEADER_BYTES},
        {view->at.slots, view_slot_count(view) * sizeof(struct wire_slot)},
        {view->at.stores, view_store_count(view) * sizeof(struct wire_store)},
        {view->at.pins, view_pin_count(view) * sizeof(wire_pin)},
        {view->at.strings, read_used(&view->header->string_used, view->counts.string_bytes)},
    };

    if (nth < TABLES) {
        *offset = tables[nth].offset;
        *size = tables[nth].size & ~UINT64_C(7); /* whole words: names end at a multiple of 4 */
        *size += tables[nth].size % 8 != 0 ? 8 : 0;
        return true;
    }
    uint32_t ring = nth - TABLES;
    if (ring >= view_slot_count(view)) {
        return false;
    }
    *offset = view->at.rings + ring * view->at.ring_stride;
    *size = ring_bytes(view, ring);
    return true;
}

void view_copy_region(const struct view *view, uint64_t offset, uint64_t size, void *copy)
{
    const _Atomic uint64_t *from = view_at(view, offset);
    uint64_t *to = copy;

    for (uint64_t i = 0; i < size / sizeof *to; i++) {
        to[i] = atomic_load_explicit(&from[i], memory_order_relaxed);
    }
}

size_t view_read_ring(const struct view *view, uint32_t index, struct ring_reader *reader,
                      struct record *records, size_t max)
{
    if (index >= view->counts.slot_count) {
        return 0;
    }
    const struct wire_ring *ring = view_at(view, view->at.rings + index * view->at.ring_stride);
    return ring_read(reader, ring, view->counts.ring_records, records, max);
}
