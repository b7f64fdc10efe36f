/*
 * The isolates of one process and what happens to them. Called by target.c. Owns the table of
 * threads; messages are messages.c's. Everything of a process is written by the one thread of
 * isoprobe, so any ring may take any record. Invariant: a thread in the table holds a slot.
 */
#include "probes/fold.h"

#include "base/clock.h"
#include "base/log.h"
#include "probes/messages.h"
#include "probes/stores.h"
#include "probes/threads.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HASH_NONFATAL_OOM 1
#include <uthash.h>

#define WORKERS_FOUND_MAX 1024
#define BYTES_MAX         (UINT64_C(1) << 47) /* no size of an address space is above */

/* Collectors and reasons as V8 numbers them, 11.3 to 12.4. */
#define COLLECTOR_FULL     1
#define REASON_LAST_RESORT 13
#define REASON_LOW_MEMORY  14
#define REASON_RUNTIME     18
#define REASON_TESTING     21

struct thread {
    UT_hash_handle hh;
    uint32_t tid;
    uint32_t id; /* threadId */
    uint64_t worker;
    struct wire_slot *slot; /* borrowed from the segment */
    struct ring_writer writer;
    bool is_out_of_memory;
    uint64_t limit;      /* as NearHeapLimit said it; WIRE_UNKNOWN */
    uint64_t live_fresh; /* left by a full collection since the last job; WIRE_UNKNOWN */
};

struct parent { /* who made a worker that did not run yet */
    UT_hash_handle hh;
    uint64_t worker;
    uint32_t tid;
};

struct fold {
    struct segment *segment;
    struct wire_process *totals;
    const struct image *image;
    uint64_t pid;
    struct thread *threads; /* owned, by tid */
    struct parent *parents; /* owned, by worker */
    struct messages *messages;
    struct stores *stores;
    uint64_t second;       /* of the last look at stores */
    uint32_t searched_tid; /* the last one that was looked for in vain */
};

static void set(_Atomic uint64_t *word, uint64_t value)
{
    atomic_store_explicit(word, value, memory_order_relaxed);
}

static uint64_t get(const _Atomic uint64_t *word)
{
    return atomic_load_explicit(word, memory_order_relaxed);
}

/* Only what is known is added; a total of nothing known stays what it was. */
static void add(_Atomic uint64_t *word, uint64_t more)
{
    uint64_t now = get(word);

    if (more != WIRE_UNKNOWN) {
        set(word, (now == WIRE_UNKNOWN ? 0 : now) + more);
    }
}

static void set_known(_Atomic uint64_t *word, uint64_t bytes)
{
    if (bytes <= BYTES_MAX) {
        set(word, bytes);
    }
}

/* ---- threads --------------------------------------------------------------------------------- */

static void forget_figures(struct wire_slot *slot)
{
    set(&slot->heap_used, WIRE_UNKNOWN);
    set(&slot->heap_total, WIRE_UNKNOWN);
    set(&slot->heap_limit, WIRE_UNKNOWN);
    set(&slot->heap_peak, WIRE_UNKNOWN);
    set(&slot->external, WIRE_UNKNOWN);
    set(&slot->array_buffers, WIRE_UNKNOWN);
    set(&slot->shared, WIRE_UNKNOWN);
    set(&slot->queued, WIRE_UNKNOWN);
    set(&slot->queued_bytes, WIRE_UNKNOWN);
}

static struct thread *find_thread(const struct fold *fold, uint32_t tid)
{
    struct thread *thread = NULL;

    HASH_FIND(hh, fold->threads, &tid, sizeof tid, thread);
    return thread;
}

static struct thread *find_id(const struct fold *fold, uint32_t id)
{
    struct thread *thread, *next;

    HASH_ITER(hh, fold->threads, thread, next)
    {
        if (thread->id == id) {
            return thread;
        }
    }
    return NULL;
}

