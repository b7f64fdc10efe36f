/*
 * Buckets of durations and sizes. drain.c adds, metrics.c reads. Owns nothing. Adding is a walk
 * over eleven bounds, cheap enough for every record.
 */
#include "daemon/model/histogram.h"

#include "wire/layout.h"

static const double size_bounds[HISTOGRAM_BUCKETS - 1] = {
    0x1p8, 0x1p10, 0x1p12, 0x1p14, 0x1p16, 0x1p18, 0x1p20, 0x1p22, 0x1p24, 0x1p26, 0x1p28};
static const double time_bounds[HISTOGRAM_BUCKETS - 1] = {1e-6, 1e-5, 1e-4, 5e-4, 1e-3, 5e-3,
                                                          1e-2, 5e-2, 1e-1, 0.5,  1};

const double *histogram_bounds(enum histogram_kind kind)
{
    return kind == HISTOGRAM_CLONE_SIZE ? size_bounds : time_bounds;
}

static void add(struct histograms *histograms, enum histogram_kind kind, uint64_t word,
                double units)
{
    const double *bounds = histogram_bounds(kind);
    double value = (double)word / units;
    int bucket = 0;

    if (word == WIRE_UNKNOWN) {
        return;
    }
    while (bucket < HISTOGRAM_BUCKETS - 1 && value > bounds[bucket]) {
        bucket++;
    }
    histograms->of[kind].counts[bucket]++;
    histograms->of[kind].sum += value;
}

void histogram_add(struct histograms *histograms, const struct record *record)
{
    switch (record->kind) {
    case RECORD_clone:
        add(histograms, HISTOGRAM_CLONE_SIZE, record->clone.bytes, 1);
        add(histograms, HISTOGRAM_SERIALIZE, record->clone.serialize, 1e9);
        break;
    case RECORD_deliver:
        add(histograms, HISTOGRAM_QUEUE, record->deliver.queue, 1e9);
        if (record->deliver.copies != 0) { /* not discarded unread */
            add(histograms, HISTOGRAM_DESERIALIZE, record->deliver.deserialize, 1e9);
        }
        break;
    case RECORD_gc:
        add(histograms, HISTOGRAM_GC_PAUSE, record->gc.pause, 1e9);
        break;
    default:
        break;
    }
}
