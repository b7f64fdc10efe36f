/*
 * Channels and their ends (port.h). Used by postMessage, by the loop that delivers, and by whatever
 * moves ports inside messages. Owns waiting messages. Invariant: process words count a message from
 * port_post() until it is taken or freed; the owner's slot counts it only while the end has an
 * owner.
 */
#include "runtime/port.h"

#include <errno.h>
#include <stdlib.h>

struct channel {
    pthread_mutex_t lock;
    _Atomic uint32_t refs; /* ends that exist */
    struct port *ends[2];  /* NULL once freed; under the lock */
    struct wire_process *process;
};

static _Atomic uint64_t port_numbers;

static void channel_unref(struct channel *channel)
{
    if (atomic_fetch_sub(&channel->refs, 1) == 1) {
        pthread_mutex_destroy(&channel->lock);
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
    pthread_mutex_init(&channel->lock, NULL);
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

/* Counts a message as waiting for the port's owner, or as not waiting any more. Channel locked. */
static void owner_queued(struct port *port, struct message *message, bool is_waiting)
{
    if (port->mailbox == NULL) {
        return;
    }
    pthread_mutex_lock(&port->mailbox->lock);
    if (is_waiting) {
        account_queue(port->account, message->bytes, mailbox_add_waiting(port->mailbox, message));
    } else {
        account_unqueue(port->account, message->bytes,
                        mailbox_remove_waiting(port->mailbox, message));
    }
    pthread_mutex_unlock(&port->mailbox->lock);
}

void port_unref(struct port **place)
{
    struct port *port = *place;

    *place = NULL;
    if (port == NULL || atomic_fetch_sub(&port->refs, 1) != 1) {
        return;
    }
    struct channel *channel = port->channel;
    port_close(port);
    pthread_mutex_lock(&channel->lock);
    channel->ends[port->side] = NULL;
    struct message *message = port->first;
    port->first = port->last = NULL;
    pthread_mutex_unlock(&channel->lock);
    while (message != NULL) {
        struct message *next = message->next;
        in_flight(channel, message, false);
        message_free(&message);
        message = next;
    }
    channel_unref(channel);
    free(port);
}

void port_attach(struct port *port, struct mailbox *mailbox, struct account *account)
{
    pthread_mutex_lock(&port->channel->lock);
    port->mailbox = mailbox;
    port->account = account;
    port->thread = account->thread;
    for (struct message *message = port->first; message != NULL; message = message->next) {
        owner_queued(port, message, true);
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
    for (struct message *message = port->first; message != NULL; message = message->next) {
        owner_queued(port, message, false);
    }
    port->mailbox = NULL;
    port->account = NULL;
    port->thread = PORT_NOBODY;
    pthread_mutex_unlock(&port->channel->lock);
    if (mailbox != NULL && mailbox_remove_port(mailbox, port)) {
        port_unref(&port); /* the mailbox's reference; the caller holds its own */
    }
}

int port_post(struct port *port, struct message *message, uint32_t *to)
{
    struct channel *channel = port->channel;
    int code = -EPIPE;

    pthread_mutex_lock(&channel->lock);
    struct port *peer = channel->ends[1 - port->side];
    if (peer != NULL && !peer->is_closed && !port->is_closed) {
        code = 0;
        *to = peer->thread;
        message->next = NULL;
        if (peer->last != NULL) {
            peer->last->next = message;
        } else {
            peer->first = message;
        }
        peer->last = message;
        in_flight(channel, message, true);
        owner_queued(peer, message, true);
        if (peer->mailbox != NULL) {
            mailbox_push_port(peer->mailbox, peer);
        }
    }
    pthread_mutex_unlock(&channel->lock);
    return code;
}

struct message *port_take(struct port *port)
{
    pthread_mutex_lock(&port->channel->lock);
    struct message *message = port->first;
    if (message != NULL) {
        port->first = message->next;
        if (port->first == NULL) {
            port->last = NULL;
        }
        in_flight(port->channel, message, false);
        owner_queued(port, message, false);
    }
    pthread_mutex_unlock(&port->channel->lock);
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

void port_close(struct port *port)
{
    struct channel *channel = port->channel;

    pthread_mutex_lock(&channel->lock);
    struct port *peer = channel->ends[1 - port->side];
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
    pthread_mutex_unlock(&channel->lock);
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