static void drop_thread(struct fold *fold, struct thread *thread)
{
    stores_drop_thread(fold->stores, thread->id);
    segment_give_slot(fold->segment, thread->slot);
    HASH_DEL(fold->threads, thread);
    free(thread);
}

static struct thread *add_thread(struct fold *fold, uint32_t tid, uint32_t id, const char *name)
{
    struct thread *thread = find_id(fold, id);

    if (thread != NULL) {
        drop_thread(fold, thread); /* its end was lost */
    }
    thread = calloc(1, sizeof *thread);
    if (thread == NULL || (thread->slot = segment_take_slot(fold->segment, id)) == NULL) {
        free(thread);
        return NULL;
    }
    thread->tid = tid;
    thread->id = id;
    thread->limit = thread->live_fresh = WIRE_UNKNOWN;
    thread->writer = segment_ring_writer(fold->segment, thread->slot);
    forget_figures(thread->slot);
    set(&thread->slot->tid, tid);
    set(&thread->slot->name, segment_intern(fold->segment, name, strlen(name)));
    set(&thread->slot->state, WIRE_RUNNING);
    HASH_ADD(hh, fold->threads, tid, sizeof thread->tid, thread);
    if (thread->hh.tbl == NULL) {
        segment_give_slot(fold->segment, thread->slot);
        free(thread);
        return NULL;
    }
    return thread;
}

/* Workers that were there before us. */
static void find_workers(struct fold *fold)
{
    struct threads_worker *found = calloc(WORKERS_FOUND_MAX, sizeof *found);
    size_t count =
        found != NULL ? threads_find(fold->pid, fold->image, found, WORKERS_FOUND_MAX) : 0;

    for (size_t i = 0; i < count; i++) {
        struct thread *known = find_thread(fold, found[i].tid);
        if (known == NULL) {
            known = add_thread(fold, found[i].tid, found[i].thread, found[i].name);
        }
        if (known != NULL) {
            known->worker = found[i].object;
        }
    }
    free(found);
}

/* The isolate of a thread that did something only isolates do. One that cannot be told by threadId
 * goes by its thread's number, which no threadId of the process reaches in practice. */
static struct thread *need_thread(struct fold *fold, uint32_t tid)
{
    struct thread *thread = find_thread(fold, tid);
    char name[32];

    if (thread != NULL || tid == fold->searched_tid) {
        return thread;
    }
    if (tid == fold->pid) {
        return add_thread(fold, tid, 0, "main");
    }
    find_workers(fold);
    thread = find_thread(fold, tid);
    if (thread == NULL) {
        snprintf(name, sizeof name, "thread %" PRIu32, tid);
        thread = add_thread(fold, tid, tid, name);
    }
    fold->searched_tid = thread == NULL ? tid : 0;
    return thread;
}

/* ---- collections ------------------------------------------------------------------------------
 */

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

static uint64_t sane(uint64_t bytes)
{
    return bytes <= BYTES_MAX ? bytes : WIRE_UNKNOWN;
}

static void take_gc(struct fold *fold, struct thread *thread, const struct event *event)
{
    struct wire_slot *slot = thread->slot;
    uint64_t after = sane(event->values[3]);
    struct record record = {.t = event->t + event->duration,
                            .kind = RECORD_gc,
                            .thread = thread->id,
                            .gc = {.kind = kind_of(event->values[0], event->values[1]),
                                   .pause = event->duration,
                                   .before = sane(event->values[2]),
                                   .after = after}};

    add(&slot->gc_count, 1);
    add(&slot->gc_time, event->duration);
    set(&slot->gc_last, event->duration);
    add(&fold->totals->gc_count, 1);
    add(&fold->totals->gc_time, event->duration);
    set_known(&slot->heap_used, after);
    set_known(&slot->external, event->values[4]);
    set_known(&slot->heap_limit, event->values[5]);
    if (event->values[0] == COLLECTOR_FULL && after != WIRE_UNKNOWN) {
        set(&slot->heap_live, after);
        thread->live_fresh = after;
    }
    ring_push(&thread->writer, &record);
}

