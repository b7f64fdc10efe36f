/*
 * Offsets into V8's and Node's objects, by version: one table, checked against the code of the
 * program that is watched. What is not in the table, or fails the check, stays unknown.
 */
#ifndef PROBES_OFFSETS_H
#define PROBES_OFFSETS_H

#include "probes/event.h"

#include <stddef.h>
#include <stdint.h>

/* Functions in whose code an offset has to appear before it is believed. */
enum offsets_witness {
    OFFSETS_STATISTICS, /* v8::Isolate::GetHeapStatistics */
    OFFSETS_RESERVED,   /* v8::internal::Heap::MaxReserved */
    OFFSETS_RUN,        /* node::worker::Worker::Run */
    OFFSETS_EXIT,       /* node::worker::Worker::Exit */
    OFFSETS_POST,       /* node::worker::MessagePortData::AddToIncomingQueue */
    OFFSETS_WITNESSES
};

struct offsets_code { /* the beginning of such a function; size 0 when it is not there */
    const unsigned char *bytes;
    size_t size;
};

/* Offsets into the header of a piece of V8's memory; EVENT_NO_OFFSET where not known. */
struct offsets_page {
    unsigned size, heap, start, end; /* of the whole; its Heap; of what holds objects */
};

/* The linker's names of the witnesses. */
extern const char *const offsets_witness_names[OFFSETS_WITNESSES];

/* Fills *layout and *page with what is known of that V8 and passed the check; what is not, and why,
 * is appended to `missing` (`size` bytes, a text). */
void offsets_find(struct event_layout *layout, struct offsets_page *page, unsigned major,
                  unsigned minor, const struct offsets_code code[OFFSETS_WITNESSES], char *missing,
                  size_t size);

#endif
