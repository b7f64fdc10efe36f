/*
 * Counters and records of one isolate (account.h). Owns nothing but its ring writer's position; the
 * words belong to the segment. Invariant: a word of the slot has one writer, so adding to it is a
 * load and a store; process words have many and take atomic adds.
 */
#include "runtime/account.h"

#include "base/clock.h"
#include "runtime/points.h"

#include <string.h>
#include <unistd.h>

/* A main isolate that serializes for longer stood still for everybody. */
#define SERIALIZE_BLOCK_NS (10 * CLOCK_NS_PER_MS)
#define TURN_BLOCK_NS      (50 * CLOCK_NS_PER_MS)

static void slot_add(_Atomic uint64_t *word, uint64_t more)
{
    uint64_t value = atomic_load_explicit(word, memory_order_relaxed);
    atomic_store_explicit(word, value + more, memory_order_relaxed);
}

static void slot_set(_Atomic uint64_t *word, uint64_t value)
{
    atomic_store_explicit(word, value, memory_order_relaxed);
}

static void process_add(_Atomic uint64_t *word, uint64_t more)
{
    atomic_fetch_add_explicit(word, more, memory_order_relaxed);
}

/* `kind`: the record's, said once more so that the compiler knows it. `text`: of the field that is
 * a name; NULL for none. */
static inline __attribute__((always_inline)) void tell(struct account *account, enum record_kind kind, const struct record *record, const char *text)
{
    points_fire(kind, record, text);
    ring_push(&account->ring, record);
}

static uint32_t intern(const struct account *account, const char *name)
{
    return account->segment != NULL ? segment_intern(account->segment, name, strlen(name)) : 0;
}

static struct record record_of(enum record_kind kind, uint32_t thread, uint64_t t)
{
    return (struct record){.t = t, .kind = (uint16_t)kind, .thread = thread};
}

void account_open(struct account *account, struct segment *segment, struct wire_process *process,
                  const struct account_birth *birth)
{
    memset(account, 0, sizeof *account);
    account->segment = segment;
    account->process = process;
    account->thread = birth->thread;
    account->slot = segment != NULL ? segment_take_slot(segment, birth->thread) : NULL;
    if (account->slot != NULL) {
        account->ring = segment_ring_writer(segment, account->slot);
    } else {
        account->slot = &account->own;
        ring_writer_init(&account->ring, NULL, 1, -1);
    }
    account->message_name = intern(account, "message");
    slot_set(&account->slot->parent, birth->parent);
    slot_set(&account->slot->name, intern(account, birth->name));
    slot_set(&account->slot->heap_limit, birth->heap_limit);
}

void account_close(struct account *account, enum wire_state state)
{
    account_set_state(account, state);
    if (account->slot != &account->own) {
        segment_give_slot(account->segment, account->slot);
    }
    account->slot = &account->own;
    ring_writer_init(&account->ring, NULL, 1, -1);
}

void account_set_tid(struct account *account)
{
    slot_set(&account->slot->tid, (uint64_t)gettid());
}

void account_set_state(struct account *account, enum wire_state state)
{
    slot_set(&account->slot->state, state);
}

void account_set_pool(struct account *account, const char *name)
{
    slot_set(&account->slot->pool, intern(account, name));
}

void account_sleep(struct account *account, uint64_t now)
{
    slot_set(&account->slot->idle_since, now);
    slot_set(&account->slot->turn_since, 0);
    slot_set(&account->slot->state, WIRE_IDLE);
}

void account_wake(struct account *account, uint64_t now)
{
    uint64_t since = atomic_load_explicit(&account->slot->idle_since, memory_order_relaxed);

    slot_set(&account->slot->idle_since, 0);
    slot_add(&account->slot->idle_time, now > since ? now - since : 0);
    slot_set(&account->slot->state, WIRE_RUNNING);
    account->turn_began = now;
    slot_set(&account->slot->turn_since, now);
}

static void push_block(struct account *account, enum wire_op op, uint64_t ended, uint64_t duration)
{
    struct record record = record_of(RECORD_block, account->thread, ended);

    record.block.op = op;
    record.block.duration = duration;
    tell(account, RECORD_block, &record, NULL);
    account->turn_told += duration;
}

void account_block_begin(struct account *account, uint64_t now)
{
    if (account->turn_began == 0) {
        slot_set(&account->slot->turn_since, now);
    }
}

void account_block(struct account *account, enum wire_op op, uint64_t started)
{
    uint64_t now = clock_now_ns();

    push_block(account, op, now, now - started);
    if (account->turn_began == 0) {
        slot_set(&account->slot->turn_since, 0);
    }
}