static void take_total(const struct thread *thread, uint64_t bytes)
{
    uint64_t peak = get(&thread->slot->heap_peak);

    set_known(&thread->slot->heap_total, bytes);
    if (bytes <= BYTES_MAX && (peak == WIRE_UNKNOWN || bytes > peak)) {
        set(&thread->slot->heap_peak, bytes);
    }
}

static void take_statistics(const struct thread *thread, const struct event *event)
{
    set_known(&thread->slot->heap_used, event->values[0]);
    take_total(thread, event->values[1]);
    set_known(&thread->slot->heap_limit, event->values[2]);
    set_known(&thread->slot->malloced, event->values[3]);
    set_known(&thread->slot->external, event->values[4]);
}

/* ---- workers ----------------------------------------------------------------------------------
 */

static void take_new(struct fold *fold, const struct event *event)
{
    struct parent *parent = NULL;

    HASH_FIND(hh, fold->parents, &event->object, sizeof event->object, parent);
    if (parent == NULL && (parent = calloc(1, sizeof *parent)) != NULL) {
        parent->worker = event->object;
        HASH_ADD(hh, fold->parents, worker, sizeof parent->worker, parent);
        if (parent->hh.tbl == NULL) {
            free(parent);
            return;
        }
    }
    if (parent != NULL) {
        parent->tid = event->tid;
    }
}

/* The threadId of who made `worker`; WIRE_UNKNOWN when that was before us. */
static uint64_t take_parent(struct fold *fold, uint64_t worker)
{
    struct parent *parent = NULL;
    uint64_t id = WIRE_UNKNOWN;

    HASH_FIND(hh, fold->parents, &worker, sizeof worker, parent);
    if (parent != NULL) {
        const struct thread *thread = need_thread(fold, parent->tid);
        id = thread != NULL ? thread->id : WIRE_UNKNOWN;
        HASH_DEL(fold->parents, parent);
        free(parent);
    }
    return id;
}

static void take_run(struct fold *fold, const struct event *event, const char *name)
{
    uint64_t id = event->values[0];
    uint64_t parent = take_parent(fold, event->object);
    struct thread *before = find_thread(fold, event->tid);

    if (before != NULL) {
        drop_thread(fold, before); /* the kernel gave its number to another thread */
    }
    struct thread *thread =
        add_thread(fold, event->tid, id < UINT32_MAX ? (uint32_t)id : event->tid, name);
    if (thread == NULL) {
        return;
    }
    thread->worker = event->object;
    set(&thread->slot->started, event->t);
    set(&thread->slot->parent, parent != WIRE_UNKNOWN ? parent : 0);
    add(&fold->totals->spawns, 1);
    struct record record = {
        .t = event->t,
        .kind = RECORD_spawn,
        .thread = thread->id,
        .spawn = {.parent = parent, .name = get(&thread->slot->name), .limit = WIRE_UNKNOWN}};
    struct thread *main_thread = need_thread(fold, (uint32_t)fold->pid);
    ring_push(main_thread != NULL ? &main_thread->writer : &thread->writer, &record);
}

static void tell_oom(struct fold *fold, struct thread *thread, uint64_t t)
{
    uint64_t limit = thread->limit != WIRE_UNKNOWN ? thread->limit : get(&thread->slot->heap_limit);
    struct record record = {.t = t,
                            .kind = RECORD_oom,
                            .thread = thread->id,
                            .oom = {.limit = limit, .used = get(&thread->slot->heap_used)}};

    thread->is_out_of_memory = true;
    add(&fold->totals->ooms, 1);
    ring_push(&thread->writer, &record);
}

/* The last words of an isolate whose thread is over. */
static void end_thread(struct fold *fold, struct thread *thread, uint64_t t, uint64_t code)
{
    struct thread *main_thread = find_thread(fold, (uint32_t)fold->pid);
    struct record record = {.t = t,
                            .kind = RECORD_exit,
                            .thread = thread->id,
                            .exit = {.code = code, .teardown = WIRE_UNKNOWN}};

    set(&thread->slot->state, thread->is_out_of_memory ? WIRE_OOM : WIRE_EXITED);
    add(&fold->totals->exits, 1);
    ring_push(main_thread != NULL ? &main_thread->writer : &thread->writer, &record);
}

