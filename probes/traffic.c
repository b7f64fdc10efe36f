/*
 * Messages and shared buffers of one process, counted and told. Called by fold.c. Owns the tables
 * of both (messages.c, stores.c), which call back here for what they find out: this file alone
 * writes about them. Invariant: a message counts when it is sent and when it is read, once each.
 */
#include "probes/traffic.h"

#include "base/clock.h"
#include "probes/messages.h"
#include "probes/stores.h"
#include "probes/words.h"

#include <stdlib.h>

struct traffic {
    struct isolates *isolates;
    struct messages *messages; /* owned */
    struct stores *stores;     /* owned */
};

/* ---- messages ---------------------------------------------------------------------------------
 */

/* A worker's messages are its jobs, as in isorun; what a full collection left since the one before
 * is its live heap. */
static void tell_job(struct traffic *traffic, struct isolate *isolate, const struct event *event)
{
    struct record record = {.t = event->t, .kind = RECORD_job, .thread = isolate->id};

    if (isolate->id == 0) {
        return;
    }
    words_add(&isolate->slot->jobs, 1);
    words_add(&traffic->isolates->totals->jobs, 1);
    record.job.number = words_get(&isolate->slot->jobs);
    record.job.duration = WIRE_UNKNOWN;
    record.job.live_after = isolate->live_fresh;
    isolate->live_fresh = WIRE_UNKNOWN;
    ring_push(&isolate->writer, &record);
}

static void tell_clone(void *context, const struct message *message, uint64_t to)
{
    struct traffic *traffic = context;
    struct isolate *from = isolates_find_id(traffic->isolates, message->from);
    struct isolate *writer = from != NULL ? from : isolates_find_id(traffic->isolates, 0);
    struct record record = {.t = message->t + message->duration,
                            .kind = RECORD_clone,
                            .thread = message->from,
                            .clone = {.message = message->id,
                                      .to = to,
                                      .port = WIRE_UNKNOWN,
                                      .bytes = message->bytes,
                                      .nodes = WIRE_UNKNOWN,
                                      .serialize = message->duration}};

    if (writer == NULL) {
        return;
    }
    ring_push(&writer->writer, &record);
    if (message->transfers != 0 && message->transfers != WIRE_UNKNOWN) {
        record.kind = RECORD_detach;
        record.detach.to = to;
        record.detach.bytes = message->transfer_bytes;
        record.detach.buffers = message->transfers;
        record.detach.message = message->id;
        ring_push(&writer->writer, &record);
    }
}

static void count_sent(struct traffic *traffic, const struct isolate *isolate,
                       const struct message *message)
{
    struct wire_slot *slot = isolate->slot;

    words_add(&slot->sent, 1);
    words_add(&slot->clones, 1);
    words_add(&slot->clone_bytes, message->bytes);
    words_add(&slot->clone_time, message->duration);
    words_add(&slot->detaches, message->transfers);
    words_add(&slot->detach_bytes, message->transfer_bytes);
    words_add(&traffic->isolates->totals->clones, 1);
    words_add(&traffic->isolates->totals->clone_bytes, message->bytes);
    words_add(&traffic->isolates->totals->clone_time, message->duration);
    words_add(&traffic->isolates->totals->detaches, message->transfers);
    words_add(&traffic->isolates->totals->detach_bytes, message->transfer_bytes);
}

static struct message read_message(const struct isolate *isolate, const struct event *event)
{
    return (struct message){.object = event->object,
                            .table = event->values[5],
                            .t = event->t,
                            .duration = event->duration,
                            .from = isolate->id,
                            .bytes = words_sane(event->values[0]),
                            .transfers = words_sane(event->values[1]),
                            .transfer_bytes = words_sane(event->values[2]),
                            .shares = words_sane(event->values[3]),
                            .share_bytes = words_sane(event->values[4])};
}

/* The first message of a worker is Node's own: it says that the script begins. */
void traffic_take_clone(struct traffic *traffic, struct isolate *isolate, const struct event *event)
{
    struct message message = read_message(isolate, event);

    isolate->online = isolate->online != 0 ? isolate->online : event->t;
    count_sent(traffic, isolate, &message);
    messages_add(traffic->messages, &message);
}

static void count_received(struct traffic *traffic, const struct isolate *isolate,
                           const struct message *message, uint64_t duration)
{
    struct wire_slot *slot = isolate->slot;

    words_add(&slot->received, 1);
    words_add(&slot->clone_time, duration);
    words_add(&slot->transfers, message->transfers);
    words_add(&slot->transfer_bytes, message->transfer_bytes);
    words_add(&traffic->isolates->totals->clone_time, duration);
    words_add(&traffic->isolates->totals->transfers, message->transfers);
    words_add(&traffic->isolates->totals->transfer_bytes, message->transfer_bytes);
}

