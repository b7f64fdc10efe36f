/*
 * Messages between being posted and being read, by the address of their Message: who sent one is
 * known when it is serialized, who gets it only when it is read. One thread.
 */
#ifndef PROBES_MESSAGES_H
#define PROBES_MESSAGES_H

#include "wire/layout.h"

struct message {
    uint64_t object;   /* address in the process */
    uint64_t table;    /* what it begins with: its virtual table */
    uint64_t id;       /* ours, growing */
    uint64_t t;        /* CLOCK_MONOTONIC ns at which its sender began */
    uint64_t duration; /* ns it took the sender; WIRE_UNKNOWN */
    uint64_t port;     /* whose queue it entered; 0: none */
    uint64_t to;       /* threadId of who had that port then; WIRE_UNKNOWN */
    uint32_t from;     /* threadId */
    uint64_t bytes, transfers, transfer_bytes, shares,
        share_bytes; /* WIRE_UNKNOWN where not known */
};

struct messages;

/* Told once for each message: when it is read, or after MESSAGES_WAIT_NS with `to` WIRE_UNKNOWN. */
typedef void messages_tell_fn(void *context, const struct message *message, uint64_t to);

#define MESSAGES_MAX     65536 /* followed at once; beyond, the oldest is forgotten */
#define MESSAGES_WAIT_NS UINT64_C(200000000)
#define MESSAGES_OLD_NS  UINT64_C(1000000000) /* younger ones are not looked at */

/* `totals` is borrowed: its gauges of what is in flight are kept here. NULL: no memory. */
struct messages *messages_new(messages_tell_fn *tell, void *context, struct wire_process *totals);
void messages_free(struct messages **messages);

/* One was posted; its id is set here. */
void messages_add(struct messages *messages, struct message *message);
/* One is read by thread `to`. What is known of it, good until the next call; NULL: nothing. One
 * that several read (a BroadcastChannel's) is found each time. */
const struct message *messages_take(struct messages *messages, uint64_t object, uint64_t t,
                                    uint32_t to);
/* The one at that address that was posted last; NULL: nothing is known of it. */
const struct message *messages_find(const struct messages *messages, uint64_t object);
/* It was read by thread `to`, unseen; or never will be, `to` WIRE_UNKNOWN. */
void messages_pass(struct messages *messages, const struct message *message, uint64_t to);
/* Looks which of the unread ones of process `pid` were thrown away, their receivers being gone:
 * those in whose place something else lies. About once a second. */
void messages_sweep(struct messages *messages, uint64_t pid, uint64_t now);
/* Tells those that waited long enough. */
void messages_tick(struct messages *messages, uint64_t now);

#endif
