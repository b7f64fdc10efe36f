/*
 * The table of ports that messages went to. Called by traffic.c. Owns, for each, copies of the
 * messages in its queue, oldest first. Invariant: each of them leaves once: taken, told as gone, or
 * forgotten for want of room. A queue is read without its lock; what looks shorter than it is has
 * a message told early, never twice.
 */
#include "probes/ports.h"

#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>

#define HASH_NONFATAL_OOM 1
#include <uthash.h>

#define PORT_BYTES_MAX 512

struct waiting {
    struct waiting *next;
    struct message message;
};

struct port {
    UT_hash_handle hh;
    uint64_t address, table, environment;
    struct waiting *first, **last;
    size_t count;
    uint64_t gone; /* id of the last message that had left at the last look */
};

struct ports {
    uint64_t pid;
    const struct image *image;
    ports_gone_fn *tell;
    void *context;
    struct port *table; /* owned, by address */
    size_t waiting;     /* of all */
};

struct ports *ports_new(uint64_t pid, const struct image *image, ports_gone_fn *gone, void *context)
{
    struct ports *ports = calloc(1, sizeof *ports);

    if (ports != NULL) {
        ports->pid = pid;
        ports->image = image;
        ports->tell = gone;
        ports->context = context;
    }
    return ports;
}

static void drop_first(struct ports *ports, struct port *port)
{
    struct waiting *first = port->first;

    port->first = first->next;
    if (port->first == NULL) {
        port->last = &port->first;
    }
    port->count--;
    ports->waiting--;
    free(first);
}

static void drop_port(struct ports *ports, struct port *port)
{
    while (port->first != NULL) {
        drop_first(ports, port);
    }
    HASH_DEL(ports->table, port);
    free(port);
}

void ports_free(struct ports **pointer)
{
    struct ports *ports = *pointer;
    struct port *port, *next;

    *pointer = NULL;
    if (ports == NULL) {
        return;
    }
    HASH_ITER(hh, ports->table, port, next)
    {
        drop_port(ports, port);
    }
    free(ports);
}

static struct port *find(const struct ports *ports, uint64_t address)
{
    struct port *port = NULL;

    HASH_FIND(hh, ports->table, &address, sizeof address, port);
    return port;
}

static struct port *need(struct ports *ports, uint64_t address)
{
    struct port *port = find(ports, address);

    if (port != NULL || (port = calloc(1, sizeof *port)) == NULL) {
        return port;
    }
    port->address = address;
    port->last = &port->first;
    HASH_ADD(hh, ports->table, address, sizeof port->address, port);
    if (port->hh.tbl == NULL) {
        free(port);
        return NULL;
    }
    return port;
}

void ports_add(struct ports *ports, uint64_t address, const struct message *message)
{
    struct port *port = need(ports, address);
    struct waiting *waiting = port != NULL ? calloc(1, sizeof *waiting) : NULL;

    if (waiting == NULL) {
        return;
    }
    if (ports->waiting >= PORTS_WAITING_MAX && port->first != NULL) {
        drop_first(ports, port);
    }
    waiting->message = *message;
    *port->last = waiting;
    port->last = &waiting->next;
    port->count++;
    ports->waiting++;
}

/* They leave in order, so it is the first as a rule. */
static bool take(struct ports *ports, struct port *port, uint64_t id)
{
    for (struct waiting **at = &port->first; *at != NULL; at = &(*at)->next) {
        struct waiting *waiting = *at;
        if (waiting->message.id == id) {
            *at = waiting->next;
            port->last = port->last == &waiting->next ? at : port->last;
            port->count--;
            ports->waiting--;
            free(waiting);
            return true;
        }
    }
    return false;
}

/* Tells of the oldest ones until `rest` are left. */
static void tell_gone(struct ports *ports, struct port *port, size_t rest, bool is_lost)
{
    while (port->count > rest &&
           ports->tell(ports->context, &port->first->message, port->environment, is_lost)) {
        drop_first(ports, port);
    }
}

void ports_close(struct ports *ports, uint64_t address, uint64_t unread)
{
    struct port *port = find(ports, address);

    if (port == NULL) {
        return;
    }
    tell_gone(ports, port, unread < port->count ? unread : port->count, false);
    tell_gone(ports, port, 0, true);
    drop_port(ports, port);
}

