/*
 * What collections and statistics say about the heap of an isolate, into its slot and its ring. One
 * thread.
 */
#ifndef PROBES_HEAPS_H
#define PROBES_HEAPS_H

#include "probes/event.h"
#include "probes/isolates.h"

/* EVENT_GC, EVENT_COMMITTED, EVENT_STATISTICS. */
void heaps_take_gc(struct isolates *isolates, struct isolate *isolate, const struct event *event);
void heaps_take_committed(const struct isolate *isolate, const struct event *event);
void heaps_take_statistics(const struct isolate *isolate, const struct event *event);

#endif