static void take_worker_end(struct fold *fold, const struct event *event, const char *error)
{
    struct thread *thread = find_thread(fold, event->tid);

    if (thread == NULL) {
        return;
    }
    uint64_t end = event->t + event->duration;
    if (!thread->is_out_of_memory && strcmp(error, "ERR_WORKER_OUT_OF_MEMORY") == 0) {
        tell_oom(fold, thread, end);
    }
    uint64_t code = event->values[1];
    end_thread(fold, thread, end,
               code == WIRE_UNKNOWN ? code : (uint64_t)(int64_t)(int32_t)(uint32_t)code);
    drop_thread(fold, thread);
}

static void take_near_limit(struct fold *fold, struct thread *thread, const struct event *event)
{
    thread->limit = sane(event->values[0]);
    if (!thread->is_out_of_memory) {
        tell_oom(fold, thread, event->t); /* Node.js ends a worker that comes here */
    }
}

static void take_fatal(struct fold *fold, struct thread *thread, const struct event *event,
                       const char *where)
{
    log_info("process %" PRIu64 ", isolate %" PRIu32 ": out of memory in %s", fold->pid, thread->id,
             where);
    if (!thread->is_out_of_memory) {
        tell_oom(fold, thread, event->t);
    }
}

/* The main thread's exit code is the process's: a code, or 128 and the signal that ended it. */
static void take_exit(struct fold *fold, const struct event *event)
{
    struct thread *thread = need_thread(fold, (uint32_t)fold->pid);
    uint64_t status = event->values[0];
    uint64_t code = (status & 0x7f) != 0 ? 128 + (status & 0x7f) : (status >> 8) & 0xff;

    if (thread != NULL && (status & 0x7f) == 0) {
        end_thread(fold, thread, event->t, code);
    } else if (thread != NULL && thread->is_out_of_memory) {
        set(&thread->slot->state, WIRE_OOM);
    }
}

static void take_kill(struct fold *fold, const struct event *event)
{
    struct thread *thread = need_thread(fold, (uint32_t)fold->pid);

    log_warn("process %" PRIu64 " was chosen by the kernel's OOM killer", fold->pid);
    if (thread != NULL && !thread->is_out_of_memory) {
        thread->limit = WIRE_UNKNOWN;
        tell_oom(fold, thread, event->t);
    }
}

/* ---- messages ---------------------------------------------------------------------------------
 */

/* A worker's messages are its jobs, as in isorun; what a full collection left since the one before
 * is its live heap. */
static void tell_job(struct fold *fold, struct thread *thread, const struct event *event)
{
    struct record record = {.t = event->t, .kind = RECORD_job, .thread = thread->id};

    if (thread->id == 0) {
        return;
    }
    add(&thread->slot->jobs, 1);
    add(&fold->totals->jobs, 1);
    record.job.number = get(&thread->slot->jobs);
    record.job.duration = WIRE_UNKNOWN;
    record.job.live_after = thread->live_fresh;
    thread->live_fresh = WIRE_UNKNOWN;
    ring_push(&thread->writer, &record);
}

