/*
 * What the kernel counts of a process: resident memory by kind, address space, page faults, and the
 * last picture of one that its OOM killer chose. Into the words of the segment. One thread.
 */
#ifndef PROBES_MEMORY_H
#define PROBES_MEMORY_H

#include "probes/event.h"
#include "probes/isolates.h"

/* A look at it. After memory_take_kill() the words stay as they were then. */
void memory_take(struct isolates *isolates, const struct event_memory *memory);
/* EVENT_OOM_KILL: the last picture, and a record of it. */
void memory_take_kill(struct isolates *isolates, const struct event *event);

#endif