/* ---- looking ----------------------------------------------------------------------------------
 */

static bool read_at(const struct ports *ports, uint64_t address, void *into, size_t size)
{
    struct iovec here = {into, size}, there = {(void *)(uintptr_t)address, size};

    return process_vm_readv((pid_t)ports->pid, &here, 1, &there, 1, 0) == (ssize_t)size;
}

static uint64_t word_of(const unsigned char *bytes, unsigned offset)
{
    uint64_t word;

    memcpy(&word, bytes + offset, sizeof word);
    return word;
}

/* As probe.bpf.c counts it when a port is closed. */
static uint64_t length_of(const unsigned char *queue)
{
    uint64_t cursor = word_of(queue, 0), last = word_of(queue, 16), piece = word_of(queue, 24);
    uint64_t end_cursor = word_of(queue, 32), end_first = word_of(queue, 40),
             end_piece = word_of(queue, 56);

    return ((end_piece - piece) / 8 - 1) * 32 + (end_cursor - end_first) / 16 +
           (last - cursor) / 16;
}

/* Ports move from isolate to isolate; one that is on its way stays where it was. */
static void find_environment(const struct ports *ports, struct port *port, uint64_t owner)
{
    const struct event_layout *layout = &ports->image->layout;
    uint64_t realm, environment;

    if (owner != 0 && read_at(ports, owner + layout->owner_realm, &realm, sizeof realm) &&
        read_at(ports, realm + layout->realm_environment, &environment, sizeof environment)) {
        port->environment = environment;
    }
}

static uint64_t environment_of(const struct ports *ports, struct port *port)
{
    uint64_t owner;

    if (port->environment == 0 &&
        read_at(ports, port->address + ports->image->layout.port_owner, &owner, sizeof owner)) {
        find_environment(ports, port, owner);
    }
    return port->environment;
}

uint64_t ports_environment(struct ports *ports, uint64_t address)
{
    struct port *port = need(ports, address);

    return port != NULL ? environment_of(ports, port) : 0;
}

bool ports_take(struct ports *ports, uint64_t environment, const struct message *message)
{
    struct port *port = find(ports, message->port), *other, *next;

    if (port != NULL && environment_of(ports, port) == environment &&
        take(ports, port, message->id)) {
        return true;
    }
    HASH_ITER(hh, ports->table, other, next) /* one of several that read it */
    {
        if (other->first != NULL && environment_of(ports, other) == environment &&
            take(ports, other, message->id)) {
            return true;
        }
    }
    return port != NULL && take(ports, port, message->id); /* its port moved meanwhile */
}

bool ports_are_siblings(const struct ports *ports, uint64_t one, uint64_t other)
{
    unsigned offset = ports->image->layout.port_owner + 8;
    uint64_t channels[2];

    return read_at(ports, one + offset, &channels[0], sizeof channels[0]) &&
           read_at(ports, other + offset, &channels[1], sizeof channels[1]) && channels[0] != 0 &&
           channels[0] == channels[1];
}

/* False: there is no such port any more. */
static bool look(struct ports *ports, struct port *port)
{
    const struct event_layout *layout = &ports->image->layout;
    unsigned char bytes[PORT_BYTES_MAX];
    size_t size = layout->port_owner + 8;

    if (size > sizeof bytes || !read_at(ports, port->address, bytes, size)) {
        return false;
    }
    if (port->table == 0) {
        port->table = word_of(bytes, 0);
    }
    if (port->table != word_of(bytes, 0)) {
        return false;
    }
    find_environment(ports, port, word_of(bytes, layout->port_owner));
    while (port->first != NULL && port->first->message.id <= port->gone &&
           ports->tell(ports->context, &port->first->message, port->environment, false)) {
        drop_first(ports, port);
    }
    uint64_t length = length_of(bytes + layout->port_queue);
    const struct waiting *at = port->first;
    for (size_t left = port->count; left > length; left--, at = at->next) {
        port->gone = at->message.id;
    }
    return true;
}

void ports_tick(struct ports *ports)
{
    struct port *port, *next;

    HASH_ITER(hh, ports->table, port, next)
    {
        if (port->first != NULL && !look(ports, port)) {
            tell_gone(ports, port, 0, false); /* its end was lost */
            drop_port(ports, port);
        }
    }
}
