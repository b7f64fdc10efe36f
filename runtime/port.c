/*
 * Channels and their ends (port.h). Used by postMessage, by the loop that delivers, and by whatever
 * moves ports inside messages. Owns waiting messages. Invariant: process words count a message from
 * port_post() until it is taken or freed; the owner's slot counts it only while the end has an
 * owner; what an end hangs on (carrier.h) leads to one that is owned or in somebody's hand, never round
 * in a circle.
 */
#include "runtime/port.h"

#include "base/lock.h"
#include "runtime/account.h"

#include <errno.h>
#include <stdlib.h>

struct channel {
    pthread_mutex_t lock;
    _Atomic uint32_t refs; /* ends that exist */
    struct port *ends[2];  /* NULL once freed; under the lock */
    struct wire_process *process;
    struct message_stash spare; /* under the lock */
};

static _Atomic uint64_t port_numbers;
static pthread_mutex_t carriers = PTHREAD_MUTEX_INITIALIZER;

/* Ends that this thread is about to free, by `next`: what waits in one may hold another, and a long
 * chain of them shall not need a deep stack. */
static _Thread_local struct port *doomed;
static _Thread_local bool is_burying;

static void channel_unref(struct channel *channel)
{
    if (atomic_fetch_sub(&channel->refs, 1) == 1) {
        pthread_mutex_destroy(&channel->lock);
        message_stash_fini(&channel->spare);
        free(channel);
    }
}

int port_new_channel(struct wire_process *process, struct port *ends[2])
{
    struct channel *channel = calloc(1, sizeof *channel);

    ends[0] = calloc(1, sizeof *ends[0]);
    ends[1] = calloc(1, sizeof *ends[1]);
    if (channel == NULL || ends[0] == NULL || ends[1] == NULL) {
        free(channel);
        free(ends[0]);
        free(ends[1]);
        return -ENOMEM;
    }
    lock_init(&channel->lock);
    atomic_store(&channel->refs, 2);
    channel->process = process;
    for (int side = 0; side < 2; side++) {
        channel->ends[side] = ends[side];
        atomic_store(&ends[side]->refs, 1);
        ends[side]->channel = channel;
        ends[side]->side = side;
        ends[side]->number = atomic_fetch_add(&port_numbers, 1) + 1;
        ends[side]->thread = PORT_NOBODY;
    }
    return 0;
}

struct port *port_ref(struct port *port)
{
    atomic_fetch_add(&port->refs, 1);
    return port;
}

static void in_flight(struct channel *channel, const struct message *message, bool is_posted)
{
    struct wire_process *process = channel->process;

    if (is_posted) {
        atomic_fetch_add_explicit(&process->queued, 1, memory_order_relaxed);
        atomic_fetch_add_explicit(&process->queued_bytes, message->bytes, memory_order_relaxed);
    } else {
        atomic_fetch_sub_explicit(&process->queued, 1, memory_order_relaxed);
        atomic_fetch_sub_explicit(&process->queued_bytes, message->bytes, memory_order_relaxed);
    }
}

/* ---- who carries whom ----------------------------------------------------------------------------
 */

/* The ends in the message wait in `carrier`'s queue from now on. */
static void hang(const struct message *message, struct port *carrier)
{
    for (size_t i = 0; i < message->port_count; i++) {
        carrier_hang(&message->ports[i]->carrier, &carrier->carrier);
    }
}

/* They do no more. */
static void cut(const struct message *message)
{
    for (size_t i = 0; i < message->port_count; i++) {
        if (message->ports[i] != NULL) {
            carrier_cut(&message->ports[i]->carrier);
        }
    }
}

/* Whether anything can be reached through what the message carries: seldom, so that most posts need
 * not follow the carriers. Carriers locked. */
static bool leads_on(const struct port *port, const struct message *message)
{
    for (size_t i = 0; i < message->port_count; i++) {
        if (message->ports[i]->carries > 0 || message->ports[i] == port) {
            return true;
        }
    }
    return false;
}

/* Whether `port` is reached only through what the message carries: those hang on nothing, so one of
 * them is what it all hangs on. Carriers locked. */
