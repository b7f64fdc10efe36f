/*
 * Figures of heaps. Called by fold.c. Owns nothing. Invariant: a figure that cannot be right,
 * because the offsets it was read with are another version's, changes nothing.
 */
#include "probes/heaps.h"

#include "probes/words.h"

/* Collectors and reasons as V8 numbers them, 11.3 to 12.4. */
#define COLLECTOR_FULL     1
#define REASON_LAST_RESORT 13
#define REASON_LOW_MEMORY  14
#define REASON_RUNTIME     18
#define REASON_TESTING     21

static uint64_t kind_of(uint64_t collector, uint64_t reason)
{
    if (collector != COLLECTOR_FULL) {
        return WIRE_GC_MINOR;
    }
    if (reason == REASON_LAST_RESORT) {
        return WIRE_GC_EMERGENCY;
    }
    return reason == REASON_TESTING || reason == REASON_RUNTIME || reason == REASON_LOW_MEMORY
               ? WIRE_GC_FORCED
               : WIRE_GC_FULL;
}

/* What is live behind it: of a full one exactly, of others as far as can be told. */
static void take_live(struct isolate *isolate, bool is_full, uint64_t after)
{
    uint64_t jobs = words_get(&isolate->slot->jobs);

    if (is_full) {
        estimate_full(&isolate->estimate, after, jobs);
        words_set(&isolate->slot->heap_live, after);
        isolate->live_fresh = after;
        return;
    }
    uint64_t live = estimate_minor(&isolate->estimate, after, jobs);
    if (live != WIRE_UNKNOWN) {
        isolate->live_fresh = live;
    }
}

void heaps_take_gc(struct isolates *isolates, struct isolate *isolate, const struct event *event)
{
    struct wire_slot *slot = isolate->slot;
    uint64_t after = words_sane(event->values[3]);
    struct record record = {.t = event->t + event->duration,
                            .kind = RECORD_gc,
                            .thread = isolate->id,
                            .gc = {.kind = kind_of(event->values[0], event->values[1]),
                                   .pause = event->duration,
                                   .before = words_sane(event->values[2]),
                                   .after = after}};

    isolate->heap = event->object;
    words_add(&slot->gc_count, 1);
    words_add(&slot->gc_time, event->duration);
    words_set(&slot->gc_last, event->duration);
    words_add(&isolates->totals->gc_count, 1);
    words_add(&isolates->totals->gc_time, event->duration);
    words_set_known(&slot->heap_used, after);
    words_set_known(&slot->external, event->values[4]);
    words_set_known(&slot->heap_limit, event->values[5]);
    if (after != WIRE_UNKNOWN) {
        take_live(isolate, event->values[0] == COLLECTOR_FULL, after);
    }
    ring_push(&isolate->writer, &record);
}

static void take_total(const struct isolate *isolate, uint64_t bytes)
{
    uint64_t peak = words_get(&isolate->slot->heap_peak);

    words_set_known(&isolate->slot->heap_total, bytes);
    if (bytes <= WORDS_BYTES_MAX && (peak == WIRE_UNKNOWN || bytes > peak)) {
        words_set(&isolate->slot->heap_peak, bytes);
    }
}

void heaps_take_committed(const struct isolate *isolate, const struct event *event)
{
    take_total(isolate, event->values[0]);
}

void heaps_take_statistics(const struct isolate *isolate, const struct event *event)
{
    words_set_known(&isolate->slot->heap_used, event->values[0]);
    take_total(isolate, event->values[1]);
    words_set_known(&isolate->slot->heap_limit, event->values[2]);
    words_set_known(&isolate->slot->malloced, event->values[3]);
    words_set_known(&isolate->slot->external, event->values[4]);
}
