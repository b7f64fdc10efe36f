/*
 * Flows of one process. drain.c adds, rules and views read. Owns its flows, found by sender and
 * receiver. Each holds FLOWS_WINDOW_S of steps in a ring whose slots know their step, so nothing
 * has to be done when time passes; and the sizes of clones in two halves of the window, of which
 * the older one is thrown away when the younger one is full. Invariant: what is summed lies within
 * the window.
 */
#include "daemon/model/flows.h"

#include "wire/layout.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define HASH_NONFATAL_OOM 1 /* hh.tbl is NULL when memory ran out */
#include <uthash.h>

#define STEPS      (FLOWS_WINDOW_S / FLOWS_STEP_S)
#define PER_OCTAVE 4
#define BUCKETS    (FLOWS_SIZES * PER_OCTAVE)
#define HALF_STEPS (STEPS / 2)
#define NS_PER_S   1e9

struct flow_key {
    uint32_t from, to;
};

struct step {
    int64_t number; /* which step of time it holds */
    struct flow_sums sums;
};

struct half {
    int64_t number;
    uint32_t counts[BUCKETS];
};

struct flow {
    struct flow_key key;
    int64_t heard; /* number of the last step something was heard in */
    struct step steps[STEPS];
    struct half halves[2];
    UT_hash_handle hh;
};

struct flows {
    struct flow *table; /* uthash: in order of appearance */
    uint64_t refused;
};

static int64_t step_of(double t)
{
    return (int64_t)floor(t / FLOWS_STEP_S);
}

static struct flow *find(struct flows *flows, struct flow_key key)
{
    struct flow *flow;

    HASH_FIND(hh, flows->table, &key, sizeof key, flow);
    return flow;
}

/* NULL when there is no room. */
static struct flow *need(struct flows *flows, struct flow_key key)
{
    struct flow *flow = find(flows, key);

    if (flow != NULL || HASH_COUNT(flows->table) >= FLOWS_MAX) {
        return flow;
    }
    flow = calloc(1, sizeof *flow);
    if (flow == NULL) {
        return NULL;
    }
    flow->key = key;
    HASH_ADD(hh, flows->table, key, sizeof key, flow);
    if (flow->hh.tbl == NULL) { /* no memory for its place in the table */
        free(flow);
        return NULL;
    }
    return flow;
}

static struct flow_sums *sums_at(struct flow *flow, int64_t number)
{
    struct step *step = &flow->steps[(uint64_t)number % STEPS];

    if (step->number != number) {
        *step = (struct step){.number = number};
    }
    if (number > flow->heard) {
        flow->heard = number;
    }
    return &step->sums;
}

static int bucket_of(uint64_t bytes)
{
    int bucket = bytes > 0 ? (int)(log2((double)bytes) * PER_OCTAVE) : 0;

    return bucket < BUCKETS ? bucket : BUCKETS - 1;
}

static void count_size(struct flow *flow, int64_t step, uint64_t bytes)
{
    int64_t number = step / HALF_STEPS;
    struct half *half = &flow->halves[number & 1];

    if (half->number != number) {
        *half = (struct half){.number = number};
    }
    half->counts[bucket_of(bytes)]++;
}

static double seconds(uint64_t ns)
{
    return ns == WIRE_UNKNOWN ? 0 : (double)ns / NS_PER_S;
}

static uint64_t bytes_or_none(uint64_t bytes)
{
    return bytes == WIRE_UNKNOWN ? 0 : bytes;
}

/* Who sent to whom; false for a record that is about no flow. */
static bool read_key(const struct record *record, struct flow_key *key)
{
    uint64_t from = record->thread, to = record->thread;

    switch (record->kind) {
    case RECORD_clone:
        to = record->clone.to;
        break;
    case RECORD_detach:
        to = record->detach.to;
        break;
    case RECORD_deliver:
        from = record->deliver.from;
        break;
    case RECORD_share:
        from = record->share.from;
        break;
    default:
        return false;
    }
    *key = (struct flow_key){(uint32_t)from, (uint32_t)to};
    return from <= UINT32_MAX && to <= UINT32_MAX;
}

static void add(struct flow *flow, const struct record *record, int64_t step)
{
    struct flow_sums *sums = sums_at(flow, step);

    if (record->kind == RECORD_clone) {
        sums->messages++;
        sums->clone_bytes += bytes_or_none(record->clone.bytes);
        sums->writes += record->clone.serialize != WIRE_UNKNOWN;
        sums->serialize_seconds += seconds(record->clone.serialize);
        if (record->clone.bytes != WIRE_UNKNOWN) {
            count_size(flow, step, record->clone.bytes);
        }
    } else if (record->kind == RECORD_detach) {
        sums->transfer_bytes += bytes_or_none(record->detach.bytes);
    } else if (record->kind == RECORD_share) {
        sums->share_bytes += bytes_or_none(record->share.bytes);
    } else {
        sums->delivered += record->deliver.copies != 0;
        sums->timed += record->deliver.copies != 0 && record->deliver.deserialize != WIRE_UNKNOWN;
        sums->deserialize_seconds += seconds(record->deliver.deserialize);
        sums->waits += record->deliver.copies != 0 && record->deliver.queue != WIRE_UNKNOWN;
        sums->queue_seconds += seconds(record->deliver.queue);
    }
}