static void tell_clone(void *context, const struct message *message, uint64_t to)
{
    struct fold *fold = context;
    struct thread *from = find_id(fold, message->from);
    struct thread *writer = from != NULL ? from : find_id(fold, 0);
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

static void count_sent(struct fold *fold, const struct thread *thread,
                       const struct message *message)
{
    struct wire_slot *slot = thread->slot;

    add(&slot->sent, 1);
    add(&slot->clones, 1);
    add(&slot->clone_bytes, message->bytes);
    add(&slot->clone_time, message->duration);
    add(&slot->detaches, message->transfers);
    add(&slot->detach_bytes, message->transfer_bytes);
    add(&fold->totals->clones, 1);
    add(&fold->totals->clone_bytes, message->bytes);
    add(&fold->totals->clone_time, message->duration);
    add(&fold->totals->detaches, message->transfers);
    add(&fold->totals->detach_bytes, message->transfer_bytes);
}

static struct message read_message(const struct thread *thread, const struct event *event)
{
    return (struct message){.object = event->object,
                            .table = event->values[5],
                            .t = event->t,
                            .duration = event->duration,
                            .from = thread->id,
                            .bytes = sane(event->values[0]),
                            .transfers = sane(event->values[1]),
                            .transfer_bytes = sane(event->values[2]),
                            .shares = sane(event->values[3]),
                            .share_bytes = sane(event->values[4])};
}

static void take_clone(struct fold *fold, struct thread *thread, const struct event *event)
{
    struct message message = read_message(thread, event);

    count_sent(fold, thread, &message);
    messages_add(fold->messages, &message);
}

static void count_received(struct fold *fold, const struct thread *thread,
                           const struct message *message, uint64_t duration)
{
    struct wire_slot *slot = thread->slot;

    add(&slot->received, 1);
    add(&slot->clone_time, duration);
    add(&slot->transfers, message->transfers);
    add(&slot->transfer_bytes, message->transfer_bytes);
    add(&fold->totals->clone_time, duration);
    add(&fold->totals->transfers, message->transfers);
    add(&fold->totals->transfer_bytes, message->transfer_bytes);
}

static void take_deliver(struct fold *fold, struct thread *thread, const struct event *event)
{
    struct message taken = read_message(thread, event);
    const struct message *sent = messages_take(fold->messages, event->object, event->t, thread->id);
    struct record record = {.t = event->t + event->duration,
                            .kind = RECORD_deliver,
                            .thread = thread->id,
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
    count_received(fold, thread, &taken, event->duration);
    ring_push(&thread->writer, &record);
    if (taken.transfers != 0 && taken.transfers != WIRE_UNKNOWN) {
        record.kind = RECORD_transfer;
        record.transfer.to = thread->id;
        record.transfer.bytes = taken.transfer_bytes;
        record.transfer.buffers = taken.transfers;
        record.transfer.message = sent != NULL ? sent->id : WIRE_UNKNOWN;
        ring_push(&thread->writer, &record);
    }
    tell_job(fold, thread, event);
}

/* ---- shared buffers ---------------------------------------------------------------------------
 */

static void tell_release(void *context, uint32_t id, uint32_t store, uint64_t bytes)
{
    struct fold *fold = context;
    struct thread *thread = find_id(fold, id);
    struct record record = {.t = clock_now_ns(),
                            .kind = RECORD_release,
                            .thread = id,
                            .release = {.store = store, .bytes = bytes, .refs = 0}};

    if (thread != NULL) {
        set(&thread->slot->shared, stores_held(fold->stores, id));
        ring_push(&thread->writer, &record);
    }
}

/* One thread got hold of it: the receiver now, or the sender before. */
static void add_share(struct fold *fold, struct thread *thread, const struct event *event,
                      uint64_t from)
{
    struct stores_share share = {.store = event->object,
                                 .block = event->values[2],
                                 .data = event->values[3],
                                 .bytes = sane(event->values[1]),
                                 .thread = thread->id};
    bool is_new;
    uint32_t id = stores_add(fold->stores, &share, &is_new);

    if (id == 0 || !is_new) {
        return;
    }
    struct record record = {
        .t = event->t,
        .kind = RECORD_share,
        .thread = thread->id,
        .share = {.store = id, .bytes = share.bytes, .refs = WIRE_UNKNOWN, .from = from}};
    set(&thread->slot->shared, stores_held(fold->stores, thread->id));
    ring_push(&thread->writer, &record);
}

/* Told while its message is read, just before that is told. */
static void take_share(struct fold *fold, struct thread *thread, const struct event *event)
{
    const struct message *sent =
        messages_take(fold->messages, event->values[0], event->t, thread->id);
    struct thread *sender = sent != NULL ? find_id(fold, sent->from) : NULL;

    if (event->values[3] == EVENT_UNKNOWN || event->values[3] == 0) {
        return;
    }
    if (sender != NULL && sender != thread) {
        add_share(fold, sender, event, WIRE_UNKNOWN);
    }
    add_share(fold, thread, event, sent != NULL ? sent->from : WIRE_UNKNOWN);
}

/* ---- all of it --------------------------------------------------------------------------------
 */

struct fold *fold_new(struct segment *segment, uint64_t pid, const struct image *image)
{
    struct fold *fold = calloc(1, sizeof *fold);

    if (fold == NULL) {
        return NULL;
    }
    fold->segment = segment;
    fold->totals = segment_process(segment);
    fold->image = image;
    fold->pid = pid;
    fold->messages = messages_new(tell_clone, fold, fold->totals);
    fold->stores = stores_new(segment, pid, tell_release, fold);
    if (fold->messages == NULL || fold->stores == NULL ||
        need_thread(fold, (uint32_t)pid) == NULL) {
        fold_free(&fold);
        return NULL;
    }
    find_workers(fold);
    return fold;
}

void fold_free(struct fold **pointer)
{
    struct fold *fold = *pointer;
    struct thread *thread, *next_thread;
    struct parent *parent, *next_parent;

    *pointer = NULL;
    if (fold == NULL) {
        return;
    }
    HASH_ITER(hh, fold->threads, thread, next_thread)
    {
        HASH_DEL(fold->threads, thread);
        free(thread);
    }
    HASH_ITER(hh, fold->parents, parent, next_parent)
    {
        HASH_DEL(fold->parents, parent);
        free(parent);
    }
    messages_free(&fold->messages);
    stores_free(&fold->stores);
    free(fold);
}

/* What concerns workers or the process, not the isolate of the thread it happened in. */
static bool take_life(struct fold *fold, const struct event *event, const char *text)
{
    switch (event->kind) {
    case EVENT_WORKER_NEW:
        take_new(fold, event);
        return true;
    case EVENT_WORKER_RUN:
        take_run(fold, event, text);
        return true;
    case EVENT_WORKER_END:
        take_worker_end(fold, event, text);
        return true;
    case EVENT_EXIT:
        take_exit(fold, event);
        return true;
    case EVENT_OOM_KILL:
        take_kill(fold, event);
        return true;
    default:
        return false;
    }
}

void fold_take(struct fold *fold, const struct event *event, const char *text)
{
    if (take_life(fold, event, text)) {
        return;
    }
    struct thread *thread = need_thread(fold, event->tid);
    if (thread == NULL) {
        return;
    }
    switch (event->kind) {
    case EVENT_CLONE:
        take_clone(fold, thread, event);
        break;
    case EVENT_DELIVER:
        take_deliver(fold, thread, event);
        break;
    case EVENT_SHARE:
        take_share(fold, thread, event);
        break;
    case EVENT_GC:
        take_gc(fold, thread, event);
        break;
    case EVENT_COMMITTED:
        take_total(thread, event->values[0]);
        break;
    case EVENT_STATISTICS:
        take_statistics(thread, event);
        break;
    case EVENT_NEAR_LIMIT:
        take_near_limit(fold, thread, event);
        break;
    case EVENT_FATAL:
        take_fatal(fold, thread, event, text);
        break;
    default:
        break;
    }
}

void fold_tick(struct fold *fold, uint64_t now)
{
    messages_tick(fold->messages, now);
    if (now / CLOCK_NS_PER_S != fold->second) {
        fold->second = now / CLOCK_NS_PER_S;
        stores_tick(fold->stores);
        messages_sweep(fold->messages, fold->pid, now);
    }
}

void fold_set_dropped(struct fold *fold, uint64_t count)
{
    set(&fold->totals->dropped, count);
}