static bool would_circle(struct port *port, const struct message *message)
{
    if (!leads_on(port, message)) {
        return false;
    }
    const struct carrier *root = carrier_root(&port->carrier);
    for (size_t i = 0; i < message->port_count; i++) {
        if (&message->ports[i]->carrier == root) {
            return true;
        }
    }
    return false;
}

/* ---- ends ---------------------------------------------------------------------------------------
 */

/* Throws away what waited in an end that nobody holds any more. */
static void free_queue(struct channel *channel, struct message *message)
{
    while (message != NULL) {
        struct message *next = message->next;
        if (message->port_count > 0) {
            pthread_mutex_lock(&carriers);
            cut(message);
            pthread_mutex_unlock(&carriers);
        }
        in_flight(channel, message, false);
        message_free(&message);
        message = next;
    }
}

static void bury(struct port *port)
{
    struct channel *channel = port->channel;

    port_close(port);
    pthread_mutex_lock(&channel->lock);
    channel->ends[port->side] = NULL;
    struct message *message = port->first;
    port->first = port->last = NULL;
    pthread_mutex_unlock(&channel->lock);
    free_queue(channel, message);
    channel_unref(channel);
    free(port);
}

void port_unref(struct port **place)
{
    struct port *port = *place;

    *place = NULL;
    if (port == NULL || atomic_fetch_sub(&port->refs, 1) != 1) {
        return;
    }
    port->next = doomed;
    doomed = port;
    if (is_burying) {
        return;
    }
    is_burying = true;
    while ((port = doomed) != NULL) {
        doomed = port->next;
        bury(port);
    }
    is_burying = false;
}

void port_attach(struct port *port, struct mailbox *mailbox)
{
    pthread_mutex_lock(&port->channel->lock);
    port->mailbox = mailbox;
    port->thread = mailbox->account->thread;
    for (struct message *message = port->first; message != NULL; message = message->next) {
        mailbox_queue(mailbox, message);
    }
    if (port->first != NULL || port->is_closed) {
        mailbox_push_port(mailbox, port);
    }
    pthread_mutex_unlock(&port->channel->lock);
}

void port_detach(struct port *port)
{
    pthread_mutex_lock(&port->channel->lock);
    struct mailbox *mailbox = port->mailbox;
    for (struct message *message = port->first; message != NULL && mailbox != NULL;
         message = message->next) {
        mailbox_unqueue(mailbox, message);
    }
    port->mailbox = NULL;
    port->thread = PORT_NOBODY;
    pthread_mutex_unlock(&port->channel->lock);
    if (mailbox != NULL && mailbox_remove_port(mailbox, port)) {
        port_unref(&port); /* the mailbox's reference; the caller holds its own */
    }
}

static int queue(struct port *port, struct message *message, uint32_t *to, bool is_rung)
{
    struct channel *channel = port->channel;
    struct port *peer = channel->ends[1 - port->side];

    if (peer == NULL || peer->is_closed || port->is_closed) {
        return -EPIPE;
    }
    if (message->port_count > 0) {
        if (would_circle(peer, message)) {
            return -ELOOP;
        }
        hang(message, peer);
        peer->carries++;
    }
    *to = peer->thread;
    message->next = NULL;
    *(peer->last != NULL ? &peer->last->next : &peer->first) = message;
    peer->last = message;
    in_flight(channel, message, true);
    if (peer->mailbox != NULL) {
        mailbox_deliver(peer->mailbox, peer, message, is_rung);
    }
    return 0;
}

static int post(struct port *port, struct message *message, uint32_t *to, bool is_rung)
{
    bool has_ports = message->port_count > 0; /* once it is queued, it may be read and freed */

    if (has_ports) {
        pthread_mutex_lock(&carriers);
    }
    pthread_mutex_lock(&port->channel->lock);
    int code = queue(port, message, to, is_rung);
    message_trade(&port->channel->spare);
    pthread_mutex_unlock(&port->channel->lock);
    if (has_ports) {
        pthread_mutex_unlock(&carriers);
    }
    return code;
}

int port_post(struct port *port, struct message *message, uint32_t *to)
{
    return post(port, message, to, true);
}

int port_lay(struct port *port, struct message *message, uint32_t *to)
{
    return post(port, message, to, false);
}

