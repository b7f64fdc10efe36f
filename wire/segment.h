/*
 * The emitter's side of shared memory: makes the segment of this process, hands out slots and their
 * rings, names, store and pin entries. The accounting words inside a slot are written by its owner
 * directly (layout.h). Every function is for any thread unless it says otherwise; none waits for a
 * collector.
 */
#ifndef WIRE_SEGMENT_H
#define WIRE_SEGMENT_H

#include "base/error.h"
#include "wire/layout.h"
#include "wire/ring.h"

struct segment;

extern const struct wire_counts segment_counts_default;

/* Makes a sealed segment for process `pid` (0: this one). 0, or a negative errno with *error set.
 */
int segment_create(struct segment **segment, const struct wire_counts *counts, uint64_t pid,
                   struct error *error);
/* Unmaps and closes; NULL and already NULL are fine. No thread may still use it. */
void segment_free(struct segment **segment);

/* Descriptors to hand to a collector; they stay owned by the segment. */
int segment_fd(const struct segment *segment);
int segment_doorbell(const struct segment *segment);

/* Process words, for relaxed atomic adds. Never NULL for a segment. */
struct wire_process *segment_process(struct segment *segment);

/* Id of `text` (cut at WIRE_NAME_MAX bytes); 0, the empty name, when the table is full (counted).
 */
uint32_t segment_intern(struct segment *segment, const char *text, size_t length);

/* A slot, zeroed but for thread, state STARTING, started and unknown figures; NULL when none is
 * free (counted). Published when this returns. */
struct wire_slot *segment_take_slot(struct segment *segment, uint32_t thread);
/* Gives the slot back; its words stay readable until it is taken again, oldest first. */
void segment_give_slot(struct segment *segment, struct wire_slot *slot);
/* The writer for the slot's ring; the thread that owns the slot is its only user. */
struct ring_writer segment_ring_writer(struct segment *segment, const struct wire_slot *slot);

/* Lists a store and returns its entry; NULL when the table is full (counted). */
struct wire_store *segment_add_store(struct segment *segment, uint64_t bytes, bool is_shared);
void segment_remove_store(struct segment *segment, struct wire_store *store);

/* Notes that `thread` holds `store`, once per pair; the index is for remove, SEGMENT_NO_PIN when
 * the table is full (counted). */
#define SEGMENT_NO_PIN UINT32_MAX
uint32_t segment_add_pin(struct segment *segment, const struct wire_store *store, uint32_t thread);
void segment_remove_pin(struct segment *segment, uint32_t pin);

#endif
