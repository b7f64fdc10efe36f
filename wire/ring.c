/*
 * The ring's protocol, both sides (layout.h draws the memory, ring.h states the order of accesses).
 * Called by isolates for every record they write and by the collector's drain. Owns nothing.
 */
#include "wire/ring.h"

#include <string.h>
#include <unistd.h>

#define WORDS_PER_RECORD 8
#define SKIPPED_MAX      (UINT64_C(1) << 48) /* records: three months of nothing but writing */
/* A writer that laps the copy this often gets the next tick's attention. */
#define LAPPED_RETRIES 4

void ring_writer_init(struct ring_writer *writer, struct wire_ring *ring, uint32_t ring_records,
                      int doorbell)
{
    writer->ring = ring;
    writer->mask = ring_records - 1;
    writer->next = ring != NULL ? atomic_load_explicit(&ring->committed, memory_order_relaxed) : 0;
    writer->rung = writer->next;
    writer->doorbell = doorbell;
}

static void doorbell_ring(struct ring_writer *writer)
{
    uint64_t one = 1;

    writer->rung = writer->next;
    if (writer->doorbell >= 0 && write(writer->doorbell, &one, sizeof one) < 0) {
        return; /* EAGAIN: it rings already */
    }
}

void ring_push(struct ring_writer *writer, const struct record *record)
{
    struct wire_ring *ring = writer->ring;
    uint64_t words[WORDS_PER_RECORD];

    if (ring == NULL) {
        return;
    }
    memcpy(words, record, sizeof words);
    uint64_t number = writer->next;
    _Atomic uint64_t *to = &ring->words[(number & writer->mask) * WORDS_PER_RECORD];

    atomic_store_explicit(&ring->reserved, number + 1, memory_order_relaxed);
    atomic_thread_fence(memory_order_release);
    for (int i = 0; i < WORDS_PER_RECORD; i++) {
        atomic_store_explicit(&to[i], words[i], memory_order_relaxed);
    }
    atomic_store_explicit(&ring->committed, number + 1, memory_order_release);
    writer->next = number + 1;

    bool is_half_written = writer->next - writer->rung > writer->mask / 2;
    bool is_urgent = record->kind < RECORD_KINDS && record_types[record->kind].is_urgent;
    if (is_half_written || is_urgent) {
        doorbell_ring(writer);
    }
}

static void copy_records(const struct wire_ring *ring, uint64_t mask, uint64_t first,
                         struct record *records, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const _Atomic uint64_t *from = &ring->words[((first + i) & mask) * WORDS_PER_RECORD];
        uint64_t words[WORDS_PER_RECORD];
        for (int w = 0; w < WORDS_PER_RECORD; w++) {
            words[w] = atomic_load_explicit(&from[w], memory_order_relaxed);
        }
        memcpy(&records[i], words, sizeof words);
    }
}

/* One attempt; *is_lapped when everything copied had been overwritten meanwhile. */
static size_t read_once(struct ring_reader *reader, const struct wire_ring *ring, uint64_t size,
                        struct record *records, size_t max, bool *is_lapped)
{
    uint64_t committed = atomic_load_explicit(&ring->committed, memory_order_acquire);

    if (committed < reader->next) {
        reader->refused++; /* counters only grow: start again where it says it is */
        reader->next = committed;
        return 0;
    }
    if (committed - reader->next > size) {
        uint64_t skipped = committed - size - reader->next;
        if (skipped > SKIPPED_MAX) {
            reader->refused++; /* a number nobody can have written: not a loss but a lie */
        } else {
            reader->lost += skipped;
        }
        reader->next = committed - size;
    }
    uint64_t first = reader->next;
    size_t count = committed - first < max ? (size_t)(committed - first) : max;
    copy_records(ring, size - 1, first, records, count);

    atomic_thread_fence(memory_order_acquire);
    uint64_t reserved = atomic_load_explicit(&ring->reserved, memory_order_relaxed);
    reader->next = first + count;
    if (reserved < committed) {
        reader->refused++; /* the writer moves reserved first: these bytes are not records */
        return 0;
    }
    if (reserved - first <= size) {
        return count;
    }
    uint64_t overwritten = reserved - first - size;
    if (overwritten >= count) {
        reader->lost += count;
        *is_lapped = count != 0;
        return 0;
    }
    reader->lost += overwritten;
    memmove(records, records + overwritten, (count - (size_t)overwritten) * sizeof *records);
    return count - (size_t)overwritten;
}

size_t ring_read(struct ring_reader *reader, const struct wire_ring *ring, uint32_t ring_records,
                 struct record *records, size_t max)
{
    for (int attempt = 0; attempt < LAPPED_RETRIES; attempt++) {
        bool is_lapped = false;
        size_t count = read_once(reader, ring, ring_records, records, max, &is_lapped);
        if (count != 0 || !is_lapped) {
            return count;
        }
    }
    return 0;
}
