/*
 * A segment handed to the collector by a process that then writes anything into it: every table is
 * filled properly first, then the input's words go anywhere, ticks in between.
 *
 * A step is 12 bytes: u32 offset (modulo the segment), u64 new word; a tick after every
 * STEPS_A_TICK.
 */
#include "tests/fuzz/collector.h"
#include "tests/fuzz/fuzz.h"
#include "wire/door.h"
#include "wire/segment.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define STEP_BYTES   12
#define STEPS_MAX    400
#define STEPS_A_TICK 8

static const struct wire_counts small = {
    .slot_count = 3, .store_count = 4, .pin_count = 8, .string_bytes = 4096, .ring_records = 64};

static void fill(struct segment *segment)
{
    struct wire_store *store = segment_add_store(segment, 1 << 20, true);
    for (uint32_t thread = 0; thread < 2; thread++) {
        struct wire_slot *slot = segment_take_slot(segment, thread);
        struct ring_writer writer = segment_ring_writer(segment, slot);
        atomic_store(&slot->name, segment_intern(segment, "worker-1", 8));
        for (uint16_t kind = 0; kind < RECORD_KINDS; kind++) {
            struct record record = {.kind = kind, .thread = thread};
            if (kind != RECORD_exit && kind != RECORD_oom) {
                ring_push(&writer, &record);
            }
        }
        segment_add_pin(segment, store, thread);
    }
}

static void hand_over(int fd, struct segment *segment)
{
    struct door door;
    char hello[128];
    int length = snprintf(hello, sizeof hello,
                          "{\"type\":\"hello\",\"version\":1,\"pid\":%d,\"name\":\"f\","
                          "\"kind\":\"duktape\"}",
                          (int)getpid());
    door_init(&door, fd);
    FUZZ_CHECK(door_send(&door, hello, (size_t)length,
                         (int[]){segment_fd(segment), segment_doorbell(segment)}, 2) == 0);
    collector_serve();
    collector_tick();
    door_fini(&door);
}

static void overwrite(unsigned char *memory, uint64_t size, const uint8_t *data, size_t steps)
{
    for (size_t i = 0; i < steps; i++) {
        uint32_t offset;
        memcpy(&offset, data + i * STEP_BYTES, sizeof offset);
        memcpy(memory + offset % (size / 8) * 8, data + i * STEP_BYTES + 4, 8);
        if (i % STEPS_A_TICK == STEPS_A_TICK - 1) {
            collector_serve();
            collector_tick();
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct segment *segment;
    struct wire_offsets at;
    size_t steps = size / STEP_BYTES < STEPS_MAX ? size / STEP_BYTES : STEPS_MAX;
    int fd = collector_connect();
    FUZZ_CHECK(segment_create(&segment, &small, 0, NULL) == 0 && layout_compute(&small, &at));
    unsigned char *memory =
        mmap(NULL, at.segment_bytes, PROT_READ | PROT_WRITE, MAP_SHARED, segment_fd(segment), 0);
    FUZZ_CHECK(memory != MAP_FAILED);
    fill(segment);
    hand_over(fd, segment);
    overwrite(memory, at.segment_bytes, data, steps);
    collector_serve();
    collector_tick();
    collector_check();
    munmap(memory, at.segment_bytes);
    segment_free(&segment);
    return 0;
}
