/*
 * The memory of one isolate's heap: a single-threaded allocator that is the accounting. Every byte
 * handed out and every page committed is a relaxed store into the isolate's slot (heap_used,
 * heap_total, heap_peak), so a collector reads exact figures of a spinning or dead isolate without
 * asking it. The cap is one compare against heap_total. Freeing the arena is munmap: nothing the
 * isolate leaked survives it.
 */
#ifndef RUNTIME_ARENA_H
#define RUNTIME_ARENA_H

#include "wire/layout.h"

#include <stddef.h>
#include <stdint.h>

struct arena;

/* Counts into `slot` (borrowed, outlives the arena). `limit` caps heap_total in bytes; UINT64_MAX
 * for none. NULL when memory is exhausted. Owned by the calling thread. */
struct arena *arena_new(struct wire_slot *slot, uint64_t limit);
/* Unmaps everything and sets heap_used and heap_total of the slot to 0. */
void arena_free(struct arena **arena);

/* Of an arena's chunks, aligned to as much. */
#define ARENA_CHUNK ((size_t)1 << 20)

/* For a copy of an arena, made by copying its memory: the bytes from `*start`, the address of its only
 * chunk, that are in use; 0 when it has more than one chunk, or large blocks. */
size_t arena_extent(const struct arena *arena, uintptr_t *start);
/* Fresh zeroed memory for such a copy; NULL when there is none. */
void *arena_map(void);
/* The copy, its pointers moved along, is an arena from here on; as arena_new(). */
void arena_wake(struct arena *arena, struct wire_slot *slot, uint64_t limit);

/* malloc's contracts (size 0 gives NULL; realloc to 0 frees). NULL at the limit or when the system
 * has no more. Blocks are aligned to 16 bytes. Owner's thread only. */
void *arena_alloc(struct arena *arena, size_t size);
void *arena_realloc(struct arena *arena, void *block, size_t size);
void arena_release(struct arena *arena, void *block);

/* What `block` counts for in `used`. */
size_t arena_block_bytes(const void *block);

uint64_t arena_used(const struct arena *arena);
uint64_t arena_committed(const struct arena *arena);
uint64_t arena_limit(const struct arena *arena);
/* Returns wholly free pages to the system; called after a full collection. */
void arena_trim(struct arena *arena);

#endif
