/*
 * Messages and shared buffers of one process, counted and told. Called by fold.c. Owns the tables
 * of both (messages.c, ports.c, stores.c), which call back here for what they find out: this file
 * alone writes about them. Invariant: a message counts when it is sent and when it is read, once
 * each, whether that was watched or not; what was not timed takes as long as those that were.
 */
#include "probes/traffic.h"

#include "base/clock.h"
#include "probes/messages.h"
#include "probes/ports.h"
#include "probes/stores.h"
#include "probes/words.h"

#include <stdlib.h>

#define PACE_MAX     512
#define LOCAL_FOR_NS (10 * CLOCK_NS_PER_S)

struct traffic {
    struct isolates *isolates;
    struct messages *messages; /* owned */
    struct ports *ports;       /* owned */
    struct isolate *closing;   /* whose port is closed right now; NULL */
    bool is_watched;
    uint64_t local_at;     /* when an isolate last read what it wrote itself, and no port saw it */
    struct stores *stores; /* owned */
};

/* ---- messages ---------------------------------------------------------------------------------
 */

static void pace_add(struct pace *pace, uint64_t duration)
{
    pace->sum += duration;
    pace->count++;
    if (pace->count > PACE_MAX) {
        pace->sum /= 2;
        pace->count /= 2;
    }
}

static uint64_t pace_mean(const struct pace *pace)
{
    return pace->count > 0 ? pace->sum / pace->count : 0;
}

/* A worker's messages are its jobs, as in isorun; what a full collection left since the one before
 * is its live heap. */
