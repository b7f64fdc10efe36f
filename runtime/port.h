/*
 * A port is one end of a channel between two isolates (or within one). Messages posted on one end
 * wait in the other's queue until its owner takes them; an end that is travelling inside a message
 * keeps collecting. Either end may close; what waits is still delivered, then both see the close.
 *
 * Ends may wait in each other's queues. One that only its own queue's content could be reached
 * through is lost: a post that would make such a circle is refused (port_post), so none ever exists
 * and references alone decide what is freed.
 *
 * Locks: the lock over carriers is outermost and taken only for messages that carry ports; the
 * channel's lock guards both ends' queues and owners; a mailbox's lock may be taken inside.
 */
#ifndef RUNTIME_PORT_H
#define RUNTIME_PORT_H

#include "runtime/carrier.h"
#include "runtime/mailbox.h"
#include "runtime/message.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

struct broadcast_member;
struct channel;
struct isolate;

#define PORT_NOBODY UINT32_MAX /* the owner's threadId while an end travels */

struct port {
    _Atomic uint32_t refs;
    struct channel *channel; /* counted; shared by both ends */
    int side;                /* 0 or 1 */
    uint64_t number;         /* unique in the process, from 1 */

    /* under the channel's lock */
    struct message *first, *last; /* owned */
    struct mailbox *mailbox;      /* where to announce; NULL while it travels or is over */
    uint32_t thread;              /* its owner, or PORT_NOBODY */
    bool is_closed;

    /* under the lock over carriers */
    struct carrier carrier; /* hangs on that of the end in whose queue it waits, if in any */
    uint32_t carries;       /* messages in its queue that carry ends */

    /* under the mailbox's lock */
    bool is_ready;
    struct port *next_ready, *previous_ready;

    /* its owner's alone */
    void *object;                 /* the script's side, alive in the owner's heap */
    bool is_started;              /* messages are delivered as they come */
    bool is_dropping;             /* closed by its owner: what waits is not delivered any more */
    bool is_ending;               /* closed by its owner: it cannot be moved any more */
    bool is_held;                 /* keeps its isolate alive */
    bool is_parent;               /* a worker's parentPort: what it delivers are jobs */
    bool is_worker;               /* the other end of that: a parent's Worker object */
    uint8_t pool;                 /* enum pool_end (bind/pool.h): messages are tasks or answers */
    void *member;                 /* of a pool, when that owns this end (bind/dispatch.c) */
    struct broadcast_member *membership; /* of a broadcast name (broadcast.c), or NULL */
    struct port *next, *previous; /* in the owner's list */
};

/* A channel's two ends with one reference each, owned by nobody yet. `process` counts what is in
 * flight. 0 or -ENOMEM. Any thread. */
int port_new_channel(struct wire_process *process, struct port *ends[2]);
struct port *port_ref(struct port *port);
/* Drops a reference; the last one closes the end and frees what waits in it. NULL is fine. */
void port_unref(struct port **port);

/* Makes the calling isolate the owner: from now on arrivals ring its mailbox. */
void port_attach(struct port *port, struct mailbox *mailbox);
/* The owner gives it up (it travels, or its isolate is over). */
void port_detach(struct port *port);

/* Queues the message at the other end and takes it. 0, or -EPIPE when the other end is closed, or
 * -ELOOP when the other end is reached only through what the message carries, so that nobody could
 * ever take it: then the message is still the caller's. *to is the receiver's threadId. Any thread that owns `port`.
 */
int port_post(struct port *port, struct message *message, uint32_t *to);
/* The same, but nobody is woken for it before port_ring(). */
int port_lay(struct port *port, struct message *message, uint32_t *to);
void port_ring(struct port *port);
/* The oldest message waiting here, the caller's; NULL when none. Owner only. */
struct message *port_take(struct port *port);
/* Takes the newest message that waits at the other end back when it is the task of that number (see
 * bind/pool.h); the caller's, or NULL. The other end's owner may be dead or alive. */
struct message *port_take_back(struct port *port, uint32_t task);
/* threadId of the other end's owner, PORT_NOBODY when it travels or is gone. */
uint32_t port_peer_thread(const struct port *port);

/* No more messages either way; the other end's owner is told. Owner only, idempotent. */
void port_close(struct port *port);
/* Closes it if nothing waits here any more; whether it is closed now. */
bool port_close_empty(struct port *port);
/* This end or the other is closed and nothing waits here. */
bool port_is_over(struct port *port);
bool port_has_messages(struct port *port);

#endif