void port_ring(struct port *port)
{
    pthread_mutex_lock(&port->channel->lock);
    struct port *peer = port->channel->ends[1 - port->side];
    if (peer != NULL && peer->mailbox != NULL) {
        mailbox_wake(peer->mailbox);
    }
    pthread_mutex_unlock(&port->channel->lock);
}

/* Takes the oldest message; NULL when none. Channel locked, and carriers when it has ports. */
static struct message *unqueue(struct port *port)
{
    struct message *message = port->first;

    if (message != NULL) {
        port->first = message->next;
        if (port->first == NULL) {
            port->last = NULL;
        }
        cut(message);
        port->carries -= message->port_count > 0;
        in_flight(port->channel, message, false);
        if (port->mailbox != NULL) {
            mailbox_unqueue(port->mailbox, message);
        }
    }
    return message;
}

struct message *port_take(struct port *port)
{
    struct message *message = NULL;

    pthread_mutex_lock(&port->channel->lock);
    bool has_ports = port->first != NULL && port->first->port_count > 0;
    if (!has_ports) {
        message = unqueue(port);
    }
    message_trade(&port->channel->spare);
    pthread_mutex_unlock(&port->channel->lock);
    if (has_ports) { /* nobody but the owner takes it away meanwhile */
        pthread_mutex_lock(&carriers);
        pthread_mutex_lock(&port->channel->lock);
        message = unqueue(port);
        pthread_mutex_unlock(&port->channel->lock);
        pthread_mutex_unlock(&carriers);
    }
    return message;
}

/* The newest in the queue, unlinked; the walk is short because who takes back keeps few there. */
static struct message *unlink_last(struct port *port)
{
    struct message *before = NULL;
    struct message *last = port->first;

    while (last != port->last) {
        before = last;
        last = last->next;
    }
    *(before != NULL ? &before->next : &port->first) = NULL;
    port->last = before;
    return last;
}

struct message *port_take_back(struct port *port, uint32_t task)
{
    struct channel *channel = port->channel;
    struct message *message = NULL;

    pthread_mutex_lock(&channel->lock);
    struct port *peer = channel->ends[1 - port->side];
    if (peer != NULL && peer->last != NULL && peer->last->note.task == task &&
        peer->last->port_count == 0) {
        message = unlink_last(peer);
        in_flight(channel, message, false);
        if (peer->mailbox != NULL) {
            mailbox_unqueue(peer->mailbox, message);
        }
    }
    pthread_mutex_unlock(&channel->lock);
    return message;
}

uint32_t port_peer_thread(const struct port *port)
{
    pthread_mutex_lock(&port->channel->lock);
    const struct port *peer = port->channel->ends[1 - port->side];
    uint32_t thread = peer != NULL ? peer->thread : PORT_NOBODY;
    pthread_mutex_unlock(&port->channel->lock);
    return thread;
}

/* Under the channel's lock. */
static void close_ends(struct port *port)
{
    struct port *peer = port->channel->ends[1 - port->side];
    bool was_closed = port->is_closed;

    port->is_closed = true;
    if (!was_closed && port->mailbox != NULL) {
        mailbox_push_port(port->mailbox, port);
    }
    if (!was_closed && peer != NULL && !peer->is_closed) {
        peer->is_closed = true;
        if (peer->mailbox != NULL) {
            mailbox_push_port(peer->mailbox, peer);
        }
    }
}

void port_close(struct port *port)
{
    pthread_mutex_lock(&port->channel->lock);
    close_ends(port);
    pthread_mutex_unlock(&port->channel->lock);
}

bool port_close_empty(struct port *port)
{
    pthread_mutex_lock(&port->channel->lock);
    if (port->first == NULL) {
        close_ends(port);
    }
    bool is_closed = port->is_closed;
    pthread_mutex_unlock(&port->channel->lock);
    return is_closed;
}

bool port_is_over(struct port *port)
{
    pthread_mutex_lock(&port->channel->lock);
    bool is_over = port->is_closed && port->first == NULL;
    pthread_mutex_unlock(&port->channel->lock);
    return is_over;
}

bool port_has_messages(struct port *port)
{
    pthread_mutex_lock(&port->channel->lock);
    bool has = port->first != NULL;
    pthread_mutex_unlock(&port->channel->lock);
    return has;
}
