/*
 * A store is the backing memory of an ArrayBuffer or SharedArrayBuffer: process-wide, atomically
 * counted, outside every heap. The last reference frees it. Shared stores, and others from
 * STORE_LISTED_MIN bytes, are listed in the segment with the isolates that pin them; all shared
 * stores count once in the process word `shared`.
 */
#ifndef RUNTIME_STORE_H
#define RUNTIME_STORE_H

#include "wire/segment.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define STORE_LISTED_MIN (64u << 10) /* bytes */

struct store;

/* Zeroed memory with one reference, the caller's. `segment` may be NULL (nothing is listed); it is
 * borrowed and outlives every store. NULL when memory is exhausted. Any thread. */
struct store *store_new(struct segment *segment, size_t bytes, bool is_shared);
/* One whose length can change, up to `max_bytes`; it never moves. */
struct store *store_new_resizable(struct segment *segment, size_t bytes, size_t max_bytes,
                                  bool is_shared);
bool store_is_resizable(const struct store *store);
size_t store_max_bytes(const struct store *store);
/* Of a store that is resizable and not shared, by the thread that holds it; new bytes are 0. */
void store_resize(struct store *store, size_t bytes);
/* Of a shared one; any thread. False when it is longer than that already. */
bool store_grow(struct store *store, size_t bytes);
/* All of it is about to be written: large pages are worth having, where the system gives them. */
void store_expect_filling(struct store *store);
struct store *store_ref(struct store *store);
/* Drops the caller's reference and nulls its pointer; NULL is fine. Any thread. */
void store_unref(struct store **store);

/* A store of its own with the same bytes, not shared; NULL when memory is exhausted. Any thread. */
struct store *store_copy(const struct store *store);

void *store_data(const struct store *store);
/* At this moment; a shared one may grow at any time. */
size_t store_bytes(const struct store *store);
bool store_is_shared(const struct store *store);
/* Identity in the segment; 0 when it is not listed. */
uint32_t store_id(const struct store *store);
/* References at this moment; a figure for records, not for decisions. */
uint64_t store_refs(const struct store *store);

/* Note that isolate `thread` holds it; `pin` is the token to give back. */
uint32_t store_pin(const struct store *store, uint32_t thread);
void store_unpin(const struct store *store, uint32_t pin);

#endif