void account_turn(struct account *account, uint64_t now)
{
    uint64_t began = account->turn_began;

    if (account->thread == 0 && began != 0 && now - began >= TURN_BLOCK_NS + account->turn_told) {
        push_block(account, WIRE_OP_TURN, now, now - began - account->turn_told);
    }
    account->turn_began = now;
    account->turn_told = 0;
    slot_set(&account->slot->turn_since, now);
}

void account_clone(struct account *account, const struct message *message, uint32_t to,
                   uint64_t serialize_ns)
{
    struct record record = record_of(RECORD_clone, account->thread, message->posted);

    record.clone.message = message->id;
    record.clone.to = to;
    record.clone.port = message->port;
    record.clone.bytes = message->bytes;
    record.clone.nodes = message->nodes;
    record.clone.serialize = serialize_ns;
    tell(account, RECORD_clone, &record, NULL);
    slot_add(&account->slot->sent, 1);
    slot_add(&account->slot->clones, 1);
    slot_add(&account->slot->clone_bytes, message->bytes);
    slot_add(&account->slot->clone_time, serialize_ns);
    process_add(&account->process->clones, 1);
    process_add(&account->process->clone_bytes, message->bytes);
    process_add(&account->process->clone_time, serialize_ns);
    if (account->thread == 0 && serialize_ns >= SERIALIZE_BLOCK_NS) {
        push_block(account, WIRE_OP_SERIALIZE, message->posted, serialize_ns);
    }
    if (message->copy_bytes > 0) {
        record = record_of(RECORD_copy, account->thread, message->posted);
        record.copy.message = message->id;
        record.copy.to = to;
        record.copy.bytes = message->copy_bytes;
        record.copy.print = message->copy_print;
        tell(account, RECORD_copy, &record, NULL);
    }
    if (message->transfer_count == 0) {
        return;
    }
    record = record_of(RECORD_detach, account->thread, message->posted);
    record.detach.to = to;
    record.detach.bytes = message->transfer_bytes;
    record.detach.buffers = message->transfer_count;
    record.detach.message = message->id;
    tell(account, RECORD_detach, &record, NULL);
    slot_add(&account->slot->detaches, message->transfer_count);
    slot_add(&account->slot->detach_bytes, message->transfer_bytes);
    process_add(&account->process->detaches, message->transfer_count);
    process_add(&account->process->detach_bytes, message->transfer_bytes);
}

static void push_deliver(struct account *account, const struct message *message, uint64_t taken,
                         uint64_t deserialize_ns, uint64_t copies)
{
    struct record record = record_of(RECORD_deliver, account->thread, taken);

    record.deliver.message = message->id;
    record.deliver.from = message->from;
    record.deliver.bytes = message->bytes;
    record.deliver.queue = taken > message->posted ? taken - message->posted : 0;
    record.deliver.deserialize = deserialize_ns;
    record.deliver.copies = copies;
    tell(account, RECORD_deliver, &record, NULL);
}

void account_deliver(struct account *account, const struct message *message, uint64_t taken,
                     uint64_t deserialize_ns, uint64_t copies)
{
    push_deliver(account, message, taken, deserialize_ns, copies);
    slot_add(&account->slot->received, 1);
    slot_add(&account->slot->clone_time, deserialize_ns);
    process_add(&account->process->clone_time, deserialize_ns);
    if (message->transfer_count == 0) {
        return;
    }
    struct record record = record_of(RECORD_transfer, account->thread, taken);
    record.transfer.to = account->thread;
    record.transfer.bytes = message->transfer_bytes;
    record.transfer.buffers = message->transfer_count;
    record.transfer.message = message->id;
    tell(account, RECORD_transfer, &record, NULL);
    slot_add(&account->slot->transfers, message->transfer_count);
    slot_add(&account->slot->transfer_bytes, message->transfer_bytes);
    process_add(&account->process->transfers, message->transfer_count);
    process_add(&account->process->transfer_bytes, message->transfer_bytes);
}

void account_discard(struct account *account, const struct message *message)
{
    push_deliver(account, message, clock_now_ns(), 0, 0);
}

void account_queue(struct account *account, uint64_t bytes, uint64_t oldest)
{
    slot_add(&account->slot->queued, 1);
    slot_add(&account->slot->queued_bytes, bytes);
    slot_set(&account->slot->queued_since, oldest);
}

void account_unqueue(struct account *account, uint64_t bytes, uint64_t oldest)
{
    slot_add(&account->slot->queued, UINT64_MAX); /* minus one */
    slot_add(&account->slot->queued_bytes, 0 - bytes);
    slot_set(&account->slot->queued_since, oldest);
}