void flows_add(struct flows **pointer, const struct record *record, double t)
{
    struct flow_key key;

    if (!read_key(record, &key)) {
        return;
    }
    if (*pointer == NULL && (*pointer = calloc(1, sizeof **pointer)) == NULL) {
        return;
    }
    struct flow *flow = need(*pointer, key);
    if (flow == NULL) {
        (*pointer)->refused++;
        return;
    }
    add(flow, record, step_of(t));
}

static void drop(struct flows *flows, struct flow *flow)
{
    HASH_DEL(flows->table, flow);
    free(flow);
}

void flows_expire(struct flows *flows, double now)
{
    struct flow *flow, *next;

    if (flows == NULL) {
        return;
    }
    HASH_ITER(hh, flows->table, flow, next)
    {
        if (flow->heard < step_of(now - FLOWS_KEEP_S)) {
            drop(flows, flow);
        }
    }
}

void flows_free(struct flows **pointer)
{
    struct flows *flows = *pointer;
    struct flow *flow, *next;

    *pointer = NULL;
    if (flows == NULL) {
        return;
    }
    HASH_ITER(hh, flows->table, flow, next)
    {
        drop(flows, flow);
    }
    free(flows);
}

uint64_t flows_refused(const struct flows *flows)
{
    return flows != NULL ? flows->refused : 0;
}

const struct flow *flows_next(const struct flows *flows, const struct flow *after)
{
    if (after != NULL) {
        return after->hh.next;
    }
    return flows != NULL ? flows->table : NULL;
}

uint32_t flows_from(const struct flow *flow)
{
    return flow->key.from;
}

uint32_t flows_to(const struct flow *flow)
{
    return flow->key.to;
}

/* A probe times a share of many messages, taken at random. */
static double of_all(double sum, uint64_t timed, uint64_t all)
{
    return timed > 0 ? sum * (double)all / (double)timed : sum;
}

double flows_sum(const struct flow *flow, double now, double window, struct flow_sums *sums)
{
    int64_t last = step_of(now);
    int64_t count = (int64_t)ceil(fmin(window, FLOWS_WINDOW_S) / FLOWS_STEP_S);

    *sums = (struct flow_sums){0};
    for (size_t i = 0; i < STEPS; i++) {
        const struct step *step = &flow->steps[i];
        if (step->number > last - count && step->number <= last) {
            sums->messages += step->sums.messages;
            sums->delivered += step->sums.delivered;
            sums->timed += step->sums.timed;
            sums->clone_bytes += step->sums.clone_bytes;
            sums->transfer_bytes += step->sums.transfer_bytes;
            sums->share_bytes += step->sums.share_bytes;
            sums->writes += step->sums.writes;
            sums->waits += step->sums.waits;
            sums->serialize_seconds += step->sums.serialize_seconds;
            sums->deserialize_seconds += step->sums.deserialize_seconds;
            sums->queue_seconds += step->sums.queue_seconds;
        }
    }
    sums->serialize_seconds = of_all(sums->serialize_seconds, sums->writes, sums->messages);
    sums->deserialize_seconds = of_all(sums->deserialize_seconds, sums->timed, sums->delivered);
    sums->queue_seconds = of_all(sums->queue_seconds, sums->waits, sums->delivered);
    return now - (double)(last - count + 1) * FLOWS_STEP_S;
}

/* Both halves of the sizes that are still young enough, bucket by bucket; their sum. */
static uint64_t read_sizes(const struct flow *flow, double now, uint64_t counts[BUCKETS])
{
    int64_t number = step_of(now) / HALF_STEPS;
    uint64_t total = 0;

    memset(counts, 0, BUCKETS * sizeof *counts);
    for (size_t i = 0; i < 2; i++) {
        const struct half *half = &flow->halves[i];
        for (size_t k = 0; half->number >= number - 1 && k < BUCKETS; k++) {
            counts[k] += half->counts[k];
            total += half->counts[k];
        }
    }
    return total;
}

double flows_size(const struct flow *flow, double now, double share)
{
    uint64_t counts[BUCKETS];
    uint64_t total = read_sizes(flow, now, counts);
    uint64_t sum = 0;

    for (int i = 0; i < BUCKETS && total > 0; i++) {
        sum += counts[i];
        if ((double)sum >= share * (double)total) {
            return exp2((i + 0.5) / PER_OCTAVE); /* the middle of its bucket */
        }
    }
    return NAN;
}

void flows_sizes(const struct flow *flow, double now, uint64_t counts[FLOWS_SIZES])
{
    uint64_t fine[BUCKETS];

    read_sizes(flow, now, fine);
    for (size_t i = 0; i < FLOWS_SIZES; i++) {
        counts[i] = 0;
        for (size_t k = 0; k < PER_OCTAVE; k++) {
            counts[i] += fine[i * PER_OCTAVE + k];
        }
    }
}