void traffic_take_deliver(struct traffic *traffic, struct isolate *isolate,
                          const struct event *event)
{
    struct message taken = read_message(isolate, event);
    bool is_timed = event->duration != EVENT_UNKNOWN;
    uint64_t weight = event->values[5] <= EVENT_DENSE_SHARE ? event->values[5] : 1;
    const struct message *sent =
        messages_take(traffic->messages, event->object, event->t, isolate->id);
    struct record record = {.t = event->t + (is_timed ? event->duration : 0),
                            .kind = RECORD_deliver,
                            .thread = isolate->id,
                            .deliver = {.message = sent != NULL ? sent->id : WIRE_UNKNOWN,
                                        .from = sent != NULL ? sent->from : WIRE_UNKNOWN,
                                        .bytes = taken.bytes,
                                        .queue = sent != NULL && event->t > sent->t + sent->duration
                                                     ? event->t - sent->t - sent->duration
                                                     : WIRE_UNKNOWN,
                                        .deserialize = event->duration,
                                        .copies = 2}};

    if (sent != NULL && record.deliver.queue == WIRE_UNKNOWN) {
        record.deliver.queue = 0;
    }
    count_received(traffic, isolate, &taken, is_timed ? event->duration * weight : 0);
    ring_push(&isolate->writer, &record);
    if (taken.transfers != 0 && taken.transfers != WIRE_UNKNOWN) {
        record.kind = RECORD_transfer;
        record.transfer.to = isolate->id;
        record.transfer.bytes = taken.transfer_bytes;
        record.transfer.buffers = taken.transfers;
        record.transfer.message = sent != NULL ? sent->id : WIRE_UNKNOWN;
        ring_push(&isolate->writer, &record);
    }
    tell_job(traffic, isolate, event);
}

/* ---- shared buffers ---------------------------------------------------------------------------
 */

static void tell_release(void *context, uint32_t id, uint32_t store, uint64_t bytes)
{
    struct traffic *traffic = context;
    struct isolate *isolate = isolates_find_id(traffic->isolates, id);
    struct record record = {.t = clock_now_ns(),
                            .kind = RECORD_release,
                            .thread = id,
                            .release = {.store = store, .bytes = bytes, .refs = 0}};

    if (isolate != NULL) {
        words_set(&isolate->slot->shared, stores_held(traffic->stores, id));
        ring_push(&isolate->writer, &record);
    }
}

/* One thread got hold of it: the receiver now, or the sender before. */
static void add_share(struct traffic *traffic, struct isolate *isolate, const struct event *event,
                      uint64_t from)
{
    struct stores_share share = {.store = event->object,
                                 .block = event->values[2],
                                 .data = event->values[3],
                                 .bytes = words_sane(event->values[1]),
                                 .thread = isolate->id};
    bool is_new;
    uint32_t id = stores_add(traffic->stores, &share, &is_new);

    if (id == 0 || !is_new) {
        return;
    }
    struct record record = {
        .t = event->t,
        .kind = RECORD_share,
        .thread = isolate->id,
        .share = {.store = id, .bytes = share.bytes, .refs = WIRE_UNKNOWN, .from = from}};
    words_set(&isolate->slot->shared, stores_held(traffic->stores, isolate->id));
    ring_push(&isolate->writer, &record);
}

/* Told while its message is read, just before that is told. */
void traffic_take_share(struct traffic *traffic, struct isolate *isolate, const struct event *event)
{
    const struct message *sent =
        messages_take(traffic->messages, event->values[0], event->t, isolate->id);
    struct isolate *sender = sent != NULL ? isolates_find_id(traffic->isolates, sent->from) : NULL;

    if (event->values[3] == EVENT_UNKNOWN || event->values[3] == 0) {
        return;
    }
    if (sender != NULL && sender != isolate) {
        add_share(traffic, sender, event, WIRE_UNKNOWN);
    }
    add_share(traffic, isolate, event, sent != NULL ? sent->from : WIRE_UNKNOWN);
}

/* ---- all of it --------------------------------------------------------------------------------
 */

struct traffic *traffic_new(struct isolates *isolates)
{
    struct traffic *traffic = calloc(1, sizeof *traffic);

    if (traffic == NULL) {
        return NULL;
    }
    traffic->isolates = isolates;
    traffic->messages = messages_new(tell_clone, traffic, isolates->totals);
    traffic->stores = stores_new(isolates->segment, isolates->pid, tell_release, traffic);
    isolates->stores = traffic->stores;
    if (traffic->messages == NULL || traffic->stores == NULL) {
        traffic_free(&traffic);
    }
    return traffic;
}

void traffic_free(struct traffic **pointer)
{
    struct traffic *traffic = *pointer;

    *pointer = NULL;
    if (traffic != NULL) {
        messages_free(&traffic->messages);
        stores_free(&traffic->stores);
        free(traffic);
    }
}

void traffic_tick(struct traffic *traffic, uint64_t now)
{
    messages_tick(traffic->messages, now);
}

void traffic_sweep(struct traffic *traffic, uint64_t now)
{
    stores_tick(traffic->stores);
    messages_sweep(traffic->messages, traffic->isolates->pid, now);
}
