/*
 * Events of one process into its segment: which thread is which isolate, what its collections left,
 * which message went from whom to whom. Figures that the layout of its Node.js does not let us know
 * stay WIRE_UNKNOWN. One thread.
 */
#ifndef PROBES_FOLD_H
#define PROBES_FOLD_H

#include "probes/event.h"
#include "probes/image.h"
#include "wire/segment.h"

struct fold;

/* `segment` and `image` are borrowed. NULL: no memory. The main isolate, and workers that can be
 * found, are there at once. */
struct fold *fold_new(struct segment *segment, uint64_t pid, const struct image *image);
void fold_free(struct fold **fold);

void fold_take(struct fold *fold, const struct event *event, const char *text);
/* Now and then: tells clones whose receivers did not show. `now` in CLOCK_MONOTONIC ns. */
void fold_tick(struct fold *fold, uint64_t now);

/* What the kernel counts of the process; about every second. */
void fold_set_memory(struct fold *fold, const struct event_memory *memory);
/* Looks how much of each heap is resident, where the layout lets it be seen; ns of CPU
 * it took. */
uint64_t fold_scan(struct fold *fold);
/* How many collections there were, and messages. */
uint64_t fold_collections(const struct fold *fold);
uint64_t fold_messages(const struct fold *fold);
/* Whether all messages are watched being written and read, or only now and then; and whether that
 * must not end now. */
void fold_set_watched(struct fold *fold, bool is_watched);
bool fold_needs_watching(const struct fold *fold, uint64_t now);
/* Notes `count` events that were lost in all. */
void fold_set_dropped(struct fold *fold, uint64_t count);

#endif
