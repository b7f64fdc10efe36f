/*
 * Writing and reading a ring (layout.h). The writer never waits and never learns of readers; a
 * reader that is lapped loses the oldest records and counts them exactly.
 *
 * Memory order (Boehm, "Can seqlocks get along with programming language memory models?", 2012):
 * reserved, release fence, words, release store of committed; the reader loads committed (acquire),
 * words, acquire fence, and then reserved tells which of the words may have been overwritten.
 */
#ifndef WIRE_RING_H
#define WIRE_RING_H

#include "wire/layout.h"
#include "wire/record.h"

/* The writer's own side; lives with the isolate that owns the ring. One thread at a time. */
struct ring_writer {
    struct wire_ring *ring; /* borrowed from the segment; NULL makes every push a no-op */
    uint64_t mask;          /* ring_records - 1 */
    uint64_t next;          /* number of the next record */
    uint64_t rung;          /* `next` when the doorbell was last rung */
    int doorbell;           /* eventfd, non-blocking; -1 for none */
};

void ring_writer_init(struct ring_writer *writer, struct wire_ring *ring, uint32_t ring_records,
                      int doorbell);

/* Appends *record (t, kind, thread and fields set by the caller). Wait-free; a full ring overwrites
 * its oldest. Rings the doorbell for urgent kinds and after every half ring. */
void ring_push(struct ring_writer *writer, const struct record *record);

/* The reader's own side. One thread. */
struct ring_reader {
    uint64_t next;    /* number of the next record to read */
    uint64_t lost;    /* records overwritten before they were read, exact */
    uint64_t refused; /* times the writer's counters contradicted themselves */
};

/*
 * Copies up to `max` records into `records` and returns how many are valid; call again until it
 * returns 0. Adds to lost and refused. `ring` may be hostile: whatever its words say, this
 * terminates and stays within ring_records.
 */
size_t ring_read(struct ring_reader *reader, const struct wire_ring *ring, uint32_t ring_records,
                 struct record *records, size_t max);

#endif
