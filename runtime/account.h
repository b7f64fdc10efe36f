/*
 * The books of one isolate: its slot in the segment, its ring, and the process words. Everything
 * that happens to an isolate and is worth knowing passes through here once and becomes counters and
 * at most one record. Without a segment the slot is a private one and no records are written.
 *
 * Used by the isolate's own thread alone, but for account_queue(), account_unqueue() and their like
 * for letters, which are called under the lock of its mailbox.
 */
#ifndef RUNTIME_ACCOUNT_H
#define RUNTIME_ACCOUNT_H

#include "runtime/engine/engine.h"
#include "runtime/message.h"
#include "wire/segment.h"

struct account {
    struct segment *segment;      /* borrowed; NULL for none */
    struct wire_process *process; /* borrowed: the segment's words, or private ones */
    struct wire_slot *slot;       /* the segment's, or `own` */
    struct ring_writer ring;
    uint32_t thread;
    uint32_t message_name; /* the name of unmarked jobs */
    uint64_t turn_began;   /* as turn_since of the slot */
    uint64_t turn_told;    /* ns of the present turn that block records have told of */
    struct wire_slot own;  /* used when there is no segment, or no slot left in it */
};

struct account_birth {
    uint32_t thread, parent;
    const char *name;
    uint64_t heap_limit; /* bytes */
};

void account_open(struct account *account, struct segment *segment, struct wire_process *process,
                  const struct account_birth *birth);
/* The isolate is over and its heap is gone: leaves the slot with its last state. */
void account_close(struct account *account, enum wire_state state);

/* Notes the kernel's id of the calling thread. */
void account_set_tid(struct account *account);
void account_set_state(struct account *account, enum wire_state state);
/* The isolate belongs to a pool of this name. */
void account_set_pool(struct account *account, const char *name);
/* Asleep on its mailbox from `now` on; awake again. CLOCK_MONOTONIC ns. */
void account_sleep(struct account *account, uint64_t now);
void account_wake(struct account *account, uint64_t now);

/* A message was serialized and posted to `to`; long work of the main isolate is a block as well. */
void account_clone(struct account *account, const struct message *message, uint32_t to,
                   uint64_t serialize_ns);
/* A message was taken and deserialized; `copies` of it were alive at once. */
void account_deliver(struct account *account, const struct message *message, uint64_t taken,
                     uint64_t deserialize_ns, uint64_t copies);
/* A message was thrown away unread. */
void account_discard(struct account *account, const struct message *message);

/* Waiting for the isolate: one more, one less; `oldest` is when the oldest one waiting was posted,
 * 0 for none. */
void account_queue(struct account *account, uint64_t bytes, uint64_t oldest);
void account_unqueue(struct account *account, uint64_t bytes, uint64_t oldest);
/* The same for bytes that came in a letter: output, input, a message from thread to thread. */
void account_queue_letter(struct account *account, uint64_t bytes);
void account_unqueue_letter(struct account *account, uint64_t bytes);

void account_gc(struct account *account, const struct engine_gc *gc);
/* `message`: what brought it; NULL when nothing did. */
void account_share(struct account *account, const struct store *store, uint64_t refs,
                   const struct message *message);
void account_release(struct account *account, const struct store *store, uint64_t refs);
/* A job has run; live_after is WIRE_UNKNOWN when no collection was made. `name` may be NULL:
 * message.
 */
void account_job(struct account *account, const char *name, uint64_t started, uint64_t ended,
                 uint64_t live_after);
void account_block(struct account *account, enum wire_op op, uint64_t started);
/* About to wait in a block: when there is no turn to see it by, it is one. */
void account_block_begin(struct account *account, uint64_t now);
/* A turn of the loop begins, and the one before is over; a long one of the main isolate is a block. */
void account_turn(struct account *account, uint64_t now);

/* Written by the parent about a child. */
void account_spawn(struct account *parent, const struct account_birth *child);
struct account_end {
    int code;
    uint64_t teardown, start, life; /* ns; start may be WIRE_UNKNOWN */
    const char *error;              /* name of the uncaught error; "" for none */
};
void account_exit(struct account *parent, uint32_t child, const struct account_end *end);
void account_oom(struct account *parent, uint32_t child, uint64_t limit, uint64_t used);
/* A pool of the parent's replaced `child`. Bytes may be WIRE_UNKNOWN. */
struct account_recycle {
    uint32_t child, by;
    const char *reason;
    uint64_t predicted, reclaimed;
    uint64_t duration; /* ns */
};
void account_recycle(struct account *parent, const struct account_recycle *recycle);

#endif