void account_queue_letter(struct account *account, uint64_t bytes)
{
    process_add(&account->process->queued, 1);
    process_add(&account->process->queued_bytes, bytes);
    slot_add(&account->slot->queued, 1);
    slot_add(&account->slot->queued_bytes, bytes);
}

void account_unqueue_letter(struct account *account, uint64_t bytes)
{
    process_add(&account->process->queued, UINT64_MAX);
    process_add(&account->process->queued_bytes, 0 - bytes);
    slot_add(&account->slot->queued, UINT64_MAX);
    slot_add(&account->slot->queued_bytes, 0 - bytes);
}

void account_gc(struct account *account, const struct engine_gc *gc)
{
    struct record record = record_of(RECORD_gc, account->thread, gc->started + gc->pause);

    record.gc.kind = gc->kind;
    record.gc.pause = gc->pause;
    record.gc.before = gc->before;
    record.gc.after = gc->after;
    tell(account, RECORD_gc, &record, NULL);
    slot_add(&account->slot->gc_count, 1);
    slot_add(&account->slot->gc_time, gc->pause);
    slot_set(&account->slot->gc_last, gc->pause);
    process_add(&account->process->gc_count, 1);
    process_add(&account->process->gc_time, gc->pause);
}

void account_share(struct account *account, const struct store *store, uint64_t refs,
                   const struct message *message)
{
    bool was_posted = message != NULL && message->posted != 0; /* else a clone of its own */
    struct record record = record_of(RECORD_share, account->thread, clock_now_ns());

    record.share.store = store_id(store);
    record.share.bytes = store_bytes(store);
    record.share.refs = refs;
    record.share.from = was_posted ? message->from : WIRE_UNKNOWN;
    tell(account, RECORD_share, &record, NULL);
}

void account_release(struct account *account, const struct store *store, uint64_t refs)
{
    struct record record = record_of(RECORD_release, account->thread, clock_now_ns());

    record.release.store = store_id(store);
    record.release.bytes = store_bytes(store);
    record.release.refs = refs;
    tell(account, RECORD_release, &record, NULL);
}

void account_job(struct account *account, const char *name, uint64_t started, uint64_t ended,
                 uint64_t live_after)
{
    struct record record = record_of(RECORD_job, account->thread, ended);

    slot_add(&account->slot->jobs, 1);
    process_add(&account->process->jobs, 1);
    record.job.name = name != NULL ? intern(account, name) : account->message_name;
    record.job.number = atomic_load_explicit(&account->slot->jobs, memory_order_relaxed);
    record.job.duration = ended - started;
    record.job.live_after = live_after;
    tell(account, RECORD_job, &record, name != NULL ? name : "message");
}

void account_spawn(struct account *parent, const struct account_birth *child)
{
    struct record record = record_of(RECORD_spawn, child->thread, clock_now_ns());

    record.spawn.parent = child->parent;
    record.spawn.name = intern(parent, child->name);
    record.spawn.limit = child->heap_limit;
    tell(parent, RECORD_spawn, &record, child->name);
    process_add(&parent->process->spawns, 1);
}

void account_exit(struct account *parent, uint32_t child, const struct account_end *end)
{
    struct record record = record_of(RECORD_exit, child, clock_now_ns());

    record.exit.code = (uint64_t)(int64_t)end->code;
    record.exit.teardown = end->teardown;
    record.exit.start = end->start;
    record.exit.life = end->life;
    record.exit.error = end->error[0] != '\0' ? intern(parent, end->error) : 0;
    tell(parent, RECORD_exit, &record, end->error);
    process_add(&parent->process->exits, 1);
}

void account_oom(struct account *parent, uint32_t child, uint64_t limit, uint64_t used)
{
    struct record record = record_of(RECORD_oom, child, clock_now_ns());

    record.oom.limit = limit;
    record.oom.used = used;
    tell(parent, RECORD_oom, &record, NULL);
    process_add(&parent->process->ooms, 1);
}

void account_recycle(struct account *parent, const struct account_recycle *recycle)
{
    struct record record = record_of(RECORD_recycle, recycle->child, clock_now_ns());

    record.recycle.reason = intern(parent, recycle->reason);
    record.recycle.predicted = recycle->predicted;
    record.recycle.reclaimed = recycle->reclaimed;
    record.recycle.by = recycle->by;
    record.recycle.duration = recycle->duration;
    tell(parent, RECORD_recycle, &record, recycle->reason);
}
