/*
 * Distributions a process keeps for /metrics: sizes of clones, time spent on them, pauses of
 * collections. Fixed buckets, made from records by ingest, so what a ring lost is missing here.
 * Part of struct process; the loop's thread only.
 */
#ifndef DAEMON_HISTOGRAM_H
#define DAEMON_HISTOGRAM_H

#include "wire/record.h"

#include <stdint.h>

#define HISTOGRAM_BUCKETS 12 /* the last one is +Inf */

enum histogram_kind {
    HISTOGRAM_CLONE_SIZE,
    HISTOGRAM_SERIALIZE,
    HISTOGRAM_QUEUE,
    HISTOGRAM_DESERIALIZE,
    HISTOGRAM_GC_PAUSE,
    HISTOGRAM_KINDS
};

struct histogram {
    uint64_t counts[HISTOGRAM_BUCKETS]; /* each bucket alone, not cumulated */
    double sum;
};

struct histograms {
    struct histogram of[HISTOGRAM_KINDS];
};

/* Upper ends of the buckets of a kind: bytes or seconds; HISTOGRAM_BUCKETS - 1 of them. */
const double *histogram_bounds(enum histogram_kind kind);

/* Takes in what a record says about any of them; fields that are not known count nowhere. */
void histogram_add(struct histograms *histograms, const struct record *record);

#endif