static void tell_job(struct traffic *traffic, struct isolate *isolate, uint64_t t)
{
    struct record record = {.t = t, .kind = RECORD_job, .thread = isolate->id};

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

/* One that was not timed is known only since it was written. */
static uint64_t posted_at(const struct message *message)
{
    return message->t + (message->duration != WIRE_UNKNOWN ? message->duration : 0);
}

static void tell_clone(void *context, const struct message *message, uint64_t to)
{
    struct traffic *traffic = context;
    struct isolate *from = isolates_find_id(traffic->isolates, message->from);
    struct isolate *writer = from != NULL ? from : isolates_find_id(traffic->isolates, 0);
    struct record record = {.t = posted_at(message),
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

static void count_sent(struct traffic *traffic, struct isolate *isolate,
                       const struct message *message)
{
    struct wire_slot *slot = isolate->slot;
    bool is_timed = message->duration != WIRE_UNKNOWN;
    uint64_t duration = is_timed ? message->duration : pace_mean(&isolate->writes);

    if (is_timed) {
        pace_add(&isolate->writes, duration);
    }

    words_add(&slot->sent, 1);
    words_add(&slot->clones, 1);
    words_add(&slot->clone_bytes, message->bytes);
    words_add(&slot->clone_time, duration);
    words_add(&slot->detaches, message->transfers);
    words_add(&slot->detach_bytes, message->transfer_bytes);
    words_add(&traffic->isolates->totals->clones, 1);
    words_add(&traffic->isolates->totals->untimed, is_timed ? 0 : 1);
    words_add(&traffic->isolates->totals->clone_bytes, message->bytes);
    words_add(&traffic->isolates->totals->clone_time, duration);
    words_add(&traffic->isolates->totals->detaches, message->transfers);
    words_add(&traffic->isolates->totals->detach_bytes, message->transfer_bytes);
}

static struct message read_message(const struct isolate *isolate, const struct event *event)
{
    return (struct message){.object = event->object,
                            .table = event->values[5],
                            .t = event->t,
                            .duration = event->duration,
                            .port = event->values[6],
                            .to = WIRE_UNKNOWN,
                            .from = isolate->id,
                            .bytes = words_sane(event->values[0]),
                            .transfers = words_sane(event->values[1]),
                            .transfer_bytes = words_sane(event->values[2]),
                            .shares = words_sane(event->values[3]),
                            .share_bytes = words_sane(event->values[4])};
}

/* The same message enters another queue: the ports of a BroadcastChannel get it in order. */
static bool is_again(const struct traffic *traffic, const struct isolate *isolate,
                     const struct event *event)
{
    return event->duration == EVENT_UNKNOWN && isolate->posted == event->object &&
           event->values[6] > isolate->posted_through &&
           ports_are_siblings(traffic->ports, event->values[6], isolate->posted_through);
}

static struct isolate *find_reader(struct traffic *traffic, uint64_t port)
{
    return isolates_find_environment(traffic->isolates, ports_environment(traffic->ports, port));
}

static uint64_t reader_of(struct traffic *traffic, uint64_t port)
{
    const struct isolate *reader = port != 0 ? find_reader(traffic, port) : NULL;

    return reader != NULL ? reader->id : WIRE_UNKNOWN;
}

/* The first message of a worker is Node's own: it says that the script begins. */
void traffic_take_clone(struct traffic *traffic, struct isolate *isolate, const struct event *event)
{
    struct message message = read_message(isolate, event);
    const struct message *same = NULL;

    isolate->online = isolate->online != 0 ? isolate->online : event->t;
    if (event->values[7] != EVENT_UNKNOWN) {
        isolate->environment = event->values[7];
    }
    if (is_again(traffic, isolate, event)) {
        same = messages_find(traffic->messages, event->object);
    }
    if (same != NULL) {
        message = *same;
    } else {
        message.to = reader_of(traffic, event->values[6]);
        count_sent(traffic, isolate, &message);
        messages_add(traffic->messages, &message);
    }
    isolate->posted = event->object;
    isolate->posted_through = event->values[6];
    if (event->values[6] != 0) {
        ports_add(traffic->ports, event->values[6], &message);
    }
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

static void tell_deliver(struct isolate *isolate, const struct message *taken,
                         const struct message *sent, struct record *record)
{
    record->kind = RECORD_deliver;
    record->thread = isolate->id;
    record->deliver.message = sent != NULL ? sent->id : WIRE_UNKNOWN;
    record->deliver.from = sent != NULL ? sent->from : WIRE_UNKNOWN;
    record->deliver.bytes = taken->bytes;
    record->deliver.copies = 2;
    ring_push(&isolate->writer, record);
    if (taken->transfers != 0 && taken->transfers != WIRE_UNKNOWN) {
        record->kind = RECORD_transfer;
        record->transfer.to = isolate->id;
        record->transfer.bytes = taken->transfer_bytes;
        record->transfer.buffers = taken->transfers;
        record->transfer.message = sent != NULL ? sent->id : WIRE_UNKNOWN;
        ring_push(&isolate->writer, record);
    }
}

/* How long reading it took, as an addition to the isolate's time. */
static uint64_t time_read(struct isolate *isolate, const struct event *event)
{
    uint64_t weight = event->values[5] <= EVENT_DENSE_SHARE ? event->values[5] : 1;

    if (event->duration == EVENT_UNKNOWN) {
        return 0; /* others stand for it */
    }
    pace_add(&isolate->reads, event->duration);
    return event->duration * weight;
}

void traffic_take_deliver(struct traffic *traffic, struct isolate *isolate,
                          const struct event *event)
{
    struct message taken = read_message(isolate, event);
    bool is_timed = event->duration != EVENT_UNKNOWN;
    const struct message *sent =
        messages_take(traffic->messages, event->object, event->t, isolate->id);
    struct record record = {.t = event->t + (is_timed ? event->duration : 0)};

    if (event->values[7] != EVENT_UNKNOWN) {
        isolate->environment = event->values[7];
    }
    if (sent != NULL && sent->port == 0 && sent->from == isolate->id) {
        traffic->local_at = event->t;
    }
    uint64_t duration = time_read(isolate, event);
    if (sent != NULL && sent->port != 0 &&
        !ports_take(traffic->ports, isolate->environment, sent)) {
        return; /* it was counted when it left its queue */
    }
    count_received(traffic, isolate, &taken, duration);
    record.deliver.queue = sent == NULL                 ? WIRE_UNKNOWN
                           : event->t > posted_at(sent) ? event->t - posted_at(sent)
                                                        : 0;
    record.deliver.deserialize = event->duration;
    tell_deliver(isolate, &taken, sent, &record);
    tell_job(traffic, isolate, event->t);
}

/* It left its queue, and nobody watched it being read. */
static bool take_gone(void *context, const struct message *message, uint64_t environment,
                      bool is_lost)
{
    struct traffic *traffic = context;
    struct isolate *isolate = isolates_find_environment(traffic->isolates, environment);
    struct record record = {.t = clock_now_ns()};

    if (isolate == NULL) {
        isolate = traffic->closing;
    }
    if (is_lost) {
        isolate = NULL;
    }

    if (isolate == NULL && !is_lost) {
        return false;
    }
    messages_pass(traffic->messages, message, isolate != NULL ? isolate->id : WIRE_UNKNOWN);
    if (isolate != NULL) {
        count_received(traffic, isolate, message, pace_mean(&isolate->reads));
        record.deliver.queue = record.deliver.deserialize = WIRE_UNKNOWN;
        tell_deliver(isolate, message, message, &record);
        tell_job(traffic, isolate, record.t);
    }
    return true;
}

/* A port is closed by the thread that has it. */
void traffic_take_close(struct traffic *traffic, const struct event *event)
{
    traffic->closing = isolates_find(traffic->isolates, event->tid);
    ports_close(traffic->ports, event->object,
                event->values[0] != EVENT_UNKNOWN ? event->values[0] : 0);
    traffic->closing = NULL;
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

/* Told by its sender just behind the message: whoever has the port will read it, unseen. */
static void take_sent_share(struct traffic *traffic, struct isolate *isolate,
                            const struct event *event)
{
    struct isolate *reader = find_reader(traffic, event->values[4]);

    if (traffic->is_watched) {
        return; /* its reader will tell */
    }
    add_share(traffic, isolate, event, WIRE_UNKNOWN);
    if (reader != NULL && reader != isolate) {
        add_share(traffic, reader, event, isolate->id);
    }
}

/* Told while its message is read, just before that is told. */
static void take_read_share(struct traffic *traffic, struct isolate *isolate,
                            const struct event *event)
{
    const struct message *sent =
        messages_take(traffic->messages, event->values[0], event->t, isolate->id);
    struct isolate *sender = sent != NULL ? isolates_find_id(traffic->isolates, sent->from) : NULL;

    if (sender != NULL && sender != isolate) {
        add_share(traffic, sender, event, WIRE_UNKNOWN);
    }
    add_share(traffic, isolate, event, sent != NULL ? sent->from : WIRE_UNKNOWN);
}

void traffic_take_share(struct traffic *traffic, struct isolate *isolate, const struct event *event)
{
    if (event->values[3] == EVENT_UNKNOWN || event->values[3] == 0) {
        return;
    }
    if (event->values[4] != EVENT_UNKNOWN) {
        take_sent_share(traffic, isolate, event);
    } else {
        take_read_share(traffic, isolate, event);
    }
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
    traffic->is_watched = true;
    traffic->messages = messages_new(tell_clone, traffic, isolates->totals);
    traffic->ports = ports_new(isolates->pid, isolates->image, take_gone, traffic);
    traffic->stores = stores_new(isolates->segment, isolates->pid, tell_release, traffic);
    isolates->stores = traffic->stores;
    if (traffic->messages == NULL || traffic->ports == NULL || traffic->stores == NULL) {
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
        ports_free(&traffic->ports);
        stores_free(&traffic->stores);
        free(traffic);
    }
}

void traffic_tick(struct traffic *traffic, uint64_t now)
{
    ports_tick(traffic->ports);
    messages_tick(traffic->messages, now);
}

void traffic_sweep(struct traffic *traffic, uint64_t now)
{
    stores_tick(traffic->stores);
    messages_sweep(traffic->messages, traffic->isolates->pid, now);
}

void traffic_set_watched(struct traffic *traffic, bool is_watched)
{
    traffic->is_watched = is_watched;
}

bool traffic_needs_watching(const struct traffic *traffic, uint64_t now)
{
    return traffic->local_at != 0 && now < traffic->local_at + LOCAL_FOR_NS;
}
