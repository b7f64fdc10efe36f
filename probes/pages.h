/*
 * How much of each V8 heap of a process is resident. V8 takes memory in pieces that begin at
 * multiples of 256 KiB with a header, which names the heap they belong to; which of their pages are
 * resident the kernel tells in /proc/PID/pagemap. Looked at now and then: it is read, not counted.
 */
#ifndef PROBES_PAGES_H
#define PROBES_PAGES_H

#include "probes/offsets.h"

#include <stddef.h>
#include <stdint.h>

struct pages_heap {
    uint64_t heap;     /* address of the Heap in the process */
    uint64_t resident; /* bytes; set by pages_scan() */
};

/* Sets `resident` of each of the `count` heaps. 0, or a negative errno: -ENOTSUP when the layout is
 * not known, -EFBIG when there is too much to look at. */
int pages_scan(uint64_t pid, const struct offsets_page *page, struct pages_heap *heaps,
               size_t count);

#endif
