/*
 * A whole segment from the fuzzer, read as a collector reads it; then its emitter changes words
 * behind the collector's back and it is read again with the same readers.
 *
 *   byte 0      bit 0: make the constant part of the header valid, so that the tables are reached
 *   byte 1      how many patches
 *   patches     12 bytes each: u32 offset (modulo the size), u64 new word
 *   the rest    the segment's bytes, zeros up to its size
 */
#include "tests/fuzz/fuzz.h"
#include "wire/view.h"

#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define PATCH_BYTES   12
#define READ_MAX      96
#define RING_READS    8 /* calls for one ring in one round: a hostile one need never end */
#define READERS_MAX   8
#define SEGMENT_BYTES (64u << 10)

static const struct wire_counts small = {
    .slot_count = 2, .store_count = 4, .pin_count = 4, .string_bytes = 4096, .ring_records = 64};

static void make_header_valid(struct wire_header *header, uint64_t segment_bytes)
{
    header->magic = WIRE_MAGIC;
    header->version = WIRE_VERSION;
    header->header_bytes = WIRE_HEADER_BYTES;
    header->segment_bytes = segment_bytes;
    header->pid = 1;
    header->counts = small;
}

static void read_tables(const struct view *view)
{
    struct wire_process_copy process;
    struct wire_store_copy store;
    uint32_t store_id, thread;
    view_read_process(view, &process);
    for (uint32_t i = 0; i < view_store_count(view) + 1; i++) {
        view_read_store(view, i, &store);
    }
    for (uint32_t i = 0; i < view_pin_count(view) + 1; i++) {
        view_read_pin(view, i, &store_id, &thread);
    }
}

static void read_slots(const struct view *view, struct ring_reader *readers)
{
    char name[WIRE_NAME_MAX + 1];
    for (uint32_t i = 0; i < view_slot_count(view) + 1; i++) {
        struct wire_slot_copy slot;
        if (view_read_slot(view, i, &slot)) {
            FUZZ_CHECK(view_read_name(view, slot.name, name) <= WIRE_NAME_MAX);
            FUZZ_CHECK(view_read_name(view, slot.pool, name) == strlen(name));
        }
        struct record records[READ_MAX];
        for (int reads = 0; i < READERS_MAX && reads < RING_READS; reads++) {
            size_t count = view_read_ring(view, i, &readers[i], records, READ_MAX);
            FUZZ_CHECK(count <= READ_MAX);
            for (size_t r = 0; r < count; r++) {
                view_read_name(view, records[r].fields[0], name);
            }
        }
    }
}

static void apply_patches(unsigned char *memory, size_t size, const uint8_t *patches, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        uint32_t offset;
        memcpy(&offset, patches + i * PATCH_BYTES, sizeof offset);
        memcpy(memory + offset % (size / 8) * 8, patches + i * PATCH_BYTES + 4, 8);
    }
}

static void read_twice(int fd, unsigned char *memory, size_t size, const uint8_t *patches,
                       size_t patch_count)
{
    struct view *view;
    struct error error = {""};
    if (view_open(&view, fd, &error) < 0) {
        FUZZ_CHECK(view == NULL && error.text[0] != '\0' && strchr(error.text, '\n') == NULL);
        return;
    }
    struct ring_reader readers[READERS_MAX] = {{0}};
    read_tables(view);
    read_slots(view, readers);
    apply_patches(memory, size, patches, patch_count);
    read_tables(view);
    read_slots(view, readers);
    view_close(&view);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct wire_offsets at;
    if (size < 2 || size - 2 < data[1] * (size_t)PATCH_BYTES || size > SEGMENT_BYTES) {
        return 0;
    }
    bool is_valid = data[0] & 1;
    size_t patch_count = data[1], head = 2 + patch_count * PATCH_BYTES, body = size - head;
    FUZZ_CHECK(layout_compute(&small, &at));
    size_t segment_bytes = is_valid ? at.segment_bytes : (body + 4095) / 4096 * 4096;
    if (segment_bytes == 0) {
        return 0;
    }
    int fd = memfd_create("fuzz", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    FUZZ_CHECK(fd >= 0 && ftruncate(fd, (off_t)segment_bytes) == 0);
    FUZZ_CHECK(fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW) == 0);
    unsigned char *memory = mmap(NULL, segment_bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    FUZZ_CHECK(memory != MAP_FAILED);
    memcpy(memory, data + head, body < segment_bytes ? body : segment_bytes);
    if (is_valid) {
        make_header_valid((struct wire_header *)memory, segment_bytes);
    }
    read_twice(fd, memory, segment_bytes, data + 2, patch_count);
    munmap(memory, segment_bytes);
    close(fd);
    return 0;
}
