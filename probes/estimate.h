/*
 * What of a heap is live between two full collections, which V8 makes seldom: a leak may fill a heap
 * to four times its size before the next one tells. Minor collections tell what is in use, live or
 * not; how much of such a rise the full ones found to be garbage, before, tells the rest. One thread.
 */
#ifndef PROBES_ESTIMATE_H
#define PROBES_ESTIMATE_H

#include <stdint.h>

#define ESTIMATE_SPANS 2

struct estimate_span {   /* from one full collection to the next */
    double kept;         /* share of what came in use that stayed */
    double waste;        /* bytes of garbage a job */
};

struct estimate {
    uint64_t live, jobs; /* left by the last full collection, jobs until then; WIRE_UNKNOWN */
    uint64_t used;       /* left by the last minor one since */
    uint32_t minors;     /* since */
    uint32_t spans_seen;
    struct estimate_span spans[ESTIMATE_SPANS];
};

void estimate_init(struct estimate *estimate);
/* A full collection left `live` bytes, after so many jobs of the isolate. */
void estimate_full(struct estimate *estimate, uint64_t live, uint64_t jobs);
/* A minor one left `used` bytes. Returns how many of them are live; WIRE_UNKNOWN while too little is
 * known. */
uint64_t estimate_minor(struct estimate *estimate, uint64_t used, uint64_t jobs);

#endif
