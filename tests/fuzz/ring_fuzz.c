/*
 * A ring under any sequence of pushes, reads and lies. As long as nobody lied, what was written is
 * read in order or counted as lost; after a lie reading still ends and stays inside (ASan watches).
 *
 * Two bytes a step: what (modulo 4: push, read, set reserved, set committed) and how much.
 */
#include "tests/fuzz/fuzz.h"
#include "wire/ring.h"

#include <stdbool.h>
#include <string.h>

#define RECORDS  64
#define READ_MAX 80

struct state {
    struct wire_ring *ring;
    struct ring_writer writer;
    struct ring_reader reader;
    uint64_t written, read;
    bool is_honest;
};

static void push(struct state *state, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        struct record record = {.kind = RECORD_job, .t = state->written++};
        ring_push(&state->writer, &record);
    }
}

static void read_some(struct state *state, size_t max)
{
    struct record records[READ_MAX];
    size_t count = ring_read(&state->reader, state->ring, RECORDS, records, max % READ_MAX);
    FUZZ_CHECK(count <= max % READ_MAX);
    for (size_t i = 0; i < count && state->is_honest; i++) {
        FUZZ_CHECK(records[i].t == state->read + state->reader.lost + i);
    }
    state->read += count;
    if (state->is_honest) {
        FUZZ_CHECK(state->read + state->reader.lost == state->reader.next);
        FUZZ_CHECK(state->reader.next <= state->written && state->reader.refused == 0);
    }
}

/* Small numbers, numbers near the truth, numbers near the end. */
static uint64_t lie(const struct state *state, unsigned how)
{
    switch (how % 4) {
    case 0:
        return how / 4;
    case 1:
        return state->written + how / 4 - 32;
    case 2:
        return UINT64_MAX - how / 4;
    default:
        return UINT64_C(1) << (how / 4);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct state state = {.is_honest = true};
    size_t bytes = sizeof *state.ring + RECORDS * 64;
    state.ring = aligned_alloc(64, bytes);
    FUZZ_CHECK(state.ring != NULL);
    memset(state.ring, 0, bytes);
    ring_writer_init(&state.writer, state.ring, RECORDS, -1);
    for (size_t i = 0; i + 1 < size; i += 2) {
        switch (data[i] % 4) {
        case 0:
            push(&state, data[i + 1]);
            break;
        case 1:
            read_some(&state, data[i + 1]);
            break;
        case 2:
            state.is_honest = false;
            atomic_store(&state.ring->reserved, lie(&state, data[i + 1]));
            break;
        default:
            state.is_honest = false;
            atomic_store(&state.ring->committed, lie(&state, data[i + 1]));
        }
    }
    free(state.ring);
    return 0;
}
