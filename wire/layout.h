/*
 * The shared memory of one observed process, word by word. Written by the emitter (segment.c,
 * ring.c), read by a collector that believes nothing in it (view.c). No other file touches it.
 *
 *   +--------------------+ 0
 *   | header             | identity, the five counts below, process words; one page
 *   +--------------------+ WIRE_HEADER_BYTES
 *   | slots              | slot_count  x 512 B   one per isolate, reused oldest first
 *   +--------------------+
 *   | stores             | store_count x 64 B    buffers: the shared ones and the large ones
 *   +--------------------+
 *   | pins               | pin_count   x 8 B     which isolate holds which store
 *   +--------------------+
 *   | strings            | string_bytes          append-only: u32 length, bytes, padded to 4
 *   +--------------------+ (aligned to a page)
 *   | rings              | slot_count  x (64 B + ring_records x 64 B): slot i owns ring i
 *   +--------------------+ segment_bytes
 *
 * There are no offsets to lie about: both sides compute them from the counts (layout_compute()).
 * The memory is a sealed memfd (SHRINK, GROW, SEAL), sparse, native byte order (same machine).
 * Everything a reader may see change is a 64-bit atomic word. A slot or store is in use while its
 * generation is odd; a reader copies it between two equal odd reads of the generation.
 */
#ifndef WIRE_LAYOUT_H
#define WIRE_LAYOUT_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define WIRE_MAGIC   UINT64_C(0x31504f43534f5349) /* "ISOSCOP1" */
#define WIRE_VERSION 1

#define WIRE_UNKNOWN UINT64_MAX /* a figure the emitter cannot know; null in JSON */

#define WIRE_HEADER_BYTES 4096
#define WIRE_PAGE_BYTES   4096
#define WIRE_NAME_MAX     255 /* bytes of a name; longer ones are cut by the emitter */

/* Ceilings a collector accepts; an emitter stays below them. */
#define WIRE_SLOTS_MAX         16384
#define WIRE_STORES_MAX        65536
#define WIRE_PINS_MAX          262144
#define WIRE_STRING_BYTES_MAX  (8u << 20)
#define WIRE_RING_RECORDS_MAX  65536 /* a power of two, at least 64 */
#define WIRE_SEGMENT_BYTES_MAX (UINT64_C(1) << 30)

enum wire_state { WIRE_STARTING, WIRE_RUNNING, WIRE_IDLE, WIRE_DRAINING, WIRE_EXITED, WIRE_OOM };

enum wire_gc { WIRE_GC_FULL, WIRE_GC_EMERGENCY, WIRE_GC_FORCED, WIRE_GC_MINOR };

enum wire_op { WIRE_OP_ATOMICS_WAIT, WIRE_OP_SERIALIZE, WIRE_OP_TURN };
#define WIRE_OPS 3

struct wire_counts {
    uint32_t slot_count;
    uint32_t store_count;
    uint32_t pin_count;
    uint32_t string_bytes; /* multiple of 4096 */
    uint32_t ring_records; /* power of two */
};

/* Byte offsets from the start of the segment. */
struct wire_offsets {
    uint64_t slots, stores, pins, strings, rings, ring_stride, segment_bytes;
};

struct wire_header {
    uint64_t magic;
    uint32_t version;
    uint32_t header_bytes;
    uint64_t segment_bytes;
    uint64_t pid;
    uint64_t start_time; /* field 22 of /proc/PID/stat: with pid the process's identity */
    struct wire_counts counts;
    uint32_t reserved;
    _Atomic uint64_t slot_used;   /* slots [0, slot_used) were ever in use */
    _Atomic uint64_t store_used;  /* likewise */
    _Atomic uint64_t pin_used;    /* likewise */
    _Atomic uint64_t string_used; /* bytes of the string table that are complete */
#define FIELD(name, unit, text) _Atomic uint64_t name;
    struct wire_process {
#include "wire/process.def"
    } process;
#undef FIELD
};

struct wire_slot {
    _Atomic uint64_t generation; /* odd while in use */
#define FIELD(name, unit, text) _Atomic uint64_t name;
#include "wire/slot.def"
#undef FIELD
    _Atomic uint64_t reserved[64 - 38];
};

struct wire_store {
    _Atomic uint64_t generation; /* odd while in use */
    _Atomic uint64_t id;         /* never reused within a process; below 2^32 */
    _Atomic uint64_t bytes;
    _Atomic uint64_t is_shared;
    _Atomic uint64_t created; /* CLOCK_MONOTONIC ns */
    _Atomic uint64_t refs;    /* references in the process, messages in flight included */
    _Atomic uint64_t reserved[2];
};

/* A pin is one word: store id << 32 | threadId + 1; 0 is free. */
typedef _Atomic uint64_t wire_pin;

/*
 * Ring of 64-byte records, one writer, never waiting for readers: `reserved` moves before a
 * record's words are stored, `committed` after. Both only grow and are not reset when the ring gets
 * a new owner. Record n lies at n modulo ring_records.
 */
struct wire_ring {
    _Atomic uint64_t reserved;
    _Atomic uint64_t committed;
    _Atomic uint64_t unused[6];
    _Atomic uint64_t words[]; /* ring_records x 8 */
};

_Static_assert(sizeof(struct wire_header) <= WIRE_HEADER_BYTES, "the header fits its page");
_Static_assert(sizeof(struct wire_slot) == 512, "a slot is 64 words");
_Static_assert(sizeof(struct wire_store) == 64, "a store is a cache line");
_Static_assert(sizeof(struct wire_ring) == 64, "a ring's counters are a cache line");

/* True and *offsets set when every count is within its ceiling; false otherwise. */
bool layout_compute(const struct wire_counts *counts, struct wire_offsets *offsets);

/* Plain copies of the words above, as a reader hands them out. */
#define FIELD(name, unit, text) uint64_t name;
struct wire_slot_copy {
    uint64_t generation;
#include "wire/slot.def"
};
struct wire_process_copy {
#include "wire/process.def"
};
#undef FIELD

struct wire_store_copy {
    uint64_t id, bytes, is_shared, created, refs;
};

#endif
